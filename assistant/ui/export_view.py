"""Answers and conversations to take along: copied as Markdown, or as a file."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversations.records import Exchange
from assistant.ui.desk import Desk


def offer_answer(desk: Desk, exchange: Exchange) -> None:
    """Offer one answer."""


def offer_exports(desk: Desk, title: str, exchanges: Sequence[Exchange], *, key: str) -> None:
    """Offer a conversation."""
