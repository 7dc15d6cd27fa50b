"""A question on its way: asked in a thread, while the page shows what is going on and offers to stop it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait
from queue import Empty, SimpleQueue
from threading import Event
from time import perf_counter

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assistant.types import Answer, Claim, Filters, Turn
from assistant.ui.desk import Desk
from assistant.ui.markup import escape, plain
from assistant.ui.state import Inquiry

_LOOK_AGAIN = 0.1  # seconds between two looks at what has come
_LONG = 2  # seconds from which on the time is told

_News = str | Claim


def ask(
    desk: Desk, inquiry: Inquiry, history: Sequence[Turn], *, beginning: DeltaGenerator, stage: DeltaGenerator
) -> Answer:
    """Answer a question; a page that is drawn anew meanwhile, or closed, gives it up.

    Args:
        desk: Whom to ask.
        inquiry: What is asked, under which filters.
        history: Earlier turns, oldest first.
        beginning: Where the answer is to stand; its sentences appear there as they are verified.
        stage: Where it is told what goes on.

    Raises:
        AssistantError: The question cannot be answered in a way that a person can mend.
    """
    news: SimpleQueue[_News] = SimpleQueue()
    stop = Event()
    job = desk.ask(inquiry.question, inquiry.filters or Filters(), history, report=news.put)
    started = perf_counter()
    said: list[Claim] = []
    told = "Reading the question"
    with beginning:
        place = st.skeleton(150)
    with stage, st.container(horizontal=True, vertical_alignment="center"):
        line = st.empty()
        st.button("Stop", type="tertiary", key="stop", help="Give the question up")
    try:
        while True:
            line.markdown(f":shimmer[{plain(_with_time(told, perf_counter() - started))}]")
            done = wait([job], timeout=_LOOK_AGAIN).done
            for each in _all(news):
                if isinstance(each, Claim):
                    said.append(each)
                    place.html(_sentences(said))
                else:
                    told = each
            if done:
                return job.result()
    finally:
        stop.set()


def _all(news: SimpleQueue[_News]) -> list[_News]:
    found: list[_News] = []
    while True:
        try:
            found.append(news.get_nowait())
        except Empty:
            return found


def _with_time(told: str, seconds: float) -> str:
    return f"{told} · {seconds:.0f} s" if seconds >= _LONG else told


def _sentences(said: Sequence[Claim]) -> str:
    return "".join(f'<p class="coming">{escape(claim.text)}</p>' for claim in said)
