"""HTML: the article, without navigation, scripts, comments and "Leave a Reply"."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import Any

import trafilatura
from trafilatura.settings import Document as TrafilaturaDocument

from assistant.documents.decoding import decode
from assistant.documents.extract import Extract
from assistant.documents.metadata import Fields, iso_date
from assistant.documents.plain_text import strip_inline_markup
from assistant.documents.tables import cell_text, table_lines
from assistant.errors import NoTextFound
from assistant.text import clean, flatten

_DECLARED = re.compile(
    rb"<(?:meta[^>]{0,200}charset|\?xml[^>]{0,200}encoding)\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE
)
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_XML_DECLARATION = re.compile(r"\ufeff?\s*<\?xml[^>]*\?>")
# Files in the older standards hold characters of the newer, whatever they say.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}
_MARKS = {"li": "- ", **{f"h{level}": "#" * level + " " for level in range(1, 7)}}
_BREAKS = re.compile(r"\s+")  # those of the file are blanks on the page
_UNREAD = frozenset(
    {"head", "title", "script", "style", "noscript", "template", "svg", "nav", "aside", "form", "footer"}
)
_BLOCKS = frozenset(
    "address article blockquote body center dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 header hr li "
    "main ol p pre section summary tbody tfoot thead ul".split()
)


def read_html(data: bytes, name: str) -> Extract:
    """Take the article of a page and what its meta tags say.

    Raises:
        NoTextFound: The page holds no text.
    """
    return read_page(decode_html(data, name), name)


def decode_html(data: bytes, name: str) -> str:
    """Decode a page by its byte order mark, as UTF-8, as it declares itself, or by what reads best.

    Raises:
        UnreadableDocument: No encoding gives text.
    """
    declared = _DECLARED.search(data[:4096])
    if declared and not data.startswith(_BYTE_ORDER_MARKS):
        decoded = decode_as(data, declared.group(1).decode("ascii"))
        if decoded is not None:
            return decoded
    return decode(data, name)


def decode_as(data: bytes, encoding: str) -> str | None:
    """Decode as a file says of itself, which is often not quite true; None if it cannot be so."""
    encoding = encoding.lower()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode(_WIDER.get(encoding, encoding), "replace")
    except (LookupError, UnicodeError):  # no encoding of text, or none that Python knows
        return None
    return text if text.count("\ufffd") <= 0.01 * len(text) else None


def read_page(page: str, name: str) -> Extract:
    """Take the article of a page, or all of its text where it holds no article.

    Raises:
        NoTextFound: The page holds no text.
    """
    page = _XML_DECLARATION.sub("", page, count=1)  # it names an encoding, which is past
    article = trafilatura.extract(
        page,
        output_format="markdown",
        include_comments=False,
        include_tables=True,
        include_formatting=True,
        include_links=False,
    )
    text = clean(strip_inline_markup(article)) if article else text_of(page)
    if not any(c.isalnum() for c in text):
        raise NoTextFound(f"{name} holds no article text; open it in a browser and save the article as text.")
    # `extensive` would take any year in the text for the date of the page.
    found = trafilatura.extract_metadata(page, extensive=False) or TrafilaturaDocument()
    fields = Fields(
        title=found.title,
        author=found.author,
        publisher=found.sitename,
        published=iso_date(found.date) if found.date else None,
        url=found.url,
    )
    return Extract(text, fields)


def text_of(page: str) -> str:
    """All text of a page that is no article (a table, a few lines, a chapter of a book), as Markdown."""
    root = trafilatura.load_html(f"<html><body>{page}</body></html>")
    writer = _Writer()
    stack: list[tuple[Any, bool]] = [] if root is None else [(root, True)]
    while stack:  # and no recursion: pages may be nested without end
        element, opens = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""  # a comment has a function for its tag
        if not opens:
            writer.close(tag)
            writer.words.append(_BREAKS.sub(" ", element.tail or ""))
        elif not tag or tag in _UNREAD:
            writer.words.append(_BREAKS.sub(" ", element.tail or ""))
        else:
            writer.open(tag)
            writer.words.append(_BREAKS.sub(" ", element.text or ""))
            stack.append((element, False))
            stack.extend((child, True) for child in reversed(element))
    writer.end_line()
    return clean("\n".join(writer.lines))


@dataclass(slots=True)
class _Table:
    """A table that is being read, and its row; None outside of rows, and where cells hold tables themselves."""

    rows: list[list[str]] = field(default_factory=list)
    row: list[str] | None = None


class _Writer:
    """Writes Markdown as elements open and close."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.words: list[str] = []
        self._tables: list[_Table] = []
        self._mark = ""

    def open(self, tag: str) -> None:
        if tag == "table":
            self._end_table()  # what stood around this one was a frame
            self._tables.append(_Table())
        elif tag == "tr" and self._tables:
            self._tables[-1].row = []
        elif tag in {"td", "th"}:
            self.end_line() if self._row is None else self.words.clear()
        elif tag == "br":
            self.words.append("\n")
        elif tag in _BLOCKS:
            self._end_block()
        if tag in _MARKS:
            self._mark = _MARKS[tag]

    def close(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag == "tr" and self._tables:
            table = self._tables[-1]
            if table.row:
                table.rows.append(table.row)
            table.row = None
        elif tag == "table" and self._tables:
            self._end_table()
            self._tables.pop()
        elif tag in _BLOCKS:
            self._end_block()

    def end_line(self) -> None:
        """Write the words so far as lines of their own."""
        text = "".join(self.words)
        self.words.clear()
        lines = [flatten(text)] if self._mark else [flatten(line) for line in text.split("\n")]
        written = "\n".join(line for line in lines if line)
        if written:
            self.lines.append(f"{self._mark}{written}" if self._mark == "- " else f"\n{self._mark}{written}\n")
            self._mark = ""

    @property
    def _row(self) -> list[str] | None:
        return self._tables[-1].row if self._tables else None

    def _end_block(self) -> None:
        if self._row is None:
            self.end_line()
        else:
            self.words.append(" ")

    def _end_cell(self) -> None:
        if self._row is None:
            self.end_line()
        else:
            self._row.append(cell_text("".join(self.words)))
            self.words.clear()
            self._mark = ""

    def _end_table(self) -> None:
        if self._tables:
            table = self._tables[-1]
            rows = [*table.rows, table.row or []]
            self.lines += ["", *table_lines(rows, "the page"), ""]
            table.rows, table.row = [], None
        self.end_line()
