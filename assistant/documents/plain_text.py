"""Markdown and plain text, in any usual encoding, with or without YAML front matter."""

from __future__ import annotations

import re

from assistant.documents.decoding import decode
from assistant.documents.extract import Extract
from assistant.documents.metadata import Fields, parse_fields, split_front_matter
from assistant.text import clean, flatten


def read_text(data: bytes, name: str) -> Extract:
    """Plain text: the words as they stand."""
    front_matter, body = split_front_matter(decode(data, name))
    fields = parse_fields(front_matter, where=name) if front_matter is not None else Fields()
    return Extract(clean(body), fields)


def read_markdown(data: bytes, name: str) -> Extract:
    """Markdown: marks of emphasis and links give way to their words; structure stays."""
    front_matter, body = split_front_matter(decode(data, name))
    fields = parse_fields(front_matter, where=name) if front_matter is not None else Fields()
    text = clean(strip_inline_markup(body))
    if fields.title is None and (heading := re.search(r"^#\s+(.+?)\s*#*$", text, re.MULTILINE)):
        fields = fields.model_copy(update={"title": flatten(heading.group(1))})
    return Extract(text, fields)


# Every repetition has an end, since a file of opening marks alone would be searched for hours.
_TARGET = r"\([^)\s]{0,2000}(?:\s{1,9}\"[^\"]{0,500}\")?\)"
_INLINE_MARKUP = (
    (re.compile(r"<!--(?:(?!<!--|-->).)*+-->", re.DOTALL), ""),
    (re.compile(rf"!\[([^\[\]]{{0,500}})\]{_TARGET}"), r"\1"),
    (re.compile(rf"\[([^\[\]]{{1,500}})\]{_TARGET}"), r"\1"),
    (re.compile(r"(?<![\w*])(\*\*|__)(?=\S)([^\n]{1,1000}?)(?<=\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^\n]{1,1000}?)(?<=[^\s*_])\1(?![\w*])"), r"\2"),
    (re.compile(r"(?<!`)`([^`\n]+)`(?!`)"), r"\1"),
)


def strip_inline_markup(markdown: str) -> str:
    """Markdown without emphasis, code marks, comments, pictures and link targets."""
    for pattern, replacement in _INLINE_MARKUP:
        markdown = pattern.sub(replacement, markdown)
    return markdown


_MARKDOWN_HEADING = re.compile(r"^(#{1,6})(?=\s+\S)", re.MULTILINE)


def demote_headings(markdown: str, levels: int) -> str:
    """Put the headings of a text below one that stands above it; there are six levels at most."""
    return _MARKDOWN_HEADING.sub(lambda match: "#" * min(6, len(match.group()) + levels), markdown)
