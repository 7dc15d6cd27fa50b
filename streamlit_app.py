"""The web page: ``streamlit run streamlit_app.py``."""

from __future__ import annotations

from importlib import import_module

import streamlit as st

from assistant.ui import ask, library
from assistant.ui.markup import ICON, use_stylesheet


def _evaluate() -> None:
    """Imported when it is opened: it takes longer to load than the first page takes to stand."""
    import_module("assistant.ui.evaluate").page()


st.set_page_config(page_title="Library assistant", page_icon=str(ICON), layout="wide", initial_sidebar_state=260)
use_stylesheet()
st.navigation(
    [
        st.Page(ask.page, title="Ask", url_path="ask", default=True),
        st.Page(library.page, title="Library", url_path="library"),
        st.Page(_evaluate, title="Evaluate", url_path="evaluate"),
    ],
    position="top",
).run()
