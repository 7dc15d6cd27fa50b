"""Text of documents on its way to the page: nothing of it may act as Markdown or HTML.

Documents, their titles and their file names come from strangers. Where Streamlit takes Markdown
(labels, alerts) they pass through ``plain``, where it takes HTML through ``escape``.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from assistant.conversations.reference import date_words
from assistant.types import Metadata, Source

STATIC = Path(__file__).parent / "static"
ICON = STATIC / "icon.svg"

_LANGUAGES = {"en": "English", "zh": "Chinese", "zh-Hant": "Chinese (traditional)"}
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
_WORD_JOINER = "\u2060"  # takes no space and breaks what would become a link, an icon or an emoji
_ACTS_UNESCAPED = re.compile(r"(:|@|www)(?=\S)", re.IGNORECASE)


def use_stylesheet() -> None:
    """Load the styles of what is written as HTML here, and of the source panel's place."""
    st.html(STATIC / "page.css")


def escape(text: str) -> str:
    """Text as HTML that shows just that text."""
    return html.escape(text)


def plain(text: str) -> str:
    """Text as Markdown that shows just that text."""
    one_line = " ".join(text.split())
    return _MARKDOWN.sub(r"\\\1", _ACTS_UNESCAPED.sub(rf"\1{_WORD_JOINER}", one_line))


def counted(number: int, noun: str) -> str:
    """``1 sentence``, ``2 sentences``, ``1,024 sentences``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def language_name(tag: str) -> str:
    """A language by its English name, or the tag itself where it has none here."""
    return _LANGUAGES.get(tag, tag)


def describe(metadata: Metadata, page: int | None = None) -> str:
    """The line below a title: publisher, date, page, language, kind; as plain text."""
    parts = (
        metadata.publisher,
        date_words(metadata.published) if metadata.published else "undated",
        f"page {page}" if page else None,
        language_name(metadata.language),
        metadata.kind,
    )
    return " · ".join(part for part in parts if part)


def source_line(source: Source) -> str:
    """An original behind a document as HTML; linked only where its address is one of the web."""
    title = escape(source.title)
    if source.url and is_web_address(source.url):
        title = f'<a href="{escape(source.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    rest = [part for part in (source.publisher, date_words(source.date) if source.date else None) if part]
    return " · ".join([title, *map(escape, rest)])


def is_web_address(url: str) -> bool:
    """Whether an address is http(s) with a host, and so may become a link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
