"""Where documents are added: files, a web page or pasted text, and how far that is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait

import streamlit as st

from assistant.documents.readers import SUFFIXES
from assistant.types import Metadata, Problem
from assistant.ui.desk import Desk, explained
from assistant.ui.library.addition import (
    Addition,
    Upload,
    begin_with_address,
    begin_with_files,
    begin_with_text,
    go_on,
    outcome_of,
)
from assistant.ui.markup import plain

_ADDITION = "addition"  # the last one of this session
_CHECKED = "checked_files"  # details of files that are shown before they are added
_UPLOADS = "uploads"  # counts: a new number empties the field
_FIELDS = ("title", "publisher", "published", "kind", "language")
_AT_ONCE = 1.0  # seconds: shorter jobs end before the page is drawn
_LOOK_AGAIN = 0.5  # seconds
_NAMED = 10  # files that are named one by one


def show_additions(desk: Desk) -> None:
    """Draw the ways to add documents, and what became of the last ones."""
    files, page, text = st.tabs(["Files", "Web page", "Text"])
    with files:
        _offer_files(desk)
    with page:
        _offer_address(desk)
    with text:
        _offer_text(desk)
    addition: Addition | None = st.session_state.get(_ADDITION)
    if addition is None:
        return
    if not addition.job.done():
        wait([addition.job], timeout=_AT_ONCE)
    if addition.job.done():
        _show_outcome(desk, addition)
    else:
        st.fragment(_show_progress, run_every=_LOOK_AGAIN)(desk, addition)


def _offer_files(desk: Desk) -> None:
    number = st.session_state.setdefault(_UPLOADS, 0)
    chosen = st.file_uploader(
        "Add documents: drag files here, or choose them",
        accept_multiple_files=True,
        key=f"files-{number}",
        help=plain(f"Read are {', '.join(SUFFIXES)}; .zip archives are unpacked."),
    )
    if not chosen:
        return
    files = [(file.name, file.getvalue()) for file in chosen]
    with st.container(horizontal=True, vertical_alignment="center"):
        add = st.button("Add to the library", type="primary", key="add-files")
        check = st.button("Check their details first", type="tertiary")
    if check:
        with explained(), st.spinner("Reading what the files say of themselves …"):
            st.session_state[_CHECKED] = ([name for name, _ in files], desk.assistant.preview(files))
    changes = _show_details(files)
    if add:
        uploads = [Upload(*file, each) for file, each in zip(files, changes, strict=True)]
        st.session_state[_ADDITION] = begin_with_files(desk, uploads)
        st.session_state[_UPLOADS] = number + 1
        st.session_state.pop(_CHECKED, None)
        st.rerun()


def _show_details(files: Sequence[tuple[str, bytes]]) -> list[dict[str, object]]:
    """A table of what the files say of themselves, to be corrected; returns the corrections of each."""
    names, known = st.session_state.get(_CHECKED, ([], ()))
    if names != [name for name, _ in files]:
        return [{} for _ in files]
    rows = [_row(name, each) for name, each in zip(names, known, strict=True)]
    edited = st.data_editor(
        rows,
        column_config={name: name.capitalize() for name in rows[0]},
        hide_index=True,
        disabled=["file", "problem"],
        key=f"details-{st.session_state[_UPLOADS]}",
        placeholder="–",
    )
    return [
        {field: after[field] or "" for field in _FIELDS if (after[field] or "") != (before[field] or "")}
        for before, after in zip(rows, edited, strict=True)
    ]


def _row(name: str, known: Metadata | Problem) -> dict[str, str | None]:
    if isinstance(known, Problem):
        return {"file": name, **dict.fromkeys(_FIELDS), "problem": known.reason}
    return {"file": name, **{field: getattr(known, field) for field in _FIELDS}, "problem": None}


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


def _show_progress(desk: Desk, addition: Addition) -> None:
    """Drawn again and again by itself, so that the page stays usable meanwhile."""
    if addition.job.done():
        st.rerun()
    step = desk.step
    told = "Waiting for the library"
    if step is not None:
        told = " · ".join(filter(None, (step.stage.capitalize(), f"{step.done} of {step.total}", step.detail)))
    share = step.done / step.total if step is not None and step.total else 0.0
    with st.container(horizontal=True, vertical_alignment="center", key="addition"):
        st.progress(min(share, 1.0), text=plain(told))
        if addition.stop.is_set():
            st.caption("Stopping …")
        else:
            st.button("Stop", type="tertiary", key="stop-addition", on_click=addition.stop.set)


def _show_outcome(desk: Desk, addition: Addition) -> None:
    outcome = outcome_of(desk, addition)
    if outcome.added:
        st.success(plain(f"Added {_named(outcome.added)}."))
    for sentence in outcome.failures:
        st.error(plain(sentence))
    if outcome.waiting:
        st.warning(plain(f"Stopped. Not indexed in full: {_named(outcome.waiting)}."))
        with st.container(horizontal=True):
            st.button("Go on", key="go-on", on_click=_go_on, args=(desk, addition))
            st.button(
                "Move them to the trash",
                type="tertiary",
                key="withdraw",
                on_click=_withdraw,
                args=(desk, outcome.waiting),
            )


def _go_on(desk: Desk, addition: Addition) -> None:
    st.session_state[_ADDITION] = go_on(desk, addition)


def _withdraw(desk: Desk, paths: Sequence[str]) -> None:
    with explained():
        desk.withdraw(paths).result()
        st.session_state.pop(_ADDITION)


def _named(paths: Sequence[str]) -> str:
    names = paths[:_NAMED]
    more = len(paths) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
