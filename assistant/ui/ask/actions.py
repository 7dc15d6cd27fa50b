"""What can be done with an answer: ask again, edit the question, take it along, say whether it helped."""

from __future__ import annotations

import streamlit as st

from assistant.conversations.records import Exchange
from assistant.ui.ask import state
from assistant.ui.ask.export_view import offer_answer
from assistant.ui.ask.feedback_view import show_reasons, show_thumbs
from assistant.ui.desk import Desk


def show_actions(desk: Desk, exchange: Exchange, *, is_latest: bool) -> None:
    """Draw a row of actions below an answer; only the latest question is asked anew.

    Args:
        desk: Where things are done.
        exchange: The question and its answer.
        is_latest: Whether it is the last of the conversation.
    """
    number, question = exchange.number, exchange.answer.question
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"actions-{number}"):
        if exchange.conversation:
            show_thumbs(desk, exchange)
        offer_answer(exchange)
        if is_latest:
            again = state.Inquiry(question, exchange.filters, instead_of=number, fresh=True)
            st.button("Ask again", type="tertiary", key="again", on_click=state.queue, args=(again,))
            st.button("Edit the question", type="tertiary", key="edit", on_click=state.edit, args=(question, number))
    show_reasons(desk, exchange)
