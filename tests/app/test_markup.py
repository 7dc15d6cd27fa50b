"""Text of documents on its way to the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversations.reference import date_words
from assistant.types import Metadata, Source
from assistant.ui.markup import counted, describe, escape, is_web_address, plain, source_line


@given(st.text())
def test_escaped_text_holds_no_tag(text: str) -> None:
    assert "<" not in escape(text)


@given(st.text(alphabet="ab*_[]()<>!`#:$\\@|~"))
def test_every_mark_of_markdown_is_escaped(text: str) -> None:
    assert all(
        before == "\\" for before, mark in zip(plain(text), plain(text)[1:], strict=False) if mark in "*_[]()<>!`#:$@|~"
    )


def test_plain_text_breaks_links_icons_and_emoji() -> None:
    shown = plain("https://evil.example :material/home: www.evil.example a@b.example")
    assert "https\\:\u2060\\/" in shown
    assert ":material" not in shown
    assert "www.evil" not in shown
    assert "@b" not in shown


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2024-06-29", "29 June 2024"),
        ("2024-06", "June 2024"),
        ("2024", "2024"),
        ("2024-13", "2024-13"),
        ("soon", "soon"),
    ],
)
def test_dates_are_read_with_their_own_precision(date: str, words: str) -> None:
    assert date_words(date) == words


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://example.org/a?b=1", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("https://[", False),
        (" file:///etc/passwd", False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, *, is_one: bool) -> None:
    assert is_web_address(url) is is_one
    assert ("<a " in source_line(Source("Title", url=url))) is is_one


def test_a_source_cannot_break_out_of_its_link() -> None:
    line = source_line(Source('<b>"T"</b>', publisher="<i>", url='https://example.org/"onmouseover="x'))
    assert "<b>" not in line
    assert "<i>" not in line
    assert '"onmouseover' not in line


def test_a_document_is_described_by_what_is_known_of_it() -> None:
    assert describe(Metadata("T")) == "undated · English"
    full = Metadata("T", language="zh-Hant", kind="statistics", publisher="Desk", published="2024-06")
    assert describe(full, 3) == "Desk · June 2024 · page 3 · Chinese (traditional) · statistics"


def test_things_are_counted_in_the_right_number() -> None:
    assert (counted(1, "citation"), counted(2, "citation"), counted(1024, "file")) == (
        "1 citation", "2 citations", "1,024 files",
    )  # fmt: skip
