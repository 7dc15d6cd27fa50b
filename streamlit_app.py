"""The web page: ``streamlit run streamlit_app.py``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from assistant.ui.markup import ICON, use_stylesheet


def _page(name: str) -> Callable[[], None]:
    """A page of that module, which is imported when it is first opened: the frame stands before."""

    def show() -> None:
        with st.skeleton(120):
            module = import_module(f"assistant.ui.{name}.page")
        module.page()

    return show


st.set_page_config(page_title="Library assistant", page_icon=str(ICON), layout="wide", initial_sidebar_state=260)
use_stylesheet()
st.navigation(
    [
        st.Page(_page("ask"), title="Ask", url_path="ask", default=True),
        st.Page(_page("library"), title="Library", url_path="library"),
        st.Page(_page("evaluate"), title="Evaluate", url_path="evaluate"),
    ],
    position="top",
).run()
