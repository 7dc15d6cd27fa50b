"""The web page: ``streamlit run streamlit_app.py``."""

from __future__ import annotations

import streamlit as st

from assistant.ui import ask, evaluate, library
from assistant.ui.markup import ICON, use_stylesheet

st.set_page_config(page_title="Library assistant", page_icon=str(ICON), layout="wide", initial_sidebar_state=260)
use_stylesheet()
st.navigation(
    [
        st.Page(ask.page, title="Ask", url_path="ask", default=True),
        st.Page(library.page, title="Library", url_path="library"),
        st.Page(evaluate.page, title="Evaluate", url_path="evaluate"),
    ],
    position="top",
).run()
