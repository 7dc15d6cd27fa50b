"""A button that puts a text on the clipboard, which no element of Streamlit does without showing the text."""

from __future__ import annotations

from functools import cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from assistant.ui.markup import STATIC


def offer_copy(label: str, text: str, *, key: str) -> None:
    """Draw the button.

    Args:
        label: What it says.
        text: What it copies, to the letter.
        key: Unique on the page.
    """
    _component()(key=key, data={"label": label, "text": text}, width="content")


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "copy",
        html='<button type="button"></button><span role="status"></span>',
        css=(STATIC / "copy.css").read_text("utf-8"),
        js=(STATIC / "copy.js").read_text("utf-8"),
    )
