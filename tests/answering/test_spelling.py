from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Turn
from assistant.answering.spelling import Spelling
from assistant.retrieval.word_for_word import load_words
from assistant.text import content_words

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant

TEXT = (
    "The exports of magnets with dysprosium fell in Ganzhou. Smuggling of gadolinium is punished by ten years in prison. "
    "The prison is old. Cerium is cheap."
)
STEMS = {*content_words(TEXT)}
LONG_WORDS = ["exports", "magnets", "dysprosium", "ganzhou", "smuggling", "gadolinium", "punished", "prison", "between"]


def frequencies(terms: Sequence[str]) -> tuple[dict[str, int], int]:
    return {term: int(term in STEMS) for term in terms}, 10


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(frequencies, load_words())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("magnet exprots", "magnet exports"),
        ("how is smugling punished?", "how is smuggling punished?"),
        ("dysprosim", "dysprosium"),
        ("what about gadolinnium, and why", "what about gadolinium, and why"),
        ("plants in ganzou", "plants in ganzhou"),
        ("磁体的exprots是多少", "磁体的exports是多少"),
    ],
)
def test_a_slip_is_mended_by_a_word_of_the_documents(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.corrected(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Which prisms are there?",  # English, though one slip from what documents say
        "Where is curium found?",  # an element, though one letter from cerium
        "Who is Expots?",  # a name
        "What says the-exprots.org of exprots.md?",
        "expo",  # too short to tell
        "gadlinum",  # two slips
        r"C:\exprots",
        "磁体出口多少",
        "",
    ],
)
def test_what_may_be_meant_so_is_left(spelling: Spelling, question: str) -> None:
    assert spelling.corrected(question) == question


@given(st.sampled_from(LONG_WORDS), st.data())
def test_one_letter_that_is_left_out_or_two_that_change_places_are_mended(
    spelling: Spelling, word: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(word) - 2))
    left_out = word[:at] + word[at + 1 :]
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for typed in (left_out, swapped):
        mended = spelling.corrected(f"what about {typed} there")
        if mended != f"what about {typed} there":
            assert {*content_words(mended)} <= STEMS
        assert spelling.corrected(mended) == mended


@given(st.text())
def test_any_text_is_taken(spelling: Spelling, question: str) -> None:
    assert isinstance(spelling.corrected(question), str)


def test_a_slip_is_understood_shown_and_stays_as_typed(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"trade.md": f"# Trade\n\n{TEXT}\n"})
    asked = "How is smugling of gadolinum punished?"
    answer = assistant.ask(asked)
    assert answer.question == asked
    assert answer.searched_for[0] == "How is smuggling of gadolinium punished?"
    assert "ten years" in answer.claims[0].text
    follow_up = assistant.ask("And where?", history=[Turn(asked, answer.claims[0].text)])
    assert "smuggling" in follow_up.searched_for[0]
    corrected = assistant.ask(asked, resolved=asked)
    assert corrected.searched_for[0] == asked
    assert corrected.understood is None
