"""The originals that stand behind a document."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.types import Source
from assistant.ui.markup import source_line


def show_originals(originals: Sequence[Source]) -> None:
    """List the originals that stand behind a document, with links where they are on the web."""
    if originals:
        with st.expander(f"What this document draws on ({len(originals)})", type="compact"):
            items = "".join(f"<li>{source_line(source)}</li>" for source in originals)
            st.html(f'<ul class="originals">{items}</ul>')
