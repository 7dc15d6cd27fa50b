"""A document of the library: what is known of it, and its text with the passages outlined."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from assistant.types import Document, Passage, Source
from assistant.ui.desk import Desk, explained
from assistant.ui.excerpt import whole
from assistant.ui.layout import controls, head
from assistant.ui.markup import describe, escape, plain, source_line

_PASSAGES_AT_ONCE = 10


def show_document(desk: Desk, document: Document, *, on_close: Callable[[], None]) -> None:
    """Show a document with a way to close it again and one to delete it."""
    metadata = document.metadata
    with head():
        with controls():
            st.caption("Document", width="stretch")
            offer_removal(desk, document.path)
            st.button("Close", type="tertiary", key="close", on_click=on_close)
        st.html(f'<h2 class="source-title">{escape(metadata.title)}</h2>')
    facts = [describe(metadata), f"File: {document.path}"]
    if metadata.topics:
        facts.append(f"Topics: {', '.join(metadata.topics)}")
    if metadata.supersedes:
        facts.append(f"Replaces: {', '.join(metadata.supersedes)}")
    st.html("".join(f'<p class="details">{escape(fact)}</p>' for fact in facts))
    show_originals(metadata.sources)
    _show_passages(document, desk.assistant.passages(document.path))


def show_originals(originals: Sequence[Source]) -> None:
    """List the originals that stand behind a document, with links where they are on the web."""
    if originals:
        with st.expander(f"What this document draws on ({len(originals)})", type="compact"):
            items = "".join(f"<li>{source_line(source)}</li>" for source in originals)
            st.html(f'<ul class="originals">{items}</ul>')


def offer_removal(desk: Desk, path: str) -> None:
    """A button that deletes a file of the library, once that has been confirmed."""
    with st.popover("Remove", type="tertiary", key=f"remove-{path}"):
        st.text(f"Delete {path} from the library folder? It cannot be brought back from here.")
        st.button("Delete the file", key=f"delete-{path}", on_click=_remove, args=(desk, path))


def _remove(desk: Desk, path: str) -> None:
    with explained():
        desk.remove(path).result()
        st.toast(plain(f"{path} is no longer in the library."))


def _show_passages(document: Document, passages: Sequence[Passage]) -> None:
    pages = -(-len(passages) // _PASSAGES_AT_ONCE)
    chosen = st.pagination(pages, key=f"passages-{document.digest}") if pages > 1 else 1
    first = (chosen - 1) * _PASSAGES_AT_ONCE
    st.html(
        "".join(
            f'<section class="passage"><p class="details">{escape(_caption(passage))}</p>'
            f"{whole(document.text, (passage.start, passage.end))}</section>"
            for passage in passages[first : first + _PASSAGES_AT_ONCE]
        )
    )


def _caption(passage: Passage) -> str:
    page = f"page {passage.page}" if passage.page else ""
    parts = (f"Passage {passage.number + 1}", page, " › ".join(passage.heading_path))
    return " · ".join(part for part in parts if part)
