"""The test set as curators keep it: drafts to accept, correct or reject, and cases to edit or retire."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from assistant.evaluation.cases import Case
from assistant.evaluation.drafts import Draft
from assistant.services.curation import Curation
from assistant.ui.desk import open_desk
from assistant.ui.evaluate.case_form import case_form
from assistant.ui.markup import counted, plain

_DRAFT = "draft"  # the id of the open draft
_SAID = "curation_said"  # what is said of the last change
_ACCEPT, _SAVE, _REJECT, _RETIRE = "Accept", "Save", "Reject", "Retire"


def show_drafts(curation: Curation) -> None:
    """Show what waits for a curator, and offer to draft questions from a document.

    Raises:
        AssistantError: Drafts or conversations cannot be read, or a change cannot be made.
    """
    if said := st.session_state.pop(_SAID, None):
        st.success(plain(said))
    curation.gather()
    drafts = curation.drafts()
    with st.expander(
        f"{counted(len(drafts), 'draft case')} to review", expanded=st.session_state.get(_DRAFT) is not None
    ):
        st.caption("Complaints about answers, and questions drafted from documents. None counts before it is accepted.")
        if drafts:
            _show_draft(curation, drafts)
        _offer_proposals(curation)


def _show_draft(curation: Curation, drafts: tuple[Draft, ...]) -> None:
    by_id = {draft.id: draft for draft in drafts}
    if st.session_state.get(_DRAFT) not in by_id:
        st.session_state[_DRAFT] = None
    key = st.selectbox(
        "Review a draft",
        list(by_id),
        key=_DRAFT,
        format_func=lambda each: f"{by_id[each].origin} · {by_id[each].case.question}",
        placeholder="Choose one",
    )
    if key is None:
        return
    open_desk()  # which may draw the page anew: before the form, so that no press is lost
    draft = by_id[key]
    st.caption(plain(draft.note))
    if (like := curation.like(draft)) is not None:
        st.warning(plain(f"Asks nearly the same as {like.id}: {like.question}"))
    for turn in draft.case.history:
        st.caption(plain(f"Before: {turn.question}"))
    action, corrected = case_form(draft.case, key, [_ACCEPT, _SAVE, _REJECT])
    if action == _REJECT:
        _do(lambda: curation.reject(key), f"Rejected the draft {key}.")
    elif action is not None:
        curation.edit_draft(key, corrected)
        if action == _ACCEPT:
            _do(lambda: curation.accept(key), "Accepted into the test set.")
        _do(lambda: None, f"Saved the draft {key}.")


def _offer_proposals(curation: Curation) -> None:
    if not st.toggle("Draft questions from a document"):
        return
    paths = [record.path for record in open_desk().assistant.records()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        path = st.selectbox("Document", paths, index=None, placeholder="Choose one")
        if st.button("Draft", disabled=path is None) and path is not None:
            made = curation.propose(path)
            _do(lambda: None, f"{counted(len(made), 'new draft')} from {path}.")


def offer_edit(curation: Curation, asked: Case) -> None:
    """Offer to correct or retire a case of the library's test set.

    Args:
        curation: Of the library's test set.
        asked: The case as a run asked it.

    Raises:
        AssistantError: The test set cannot be read, or a change cannot be made.
    """
    case = curation.case(asked.id)
    if case is None:
        st.caption("The test set of the library has no such case now.")
        return
    open_desk()
    with st.expander("Edit or retire"):
        if case != asked:
            st.caption("The case was changed since this run.")
        action, corrected = case_form(case, case.id, [_SAVE, _RETIRE])
        if action == _SAVE:
            _do(lambda: curation.edit(corrected), f"Saved the case {case.id}; the next run asks it so.")
        elif action == _RETIRE:
            _do(lambda: curation.retire(case.id), f"Retired the case {case.id}; it is kept beside the test set.")


def _do(change: Callable[[], object], said: str) -> None:
    """Make a change, say so, and draw the page anew."""
    change()
    st.session_state[_SAID] = said
    st.rerun()
