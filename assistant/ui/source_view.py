"""The panel beside the chat: a cited passage in its document, the quote marked where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from assistant.conversations.records import Exchange
from assistant.text import Span
from assistant.types import Document, Passage
from assistant.ui import state
from assistant.ui.citations import Place, places
from assistant.ui.desk import explained
from assistant.ui.document_view import show_originals
from assistant.ui.excerpt import excerpt, sections, whole
from assistant.ui.layout import controls, head
from assistant.ui.markup import describe, escape
from assistant.ui.page_image import is_pdf
from assistant.ui.page_view import reveal, show_page

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_VIEW = "source_view"
_PAGE, _PASSAGE, _WHOLE = "Page", "Passage", "Whole document"


def show_source(assistant: Assistant, exchange: Exchange, opened: state.OpenPlace) -> None:
    """Show a place of an answer, with the way to the one before and the one after it."""
    found = places(exchange.answer)
    place = found[opened.number - 1]
    with explained():
        document = assistant.document(place.document)
        with head():
            _controls(opened, place, len(found))
            st.html(f'<h2 class="source-title">{escape(place.title)}</h2>')
            if document is None:
                _gone(place, "This document is no longer in the library.")
                return
            st.html(f'<p class="details">{escape(describe(document.metadata, place.page))}</p>')
            if not _stands(document, place):
                _gone(place, "This document has changed since the answer was given; ask again for its present words.")
                return
            view = _choose_view(assistant, document, place)
        _note_recognition(document, place)
        _show(assistant, document, place, view, f"{opened.exchange}-{opened.number}")
        show_originals(document.metadata.sources)


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


def _stands(document: Document, place: Place) -> bool:
    start, end = place.span
    return document.text[start:end] == place.quote


def _choose_view(assistant: Assistant, document: Document, place: Place) -> str:
    """How the place is shown: a page of a PDF as it looks, the passage, or the document from end to end."""
    has_pages = place.page is not None and is_pdf(assistant.file(document.path))
    views = [*([_PAGE] if has_pages else []), _PASSAGE, _WHOLE]
    chosen = st.segmented_control(
        "How it is shown", views, default=views[0], required=True, key=f"{_VIEW}-{len(views)}",
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    if chosen == _PAGE and place.is_evidence:
        st.html(f'<blockquote class="quoted"><mark>{escape(place.line)}</mark></blockquote>')
    return str(chosen or views[0])


def _show(assistant: Assistant, document: Document, place: Place, view: str, key: str) -> None:
    quote = place.span if place.is_evidence else None
    if view == _PAGE:
        file = assistant.file(document.path)
        show_page(file, document, key=f"page-{key}", page=place.page or 1, quote=quote)
    elif view == _WHOLE:
        _show_whole(document, place.span, quote, key)
    else:
        _show_passage(assistant, document, place, quote)


def _show_passage(assistant: Assistant, document: Document, place: Place, quote: Span | None) -> None:
    passage = next((each for each in assistant.passages(place.document) if each.id == place.passage), None)
    span = (passage.start, passage.end) if passage else place.span
    st.html(_heading_path(passage) + excerpt(document.text, span, quote))
    reveal([place.document, *place.span])


def _show_whole(document: Document, span: Span, quote: Span | None, key: str) -> None:
    parts = sections(document.text)
    at = next((number for number, (_, end) in enumerate(parts, 1) if span[0] < end), 1)
    part = at
    if len(parts) > 1:
        part = st.pagination(len(parts), default=at, max_visible_pages=5, key=f"part-{key}")
    st.html(whole(document.text, parts[part - 1], quote))
    reveal([document.path, *span, "whole", part])


def _note_recognition(document: Document, place: Place) -> None:
    confidence = dict(document.recognised).get(place.page or 1)
    if confidence is not None:
        said = f"Read from a picture of the page by text recognition, confidence {confidence:.0%}; compare the image."
        st.html(f'<p class="note">{escape(said)}</p>')


def _heading_path(passage: Passage | None) -> str:
    path = " › ".join(passage.heading_path) if passage else ""
    return f'<p class="details">{escape(path)}</p>' if path else ""


def _gone(place: Place, sentence: str) -> None:
    st.html(f'<p class="note">{sentence}</p><blockquote class="excerpt">{escape(place.line)}</blockquote>')
