"""One run: its figures with intervals, by group, refusing, time, and the list of its cases."""

from __future__ import annotations

import streamlit as st

from assistant.evaluation.captions import HEADLINES
from assistant.evaluation.charts import bar_chart, curve_chart, interval_chart
from assistant.evaluation.export import csv_export, json_export
from assistant.evaluation.html_report import GROUP_FIGURES, html_report, seconds
from assistant.evaluation.refusing import outcome
from assistant.evaluation.report import Figures, Report
from assistant.evaluation.store import Run
from assistant.ui.markup import counted, plain

CASE = "case"  # the id of the open case
_ANY = "any outcome"


def show_run(run: Run, report: Report) -> None:
    """Show a finished run."""
    st.header(f"Run {run.head.id}", anchor=False)
    circumstances = run.head.circumstances
    st.caption(
        plain(
            f"{counted(len(run.results), 'case')} · {counted(circumstances.documents, 'document')} · "
            f"version {circumstances.version} · started {run.head.started[:16].replace('T', ' ')} UTC"
        )
    )
    if report.failures:
        st.warning(plain(f"{counted(len(report.failures), 'case')} failed and count as zero."))
    figures, groups, refusing, cases = st.tabs(["Figures", "By group", "Refusing and time", "Cases"])
    with figures:
        _show_figures(report)
        _offer_files(run, report)
    with groups:
        _show_groups(report)
    with refusing:
        _show_refusing(report)
    with cases:
        _show_cases(run)


def _show_figures(report: Report) -> None:
    headlines = {name: report.figures[name] for name in HEADLINES if name in report.figures}
    st.image(interval_chart(headlines), alt="The chief figures with their 95% intervals")
    figures = report.figures.values()
    st.dataframe(
        {
            "Figure": list(report.figures),
            "Value": [figure.value for figure in figures],
            "From": [figure.low for figure in figures],
            "To": [figure.high for figure in figures],
            "n": [figure.n for figure in figures],
            "What it means": [report.definitions[name] for name in report.figures],
        },
        column_config={name: st.column_config.NumberColumn(format="%.3f") for name in ("Value", "From", "To")},
        hide_index=True,
        alt="The figures of the run with their 95% intervals",
    )


def _offer_files(run: Run, report: Report) -> None:
    made = {"html": lambda: html_report(run, report), "json": lambda: json_export(run), "csv": lambda: csv_export(run)}
    with st.container(horizontal=True):
        for suffix, make in made.items():
            name = f"{run.head.id}.{suffix}"
            st.download_button(f"As {suffix.upper()}", make, name, key=f"save-{suffix}", on_click="ignore")


def _show_groups(report: Report) -> None:
    named = [name for name in GROUP_FIGURES if name in report.figures]
    drawn = st.selectbox("Figure to draw", named)
    for breakdown, groups in report.breakdowns.items():
        if groups:
            rows = {"Cases of": list(groups), "n": [figures["seconds_p50"].n for figures in groups.values()]}
            shown = {
                name: [_interval(figures, name) for figures in groups.values()]
                for name in GROUP_FIGURES
                if name in report.figures
            }
            st.subheader(f"By {breakdown}", anchor=False)
            bars = {group: figures[drawn] for group, figures in groups.items() if drawn in figures}
            if bars:
                st.image(interval_chart(bars), alt=f"{drawn} by {breakdown}, with 95% intervals")
            st.dataframe({**rows, **shown}, hide_index=True, placeholder="–", alt=f"Figures by {breakdown}")


def _interval(figures: Figures, name: str) -> str | None:
    figure = figures.get(name)
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})" if figure else None


def _show_refusing(report: Report) -> None:
    if report.risk_coverage:
        st.subheader("If only the surest questions were answered", anchor=False)
        chart = curve_chart(report.risk_coverage, "share of questions answered", "share wrong")
        st.image(chart, alt="Share of wrong answers by share of questions answered")
    st.subheader("Seconds of a question", anchor=False)
    st.caption("Median, dark, and 95th percentile, light.")
    st.image(bar_chart(seconds(report.figures), "s"), alt="Seconds in all and by stage")


def _show_cases(run: Run) -> None:
    outcomes = {result.case.id: outcome(result) for result in run.results}
    with st.container(horizontal=True):
        wanted = st.selectbox("Outcome", [_ANY, *sorted(set(outcomes.values()))])
        shown = [result for result in run.results if wanted in {_ANY, outcomes[result.case.id]}]
        ids = [result.case.id for result in shown]
        if st.session_state.get(CASE) not in ids:
            st.session_state[CASE] = None
        questions = {result.case.id: result.case.question for result in shown}
        st.selectbox(
            "Open a case", ids, key=CASE, format_func=lambda key: f"{key} · {questions[key]}", placeholder="Choose one"
        )
    st.dataframe(
        {
            "Case": ids,
            "Question": [result.case.question for result in shown],
            "Outcome": [outcomes[key] for key in ids],
            "Confidence": [result.confidence for result in shown],
            "Seconds": [result.seconds for result in shown],
        },
        column_config={
            name: st.column_config.NumberColumn(format=form)
            for name, form in {"Confidence": "%.2f", "Seconds": "%.2f"}.items()
        },
        hide_index=True,
        alt="The cases of the run",
    )
