"""Part of a document's text as HTML, with a quote marked in it exactly by its offsets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from assistant.structure import Block, BlockKind, Span, blocks
from assistant.text import UNSPACED
from assistant.ui.markup import escape

_SURROUNDINGS = 500  # characters shown around the passage, then on to the end of the line
_LONGEST_LINE = 1500
_HEADING_MARK = re.compile(r"#{1,6}\s+")
_CELL = re.compile(r"[^|]+")
_BREAK_BETWEEN_HAN = re.compile(rf"(?<=[{UNSPACED}，。；：、])\n(?=[{UNSPACED}])")


def excerpt(text: str, passage: Span, quote: Span | None) -> str:
    """A passage in its surroundings.

    Args:
        text: The document's text.
        passage: What is shown in full ink; what stands around it is fainter.
        quote: What is marked, if anything.

    Returns:
        HTML in which all text is escaped.
    """
    start, end = _window(text, passage)
    before = '<p class="outside">…</p>' if start > 0 else ""
    after = '<p class="outside">…</p>' if end < len(text) else ""
    return f'<div class="excerpt">{before}{_Dress(text, passage, quote).blocks(start, end)}{after}</div>'


def whole(text: str, passage: Span, quote: Span | None = None) -> str:
    """A span of a text alone, with a quote marked if any; as HTML in which all text is escaped."""
    return f'<div class="excerpt">{_Dress(text, passage, quote).blocks(*passage)}</div>'


def sections(text: str, length: int = 30_000) -> tuple[Span, ...]:
    """A text in pieces that a browser draws at once, each up to the end of a line.

    Args:
        text: Of any length.
        length: Characters from which a piece ends with its line, or at the latest after half as much again.
    """
    found: list[Span] = []
    start = 0
    while start < len(text):
        line_end = text.find("\n", start + length, start + length * 3 // 2) + 1
        end = line_end or min(len(text), start + length * 3 // 2)
        found.append((start, end))
        start = end
    return tuple(found)


def _window(text: str, passage: Span) -> Span:
    start = max(0, passage[0] - _SURROUNDINGS)
    line_start = text.rfind("\n", 0, start) + 1
    end = min(len(text), passage[1] + _SURROUNDINGS)
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    return (
        line_start if start - line_start <= _LONGEST_LINE else start,
        line_end if line_end - end <= _LONGEST_LINE else end,
    )


@dataclass(frozen=True, slots=True)
class _Dress:
    """Writes spans of a text as HTML: the quote marked, what is outside the passage fainter."""

    text: str
    passage: Span
    quote: Span | None

    def blocks(self, start: int, end: int) -> str:
        """The paragraphs, items, headings and tables of a span."""
        found = [
            Block(start + block.start, start + block.end, block.kind, block.level)
            for block in blocks(self.text[start:end])
        ]
        return "".join(
            self._table(list(group)) if is_table else "".join(map(self._paragraph, group))
            for is_table, group in groupby(found, lambda block: block.kind is BlockKind.ROW)
        )

    def _paragraph(self, block: Block) -> str:
        mark = _HEADING_MARK.match(self.text, block.start, block.end)
        start = mark.end() if mark and block.kind is BlockKind.HEADING else block.start
        return f'<p class="{block.kind.value}">{self._runs(start, block.end)}</p>'

    def _table(self, rows: Sequence[Block]) -> str:
        head, *body = rows
        lines = [self._row(head, "th"), *(self._row(row, "td") for row in body)]
        return f'<div class="scroll"><table>{"".join(lines)}</table></div>'

    def _row(self, row: Block, tag: str) -> str:
        end = row.start + len(self.text[row.start : row.end].rstrip().removesuffix("|"))
        cells = (cell.span() for cell in _CELL.finditer(self.text, row.start, end))
        return f"<tr>{''.join(f'<{tag}>{self._runs(*cell)}</{tag}>' for cell in cells)}</tr>"

    def _runs(self, start: int, end: int) -> str:
        """A span cut where the passage or the quote begins or ends, each run in its own dress."""
        edges = {at for span in (self.passage, self.quote) if span for at in span if start < at < end}
        return "".join(self._run(*run) for run in pairwise(sorted({start, end} | edges)))

    def _run(self, start: int, end: int) -> str:
        shown = escape(_BREAK_BETWEEN_HAN.sub("", self.text[start:end]))
        if self.quote is not None and self.quote[0] <= start < self.quote[1]:
            return f"<mark>{shown}</mark>"
        if self.passage[0] <= start < self.passage[1]:
            return shown
        return f'<span class="outside">{shown}</span>'
