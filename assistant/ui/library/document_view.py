"""A document of the library: what is known of it, and its text with the passages outlined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

import streamlit as st

from assistant.conversations.reference import date_words
from assistant.types import Document, Passage
from assistant.ui.addresses import conversation_address
from assistant.ui.desk import Desk, current_user, explained
from assistant.ui.document.excerpt import whole
from assistant.ui.document.originals import show_originals
from assistant.ui.document.page_image import is_pdf
from assistant.ui.document.page_view import page_tools, show_page
from assistant.ui.layout import controls, head
from assistant.ui.markup import describe, escape, plain

_PASSAGES_AT_ONCE = 10
_USES = 20  # answers that are listed
_PASSAGES, _PAGES = "Passages", "Pages"


def show_document(desk: Desk, document: Document, *, on_close: Callable[[], None]) -> None:
    """Show a document with a way to close it again and one to delete it."""
    metadata = document.metadata
    with head():
        with controls():
            st.caption("Document", width="stretch")
            _offer_download(desk, document.path)
            st.button("Index anew", type="tertiary", key="reindex", on_click=_reindex, args=(desk, document.path))
            offer_removal(desk, document.path)
            st.button("Close", type="tertiary", key="close", on_click=on_close)
        st.html(f'<h2 class="source-title">{escape(metadata.title)}</h2>')
    facts = [describe(metadata), f"File: {document.path}"]
    if metadata.topics:
        facts.append(f"Topics: {', '.join(metadata.topics)}")
    if metadata.supersedes:
        facts.append(f"Replaces: {', '.join(metadata.supersedes)}")
    alike = next((each.near_duplicates for each in desk.assistant.records() if each.path == document.path), ())
    if alike:
        facts.append(f"Nearly the same text, and no second source: {', '.join(alike)}")
    if document.recognised:
        mean = fmean(confidence for _, confidence in document.recognised)
        facts.append(f"Pages read by text recognition: {len(document.recognised)}, mean confidence {mean:.0%}")
    st.html("".join(f'<p class="details">{escape(fact)}</p>' for fact in facts))
    show_originals(metadata.sources)
    _show_uses(desk, document.path)
    _offer_edit(desk, document)
    _show_text(desk, document)


def _show_text(desk: Desk, document: Document) -> None:
    """The document's passages or, of a PDF, its pages as they look."""
    file = desk.assistant.file(document.path)
    has_pages = bool(document.page_starts) and is_pdf(file)
    shown = st.segmented_control(
        "What is shown", [_PASSAGES, _PAGES], default=_PASSAGES, required=True, key="document-view",
        label_visibility="collapsed", persist_state="session",
    ) if has_pages else _PASSAGES  # fmt: skip
    if shown == _PAGES:
        with explained():
            show_page(file, document, page_tools(document, key=f"pages-{document.digest}"))
    else:
        _show_passages(document, desk.assistant.passages(document.path))


def _show_uses(desk: Desk, path: str) -> None:
    """The answers that cite the document, with the way to each."""
    with explained():
        uses = desk.history.uses(path, user=current_user())
        if uses:
            with st.expander(f"Answers that cite it ({len(uses)})", type="compact"):
                for use in uses[:_USES]:
                    said = f"asked {date_words(use.asked[:10])}"
                    address = conversation_address(use.conversation)
                    st.html(
                        f'<p class="details"><a href="{escape(address)}" target="_self">{escape(use.question)}</a>'
                        f" · {escape(said)}</p>"
                    )
                if len(uses) > _USES:
                    st.caption(f"and {len(uses) - _USES} earlier ones")


def _reindex(desk: Desk, path: str) -> None:
    with explained():
        desk.reindex(path).result()
        st.toast(plain(f"{path} has been read and indexed anew."))


def _offer_download(desk: Desk, path: str) -> None:
    """The file itself, read when it is asked for."""
    with explained():
        file = desk.assistant.file(path)
        st.download_button(
            "Download", file.read_bytes, file.name, type="tertiary", key=f"download-{path}", on_click="ignore"
        )


def _offer_edit(desk: Desk, document: Document) -> None:
    """Fields to correct what is known of a document; the corrections are kept beside its file."""
    metadata = document.metadata
    known = {
        "title": metadata.title,
        "publisher": metadata.publisher or "",
        "author": metadata.author or "",
        "published": metadata.published or "",
        "kind": metadata.kind or "",
        "language": metadata.language,
        "topics": ", ".join(metadata.topics),
        "url": metadata.url or "",
    }
    with st.expander("Correct these details", type="compact"), st.form(f"edit-{document.digest}", border=False):
        with st.container(horizontal=True):
            typed = {
                field: st.text_input(
                    field.capitalize() if field != "url" else "URL",
                    value,
                    key=f"{field}-{document.digest}",
                    width=680 if field == "title" else 230,
                )
                for field, value in known.items()
            }
        if st.form_submit_button("Save"):
            changes = {field: value for field, value in typed.items() if value != known[field]}
            _save(desk, document.path, changes)


def _save(desk: Desk, path: str, changes: Mapping[str, object]) -> None:
    if changes:
        with explained():
            desk.edit(path, changes).result()
            st.rerun()


def offer_removal(desk: Desk, path: str) -> None:
    """A button that moves a file of the library to the trash, once that has been confirmed."""
    with st.popover("Remove", type="tertiary", key=f"remove-{path}"):
        st.text(f"Take {path} out of the library? It can be restored from the foot of this page.")
        st.button("Remove the file", key=f"delete-{path}", on_click=_remove, args=(desk, path))


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
