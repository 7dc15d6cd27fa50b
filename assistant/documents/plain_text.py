"""Markdown and plain text, in any usual encoding, with or without YAML front matter."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

from assistant.documents.extract import Extract
from assistant.documents.metadata import Fields, parse_fields, split_front_matter
from assistant.errors import UnreadableDocument
from assistant.text import clean, flatten

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TORN = 0.1  # of the characters beyond ASCII: a UTF-8 file with a few damaged bytes is still UTF-8
_LIKELY_ENCODINGS = ["gb18030", "big5", "cp1252", "cp1251", "utf_16_le", "utf_16_be"]


def decode(data: bytes, name: str) -> str:
    """Decode text: by its byte order mark, as UTF-8, or by the likeliest encoding.

    Raises:
        UnreadableDocument: No encoding gives text.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        as_utf8 = data.decode("utf-8", "replace")
    if as_utf8.count("\ufffd") <= _TORN * sum(c > "\x7f" for c in as_utf8):
        return as_utf8
    try:
        as_chinese = data.decode("gb18030")
    except UnicodeDecodeError:
        as_chinese = ""
    han = len(re.findall("[\u4e00-\u9fff]", as_chinese))
    if han > 0.2 * max(len(as_chinese), 1) and len(re.findall("[的是在和年有不了]", as_chinese)) > 0.02 * han:
        return as_chinese
    best = charset_normalizer.from_bytes(data[:200_000], cp_isolation=_LIKELY_ENCODINGS).best()
    if best is None:
        raise UnreadableDocument(f"{name} is not text in a known encoding; save it as UTF-8 and add it again.")
    return data.decode(best.encoding, "replace")


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
