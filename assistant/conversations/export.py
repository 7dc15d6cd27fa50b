"""An answer or a conversation as a file to take along, and what such a file carries for verification."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from html import escape, unescape
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from assistant.conversations.encoding import ANSWERS, FILTERS, trim
from assistant.conversations.html_export import html
from assistant.conversations.markdown_export import markdown
from assistant.conversations.records import Exchange
from assistant.conversations.sealing import Contents, contents_of, opened, sealed
from assistant.conversations.sheet import Section, Sheet, sheet_of
from assistant.conversations.word_export import word
from assistant.conversations.word_reading import read_word
from assistant.errors import ExportError

_LARGEST = 50_000_000  # bytes of an export that is read


class Format(StrEnum):
    """A format of exports, by the end of the file's name."""

    MARKDOWN = ".md"
    WORD = ".docx"
    HTML = ".html"
    JSON = ".json"


_MARKS = {
    Format.MARKDOWN: ("<!-- assistant-export ", " -->"),
    Format.HTML: ('<meta name="assistant-export" content="', '">'),
}
"""What stands before and after the data for programs."""


def format_of(path: Path) -> Format:
    """The format that a file's name asks for.

    Raises:
        ExportError: There is no such format.
    """
    try:
        return Format(path.suffix.lower())
    except ValueError as error:
        known = ", ".join(Format)
        raise ExportError(f"{path.name} is no export; its name must end in one of {known}.") from error


def export(title: str, exchanges: Sequence[Exchange], form: Format, *, exported: str | None = None) -> bytes:
    """Exchanges as a file, each with sources, quotes, pages, dates and digests of the documents.

    Args:
        title: Of the conversation; the first question where it is empty.
        exchanges: In order; a single one for a single answer.
        form: What kind of file.
        exported: Time, ISO 8601, UTC; now by default.
    """
    time = exported or datetime.now(UTC).isoformat(timespec="seconds")
    sheet = sheet_of(title, exchanges, time)
    contents = contents_of(sheet.title, exchanges, time)
    if form is Format.WORD:
        return word(sheet, sealed(contents, read_word(word(sheet), "").body))
    if form is Format.JSON:
        return _json(sheet, exchanges, contents).encode()
    page = html(sheet) if form is Format.HTML else markdown(sheet)
    before, after = _MARKS[form]
    data = sealed(contents, page)
    if form is Format.HTML:
        return page.replace("</head>", f"{before}{escape(data)}{after}\n</head>", 1).encode()
    return f"{page}\n{before}{data}{after}\n".encode()


def copied(exchange: Exchange) -> str:
    """One answer as Markdown to be pasted elsewhere, with references and without data for programs."""
    return markdown(sheet_of("", (exchange,), exchange.asked))


def write_export(title: str, exchanges: Sequence[Exchange], path: Path) -> None:
    """Write exchanges to a file, in the format that its name asks for.

    Raises:
        ExportError: There is no such format, or the file cannot be written.
    """
    data = export(title, exchanges, format_of(path))
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror}); choose another place.") from error


def read_export(path: Path) -> tuple[Contents, bool]:
    """What an export carries, and whether nothing in it was changed since it was made.

    Raises:
        ExportError: The file cannot be read or is no export.
    """
    form = format_of(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise ExportError(f"{path.name} is too large for an export.")
        data = path.read_bytes()
    except OSError as error:
        raise ExportError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    if form is Format.WORD:
        read = read_word(data, path.name)
        return opened(_only(read.data, path.name), read.body, path.name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExportError(f"{path.name} is no export; it is not text in UTF-8.") from error
    if form is Format.JSON:
        return _opened_json(text, path.name)
    found, body = _cut(text, form, path.name)
    return opened(unescape(found) if form is Format.HTML else found, body, path.name)


def _cut(text: str, form: Format, name: str) -> tuple[str, str]:
    """The data for programs, and the text without them."""
    before, after = _MARKS[form]
    head, *rest = text.split(before)
    data, mark, tail = _only(rest, name).partition(after)
    return _only([data] if mark else [], name), head + tail


def _only(found: Sequence[str], name: str) -> str:
    if len(found) != 1:
        raise ExportError(
            f"{name} carries no data to verify it by, or more than once; give a file that was exported here as it was."
        )
    return found[0]


def _json(sheet: Sheet, exchanges: Sequence[Exchange], contents: Contents) -> str:
    told = {
        "title": sheet.title,
        "exported": contents.exported,
        "exchanges": [_exchange(each, section) for each, section in zip(exchanges, sheet.sections, strict=True)],
    }
    sealing = json.loads(sealed(contents, _canonical(told)))
    return json.dumps({**told, "verification": sealing}, ensure_ascii=False, indent=1) + "\n"


def _exchange(exchange: Exchange, section: Section) -> dict[str, Any]:
    return {
        "asked": exchange.asked,
        "newest_document": exchange.newest,
        "filters": json.loads(FILTERS.encode(exchange.filters)),
        "answer": json.loads(ANSWERS.encode(trim(exchange.answer))),
        "references": [asdict(quoted) for quoted in section.quotes],
    }


def _opened_json(text: str, name: str) -> tuple[Contents, bool]:
    try:
        data = from_json(text)
    except ValueError as error:
        raise ExportError(f"{name} is no export; it is not whole as JSON.") from error
    if not isinstance(data, dict) or not isinstance(data.get("verification"), dict):
        raise ExportError(f"{name} carries no data to verify it by; give a file that was exported here as it was.")
    sealing = data.pop("verification")
    return opened(json.dumps(sealing), _canonical(data), name)


def _canonical(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True)
