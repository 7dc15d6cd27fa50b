from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.answering.subjects import says_any, subjects
from assistant.retrieval.glossary import Mention
from assistant.text import tokens


def frequencies(terms: Sequence[str]) -> tuple[dict[str, int], int]:
    return {term: 900 if term in {"china", "earth", "rare"} else 3 for term in terms}, 1000


def said_by(question: str, text: str, mentions: Sequence[Mention] = ()) -> bool:
    return says_any(subjects(question, mentions, frequencies), frozenset(tokens(text)))


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What will the plant at Eneabba cost?", 1),
        ("Is Project Vault larger than the Seadrift award?", 2),
        ("What does China mine?", 0),
        ("Why did the EU complain?", 0),
        ("Eneabba?", 0),
        ("稀土产量是多少？", 0),
        ("", 0),
    ],
)
def test_what_is_written_as_a_name_inside_a_question_is_what_it_is_about(question: str, names: int) -> None:
    assert len(subjects(question, (), frequencies)) == names


def test_a_name_is_said_by_all_its_words_and_in_any_of_its_ways() -> None:
    mention = Mention("mount weld", ("韦尔德山",))
    assert said_by("how large is mount weld", "The Mount Weld mine is large.", [mention])
    assert said_by("how large is mount weld", "韦尔德山矿很大。", [mention])
    assert not said_by("how large is mount weld", "Weld it shut.", [mention])


def test_everyday_words_are_no_names() -> None:
    assert subjects("price of ore", [Mention("price", ("价格",), everyday=True)], frequencies) == ()
