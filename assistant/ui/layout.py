"""Where things stand on every page: the matter on the left, an open source to its right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def columns(page: Literal["start", "ask", "ask-below", "library", "evaluate"]) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A page's matter and the place of a panel beside it.

    The stylesheet centres the matter while no panel is open. The columns are always there: if they
    came and went, the page would lose its place whenever a panel opens.
    """
    with st.container(key=f"desk-{page}"):
        matter, beside = st.columns([11, 9], gap="large")
    return matter, beside


@contextmanager
def panel(place: DeltaGenerator) -> Iterator[None]:
    """A panel that stays in view while the page scrolls; on a phone a sheet above the lower edge."""
    with place, st.container(key="panel"):
        yield


def head() -> DeltaGenerator:
    """The part of a panel that stays when the panel scrolls."""
    return st.container(key="panel-head", gap="xsmall")


def controls() -> DeltaGenerator:
    """A row for what the panel is, and buttons."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small")
