"""A case of a test set as a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from assistant.evaluation.cases import Case, Evidence


def case_form(case: Case, key: str, actions: Sequence[str]) -> tuple[str | None, Case]:
    """Show a case to be corrected.

    Args:
        case: As it is.
        key: Tells the form from others.
        actions: What may be done with it, a button each; the first is the usual one.

    Returns:
        The action that was chosen, if one was, and the case as it was corrected.
    """
    with st.form(key=f"form-{key}"):
        question = st.text_area("Question", case.question, key=f"question-{key}", height="content")
        answerable = st.checkbox("The library answers it", case.answerable, key=f"answerable-{key}")
        answers = st.text_area(
            "Accepted answers, one a line", "\n".join(case.answers), key=f"answers-{key}", height="content"
        )
        reference = st.text_area("A full answer", case.reference or "", key=f"reference-{key}", height="content")
        rows = st.data_editor(
            [_row(each) for each in case.evidence] or [_row(Evidence(""))],
            column_config={
                "document": st.column_config.TextColumn("Evidence: document"),
                "page": st.column_config.NumberColumn("Page", min_value=1, step=1),
                "quote": st.column_config.TextColumn("Words, copied from it", width="large"),
            },
            num_rows="dynamic",
            hide_index=True,
            key=f"evidence-{key}",
        )
        tags = st.text_input("Tags", " ".join(case.tags), key=f"tags-{key}")
        with st.container(horizontal=True):
            pressed = [
                action
                for place, action in enumerate(actions)
                if st.form_submit_button(action, type="secondary" if place else "primary", key=f"{action}-{key}")
            ]
    corrected = replace(
        case,
        question=question.strip(),
        answerable=answerable,
        answers=tuple(line.strip() for line in answers.splitlines() if line.strip()) if answerable else (),
        reference=reference.strip() or None,
        evidence=_evidence(rows) if answerable else (),
        tags=tuple(tags.split()),
    )
    return (pressed[0] if pressed else None), corrected


def _row(evidence: Evidence) -> dict[str, Any]:
    return {"document": evidence.document, "page": evidence.page, "quote": evidence.quote or ""}


def _evidence(rows: Sequence[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(row["document"].strip(), int(row["page"]) if row.get("page") else None, row.get("quote") or None)
        for row in rows
        if (row.get("document") or "").strip()
    )
