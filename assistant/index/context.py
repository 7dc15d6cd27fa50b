"""What a passage is embedded and searched with beside its own text."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.structure import BlockKind, blocks
from assistant.types import Passage


def context_of(passage: Passage, title: str) -> str:
    """Title, headings and table header of a passage: embedded and searched with it, never part of its text."""
    header = (passage.table_header.text,) if passage.table_header else ()
    return "\n".join(dict.fromkeys((title, *passage.heading_path, *header)))


def embedding_text(passage: Passage, title: str) -> str:
    """What is embedded for a passage: title, headings, and its text without heading lines."""
    body = "\n".join(_without_headings(passage.text))
    return f"{context_of(passage, title)}\n{body}"


def _without_headings(text: str) -> Iterator[str]:
    for block in blocks(text):
        if block.kind is not BlockKind.HEADING:
            yield text[block.start : block.end]
