"""The page that says how well the library answers, once somebody has measured it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import streamlit as st
from pydantic import BaseModel, ValidationError

from assistant.settings import load_settings
from assistant.ui.layout import columns
from assistant.ui.markup import counted, date_words

RUN_FILE = "evaluation.json"


class _Figure(BaseModel):
    value: float
    n: int


class _Run(BaseModel):
    """What this page reads of the JSON that ``assistant evaluate --json`` prints."""

    figures: dict[str, _Figure]
    failures: dict[str, str] = {}


def page() -> None:
    """Say how to measure, and show the figures of the last run that was kept."""
    kept = load_settings().data / RUN_FILE
    matter, _ = columns("evaluate")
    with matter:
        st.title("Evaluate", anchor=False)
        st.text(
            "A test set of questions with known answers shows how far the answers can be trusted. "
            "The run takes a while, so it is started from the command line:"
        )
        st.code(f"assistant evaluate --json > {kept}", language=None, wrap_lines=True)
        if kept.is_file():
            _show_run(kept)
        else:
            st.text("No run has been kept there yet.")


def _show_run(kept: Path) -> None:
    try:
        run = _Run.model_validate_json(kept.read_bytes())
    except ValidationError:
        st.error("The kept run cannot be read; make it again with the command above.")
        return
    made = datetime.fromtimestamp(kept.stat().st_mtime).date().isoformat()  # noqa: DTZ006 - the reader's own day
    st.header(f"The run of {date_words(made)}", anchor=False)
    st.dataframe(
        {
            "Figure": list(run.figures),
            "Value": [figure.value for figure in run.figures.values()],
            "Cases": [figure.n for figure in run.figures.values()],
        },
        column_config={"Value": st.column_config.NumberColumn(format="%.3f")},
        hide_index=True,
        alt="The figures of the last run",
    )
    if run.failures:
        st.text(f"{counted(len(run.failures), 'case')} failed and count as zero.")
