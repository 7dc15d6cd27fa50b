"""The conversations of a person, in the margin: found, opened, renamed, taken along and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Literal

import streamlit as st

from assistant.conversations.records import Conversation
from assistant.ui.ask import state
from assistant.ui.ask.export_view import offer_exports
from assistant.ui.desk import Desk, current_user, explained
from assistant.ui.markup import plain

_AT_ONCE = 20  # every one costs a window a few milliseconds whenever its page is drawn
_SHOWN, _SEARCH, _NAME = "conversations_shown", "conversations_search", "conversation_name"


def show_history(desk: Desk) -> None:
    """Draw the conversations, last changed first, a few at a time, and what can be done with the open one."""
    with explained():
        search = st.text_input(
            "Search conversations", key=_SEARCH, placeholder="Search", label_visibility="collapsed", live=True
        )
        shown = st.session_state.get(_SHOWN, _AT_ONCE)
        user = current_user()
        listed = desk.history.conversations(user, search=search or "", limit=shown + 1)
        if not listed:
            st.caption("Nothing was found." if search else "What you ask is kept here.")
        for when, group in groupby(listed[:shown], _when):
            st.caption(when)
            with st.container(gap=None):
                for conversation in group:
                    _line(desk, conversation)
        if len(listed) > shown:
            st.button("Show older", type="tertiary", key="older", on_click=_show_more, args=(shown,))


def load_conversation(desk: Desk) -> None:
    """Open the conversation that the address names, if it is not open already."""
    wanted = state.wanted_conversation()
    if wanted is not None:
        state.new_conversation()
        with explained():
            state.open_conversation(desk.history.exchanges(current_user(), wanted))


def _line(desk: Desk, conversation: Conversation) -> None:
    if conversation.id != state.conversation():
        _offer_to_open(desk, conversation, "tertiary")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap=None, key="talk"):
        _offer_to_open(desk, conversation, "secondary")
        _offer_changes(desk, conversation)


def _offer_to_open(desk: Desk, conversation: Conversation, kind: Literal["secondary", "tertiary"]) -> None:
    st.button(
        plain(conversation.title),
        key=f"open-{conversation.id}",
        type=kind,
        width="stretch",
        on_click=_open,
        args=(desk, conversation.id),
    )


def _offer_changes(desk: Desk, conversation: Conversation) -> None:
    with st.popover("More", type="tertiary", icon=":material/more_horiz:", key="talk-more"):
        key = f"{_NAME}-{conversation.id}"
        st.text_input("Name", conversation.title, key=key, on_change=_rename, args=(desk, conversation.id, key))
        offer_exports(conversation.title, state.exchanges(), key="conversation")
        st.button(
            "Delete the conversation",
            icon=":material/delete:",
            type="tertiary",
            key="delete-conversation",
            on_click=_delete,
            args=(desk, conversation.id),
        )


def _open(desk: Desk, key: str) -> None:
    with explained():
        state.open_conversation(desk.history.exchanges(current_user(), key))


def _rename(desk: Desk, key: str, field: str) -> None:
    with explained():
        desk.history.rename(current_user(), key, st.session_state[field] or "")


def _delete(desk: Desk, key: str) -> None:
    with explained():
        desk.history.delete(current_user(), key)
        state.new_conversation()


def _show_more(shown: int) -> None:
    st.session_state[_SHOWN] = shown + _AT_ONCE


def _when(conversation: Conversation) -> str:
    changed = datetime.fromisoformat(conversation.changed).date()
    return next(name for name, first in _periods(datetime.now(UTC).date()) if changed >= first)


def _periods(today: date) -> Iterator[tuple[str, date]]:
    yield "Today", today
    yield "Yesterday", today - timedelta(days=1)
    yield "Last seven days", today - timedelta(days=7)
    yield "Last thirty days", today - timedelta(days=30)
    yield "Older", date.min
