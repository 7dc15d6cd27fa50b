from __future__ import annotations

import re
import string
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.words import longest_common_subsequence, shared_f1, squad_words

LATIN = st.text(st.sampled_from(string.printable + "éüßñ")) | st.lists(
    st.sampled_from(["The", "a", "an", "quota", "U.S.", "270,000", "twenty-five", "it's", "A1", "the-mine", "(an)"])
).map(" ".join)
FEW = st.lists(st.sampled_from("abc"), max_size=12)


def official(text: str) -> list[str]:
    """``normalize_answer`` and ``split`` of SQuAD's evaluate-v1.1.py, as published."""

    def remove_articles(text: str) -> str:
        return re.sub(r"\b(a|an|the)\b", " ", text)

    def white_space_fix(text: str) -> str:
        return " ".join(text.split())

    def remove_punc(text: str) -> str:
        exclude = set(string.punctuation)
        return "".join(ch for ch in text if ch not in exclude)

    return white_space_fix(remove_articles(remove_punc(text.lower()))).split()


def official_f1(prediction: str, truth: str) -> float:
    """``f1_score`` of the same script."""
    prediction_tokens, truth_tokens = official(prediction), official(truth)
    common = Counter(prediction_tokens) & Counter(truth_tokens)
    num_same = sum(common.values())
    if num_same == 0:
        return 0
    precision = 1.0 * num_same / len(prediction_tokens)
    recall = 1.0 * num_same / len(truth_tokens)
    return (2 * precision * recall) / (precision + recall)


@given(LATIN)
def test_words_are_those_of_the_official_script_of_squad(text: str) -> None:
    assert squad_words(text) == official(text)


@given(LATIN, LATIN.filter(official))
def test_f1_is_that_of_the_official_script_of_squad(given: str, truth: str) -> None:
    assert abs(shared_f1(squad_words(given), squad_words(truth)) - official_f1(given, truth)) < 1e-12


def test_chinese_is_parted_into_characters() -> None:
    assert squad_words("《稀土管理条例》于2024年施行。") == [*"稀土管理条例于", "2024", *"年施行"]
    assert squad_words("出口 REE 配额，the end") == ["出", "口", "ree", "配", "额", "end"]


@given(FEW, FEW)
def test_the_common_subsequence_is_the_longest(one: list[str], other: list[str]) -> None:
    lengths = [0] * (len(other) + 1)
    for left in one:
        row = [0]
        for place, right in enumerate(other):
            row.append(lengths[place] + 1 if left == right else max(lengths[place + 1], row[place]))
        lengths = row
    assert longest_common_subsequence(one, other) == lengths[-1]
