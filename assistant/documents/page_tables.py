"""Puts the tables of printed pages into their text; one that goes on overleaf goes on under its header.

Only a rule below its first row tells that a table has a header of its own: rows that go on from the
page before have none, so that nothing is said on a page that does not stand there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.documents.grids import Grid, find_grids
from assistant.documents.places import Box, in_lines
from assistant.documents.tables import table_lines

_MARGIN = 0.3  # of a page's height in which a table begins or ends that goes over two pages
_MOST_AROUND = 2  # lines above or below it: running titles, page numbers
_MOSTLY = 0.7  # of the cells of a column of figures
_SENTENCE = re.compile(r"[.!?。！？]\s*$")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![.,]?\d)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands where on a page.

    Attributes:
        words: Runs of text in the order of the file.
        shapes: The bounds of what is drawn.
        bottom: The lower edge, in points.
        top: The upper edge.
    """

    words: Sequence[Box]
    shapes: Sequence[Box]
    bottom: float
    top: float


def with_tables(text: str, sheet: Sheet, before: Grid | None = None) -> tuple[str, Grid | None]:
    """The text of a page with its tables as Markdown, a row a line.

    Args:
        text: As another reader gives it, in the order of the file.
        sheet: Where its words stand.
        before: The table that runs to the foot of the page before, if one does.

    Returns:
        The text with each table in the place of its words, unchanged where those are not found
        together, so that nothing is lost or said twice; and the table that runs to the foot of the
        page, with the header that holds for it.
    """
    after = None
    grids = find_grids(sheet.words, sheet.shapes)
    for grid in grids:
        header = header_of(before.rows) if before and _goes_on(before, grid) and _begins(grid, sheet) else None
        rows = grid.rows if header is None else (header, *grid.rows)
        table = list(table_lines(rows, "the page"))
        placed = _placed(text, grid, "\n".join(table if header is None else table[2:]))
        if placed is None:
            continue
        text = placed
        if _ends(grid, sheet):
            after = replace(grid, rows=rows)
    return text, after


def header_of(rows: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The row that ``table_lines`` makes the header of the last rows, if it does."""
    header = None
    for row in rows:
        if sum(map(bool, row)) == 1:
            header = None
        elif header is None:
            header = row
    return header


def _placed(text: str, grid: Grid, table: str) -> str | None:
    """A text with a table in the place of its words; None where those are not found together."""
    places = [place for place, character in enumerate(text) if not character.isspace()]
    squeezed, wanted = "".join(text.split()), "".join("".join(grid.words).split())
    at = squeezed.find(wanted)
    if at < 0:
        return None
    start, end = places[at], places[at + len(wanted) - 1] + 1
    return f"{text[:start].rstrip()}\n\n{table}\n\n{text[end:].lstrip()}"


# tables that go over two pages


def _begins(grid: Grid, sheet: Sheet) -> bool:
    """Whether nothing but a running title stands above a table."""
    above = [word for word in sheet.words if word.bottom >= grid.top]
    return grid.top >= sheet.top - _MARGIN * (sheet.top - sheet.bottom) and _are_marginal(above)


def _ends(grid: Grid, sheet: Sheet) -> bool:
    """Whether nothing but a page number and the like stands below a table."""
    below = [word for word in sheet.words if word.top <= grid.bottom]
    return grid.bottom <= sheet.bottom + _MARGIN * (sheet.top - sheet.bottom) and _are_marginal(below)


def _are_marginal(words: Sequence[Box]) -> bool:
    lines = ["".join(word.text for word in line) for line in in_lines(words)]
    return len(lines) <= _MOST_AROUND and not any(_SENTENCE.search(line) for line in lines)


def _goes_on(before: Grid, grid: Grid) -> bool:
    """Whether a table has the columns of another, and its first row is a row of that, not a header."""
    header = header_of(before.rows)
    if header is None or len(before.columns) != len(grid.columns):
        return False
    columns = zip(before.columns, grid.columns, strict=True)
    if any(min(one[1], other[1]) <= max(one[0], other[0]) for one, other in columns):
        return False
    body = before.rows[before.rows.index(header) + 1 :]
    return any(
        _is_figure(cell, head) and sum(_is_figure(row[column], head) for row in body) >= _MOSTLY * len(body)
        for column, (cell, head) in enumerate(zip(grid.rows[0], header, strict=True))
    )


def _is_figure(cell: str, head: str) -> bool:
    """Whether a cell holds a figure such as its column's head does not: years head columns of other figures."""
    if not any(c.isdigit() for c in cell):
        return False
    return not any(c.isdigit() for c in head) or (_YEAR.search(head) is not None and _YEAR.search(cell) is None)
