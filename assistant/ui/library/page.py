"""The page that shows what the library holds, and where documents are added and removed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.conversations.reference import date_words
from assistant.types import Problem
from assistant.ui.desk import Desk, explained, open_desk
from assistant.ui.layout import columns, controls, head, panel
from assistant.ui.library.addition_view import show_additions
from assistant.ui.library.document_view import offer_removal, show_document
from assistant.ui.library.table import CHOSEN, close, rows_of, show_table
from assistant.ui.markup import escape, plain


def page() -> None:
    """Draw ways to add, the list, the register of problems and the trash, and the chosen document beside them."""
    matter, beside = columns("library")
    with matter:
        st.title("Library", anchor=False)
        desk = open_desk()
        show_additions(desk)
        problems = desk.assistant.problems()
        rows = rows_of(desk.assistant.records(), problems)
        if rows:
            show_table(rows)
        else:
            st.text("The library holds no documents yet.")
        _show_problems(desk, problems)
        _show_trash(desk)
    chosen = st.session_state.get(CHOSEN)
    document = desk.assistant.document(chosen) if chosen else None
    problem = next((each for each in problems if each.path == chosen), None)
    if document is not None:
        with panel(beside):
            show_document(desk, document, on_close=close)
    elif problem is not None:
        with panel(beside), head():
            with controls():
                st.caption("File", width="stretch")
                st.button("Close", type="tertiary", key="close", on_click=close)
            st.html(f'<h2 class="source-title">{escape(problem.path)}</h2><p class="note">{escape(problem.reason)}</p>')


def _show_problems(desk: Desk, problems: Sequence[Problem]) -> None:
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
        report = desk.reindex(path).result()
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
