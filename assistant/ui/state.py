"""What one browser window remembers: the conversation, and which source is open beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import streamlit as st

from assistant.types import Answer, Filters, Turn

SUGGESTION = "suggestion"  # key of the suggested questions
_CHOSEN_SUGGESTION = "chosen_suggestion"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of the conversation with its answer, and the filters it was asked under."""

    answer: Answer
    filters: Filters


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """The place that the source panel shows: which exchange, and which of its places (from 1)."""

    exchange: int
    number: int


def exchanges() -> list[Exchange]:
    """The conversation so far, oldest first; append to it to go on."""
    return cast("list[Exchange]", st.session_state.setdefault("exchanges", []))


def history() -> tuple[Turn, ...]:
    """The conversation as the assistant wants it, to understand follow-ups."""
    return tuple(
        Turn(each.answer.question, " ".join(claim.text for claim in each.answer.claims)) for each in exchanges()
    )


def open_place() -> OpenPlace | None:
    """What the source panel shows, or None while it is closed."""
    return cast("OpenPlace | None", st.session_state.get("open_place"))


def show_place(exchange: int, number: int) -> None:
    """Open the source panel at a place."""
    st.session_state["open_place"] = OpenPlace(exchange, number)


def close_panel() -> None:
    """Close the source panel."""
    st.session_state["open_place"] = None


def new_conversation() -> None:
    """Forget the conversation."""
    st.session_state["exchanges"] = []
    close_panel()


def choose_suggestion() -> None:
    """Keep the suggestion that was just clicked, and unmark it, so that it is asked only once."""
    st.session_state[_CHOSEN_SUGGESTION] = st.session_state[SUGGESTION]
    st.session_state[SUGGESTION] = None


def take_suggestion() -> str | None:
    """The suggestion that was clicked since the last look, if any."""
    return cast("str | None", st.session_state.pop(_CHOSEN_SUGGESTION, None))
