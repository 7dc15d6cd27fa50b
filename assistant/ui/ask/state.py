"""What one browser window remembers: the conversation, what is being asked, and which source is open beside it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from threading import Event
from time import perf_counter
from typing import cast

import streamlit as st

from assistant.conversations.records import Exchange
from assistant.types import Answer, Claim, Feedback, Filters
from assistant.ui.addresses import CONVERSATION

SUGGESTION = "suggestion"  # key of the suggested questions
QUESTION = "question"  # key of the field
_EXCHANGES, _LOADED, _EDITED, _QUEUED, _BROKEN_OFF = "exchanges", "loaded", "edited", "queued", "broken_off"
_RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question that is to be asked.

    Attributes:
        filters: Under which it is asked; those that are set on the page by default.
        instead_of: Number of the exchange that it replaces, with all after it.
        resolved: How a follow-up is to be understood, where a person said so.
        problem: Why it was not answered, where that is known.
        fresh: The model writes anew, though it has answered the same before.
    """

    question: str
    filters: Filters | None = None
    instead_of: int | None = None
    resolved: str | None = None
    problem: str | None = None
    fresh: bool = False


@dataclass(slots=True)
class Running:
    """A question that is being answered.

    Attributes:
        inquiry: What is asked.
        job: The answer, once it is there.
        news: Stages and verified claims, from the thread that answers.
        stop: Ends the answer with what is verified by then, when it is set.
        said: Claims that have come so far.
        told: What is going on.
        kept: The conversation with the answer, once it is in the history.
        is_over: The window shows it; nothing is left to be done.
    """

    inquiry: Inquiry
    job: Future[Answer] = field(default_factory=Future)
    news: SimpleQueue[str | Claim] = field(default_factory=SimpleQueue)
    stop: Event = field(default_factory=Event)
    started: float = field(default_factory=perf_counter)
    said: list[Claim] = field(default_factory=list)
    told: str = "Reading the question"
    kept: tuple[Exchange, ...] = ()
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """The place that the source panel shows: which exchange (from 0), and which of its places (from 1)."""

    exchange: int
    number: int


def exchanges() -> list[Exchange]:
    """The conversation so far, oldest first."""
    return cast("list[Exchange]", st.session_state.setdefault(_EXCHANGES, []))


def conversation() -> str | None:
    """Id of the open conversation; None while it has no answer yet."""
    return exchanges()[-1].conversation or None if exchanges() else None


def wanted_conversation() -> str | None:
    """The conversation that the address names, if it is not the open one."""
    named = st.query_params.get(CONVERSATION)
    return named if named and named != st.session_state.get(_LOADED) else None


def open_conversation(kept: Sequence[Exchange]) -> None:
    """Show a conversation that was kept."""
    run(None)
    st.session_state[_EXCHANGES] = list(kept)
    _address(kept[-1].conversation if kept else None)
    st.session_state[_BROKEN_OFF] = st.session_state[_EDITED] = None
    close_panel()


def new_conversation() -> None:
    """Begin anew; what was said so far stays in the history."""
    open_conversation(())


def conclude(begun: Running) -> None:
    """Go on with the conversation that holds the answer to a question.

    Streamlit may end a run at any look at the session; so this changes what it has looked up.
    """
    shown = exchanges()
    shown[:], begun.is_over = begun.kept, True
    _address(shown[-1].conversation or None)


def _address(key: str | None) -> None:
    st.session_state[_LOADED] = key
    if key is None:
        st.query_params.pop(CONVERSATION, None)
    else:
        st.query_params[CONVERSATION] = key


def open_place() -> OpenPlace | None:
    """What the source panel shows, or None while it is closed."""
    return cast("OpenPlace | None", st.session_state.get("open_place"))


def show_place(exchange: int, number: int) -> None:
    """Open the source panel at a place."""
    st.session_state["open_place"] = OpenPlace(exchange, number)


def close_panel() -> None:
    """Close the source panel."""
    st.session_state["open_place"] = None


def queue(inquiry: Inquiry) -> None:
    """Ask this as soon as the page is drawn; an edited question takes the place of the one it was."""
    edited = st.session_state.get(_EDITED)
    st.session_state[_EDITED] = st.session_state[_BROKEN_OFF] = None
    st.session_state[_QUEUED] = replace(inquiry, instead_of=inquiry.instead_of or edited)


def queued() -> Inquiry | None:
    """What is to be asked now, if anything."""
    return cast("Inquiry | None", st.session_state.get(_QUEUED))


def running() -> Running | None:
    """The question that is being answered, if any."""
    begun = cast("Running | None", st.session_state.get(_RUNNING))
    return None if begun is None or begun.is_over else begun


def run(begun: Running | None) -> None:
    """Follow a question until it is answered; the one before is given up, and none waits any longer."""
    before = running()
    if before is not None:
        before.stop.set()
    st.session_state[_RUNNING] = begun
    st.session_state[_QUEUED] = None


def break_off(inquiry: Inquiry) -> None:
    """Remember a question that has no answer (yet): it is offered again."""
    st.session_state[_BROKEN_OFF] = inquiry


def broken_off() -> Inquiry | None:
    """The last question, where it was stopped or failed."""
    return cast("Inquiry | None", st.session_state.get(_BROKEN_OFF))


def settle() -> None:
    """The last question has its answer, or is given up."""
    st.session_state[_BROKEN_OFF] = None


def edit(question: str, number: int | None = None) -> None:
    """Put a question into the field to be changed; sent again, it takes the place of that exchange."""
    st.session_state[QUESTION] = question
    st.session_state[_EDITED] = number
    settle()


def edited() -> int | None:
    """Number of the exchange whose question stands in the field to be changed."""
    return cast("int | None", st.session_state.get(_EDITED))


def give_up_editing() -> None:
    """What is typed next is a new question again."""
    st.session_state[_EDITED] = None
    st.session_state[QUESTION] = None


def choose_suggestion(key: str) -> None:
    """Ask the suggestion that was just clicked, and unmark it, so that it is asked only once."""
    chosen = st.session_state[key]
    st.session_state[key] = None
    if chosen:
        queue(Inquiry(chosen))


def note_feedback(exchange: Exchange, feedback: Feedback | None) -> None:
    """Show what was said of an answer."""
    exchanges()[exchange.number - 1] = replace(exchange, feedback=feedback)
