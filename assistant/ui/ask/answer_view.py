"""An answer on the page: its sentences with marks that open their source, and a card for each source.

The marks stand inside running text, which no element of Streamlit can do; so this is a component
of our own, a script that sets every word as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from assistant.retrieval.filters import newer_documents
from assistant.types import Answer, DocumentRecord, Status
from assistant.ui.ask.citations import Place, SourceCard, cards, marks, places
from assistant.ui.markup import STATIC, describe


@dataclass(frozen=True, slots=True)
class _Claim:
    text: str
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    number: int
    label: str
    quote: str
    page: str
    language: str
    where: str


@dataclass(frozen=True, slots=True)
class _Card:
    title: str
    details: str
    warning: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _View:
    """What the script draws."""

    claims: tuple[_Claim, ...]
    places: tuple[_Place, ...]
    cards: tuple[_Card, ...]
    heading: str
    evidence: bool
    open: int | None
    latest: bool


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "answer",
        html='<div class="answer"></div>',
        css=(STATIC / "answer.css").read_text("utf-8"),
        js=(STATIC / "answer.js").read_text("utf-8"),
    )


def show_answer(
    answer: Answer,
    records: Mapping[str, DocumentRecord],
    *,
    key: str,
    is_latest: bool,
    open_number: int | None,
    on_open: Callable[[int], None],
) -> None:
    """Draw the sentences and sources of an answer.

    Args:
        answer: Answered or not; without an answer its nearest passages are drawn, apart from evidence.
        records: What is known of the documents, by path.
        key: Unique on the page.
        is_latest: The page moves to this answer when it first appears.
        open_number: The place that is open beside the chat, if any.
        on_open: Called with the number of a place when its mark or quote is clicked.
    """

    def opened() -> None:
        number = st.session_state[key].opened
        if isinstance(number, int | float) and 1 <= number <= len(places(answer)):
            on_open(int(number))

    view = _view(answer, records, open_number, is_latest=is_latest)
    _component()(key=key, data=asdict(view), on_opened_change=opened)


def _view(answer: Answer, records: Mapping[str, DocumentRecord], open_number: int | None, *, is_latest: bool) -> _View:
    found = places(answer)
    answered = answer.status is Status.ANSWERED
    newer = newer_documents(records.values())
    return _View(
        claims=tuple(
            _Claim(claim.text, numbers) for claim, numbers in zip(answer.claims, marks(answer, found), strict=True)
        ),
        places=tuple(_place(place, records) for place in found),
        cards=tuple(_card(card, records.get(card.document), newer.get(card.document, "")) for card in cards(found)),
        heading="Sources" if answered else "Nearest passages, not an answer",
        evidence=answered,
        open=open_number,
        latest=is_latest,
    )


def _place(place: Place, records: Mapping[str, DocumentRecord]) -> _Place:
    record = records.get(place.document)
    page = f"p. {place.page}" if place.page else ""
    return _Place(
        number=place.number,
        label=f"[{place.number}]" if place.is_evidence else "",
        quote=f"“{place.line}”" if place.is_evidence else place.line,
        page=page,
        language=record.metadata.language if record else "",
        where=", ".join(part for part in (place.title, page) if part),
    )


def _card(card: SourceCard, record: DocumentRecord | None, newer: str) -> _Card:
    return _Card(
        title=card.title,
        details=describe(record.metadata) if record else "no longer in the library",
        warning=f"Replaced by “{newer}”" if newer else "",
        numbers=tuple(place.number for place in card.places),
    )
