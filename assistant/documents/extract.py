"""What every reader gives: the text of a file, its pages, and what the file says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.documents.metadata import Fields
from assistant.text import clean


@dataclass(frozen=True, slots=True)
class Extract:
    """The content of a file before it has a place in the library.

    Attributes:
        text: Canonical text.
        page_starts: Offset at which each page begins; empty where the format has no pages.
        recognised: Pages whose text was recognised from a picture, with the mean confidence of
            their words, in [0, 1].
    """

    text: str
    fields: Fields = field(default_factory=Fields)
    page_starts: tuple[int, ...] = ()
    recognised: Mapping[int, float] = field(default_factory=dict)


def join_pages(pages: list[str], fields: Fields, recognised: Mapping[int, float] | None = None) -> Extract:
    """Join the texts of pages with a blank line between them, and keep where each begins."""
    starts: list[int] = []
    parts: list[str] = []
    length = 0
    for page in pages:
        starts.append(length)
        cleaned = clean(page)
        if cleaned:
            parts.append(cleaned)
            length += len(cleaned) + 2
    return Extract("\n\n".join(parts), fields, tuple(starts), recognised or {})
