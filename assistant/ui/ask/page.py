"""The page on which people ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assistant.conversations.records import Exchange, turns
from assistant.errors import AssistantError, HistoryError
from assistant.evaluation.cases import Case
from assistant.types import Answer, DocumentRecord, Filters, Mode
from assistant.ui.ask import state
from assistant.ui.ask.actions import show_actions
from assistant.ui.ask.asking import begin, follow
from assistant.ui.ask.exchange_view import show_exchange, show_question
from assistant.ui.ask.filters import show_chips, show_filters
from assistant.ui.ask.history_view import load_conversation, show_history
from assistant.ui.ask.model_view import show_cost, show_mode
from assistant.ui.ask.source_view import show_source
from assistant.ui.ask.suggestions import follow_ups, load_cases_if_any, suggest
from assistant.ui.desk import Desk, current_user, open_desk
from assistant.ui.layout import columns, panel
from assistant.ui.markup import counted, plain

_FOLLOW_UP = "follow_up"  # key of the suggestions below an answer


def page() -> None:
    """Draw the conversation, the source beside it, the question field below, and the history in the margin."""
    chat, beside = columns("ask")
    with st.sidebar:
        st.header("Conversations", anchor=False)
        margin = st.container()
    with st.bottom:
        stage, scope = _question_field()
    with chat:
        desk = open_desk()
    load_conversation(desk)
    records = _records(desk)
    queued = state.queued()
    with scope:
        with st.popover("Filters", type="tertiary", key="filters"):
            filters = show_filters(records.values())
        mode, cost = show_mode(desk)
        show_chips(records)
        if state.edited() is not None:
            st.button("Keep the question as it was", type="tertiary", on_click=state.give_up_editing)
        if state.exchanges() or queued or state.running():
            st.button("New conversation", type="tertiary", on_click=state.new_conversation)
    if queued is not None:
        state.close_panel()
        state.run(_begin(desk, queued, filters, mode))
    opened = state.open_place()
    if opened is not None:
        with panel(beside):
            show_source(desk, state.exchanges()[opened.exchange], opened)
    else:
        beside.empty()  # now, and not when an answer has come
    with chat:
        _show_conversation(desk, records, stage)
    show_cost(desk, cost)
    with margin:
        show_history(desk)


def _question_field() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Draw the field; returns the places for what is going on and for the filters.

    It stands before anything is loaded, so that a question can be typed meanwhile.
    """
    column, _ = columns("ask-below")
    with column, st.container(gap="xsmall"):
        stage = st.empty()
        question = st.chat_input("Ask about the documents", key=state.QUESTION, submit_mode="disable")
        scope = st.container(horizontal=True, vertical_alignment="center", gap="small", key="scope")
    if question:
        state.queue(state.Inquiry(question))
    return stage, scope


def _show_conversation(desk: Desk, records: Mapping[str, DocumentRecord], stage: DeltaGenerator) -> None:
    """Draw what was asked so far, and answer what is being asked; what is asked anew makes room for its new answer."""
    running = state.running()
    shown = _before(running.inquiry) if running else state.exchanges()
    if not shown and running is None and state.broken_off() is None:
        _welcome(desk, records)
    for exchange in shown:
        with st.container(key=_key(exchange)):
            _show_exchange(desk, records, exchange, is_latest=running is None and exchange is shown[-1])
    if running is not None:
        place = st.empty()
        with place.container(key="answering"):
            _answer(desk, running, stage)
        latest = state.exchanges()[-1]
        if len(state.exchanges()) != len(shown) + 1:
            st.rerun()  # the conversation is another one than was drawn
        # In the same run: to draw the whole page once more would take as long again.
        with place.container(key=_key(latest)):
            _show_exchange(desk, _records(desk), latest, is_latest=True)
    _show_broken_off(state.broken_off())


def _records(desk: Desk) -> dict[str, DocumentRecord]:
    return {record.path: record for record in desk.assistant.records()}


def _key(exchange: Exchange) -> str:
    return f"exchange-{exchange.number - 1}"


def _show_exchange(desk: Desk, records: Mapping[str, DocumentRecord], exchange: Exchange, *, is_latest: bool) -> None:
    show_exchange(exchange, records, is_latest=is_latest)
    show_actions(desk, exchange, is_latest=is_latest)
    if is_latest and state.broken_off() is None:
        _suggest_follow_ups(desk, exchange.answer)


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
        suggested = suggest(_cases(desk), records.values())
        _offer_questions("Questions to begin with", suggested, state.SUGGESTION)


def _suggest_follow_ups(desk: Desk, answer: Answer) -> None:
    asked = [each.answer.question for each in state.exchanges()]
    suggested = follow_ups(_cases(desk), answer, asked)
    if suggested:
        _offer_questions("To go on", suggested, f"{_FOLLOW_UP}-{len(asked)}")


def _offer_questions(label: str, questions: tuple[str, ...], key: str) -> None:
    with st.container(key=f"questions-{key}"):
        st.pills(
            label, questions, format_func=plain, key=key, on_change=state.choose_suggestion, args=(key,), wrap=True
        )


def _cases(desk: Desk) -> tuple[Case, ...]:
    file = desk.assistant.settings.questions
    return _cases_of(file, file.stat().st_mtime_ns if file.exists() else 0)


@st.cache_data(max_entries=2, show_spinner=False)
def _cases_of(file: Path, _: int) -> tuple[Case, ...]:
    return load_cases_if_any(file)


def _show_broken_off(inquiry: state.Inquiry | None) -> None:
    """A question without an answer, with the ways to go on from it."""
    if inquiry is None:
        return
    with st.container(key="broken-off"):
        show_question(inquiry.question)
        st.error(plain(inquiry.problem or "This question was not answered."))
        with st.container(horizontal=True):
            st.button("Ask again", on_click=state.queue, args=(inquiry,))
            st.button(
                "Edit the question", type="tertiary", on_click=state.edit, args=(inquiry.question, inquiry.instead_of)
            )
            st.button("Dismiss", type="tertiary", on_click=state.settle)


def _begin(desk: Desk, queued: state.Inquiry, filters: Filters, mode: Mode | None) -> state.Running:
    inquiry = replace(queued, filters=queued.filters or filters, problem=None)
    return begin(desk, inquiry, turns(_before(inquiry)), mode)


def _before(inquiry: state.Inquiry) -> list[Exchange]:
    """The exchanges that a question follows."""
    return [each for each in state.exchanges() if inquiry.instead_of is None or each.number < inquiry.instead_of]


def _answer(desk: Desk, running: state.Running, stage: DeltaGenerator) -> None:
    """Show how a question is answered, and keep the answer; one that failed is offered again."""
    show_question(running.inquiry.question)
    try:
        answer = follow(running, beginning=st.empty(), stage=stage)
    except AssistantError as error:
        state.break_off(replace(running.inquiry, problem=str(error)))
        state.run(None)
        st.rerun()
    stage.empty()
    running.kept = running.kept or _kept(desk, running.inquiry, answer)
    state.conclude(running)


def _kept(desk: Desk, inquiry: state.Inquiry, answer: Answer) -> tuple[Exchange, ...]:
    """The conversation with an answer as the history keeps it; where that fails it goes on all the same."""
    filters = inquiry.filters or Filters()
    before = _before(inquiry)
    user, conversation = current_user(), state.conversation()
    try:
        kept = desk.keep(user, answer, filters, conversation=conversation, instead_of=inquiry.instead_of)
        if kept.number == len(before) + 1:
            return (*before, kept)
        return desk.history.exchanges(user, kept.conversation)  # as another window has left it
    except HistoryError as error:
        st.toast(plain(f"The answer is not kept. {error}"))
        return (*before, Exchange(0, "", len(before) + 1, answer, filters, ""))
