from __future__ import annotations

import random

import pytest

from assistant.documents.similarity import ALIKE, bands, families, likeness, signature_of

WORDS = [
    f"{first}{second}" for first in ("ba", "ce", "di", "no", "tu") for second in ("lar", "mon", "pel", "rit", "sen")
]
HAN = "国家对稀土开采冶炼分离实行总量调控管理包头赣州出口许可证产量价格磁体企业"


def english(seed: int, count: int = 400) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=count))


def chinese(seed: int, count: int = 400) -> str:
    return "".join(random.Random(seed).choices(HAN, k=count))


def shared(one: str, other: str) -> float:
    return likeness(signature_of(one), signature_of(other))


@pytest.mark.parametrize("text", [english(1), chinese(1), english(1) + chinese(1)])
def test_the_same_words_have_the_same_signature_however_they_are_set(text: str) -> None:
    assert len(signature_of(text)) == 120
    assert signature_of(text) == signature_of(text.upper().replace(" ", ",\n"))
    assert shared(text, text) == 1.0


def test_traditional_and_simplified_han_are_the_same() -> None:
    assert shared("稀土開採總量" + chinese(1), "稀土开采总量" + chinese(1)) == 1.0


@pytest.mark.parametrize("make", [english, chinese])
def test_a_draft_is_like_its_final_version_and_another_text_is_not(make: object) -> None:
    text = make(1, 2000)  # type: ignore[operator]
    draft = text[:-60] + make(3, 20)  # type: ignore[operator]
    assert shared(text, draft) > ALIKE
    assert shared(text, make(2, 2000)) < 0.5  # type: ignore[operator]


@pytest.mark.parametrize("common", [0.2, 0.5, 0.8, 0.95])
def test_likeness_estimates_the_share_of_shingles_in_common(common: float) -> None:
    words = [f"w{number}" for number in range(3000)]
    cut = round(1500 * common * 2 / (1 + common))  # so that common / all is as wanted
    one, other = words[:1500], words[1500 - cut : 3000 - cut]
    assert shared(" ".join(one), " ".join(other)) == pytest.approx(common, abs=0.12)


def test_texts_that_are_alike_share_a_band() -> None:
    for seed in range(50):
        words = [f"w{seed}x{number}" for number in range(400)]
        draft = [*words[:-40], *(f"new{number}" for number in range(40))]
        one, other = signature_of(" ".join(words)), signature_of(" ".join(draft))
        assert likeness(one, other) < ALIKE or set(bands(one)) & set(bands(other))
    assert len(bands(one)) == len(set(bands(one))) == 20


@pytest.mark.parametrize("text", ["", "A short note.", "The mine yields ore. " * 200, "稀土" * 500])
def test_a_text_that_says_little_has_no_signature(text: str) -> None:
    assert signature_of(text) == ()
    assert bands(()) == ()


def test_a_family_is_all_that_is_connected_by_likeness() -> None:
    alike = {"a": ("b",), "b": ("a", "c"), "c": ("b",), "d": (), "e": ("f",), "f": ("e", "gone")}
    assert families(alike) == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "e", "f": "e", "gone": "e"}
