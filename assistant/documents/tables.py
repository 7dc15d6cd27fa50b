"""Rows of cells as Markdown tables: what workbooks and delimited files have in common."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.documents.decoding import decode
from assistant.documents.extract import Extract
from assistant.errors import DocumentTooLarge, NoTextFound, UnreadableDocument
from assistant.text import clean, flatten

_DELIMITERS = ",\t;|"
_SAMPLE = 100_000  # characters that tell the delimiter
_SAMPLE_LINES = 50
_MAX_CELLS = 20_000_000


def read_table(data: bytes, name: str) -> Extract:
    """Read a delimited file (CSV, TSV) as a Markdown table; the delimiter is told by the first lines.

    Lines with one value above the table are notes; those below its header are rows of it.

    Raises:
        NoTextFound: There are no values in it.
        UnreadableDocument: A value has no end.
    """
    text = decode(data, name).replace("\0", "")
    delimiter = delimiter_of(text[:_SAMPLE].splitlines())
    try:
        table = _table(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), name)
    except csv.Error:  # a quotation mark that is never closed takes all that follows for one value
        table = _table_without_quoting(text, delimiter, name)
    if not any(c.isalnum() for c in table):
        raise NoTextFound(f"{name} holds no values.")
    return Extract(table)


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter that parts most of the first lines into the same number of values; a comma if none does."""

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = [_QUOTED.sub("", line).count(delimiter) for line in lines[:_SAMPLE_LINES] if line.strip()]
        usual = max(set(counts) - {0}, key=counts.count, default=0)
        return counts.count(usual) if usual else 0, usual

    return max(_DELIMITERS, key=agreement)


_QUOTED = re.compile(r'"[^"]*"')


def _table_without_quoting(text: str, delimiter: str, name: str) -> str:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    try:
        return _table(rows, name)
    except csv.Error as error:
        sentence = f"{name} is no table (one of its values has more than {csv.field_size_limit():,} characters)"
        raise UnreadableDocument(f"{sentence}; check its quotation marks, or save it as plain text.") from error


def _table(rows: Iterable[Sequence[str]], name: str) -> str:
    return clean("\n".join(table_lines(([cell_text(cell) for cell in row] for row in rows), name, gaps=True)))


def table_lines(rows: Iterable[Sequence[str]], name: str, *, gaps: bool = False) -> Iterator[str]:
    """Lines of Markdown: the first row of several cells is the header of the rows below it.

    A row with one filled cell is a note above or between tables.

    Args:
        rows: The texts of cells, row by row.
        name: The file, as a problem would name it.
        gaps: Whether a row of one filled cell below a header is a row of that table with gaps.

    Raises:
        DocumentTooLarge: There are more cells than can be read.
    """
    width = cells = 0
    for row in map(_trimmed, rows):
        filled = sum(bool(cell) for cell in row)
        if filled > 1 or (filled and gaps and width):
            cells += max(len(row), width)
            if cells > _MAX_CELLS:
                raise DocumentTooLarge(f"{name} has more than {_MAX_CELLS:,} cells; split it.")
            yield f"| {' | '.join([*row, *[''] * (width - len(row))])} |"
            if not width:
                width = len(row)
                yield f"|{' --- |' * width}"
        elif filled or width:
            yield f"\n{''.join(row)}\n"
            width = 0


def cell_text(value: str) -> str:
    """The text of a cell on one line, without the mark that parts cells."""
    return flatten(value).replace("|", "/")


def _trimmed(row: Sequence[str]) -> Sequence[str]:
    """A row without the empty cells at its end."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]
