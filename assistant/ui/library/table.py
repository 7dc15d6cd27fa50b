"""The table of all documents, searched, narrowed and sorted, with what each can be used for."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from assistant.retrieval.filters import newer_documents
from assistant.types import DocumentRecord, Metadata, Problem
from assistant.ui.markup import counted, language_name

CHOSEN = "document"  # the path of the open document
_LIST = "documents"
READY, REPLACED, NEAR_DUPLICATE, DUPLICATE, UNREADABLE = (
    "Ready", "Replaced", "Nearly a duplicate", "Duplicate", "Cannot be read",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a document, or a file that could not become one."""

    path: str
    state: str
    metadata: Metadata
    record: DocumentRecord | None = None


def rows_of(records: Sequence[DocumentRecord], problems: Sequence[Problem]) -> list[Row]:
    """All lines, documents first."""
    replaced = newer_documents(records)
    documents = [Row(each.path, _state(each, replaced), each.metadata, each) for each in records]
    files = [
        Row(each.path, DUPLICATE if each.kind == "duplicate" else UNREADABLE, Metadata(each.path, language=""))
        for each in problems
    ]
    return documents + files


def show_table(rows: Sequence[Row]) -> None:
    """Draw the means to narrow the table, and the table."""
    titles = {row.path: row.metadata.title for row in rows}
    if st.session_state.get(CHOSEN) not in titles:
        st.session_state[CHOSEN] = None
    with st.container(horizontal=True):
        wanted = st.text_input(
            "Search the list", placeholder="Title, publisher, topic, file name", live=True, width=270
        )
        kinds = _choose("Kind", (row.metadata.kind for row in rows))
        languages = _choose("Language", (row.metadata.language for row in rows), language_name)
        states = _choose("State", (row.state for row in rows))
        _offer_choice(titles)
    shown = [
        row
        for row in rows
        if _matches(row, wanted or "")
        and (not kinds or row.metadata.kind in kinds)
        and (not languages or row.metadata.language in languages)
        and (not states or row.state in states)
    ]
    documents = [row.record for row in shown if row.record]
    st.caption(f"{counted(len(documents), 'document')}, {counted(sum(each.passages for each in documents), 'passage')}")
    _draw(shown)


def close() -> None:
    """Close the open document."""
    st.session_state[CHOSEN] = None
    st.session_state[_LIST] = {"selection": {"rows": [], "columns": [], "cells": []}}


def _choose(label: str, found: Iterable[str | None], shown: Callable[[str], str] = str) -> list[str]:
    options = sorted({each for each in found if each})
    return st.multiselect(label, options, format_func=shown, placeholder="Any", width=150)


def _offer_choice(titles: Mapping[str, str]) -> None:
    st.selectbox(
        "Open a document",
        list(titles),
        format_func=lambda path: f"{titles[path]} · {path}",
        key=CHOSEN,
        placeholder="Choose one, or mark its row",
        width=270,
    )


def _draw(shown: Sequence[Row]) -> None:
    paths = [row.path for row in shown]

    def choose() -> None:
        marked = st.session_state[_LIST].selection.rows
        st.session_state[CHOSEN] = paths[marked[0]] if marked else None

    records = [row.record for row in shown]
    st.dataframe(
        {
            "Title": [row.metadata.title for row in shown],
            "State": [row.state for row in shown],
            "Kind": [row.metadata.kind for row in shown],
            "Language": [language_name(row.metadata.language) for row in shown],
            "Published": [row.metadata.published for row in shown],
            "Pages": [record.pages if record else None for record in records],
            "Passages": [record.passages if record else None for record in records],
            "Characters": [record.characters if record else None for record in records],
            "Added": [record.added[:10] if record else None for record in records],
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


def _state(record: DocumentRecord, replaced: Container[str]) -> str:
    if record.path in replaced:
        return REPLACED
    return NEAR_DUPLICATE if record.near_duplicates else READY


def _matches(row: Row, wanted: str) -> bool:
    metadata = row.metadata
    described = " ".join(
        (metadata.title, metadata.publisher or "", metadata.kind or "", *metadata.topics, row.path)
    ).casefold()
    return all(word in described for word in wanted.casefold().split())
