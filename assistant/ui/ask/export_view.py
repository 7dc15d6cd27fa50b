"""Answers and conversations to take along: copied as Markdown, or as a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import streamlit as st

from assistant.conversations.export import Format, copied, export
from assistant.conversations.records import Exchange
from assistant.ui.copying import offer_copy

_NAMES = {
    Format.WORD: "Word",
    Format.HTML: "HTML, prints well",
    Format.MARKDOWN: "Markdown",
    Format.JSON: "JSON",
}
_TYPES = {
    Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.HTML: "text/html",
    Format.MARKDOWN: "text/markdown",
    Format.JSON: "application/json",
}
_LONGEST_NAME = 60


def offer_answer(exchange: Exchange) -> None:
    """Draw the ways to take one answer along."""
    key = f"{exchange.number}-{exchange.id}"
    offer_copy("Copy", copied(exchange), key=f"copy-{key}")
    with st.popover("Export", type="tertiary", key=f"export-{key}"):
        offer_exports(exchange.answer.question, [exchange], key=key)


def offer_exports(title: str, exchanges: Sequence[Exchange], *, key: str) -> None:
    """Draw a button for each format; a file is made when it is asked for.

    Args:
        title: Of the conversation, or the question.
        exchanges: What is exported.
        key: Unique on the page.
    """
    name = re.sub(r"[^\w-]+", "-", title)[:_LONGEST_NAME].strip("-_") or "answer"
    with st.container(gap=None):
        for form, label in _NAMES.items():
            st.download_button(
                label,
                partial(export, title, exchanges, form),
                f"{name}{form.value}",
                _TYPES[form],
                key=f"export-{key}{form.value}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )
    st.caption("`assistant verify FILE` checks the quotes later.")
