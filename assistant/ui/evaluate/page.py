"""The page that says how well the library answers: runs of the test set, one or two of them in detail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from assistant.errors import AssistantError
from assistant.evaluation.captions import HEADLINES, selection_words, state_words
from assistant.evaluation.cases import load_cases
from assistant.evaluation.report import Report, summarise
from assistant.evaluation.store import Run, RunLine, RunStore, Selection
from assistant.services.curation import Curation
from assistant.services.evaluation import choose, evaluate
from assistant.settings import Settings, load_settings
from assistant.types import Document
from assistant.ui.desk import explained, follow, open_desk, show_failure
from assistant.ui.evaluate.case_view import show_case
from assistant.ui.evaluate.comparison_view import show_comparison
from assistant.ui.evaluate.curation_view import offer_edit, show_drafts
from assistant.ui.evaluate.run_view import CASE, show_run
from assistant.ui.layout import columns, panel
from assistant.ui.markup import counted, plain

_RUN = "run"  # the run that is open
_OTHER = "other_run"  # the run it is compared with
_WANTED = "run_wanted"  # whether a run is to be started
_IN_WORK = "run_in_work"  # the run that this session started
_ENDED = "run_ended"  # what is said of it once it has ended
_ALL = "all cases"


def page() -> None:
    """Offer to start a run, list the runs, and show what is chosen of them."""
    try:
        settings = load_settings()
    except AssistantError as error:
        show_failure(error)
        return
    if st.session_state.get(_WANTED):
        open_desk()  # which may draw the page anew: the wish is kept until then
    store = RunStore(settings.runs)
    curation = Curation(settings, _document)
    matter, beside = columns("evaluate")
    chosen: Run | None = None
    with matter:
        st.title("Evaluate", anchor=False)
        st.text("A test set of questions with known answers shows how far the answers can be trusted.")
        with explained():
            _offer_run(settings, store)
        with explained():
            show_drafts(curation)
        lines = store.lines()
        if not lines:
            st.text("No run has been kept yet.")
            return
        _show_list(lines)
        with explained():
            chosen = _show_chosen(settings.runs, [line for line in lines if line.end is not None])
    case = st.session_state.get(CASE)
    result = next((each for each in chosen.results if each.case.id == case), None) if chosen else None
    if result is not None:
        with panel(beside):
            show_case(result, on_close=_close_case)
            with explained():
                offer_edit(curation, result.case)


def _offer_run(settings: Settings, store: RunStore) -> None:
    if not settings.questions.is_file():
        st.caption(plain(f"There is no test set yet; write one to {settings.questions.name} in the corpus folder."))
        return
    splits = sorted({case.split for case in load_cases(settings.questions) if case.split})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.selectbox("Cases to ask", [_ALL, *splits], format_func=lambda name: name.replace("_", " "))
        st.button("Start a run", type="primary", on_click=_want_run)
    if st.session_state.pop(_WANTED, False):
        desk = open_desk()
        selection = Selection(split=None if split == _ALL else split)
        _, cases = choose(settings, selection)
        st.session_state[_IN_WORK] = desk.work(lambda note: evaluate(desk.assistant, store, cases, selection, note))
    if _IN_WORK in st.session_state:
        run: Run = follow(open_desk(), st.session_state[_IN_WORK], "Waiting for the library")
        del st.session_state[_IN_WORK]
        st.session_state[_RUN] = run.head.id
        st.session_state[_ENDED] = f"Run {run.head.id} has ended: {counted(len(run.results), 'case')}."
    if _ENDED in st.session_state:
        st.success(plain(st.session_state[_ENDED]))


def _want_run() -> None:
    st.session_state[_WANTED] = True


def _show_list(lines: Sequence[RunLine]) -> None:
    figures = [line.end.figures if line.end else {} for line in lines]
    st.dataframe(
        {
            "Run": [line.head.id for line in lines],
            "Cases": [line.head.total for line in lines],
            "Of": [selection_words(line.head.selection) for line in lines],
            "Took": [state_words(line) for line in lines],
            **{name: [each[name].value if name in each else None for each in figures] for name in HEADLINES},
        },
        column_config={name: st.column_config.NumberColumn(format="%.3f") for name in HEADLINES},
        hide_index=True,
        placeholder="–",
        alt="The runs that were kept",
    )


def _show_chosen(folder: Path, finished: Sequence[RunLine]) -> Run | None:
    ids = [line.head.id for line in finished]
    if not ids:
        return None
    if st.session_state.get(_RUN) not in ids:
        st.session_state[_RUN] = ids[0]
    if st.session_state.get(_OTHER) not in ids:
        st.session_state[_OTHER] = None
    with st.container(horizontal=True):
        key = st.selectbox("Show the run", ids, key=_RUN)
        other = st.selectbox("Compare it with", ids, key=_OTHER, placeholder="An earlier run")
    run, report = _read(folder, key)
    if other is not None and other != key:
        show_comparison(_read(folder, other)[0], run)
    show_run(run, report)
    return run


@st.cache_resource(max_entries=8, show_spinner="Reading the run …")
def _read(folder: Path, key: str) -> tuple[Run, Report]:
    run = RunStore(folder).read(key)
    return run, summarise(run.results)


def _document(path: str) -> Document | None:
    """A document of the library, which is opened only if one is asked for."""
    return open_desk().assistant.document(path)


def _close_case() -> None:
    st.session_state[CASE] = None
