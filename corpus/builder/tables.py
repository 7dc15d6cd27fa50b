"""How to lay out a table: which columns hold numbers, and how wide each should be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.builder.source import Table, plain

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBER = re.compile(r"[-+−]?[$€¥]?[\d,.]+%?([-–][\d,.]+%?)?")
_UNBREAKABLE = re.compile(r"[^\s\u2e80-\uffff]+|[\u2e80-\uffff]{1,3}")
_MOST_STRETCH = 1.4


def numeric_columns(table: Table) -> tuple[bool, ...]:
    """For each column but the first, whether the cells that hold digits are mostly bare numbers."""
    columns = zip(*([plain(cell) for cell in row] for row in table.rows), strict=True)
    return tuple(number > 0 and _is_numeric(texts) for number, texts in enumerate(columns))


def _is_numeric(texts: tuple[str, ...]) -> bool:
    with_digits = [text for text in texts if re.search(r"\d", text)]
    return sum(bool(_NUMBER.fullmatch(text)) for text in with_digits) * 2 > len(with_digits)


def column_widths(table: Table, total: float, padding: float, measure: Callable[[str], float]) -> list[float] | None:
    """Share out a width among the columns, or None where even single words do not fit.

    A small table stays narrower than the width.

    Args:
        table: The table.
        total: Width of the page or column.
        padding: Room to the left and right of a cell's text, together.
        measure: Width of a text on one line.
    """
    columns = [[plain(row[c]) for row in (table.header, *table.rows)] for c in range(len(table.header))]
    least = [
        padding + max((measure(word) for text in texts for word in _UNBREAKABLE.findall(text)), default=0)
        for texts in columns
    ]
    if sum(least) > total:
        return None
    wanted = [
        max(low, min(padding + max(map(measure, texts)), total / 2)) for low, texts in zip(least, columns, strict=True)
    ]
    if sum(wanted) <= total:
        return [width * min(total / sum(wanted), _MOST_STRETCH) for width in wanted]
    share = (total - sum(least)) / (sum(wanted) - sum(least))
    return [low + share * (high - low) for low, high in zip(least, wanted, strict=True)]
