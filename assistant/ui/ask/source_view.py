"""The panel beside the chat: a cited passage in its document, the quote marked where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from assistant.conversations.encoding import earlier_passage
from assistant.conversations.records import Exchange
from assistant.conversations.reference import reference
from assistant.conversations.standing import MEANINGS, State, citation_state, present_span
from assistant.structure import Span
from assistant.types import Document, Passage
from assistant.ui.ask import state
from assistant.ui.ask.citations import Place, places
from assistant.ui.copying import offer_copy
from assistant.ui.desk import Desk, explained
from assistant.ui.document.excerpt import excerpt, sections, whole
from assistant.ui.document.originals import show_originals
from assistant.ui.document.page_image import is_pdf
from assistant.ui.document.page_view import page_tools, reveal, show_page
from assistant.ui.layout import controls, head
from assistant.ui.markup import describe, escape, plain

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_PASSAGE_CHANGED = "The document has changed since the question was asked; this is how the passage stood then."
_VIEW = "source_view"
_PAGE, _PASSAGE, _WHOLE = "Page", "Passage", "Whole document"


@dataclass(frozen=True, slots=True)
class _Finding:
    """What became of a place since the answer was given.

    Attributes:
        span: Where its words stand today; None where they do not.
        note: What a reader must know of it.
    """

    span: Span | None
    note: str | None = None


def show_source(desk: Desk, exchange: Exchange, opened: state.OpenPlace) -> None:
    """Show a place of an answer, with the way to the one before and the one after it."""
    found = places(exchange.answer)
    place = found[opened.number - 1]
    with explained():
        document = desk.present_document(place.citation) if place.citation else desk.assistant.document(place.document)
        finding = _find(document, place)
        with head():
            _controls(opened, place, len(found))
            _title(document, place)
            if finding.note:
                st.html(f'<p class="note">{escape(finding.note)}</p>')
            if document is not None and finding.span is not None:
                key = f"{opened.exchange}-{opened.number}"
                view = _choose_view(desk.assistant, document, finding.span, key)
        if document is None or finding.span is None:
            _show_earlier(exchange, place)
            return
        _note_recognition(document, document.page_at(finding.span[0]))
        _show(desk.assistant, document, place, finding.span, view)
        if place.citation is not None:
            cited = reference(place.citation, document.metadata)
            offer_copy("Copy the reference", cited, key="copy-reference")
            st.caption(plain(cited))
        show_originals(document.metadata.sources)


def _find(document: Document | None, place: Place) -> _Finding:
    if document is None:
        return _Finding(None, MEANINGS[State.GONE])
    if place.citation is None:
        start, end = place.span
        stands = document.text[start:end] == place.quote
        return _Finding(place.span if stands else None, None if stands else _PASSAGE_CHANGED)
    became = citation_state(document, place.citation)
    note = None if became is State.UNCHANGED else MEANINGS[became]
    return _Finding(present_span(document.text, place.citation), note)


def _title(document: Document | None, place: Place) -> None:
    st.html(f'<h2 class="source-title">{escape(place.title)}</h2>')
    if document is not None:
        st.html(f'<p class="details">{escape(describe(document.metadata, place.page))}</p>')


def _show_earlier(exchange: Exchange, place: Place) -> None:
    """The words as they stood when the answer was given, in fainter ink the passage around them."""
    earlier = earlier_passage(exchange.answer, place.passage)
    text, start = (earlier.text, earlier.start) if earlier else (place.quote, place.span[0])
    st.caption("As it stood when the answer was given")
    st.html(excerpt(text, (place.span[0] - start, place.span[1] - start), None))


def _controls(opened: state.OpenPlace, place: Place, total: int) -> None:
    with controls():
        st.caption(f"{'Citation' if place.is_evidence else 'Passage'} {opened.number} of {total}", width="stretch")
        for label, number in (("Previous", opened.number - 1), ("Next", opened.number + 1)):
            st.button(
                label,
                type="tertiary",
                key=label.lower(),
                disabled=not 1 <= number <= total,
                on_click=state.show_place,
                args=(opened.exchange, number),
            )
        st.button("Close", type="tertiary", key="close", on_click=state.close_panel)


@dataclass(frozen=True, slots=True)
class _View:
    """How a document is shown: a page as it looks, the passage, or the text from end to end in parts."""

    name: str
    part: int = 1


def _choose_view(assistant: Assistant, document: Document, span: Span, key: str) -> _View:
    page = document.page_at(span[0])
    names = [_PASSAGE, _WHOLE]
    if page is not None and is_pdf(assistant.file(document.path)):
        names.insert(0, _PAGE)
    chosen = st.segmented_control(
        "How it is shown", names, default=names[0], required=True, key=f"{_VIEW}-{len(names)}",
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    if chosen == _PAGE:
        return _View(_PAGE, page_tools(document, key=f"page-{key}", page=page or 1))
    parts = sections(document.text) if chosen == _WHOLE else ()
    if len(parts) < 2:
        return _View(str(chosen))
    at = next((number for number, (_, end) in enumerate(parts, 1) if span[0] < end), 1)
    return _View(_WHOLE, st.pagination(len(parts), default=at, max_visible_pages=5, key=f"part-{key}"))


def _show(assistant: Assistant, document: Document, place: Place, span: Span, view: _View) -> None:
    quote = span if place.is_evidence else None
    if view.name == _PAGE:
        if place.is_evidence:
            st.html(f'<blockquote class="quoted"><mark>{escape(place.line)}</mark></blockquote>')
        show_page(assistant.file(document.path), document, view.part, quote)
    elif view.name == _WHOLE:
        st.html(whole(document.text, sections(document.text)[view.part - 1], quote))
        reveal([document.path, *span, view.name, view.part])
    else:
        _show_passage(assistant, document, place, span, quote)


def _show_passage(assistant: Assistant, document: Document, place: Place, span: Span, quote: Span | None) -> None:
    around = (each for each in assistant.passages(document.path) if each.start <= span[0] < each.end)
    passage = next(around, None)
    shown = (passage.start, passage.end) if passage else span
    st.html(_heading_path(passage, place.title) + excerpt(document.text, shown, quote))
    reveal([document.path, *span])


def _note_recognition(document: Document, page: int | None) -> None:
    confidence = dict(document.recognised).get(page or 1)
    if confidence is not None:
        said = f"Read from a picture of the page by text recognition, confidence {confidence:.0%}; compare the image."
        st.html(f'<p class="note">{escape(said)}</p>')


def _heading_path(passage: Passage | None, title: str) -> str:
    """The headings above a passage, without the document's title, which stands above already."""
    path = " › ".join(each for each in passage.heading_path if each != title) if passage else ""
    return f'<p class="details">{escape(path)}</p>' if path else ""
