"""The page on which people ask."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

def test_x(open_page):
    page = open_page()
    print(page.exception, [e.value for e in page.title], [e.value for e in page.text])
    print(page.main)
    page.chat_input[0].set_value("When was Decree No. 785 published?").run()
    print(page.exception)
    print(page)
    b = page.get("bidi_component")
    print(b, b and b[0].proto)
    assert 0
