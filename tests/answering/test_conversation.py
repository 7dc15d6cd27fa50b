from __future__ import annotations

import pytest

from assistant.answering.conversation import resolve_follow_up
from assistant.types import Turn

HISTORY = (
    Turn("Who owns the Mountain Pass mine?", "MP Materials owns it."),
    Turn("What does Decree 785 forbid?", "It forbids illegal mining."),
)
CHINESE = (Turn("白云鄂博矿是谁发现的？", "丁道衡发现了它。"),)


@pytest.mark.parametrize(
    "question",
    [
        "And since when?",
        "When was it published?",
        "Why?",
        "What about its penalties for smelting firms?",
        "Since when?",
    ],
)
def test_a_follow_up_carries_the_question_before_it(question: str) -> None:
    assert resolve_follow_up(question, HISTORY) == f"What does Decree 785 forbid: {question}"


@pytest.mark.parametrize("question", ["它是哪一年发现的？", "那么储量呢？", "为什么？"])
def test_a_chinese_follow_up_too(question: str) -> None:
    assert resolve_follow_up(question, CHINESE) == f"白云鄂博矿是谁发现的: {question}"


@pytest.mark.parametrize(
    "question",
    [
        "How much dysprosium did Myanmar export in 2023?",
        "Which firms form China Rare Earth Group?",
        "中国2024年稀土开采总量控制指标是多少？",
    ],
)
def test_a_question_with_a_subject_of_its_own_is_left_alone(question: str) -> None:
    assert resolve_follow_up(question, HISTORY) == question


@pytest.mark.parametrize("question", ["Why?", "And since when?", "它呢？"])
def test_without_earlier_turns_there_is_nothing_to_follow(question: str) -> None:
    assert resolve_follow_up(question, ()) == question


QUOTA = "What was the mining quota for 2022?"


@pytest.mark.parametrize(
    ("question", "year"),
    [("And in 2023?", 2023), ("What about the year after?", 2023), ("And the year before?", 2021), ("Why?", 2022)],
)
def test_another_year_takes_the_place_of_the_year_before(question: str, year: int) -> None:
    resolved = resolve_follow_up(question, (Turn(QUOTA, "210,000 tonnes."),))
    assert resolved == f"What was the mining quota for {year}: {question}"


def test_a_chain_of_follow_ups_keeps_its_subject() -> None:
    history = (Turn(QUOTA, "210,000 tonnes."), Turn("And in 2023?", "255,000 tonnes."))
    assert (
        resolve_follow_up("And the year after?", history) == "What was the mining quota for 2024: And the year after?"
    )
    longer = (*HISTORY, Turn("What about its penalties for smelting firms?", "Fines."))
    assert resolve_follow_up("Since when?", longer) == (
        "What does Decree 785 forbid: What about its penalties for smelting firms: Since when?"
    )
