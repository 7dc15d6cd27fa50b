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
