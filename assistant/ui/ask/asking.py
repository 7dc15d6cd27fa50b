"""A question on its way: asked in a thread, while the page shows what is going on and offers to stop it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait
from queue import Empty
from time import perf_counter

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assistant.types import Answer, Claim, Mode, Turn
from assistant.ui.ask.state import Inquiry, Running
from assistant.ui.desk import Desk
from assistant.ui.markup import escape, plain

_LOOK_AGAIN = 0.1  # seconds between two looks at what has come
_LONG = 2  # seconds from which on the time is told


def begin(desk: Desk, inquiry: Inquiry, history: Sequence[Turn], mode: Mode | None) -> Running:
    """Begin to answer a question; a page that is drawn anew meanwhile goes on to follow it.

    Args:
        desk: Whom to ask.
        inquiry: What is asked, under which filters.
        history: Earlier turns, oldest first.
        mode: Whose words the answer shall have.
    """
    running = Running(inquiry)
    running.job = desk.ask(
        inquiry.question,
        filters=inquiry.filters,
        history=history,
        mode=mode,
        resolved=inquiry.resolved,
        fresh=inquiry.fresh,
        report_stage=running.news.put,
        report_claim=running.news.put,
        stop=running.stop,
    )
    return running


def follow(running: Running, *, beginning: DeltaGenerator, stage: DeltaGenerator) -> Answer:
    """Show what goes on until a question is answered.

    Args:
        running: The question.
        beginning: Where the answer is to stand; its sentences appear there as they are verified.
        stage: Where it is told what goes on, with the means to stop it.

    Raises:
        AssistantError: The question cannot be answered in a way that a person can mend.
    """
    place = beginning.skeleton(150)
    with stage, st.container(horizontal=True, vertical_alignment="center"):
        line = st.empty()
        st.button("Stop", type="tertiary", key="stop", on_click=running.stop.set)
    said, told = 0, ""  # only what is new is drawn: every line costs each window a look at its page
    while not wait([running.job], timeout=_LOOK_AGAIN).done:
        _take_news(running)
        if len(running.said) > said:
            place.html(_sentences(running.said))
            said = len(running.said)
        if _told(running) != told:
            told = _told(running)
            line.markdown(plain(told))
    return running.job.result()


def _take_news(running: Running) -> None:
    """Note the sentences and stages that have come."""
    while True:
        try:
            news = running.news.get_nowait()
        except Empty:
            return
        if isinstance(news, Claim):
            running.said.append(news)
        else:
            running.told = news


def _told(running: Running) -> str:
    if running.stop.is_set():
        return "Stopping"
    seconds = perf_counter() - running.started
    return f"{running.told} · {seconds:.0f} s" if seconds >= _LONG else running.told


def _sentences(said: Sequence[Claim]) -> str:
    return "".join(f'<p class="coming">{escape(claim.text)}</p>' for claim in said)
