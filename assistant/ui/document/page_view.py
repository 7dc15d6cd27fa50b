"""Pages of a PDF beside the matter: drawn, turned and zoomed, with a quote marked where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from assistant.structure import Span
from assistant.types import Document
from assistant.ui.document.page_image import PageImage, letters_in, page_image
from assistant.ui.markup import STATIC

_ZOOMS = (1.0, 1.5, 2.0, 3.0)
_ZOOM = "page_zoom"  # place in _ZOOMS


def page_tools(document: Document, *, key: str, page: int = 1) -> int:
    """Draw the means to turn and to enlarge pages; returns the page that is open.

    Args:
        document: What was read from the PDF.
        key: Pages are turned anew for each.
        page: Which page is open first, from 1.
    """
    total = len(document.page_starts)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="page-tools"):
        turned = st.pagination(total, default=page, max_visible_pages=3, key=key) if total > 1 else 1
        st.space("stretch")
        _zoom_buttons()
    return turned


def show_page(file: Path, document: Document, page: int, quote: Span | None = None) -> None:
    """Draw a page.

    Args:
        file: The PDF.
        document: What was read from it.
        page: Counts from 1.
        quote: What is marked, as far as it stands on the page.

    Raises:
        UnreadableDocument: The page cannot be drawn.
    """
    words, near = _words_on(document, page, quote)
    zoom = _ZOOMS[st.session_state.get(_ZOOM, 0)]
    drawn = _drawn(file, file.stat().st_mtime_ns, page, words, near, zoom)
    alt = f"Page {page} with the quote highlighted" if drawn.marked_at is not None else f"Page {page}"
    with st.container(key=f"page-zoom-{round(zoom * 100)}"):
        st.image(drawn.png, width="stretch", output_format="PNG", alt=alt)
    st.caption(f"Page {page} of {len(document.page_starts)}, as it stands in the file")
    reveal([document.path, page, words], drawn.marked_at)


def reveal(shown: Sequence[str | int], share: float | None = None) -> None:
    """Scroll the panel to the marked words whenever another place is shown.

    Args:
        shown: What is shown: the panel moves when it changes.
        share: Where the words stand on a page image, from its top; else the panel's first mark is sought.
    """
    _reveal()(key="reveal", data={"shown": list(shown), "share": share})


@cache
def _reveal() -> ComponentRenderer:
    return st.components.v2.component("reveal", js=(STATIC / "reveal.js").read_text("utf-8"))


def _zoom_buttons() -> None:
    step = st.session_state.get(_ZOOM, 0)
    for label, other in (("Smaller", step - 1), ("Larger", step + 1)):
        possible = 0 <= other < len(_ZOOMS)
        st.button(label, type="tertiary", key=label.lower(), disabled=not possible, on_click=_set_zoom, args=(other,))


def _set_zoom(step: int) -> None:
    st.session_state[_ZOOM] = step


def _words_on(document: Document, page: int, quote: Span | None) -> tuple[str, int]:
    """The part of a quote that stands on a page, and how many letters stand before it."""
    if quote is None:
        return "", 0
    edges = (*document.page_starts, len(document.text))
    start, end = max(quote[0], edges[page - 1]), min(quote[1], edges[page])
    return document.text[start:end], letters_in(document.text[edges[page - 1] : start])


@st.cache_data(max_entries=50, show_spinner="Drawing the page …")
def _drawn(file: Path, _: int, page: int, quote: str, near: int, zoom: float) -> PageImage:
    return page_image(file, page, quote, near=near, zoom=zoom)
