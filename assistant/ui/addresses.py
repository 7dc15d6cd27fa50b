"""Addresses inside the pages."""

from __future__ import annotations

from urllib.parse import quote

CONVERSATION = "conversation"  # parameter of the page that is asked: the conversation that is open


def conversation_address(key: str) -> str:
    """Where a conversation opens."""
    return f"ask?{CONVERSATION}={quote(key)}"
