"""The page on which people ask."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assistant.types import Answer, DocumentRecord, Filters, Status
from assistant.ui import state
from assistant.ui.answer_view import show_answer
from assistant.ui.citations import places
from assistant.ui.desk import Desk, explained, open_desk
from assistant.ui.filters import in_words, show_filters
from assistant.ui.layout import columns, panel
from assistant.ui.markup import counted, escape, plain
from assistant.ui.source_view import show_source
from assistant.ui.suggestions import suggest


def page() -> None:
    """Draw the conversation, the source beside it, and the question field below."""
    desk = open_desk()
    records = {record.path: record for record in desk.assistant.records()}
    with st.bottom:
        question, filters, stage = _question_field(records)
    question = question or state.take_suggestion()
    chat, beside = columns("ask")
    with chat:
        if not state.exchanges() and question is None:
            _welcome(desk, records)
        for number, exchange in enumerate(state.exchanges()):
            _show_exchange(number, exchange, records)
        if question is not None:
            _ask(desk, question, filters, stage)
    opened = state.open_place()
    if opened is not None:
        with panel(beside):
            show_source(desk.assistant, state.exchanges()[opened.exchange], opened)


def _question_field(records: Mapping[str, DocumentRecord]) -> tuple[str | None, Filters, DeltaGenerator]:
    """Draw the field and its filters; returns them with the place for what is going on."""
    column, _ = columns("ask-below")
    with column, st.container(gap="xsmall"):
        stage = st.empty()
        question = st.chat_input("Ask about the documents", key="question", submit_mode="disable")
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.popover("Filters", type="tertiary", key="filters"):
                filters = show_filters(records.values())
            if in_words(filters):
                st.caption(plain(f"Only {', '.join(in_words(filters))}"), width="content")
            if state.exchanges():
                st.button("New conversation", type="tertiary", on_click=state.new_conversation)
    return question, filters, stage


def _welcome(desk: Desk, records: Mapping[str, DocumentRecord]) -> None:
    with st.container(key="welcome"):
        st.title("Ask the library", anchor=False)
        if not records:
            st.text("The library holds no documents yet; add some on the Library page.")
            return
        st.text(
            f"Answers from {counted(len(records), 'document')}, in their own words. "
            "Every sentence carries a citation that opens at the very place."
        )
        st.pills(
            "Questions to begin with",
            suggest(desk.assistant.settings.questions, records.values()),
            format_func=plain,
            key=state.SUGGESTION,
            on_change=state.choose_suggestion,
            wrap=True,
        )


def _show_exchange(number: int, exchange: state.Exchange, records: Mapping[str, DocumentRecord]) -> None:
    answer = exchange.answer
    opened = state.open_place()
    with st.container(key=f"exchange-{number}"):
        _show_question(answer.question)
        _show_understanding(answer)
        if answer.status is Status.UNANSWERED:
            _show_refusal(answer)
            _show_notes(answer)
        show_answer(
            answer,
            records,
            key=f"answer-{number}",
            is_latest=number == len(state.exchanges()) - 1,
            open_number=opened.number if opened and opened.exchange == number else None,
            on_open=partial(state.show_place, number),
        )
        if answer.status is Status.ANSWERED:
            _show_notes(answer)
        st.caption(plain(_status_line(exchange)))


def _show_question(question: str) -> None:
    st.html(f'<h2 class="question">{escape(question)}</h2>')


def _show_understanding(answer: Answer) -> None:
    """For a follow-up, the question in full that was searched for."""
    if answer.searched_for and answer.searched_for[0] != answer.question:
        st.html(f'<p class="details">Understood as “{escape(answer.searched_for[0])}”</p>')


def _show_refusal(answer: Answer) -> None:
    terms = ", ".join(f"“{escape(term)}”" for term in answer.searched_for)
    st.html(
        f'<p class="refusal">The library does not answer this question.</p><p class="details">Searched for {terms}.</p>'
    )


def _show_notes(answer: Answer) -> None:
    if answer.notes:
        st.html("".join(f'<p class="note">{escape(note)}</p>' for note in answer.notes))


def _status_line(exchange: state.Exchange) -> str:
    answer = exchange.answer
    seconds = f"{answer.seconds.get('total', 0.0):.1f} s"
    asked_under = in_words(exchange.filters)
    scope = (f"only {', '.join(asked_under)}",) if asked_under else ()
    if answer.status is Status.UNANSWERED:
        return " · ".join(("No answer", *scope, seconds))
    extent = f"{counted(len(answer.claims), 'sentence')} with {counted(len(places(answer)), 'citation')}"
    return " · ".join(("Extracted word for word", extent, *scope, seconds))


def _ask(desk: Desk, question: str, filters: Filters, place: DeltaGenerator) -> None:
    """Answer a question; what goes on, and what goes wrong, is told where it was typed."""
    _show_question(question)
    with place, explained():
        with st.status("Reading the question", type="compact") as status:

            def show_stage(stage: str) -> None:
                status.update(label=f":shimmer[{plain(stage)}]")
                status.text(stage)

            answer = desk.assistant.ask(question, filters=filters, history=state.history(), report_stage=show_stage)
        state.close_panel()
        state.exchanges().append(state.Exchange(answer, filters))
        st.rerun()
