"""JSON exports, whole or line by line: every record a section of its own."""

from __future__ import annotations

import json
from typing import Any

from assistant.documents.decoding import decode
from assistant.documents.extract import Extract
from assistant.errors import NoTextFound, UnreadableDocument
from assistant.text import clean, flatten

_TITLES = ("title", "headline", "subject", "name", "question", "id", "_id")
_TEXTS = ("text", "content", "body", "passage", "abstract", "description")
_LONGEST_TITLE = 200  # characters
_DEEPEST = 20


def read_records(data: bytes, name: str) -> Extract:
    """Read JSON (a record, or a list of them) or JSON lines; a line that is no JSON stays as it stands.

    The title of a record becomes a heading and its text a paragraph below; every other field is a
    line ``field: value``.

    Raises:
        NoTextFound: There are no values in it.
        UnreadableDocument: It is no JSON.
    """
    text = decode(data, name)
    try:
        records = _records(text)
        if not any(isinstance(record, dict | list) for record in records):
            raise UnreadableDocument(f"{name} is damaged or no JSON; export it again, or save it as plain text.")
        written = clean("\n\n".join(_section(record, number) for number, record in enumerate(records, 1)))
    except RecursionError as error:
        raise UnreadableDocument(f"{name} is nested too deeply to be read; export it as a list of records.") from error
    if not any(c.isalnum() for c in written):
        raise NoTextFound(f"{name} holds no values.")
    return Extract(written)


def _records(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except ValueError:  # lines, or damaged
        return [_line(line) for line in text.split("\n") if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _section(record: Any, number: int) -> str:
    if not isinstance(record, dict):
        return _value(record)
    title = _first(record, _TITLES, _LONGEST_TITLE)
    body = _first(record, _TEXTS)
    lines = [f"## {flatten(str(record[title])) if title else f'Record {number}'}\n"]
    lines += [
        f"{flatten(key)}: {_value(value)}"
        for key, value in record.items()
        if key not in {title, body} and value not in (None, "", [], {})
    ]
    if body:
        lines.append(f"\n{record[body]}")
    return "\n".join(lines)


def _first(record: dict[str, Any], names: tuple[str, ...], longest: int | None = None) -> str | None:
    """The first of some fields that holds words, and no more of them than it should."""
    by_name = {key.lower(): key for key in record}
    for key in (by_name[name] for name in names if name in by_name):
        value = record[key]
        if isinstance(value, str) and value.strip() and (longest is None or len(value) <= longest):
            return key
        if isinstance(value, int) and longest is not None:
            return key
    return None


def _value(value: Any, depth: int = 0) -> str:
    """A value on one line, lists and records within it included."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return "; ".join(f"{flatten(key)}: {_value(each, depth + 1)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(_value(each, depth + 1) for each in value)
    return flatten(value) if isinstance(value, str) else json.dumps(value)
