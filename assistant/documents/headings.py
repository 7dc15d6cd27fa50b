"""The headings of a text, and the path of headings above any place in it."""

from __future__ import annotations

from bisect import bisect_right

from assistant.structure import BlockKind, blocks
from assistant.text import flatten
from assistant.types import Heading


def find_headings(text: str) -> tuple[Heading, ...]:
    """All headings of a canonical text, in order."""
    return tuple(
        Heading(block.start, block.level, flatten(text[block.start : block.end].lstrip("#").rstrip("# ")))
        for block in blocks(text)
        if block.kind is BlockKind.HEADING
    )


def heading_path(headings: tuple[Heading, ...], offset: int) -> tuple[str, ...]:
    """Titles of the headings that a place stands under, outermost first."""
    path: list[Heading] = []
    for heading in headings[: bisect_right([h.start for h in headings], offset)]:
        while path and path[-1].level >= heading.level:
            path.pop()
        path.append(heading)
    return tuple(heading.title for heading in path)
