"""Whose words an answer has, the sources' or a chat model's, and what the model has cost today."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assistant.types import Mode
from assistant.ui.desk import Desk, explained
from assistant.ui.markup import counted, plain

_MODE = "mode"
_NAMES = {Mode.GENERATIVE: "Written", Mode.EXTRACTIVE: "Extracted"}
_MEANINGS = {
    Mode.GENERATIVE: "written by a chat model, every sentence held to quotes of the sources",
    Mode.EXTRACTIVE: "the sources’ own sentences; nothing leaves this machine",
}


def show_mode(desk: Desk) -> tuple[Mode | None, DeltaGenerator]:
    """Draw the switch where a chat model is set; returns what is chosen, None where there is no choice.

    With it comes the place for ``show_cost``.
    """
    if desk.assistant.model is None:
        return None, st.empty()
    chosen = Mode(st.session_state.get(_MODE) or Mode.GENERATIVE)
    with st.popover(_NAMES[chosen], type="tertiary", key="mode-popover"):
        picked = st.radio(
            "Answers", list(_NAMES), format_func=lambda mode: f"{_NAMES[mode]}: {_MEANINGS[mode]}", key=_MODE,
            persist_state="session",
        )  # fmt: skip
        return Mode(picked), st.empty()


def show_cost(desk: Desk, place: DeltaGenerator) -> None:
    """Draw what the chat model has cost today, if one is set; right only after what is being asked is answered."""
    model = desk.assistant.model
    if model is None:
        return
    today = datetime.now(UTC).date().isoformat()
    with explained():
        spent = next((day for day in desk.assistant.model_usage() if day.day == today and day.model == model), None)
        if spent is None:
            place.caption(plain(f"{model}: not asked yet today"))
            return
        usage = spent.usage
        tokens = f"{usage.read:,} tokens read, {usage.written:,} written"
        place.caption(plain(f"{model} today: {counted(spent.questions, 'question')}, {tokens}"))
