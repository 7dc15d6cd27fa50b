"""The panel beside the chat: a cited passage in its document, the quote marked where it stands."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from assistant.assistant import Assistant
from assistant.types import Document, Passage
from assistant.ui import state
from assistant.ui.citations import Place, places
from assistant.ui.desk import explained
from assistant.ui.document_view import show_originals
from assistant.ui.excerpt import excerpt
from assistant.ui.layout import controls, head
from assistant.ui.markup import STATIC, describe, escape
from assistant.ui.page_image import is_pdf, page_image


def show_source(assistant: Assistant, exchange: state.Exchange, opened: state.OpenPlace) -> None:
    """Show a place of an answer, with the way to the one before and the one after it."""
    found = places(exchange.answer)
    place = found[opened.number - 1]
    with head():
        _controls(opened, place, len(found))
        st.html(f'<h2 class="source-title">{escape(place.title)}</h2>')
    with explained():
        document = assistant.document(place.document)
        if document is None:
            _gone(place, "This document is no longer in the library.")
            return
        st.html(f'<p class="details">{escape(describe(document.metadata, place.page))}</p>')
        _note_recognition(document, place)
        _passage(assistant, document, place)
        _page(assistant, place)
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


def _passage(assistant: Assistant, document: Document, place: Place) -> None:
    start, end = place.span
    if document.text[start:end] != place.quote:
        _gone(place, "This document has changed since the answer was given; ask again for its present words.")
        return
    passage = next((each for each in assistant.passages(place.document) if each.id == place.passage), None)
    span = (passage.start, passage.end) if passage else place.span
    st.html(_heading_path(passage) + excerpt(document.text, span, place.span if place.is_evidence else None))
    _reveal()(key="reveal", data=[place.document, *place.span])


def _note_recognition(document: Document, place: Place) -> None:
    confidence = dict(document.recognised).get(place.page or 1)
    if confidence is not None:
        said = f"Read from a picture of the page by text recognition, confidence {confidence:.0%}; compare the image."
        st.html(f'<p class="note">{escape(said)}</p>')


@cache
def _reveal() -> ComponentRenderer:
    """Scrolls the panel to the marked words whenever another place is shown."""
    return st.components.v2.component("reveal", js=(STATIC / "reveal.js").read_text("utf-8"))


def _heading_path(passage: Passage | None) -> str:
    path = " › ".join(passage.heading_path) if passage else ""
    return f'<p class="details">{escape(path)}</p>' if path else ""


def _gone(place: Place, sentence: str) -> None:
    st.html(f'<p class="note">{sentence}</p><blockquote class="excerpt">{escape(place.line)}</blockquote>')


def _page(assistant: Assistant, place: Place) -> None:
    if place.page is None:
        return
    file = assistant.file(place.document)
    if is_pdf(file):
        drawn = _drawn_page(file, file.stat().st_mtime_ns, place.page, place.quote if place.is_evidence else "")
        alt = f"Page {place.page} with the quote highlighted"
        st.image(drawn, width="stretch", output_format="PNG", alt=alt)
        st.caption(f"Page {place.page} of the file, as it is.")


@st.cache_data(max_entries=50, show_spinner="Drawing the page …")
def _drawn_page(file: Path, _: int, page: int, quote: str) -> bytes:
    return page_image(file, page, quote)
