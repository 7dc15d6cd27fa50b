"""The page that shows what the library holds, and where documents are added and removed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.documents.readers import SUFFIXES
from assistant.types import DocumentRecord
from assistant.ui.addition import begin_with_address, begin_with_files, begin_with_text, finish
from assistant.ui.desk import Desk, explained, open_desk
from assistant.ui.document_view import offer_removal, show_document
from assistant.ui.layout import columns, panel
from assistant.ui.markup import counted, date_words, escape, language_name, plain

_CHOSEN = "document"  # the path of the open document
_LIST = "documents"
_ADDITION = "addition"  # the last one of this session


def page() -> None:
    """Draw ways to add, the list, the register of problems and the trash, and the chosen document beside them."""
    desk = open_desk()
    matter, beside = columns("library")
    with matter:
        st.title("Library", anchor=False)
        _show_addition(desk)
        records = desk.assistant.records()
        if records:
            _show_list(records)
        else:
            st.text("The library holds no documents yet.")
        _show_problems(desk)
        _show_trash(desk)
    chosen = st.session_state.get(_CHOSEN)
    document = desk.assistant.document(chosen) if chosen else None
    if document is not None:
        with panel(beside):
            show_document(desk, document, on_close=_close)


def _show_addition(desk: Desk) -> None:
    files, page_, text = st.tabs(["Files", "Web page", "Text"])
    with files:
        _offer_files(desk)
    with page_:
        _offer_address(desk)
    with text:
        _offer_text(desk)
    if _ADDITION in st.session_state:
        outcome = finish(desk, st.session_state[_ADDITION])
        if outcome.added:
            st.success(plain(f"Added {', '.join(outcome.added)}."))
        for sentence in outcome.failures:
            st.error(plain(sentence))


def _offer_files(desk: Desk) -> None:
    with st.form("upload", clear_on_submit=True, border=False):
        files = st.file_uploader("Add documents: drag files here, or choose them", accept_multiple_files=True)
        st.caption(plain(f"Types that can be read: {', '.join(SUFFIXES)}; .zip archives are unpacked"))
        submitted = st.form_submit_button("Add to the library")
    if submitted and not files:
        st.warning("Choose at least one file first, and wait until its name stands in the list.")
    elif submitted:
        st.session_state[_ADDITION] = begin_with_files(desk, [(file.name, file.getvalue()) for file in files])


def _offer_address(desk: Desk) -> None:
    with st.form("address", clear_on_submit=True, border=False):
        address = st.text_input("Address of the page", placeholder="https://")
        if st.form_submit_button("Fetch and add") and address.strip():
            st.session_state[_ADDITION] = begin_with_address(desk, address)


def _offer_text(desk: Desk) -> None:
    with st.form("text", clear_on_submit=True, border=False):
        title = st.text_input("Title", placeholder="Names the file too")
        text = st.text_area("Text", height=160)
        if st.form_submit_button("Add the text") and text.strip():
            st.session_state[_ADDITION] = begin_with_text(desk, title, text)


def _show_list(records: Sequence[DocumentRecord]) -> None:
    titles = {record.path: record.metadata.title for record in records}
    if st.session_state.get(_CHOSEN) not in titles:
        st.session_state[_CHOSEN] = None
    with st.container(horizontal=True):
        wanted = st.text_input("Search the list", placeholder="Title, publisher, topic, file name", live=True)
        kinds = st.multiselect("Kind", sorted({each.metadata.kind for each in records if each.metadata.kind}))
        languages = st.multiselect(
            "Language", sorted({each.metadata.language for each in records}), format_func=language_name
        )
        st.selectbox(
            "Open a document",
            list(titles),
            format_func=lambda path: f"{titles[path]} · {path}",
            key=_CHOSEN,
            placeholder="Choose one, or mark its row",
        )
    shown = [
        record
        for record in records
        if _matches(record, wanted or "")
        and (not kinds or record.metadata.kind in kinds)
        and (not languages or record.metadata.language in languages)
    ]
    st.caption(f"{counted(len(shown), 'document')}, {counted(sum(each.passages for each in shown), 'passage')}")
    _show_table(shown)


def _show_table(shown: Sequence[DocumentRecord]) -> None:
    paths = [record.path for record in shown]

    def choose() -> None:
        rows = st.session_state[_LIST].selection.rows
        st.session_state[_CHOSEN] = paths[rows[0]] if rows else None

    st.dataframe(
        {
            "Title": [record.metadata.title for record in shown],
            "Kind": [record.metadata.kind for record in shown],
            "Language": [language_name(record.metadata.language) for record in shown],
            "Published": [record.metadata.published for record in shown],
            "Pages": [record.pages for record in shown],
            "Passages": [record.passages for record in shown],
            "Characters": [record.characters for record in shown],
            "Added": [record.added[:10] for record in shown],
        },
        column_config={
            "Title": st.column_config.TextColumn(width=400),
            "Characters": st.column_config.NumberColumn(format="localized"),
        },
        hide_index=True,
        key=_LIST,
        on_select=choose,
        selection_mode="single-row",
        placeholder="–",
        alt="The documents of the library",
    )


def _matches(record: DocumentRecord, wanted: str) -> bool:
    metadata = record.metadata
    described = " ".join(
        (metadata.title, metadata.publisher or "", metadata.kind or "", *metadata.topics, record.path)
    ).casefold()
    return all(word in described for word in wanted.casefold().split())


def _close() -> None:
    st.session_state[_CHOSEN] = None
    st.session_state[_LIST] = {"selection": {"rows": [], "columns": [], "cells": []}}


def _show_problems(desk: Desk) -> None:
    problems = desk.assistant.problems()
    if not problems:
        return
    st.header("Files that cannot be asked", anchor=False)
    for problem in problems:
        seen = f"{problem.path} · seen {date_words(problem.seen[:10])}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="note">{escape(problem.reason)}</p><p class="details">{escape(seen)}</p>')
            key = f"retry-{problem.path}"
            st.button("Try again", type="tertiary", key=key, on_click=_retry, args=(desk, problem.path))
            offer_removal(desk, problem.path)


def _retry(desk: Desk, path: str) -> None:
    with explained():
        report = desk.retry(path).result()
        told = "can be asked now" if path in report.added else "still cannot be read"
        st.toast(plain(f"{path} {told}."))


def _show_trash(desk: Desk) -> None:
    removed = desk.assistant.removed()
    if not removed:
        return
    with st.expander(f"Removed documents ({len(removed)})", type="compact"):
        for each in removed:
            with st.container(horizontal=True, vertical_alignment="center"):
                said = f"{each.path} · removed {date_words(each.removed[:10])}"
                st.html(f'<p class="details">{escape(said)}</p>')
                key = f"restore-{each.path}-{each.removed}"
                st.button("Restore", type="tertiary", key=key, on_click=_restore, args=(desk, each.path))


def _restore(desk: Desk, path: str) -> None:
    with explained():
        desk.restore(path).result()
        st.toast(plain(f"{path} is back in the library."))
