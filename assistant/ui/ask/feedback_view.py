"""What a person says of an answer: a thumb, the reasons, and what would have been right."""

from __future__ import annotations

import streamlit as st

from assistant.conversations.records import Exchange
from assistant.types import Feedback, Reason
from assistant.ui.ask import state
from assistant.ui.desk import Desk, current_user, explained

_UP = 1  # Streamlit's number of the thumb that points up
_LONGEST = 4000  # characters of a right answer


def show_thumbs(desk: Desk, exchange: Exchange) -> None:
    """Draw the thumbs; a click is kept at once."""
    given = exchange.feedback
    key = f"thumbs-{exchange.id}"

    def keep() -> None:
        thumb = st.session_state[key]
        _keep(desk, exchange, None if thumb is None else Feedback(helpful=thumb == _UP))

    st.feedback("thumbs", key=key, default=None if given is None else int(given.helpful), on_change=keep)


def show_reasons(desk: Desk, exchange: Exchange) -> None:
    """Where an answer did not help, ask for the reasons and for what would have been right."""
    given = exchange.feedback
    if given is None or given.helpful:
        return
    if given.reasons or given.right_answer:
        st.caption("Thank you; this is kept for the evaluation.")
        return
    with st.form(f"reasons-{exchange.id}"):
        reasons = st.pills(
            "What is wrong with it?",
            list(Reason),
            selection_mode="multi",
            format_func=lambda reason: reason.value.capitalize(),
            key=f"reasons-chosen-{exchange.id}",
        )
        right = st.text_area(
            "What would have been right? (optional)", max_chars=_LONGEST, height=80, key=f"right-{exchange.id}"
        )
        if st.form_submit_button("Send"):
            _keep(desk, exchange, Feedback(helpful=False, reasons=tuple(reasons), right_answer=right.strip() or None))
            st.rerun()


def _keep(desk: Desk, exchange: Exchange, feedback: Feedback | None) -> None:
    with explained():
        desk.history.give_feedback(current_user(), exchange.id, feedback)
        state.note_feedback(exchange, feedback)
