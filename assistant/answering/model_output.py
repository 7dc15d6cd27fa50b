"""What a chat model writes, read while it comes: JSON objects, whatever stands around them.

The form that is asked for is ``{"claims": [{"text", "sources": [{"passage", "quote"}]}],
"not_covered": []}``. Code fences, prose before and after, and one object a line are read too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_DEEPEST = 8  # nesting of objects; the form has three levels
_LONGEST_TEXT = 800  # characters of a claim
_LONGEST_QUOTE = 2000
_MOST_SOURCES = 8
_MOST_PARTS = 8
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A passage, by the id that the prompt gave it, and the words that the model says stand there."""

    passage: str
    quote: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim as a model wrote it, not verified yet."""

    text: str
    sources: tuple[DraftSource, ...]


class ObjectReader:
    """Finds whole JSON objects in text that comes piece by piece; inner ones come before the outer."""

    def __init__(self) -> None:
        self._text = ""
        self._open: list[int] = []
        self._in_string = False
        self._is_escaped = False

    @property
    def is_inside(self) -> bool:
        """Whether an object has begun and not ended: the text was broken off if nothing follows."""
        return bool(self._open)

    def feed(self, piece: str) -> Iterator[dict[str, Any]]:
        """The objects that end in the next piece of the text."""
        offset = len(self._text)
        self._text += piece
        for at, character in enumerate(piece, offset):
            if self._in_string:
                self._step_in_string(character)
            elif character == "{":
                self._open.append(at)
            elif character == "}" and self._open:
                begin = self._open.pop()
                if len(self._open) < _DEEPEST and (found := _parsed(self._text[begin : at + 1])) is not None:
                    yield found
            elif character == '"':
                self._in_string = bool(self._open)  # prose outside of objects may quote as it likes

    def _step_in_string(self, character: str) -> None:
        if self._is_escaped:
            self._is_escaped = False
        elif character == "\\":
            self._is_escaped = True
        elif character == '"':
            self._in_string = False


def _parsed(text: str) -> dict[str, Any] | None:
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            found = json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else None
    return None


class AnswerReader:
    """Reads claims out of a model's text while it comes.

    Attributes:
        not_covered: Parts of the question that the model names as not answered by the passages.
        has_form: Whether anything of the form that was asked for has come.
    """

    def __init__(self) -> None:
        self.not_covered: tuple[str, ...] = ()
        self.has_form = False
        self._objects = ObjectReader()

    @property
    def is_broken_off(self) -> bool:
        """Whether the text ends inside an object."""
        return self._objects.is_inside

    def feed(self, piece: str) -> Iterator[Draft]:
        """The claims that end in the next piece of the text."""
        for found in self._objects.feed(piece):
            if (draft := _draft(found)) is not None:
                self.has_form = True
                yield draft
            elif isinstance(found.get("claims"), list) or "not_covered" in found:
                self.has_form = True
                self.not_covered = texts(found.get("not_covered"))


def _draft(found: Mapping[str, Any]) -> Draft | None:
    text, sources = found.get("text"), found.get("sources")
    if not isinstance(text, str):
        return None
    listed = sources if isinstance(sources, list) else [sources]
    return Draft(text[:_LONGEST_TEXT], tuple(map(_source, filter(_is_source, listed[:_MOST_SOURCES]))))


def _is_source(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("passage", "quote"))


def _source(value: Mapping[str, str]) -> DraftSource:
    return DraftSource(value["passage"].strip(), value["quote"][:_LONGEST_QUOTE])


def texts(value: object) -> tuple[str, ...]:
    """The strings of a list, few and short; nothing for any other value."""
    listed = value if isinstance(value, list) else []
    return tuple(each[:_LONGEST_TEXT] for each in listed[:_MOST_PARTS] if isinstance(each, str) and each.strip())
