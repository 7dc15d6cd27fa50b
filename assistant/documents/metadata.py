"""Metadata from front matter, from metadata files beside a document, and from its own properties."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import PurePosixPath
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict

from assistant.errors import UnreadableDocument
from assistant.text import flatten, language_of
from assistant.types import Metadata, Source

METADATA_SUFFIX = ".meta.yaml"

_ISO_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def iso_date(value: object) -> str | None:
    """An ISO 8601 date of any precision from what people and programs write, or None.

    Args:
        value: A date, a year, or a string that begins with an ISO date or a PDF date
            (``D:20240629...``, ISO 32000-1, 7.9.4).
    """
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    text = str(value).strip()
    pdf_date = re.match(r"D:(\d{4})(\d{2})?(\d{2})?", text)
    if pdf_date:
        text = "-".join(part for part in pdf_date.groups() if part)
    match = _ISO_DATE.match(text.replace("/", "-"))
    if not match:
        return None
    found = match.group()
    try:
        dt.date.fromisoformat((found + "-01-01")[:10] if len(found) != 7 else found + "-01")
    except ValueError:
        return None
    return found


def _words(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else re.split(r"[,;，；]", str(value))
    return tuple(text for item in items if (text := flatten(str(item))))


def _word(value: object) -> str | None:
    return flatten(", ".join(_words(value)) if isinstance(value, list) else str(value)) or None if value else None


def _sources(value: object) -> tuple[dict[str, Any], ...]:
    items = value if isinstance(value, list | tuple) else [value] if value else []
    return tuple(item if isinstance(item, dict) else {"title": str(item)} for item in items)


_Text = Annotated[str | None, BeforeValidator(_word)]
_Date = Annotated[str | None, BeforeValidator(iso_date)]
_Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class _SourceFields(BaseModel):
    model_config = ConfigDict(extra="ignore")

    title: _Text = None
    publisher: _Text = None
    date: _Date = None
    url: _Text = None


class Fields(BaseModel):
    """What a file says of itself; every field may be missing and unknown ones are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    title: _Text = None
    language: _Text = None
    kind: _Text = None
    publisher: _Text = None
    author: _Text = None
    published: _Date = None
    url: _Text = None
    topics: _Words = ()
    sources: Annotated[tuple[_SourceFields, ...], BeforeValidator(_sources)] = ()
    supersedes: _Words = ()


_ALIASES = {"date": "published", "authors": "author", "tags": "topics", "keywords": "topics", "lang": "language"}


def parse_fields(yaml_text: str, *, where: str) -> Fields:
    """Read front matter or a metadata file.

    Raises:
        UnreadableDocument: The text is not a YAML mapping.
    """
    try:
        loaded = yaml.safe_load(yaml_text) or {}
        if not isinstance(loaded, dict):
            raise UnreadableDocument(f"The metadata of {where} must be a list of `name: value` lines; mend it.")
        named = {str(key).lower(): value for key, value in loaded.items()}
        for alias, name in _ALIASES.items():
            if alias in named:
                named.setdefault(name, named[alias])
        return Fields.model_validate(named)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # PyYAML lets ValueErrors of dates through
        detail = flatten(str(error))[:200]
        raise UnreadableDocument(f"The metadata of {where} cannot be read ({detail}); mend it.") from error


def split_front_matter(text: str) -> tuple[str | None, str]:
    """Part a text into YAML front matter (None where there is none) and body."""
    match = re.match(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", text, re.DOTALL)
    if not match or not re.search(r"^[\w-]+\s*:", match.group(1), re.MULTILINE):
        return None, text
    return match.group(1), text[match.end() :]


def complete(path: str, text: str, *fields: Fields) -> Metadata:
    """Merge what is known of a document, first word first, and fill in title and language.

    Args:
        path: The document's path inside the library.
        text: Its canonical text.
        fields: In order of authority: a metadata file's before the document's own.
    """

    def first(name: str) -> Any:
        return next((value for each in fields if (value := getattr(each, name))), None)

    return Metadata(
        title=first("title") or PurePosixPath(path).stem.replace("_", " ").replace("-", " "),
        language=first("language") or language_of(text),
        kind=first("kind"),
        publisher=first("publisher"),
        author=first("author"),
        published=first("published"),
        url=first("url"),
        topics=first("topics") or (),
        sources=tuple(
            Source(source.title or source.url or source.publisher or "", source.publisher, source.date, source.url)
            for source in first("sources") or ()
        ),
        supersedes=first("supersedes") or (),
    )
