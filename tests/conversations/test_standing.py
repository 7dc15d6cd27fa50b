from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversations.standing import MEANINGS, State, citation_state, present_span
from assistant.types import Citation, Document, Metadata
from tests.conversations.conftest import QUOTE, TEXT, citation


def document(text: str = TEXT, digest: str = "d1") -> Document:
    return Document(path="policy/controls.md", digest=digest, text=text, metadata=Metadata("Export controls"))


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (document(), State.UNCHANGED),
        (document(digest="d2"), State.MOVED),
        (document("A new beginning.\n\n" + TEXT, "d2"), State.MOVED),
        (document(TEXT.replace("They cover", "They\ncover"), "d2"), State.MOVED),
        (document("A new reader.\n\n" + TEXT), State.MOVED),
        (document(TEXT.replace("dysprosium", "terbium"), "d2"), State.CHANGED),
        (document(TEXT.replace("dysprosium", "terbium")), State.CHANGED),
        (document("", "d2"), State.CHANGED),
        (None, State.GONE),
    ],
)
def test_what_became_of_a_quote(now: Document | None, state: State) -> None:
    assert citation_state(now, citation()) is state
    assert MEANINGS[state]


@pytest.mark.parametrize(
    "fields", [{"quote": ""}, {"quote": " \n "}, {"start": -5, "end": 10**9}, {"start": 9, "end": 3}]
)
def test_a_citation_that_cannot_be_never_counts_as_unchanged(fields: dict[str, object]) -> None:
    assert citation_state(document(), dataclasses.replace(citation(), **fields)) is not State.UNCHANGED


def test_chinese_words_are_found_when_the_lines_break_elsewhere() -> None:
    quote = citation("中国宣布新的出口管制措施。")
    text = TEXT.replace("新的出口", "新的\n出口")
    span = present_span(text, quote)
    assert span is not None
    assert text[slice(*span)] == "中国宣布新的\n出口管制措施。"


def test_the_nearest_of_several_places_is_taken() -> None:
    filler = "Other words. " * 20
    text = f"{QUOTE} {filler}{QUOTE} {filler}{QUOTE}"
    places = [at for at in range(len(text)) if text.startswith(QUOTE, at)]
    for place in places:
        near = dataclasses.replace(citation(), start=place + 3, end=place + 3 + len(QUOTE))
        assert present_span(text, near) == (place, place + len(QUOTE))


@given(st.text("ab \n"), st.text("ab \n"), st.integers(-3, 60), st.integers(-3, 60))
def test_what_is_found_says_the_quoted_words(text: str, quote: str, start: int, end: int) -> None:
    known = Citation("a.md", "A", None, start, end, quote, "p", "d")
    span = present_span(text, known)
    squeezed = "".join(quote.split())
    if span is not None:
        assert "".join(text[slice(*span)].split()) == squeezed
    assert (span is not None) == (bool(squeezed) and squeezed in "".join(text.split()))
