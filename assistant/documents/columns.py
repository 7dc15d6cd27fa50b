"""Pages of two columns whose file goes from line to line across both: each column is read to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_SAME_LEVEL = 3.0  # points by which the base lines of one level may differ
_LEAST_PAIRS = 5  # levels with a line in each column; fewer may be anything
_LEAST_LENGTH = 20  # characters of a line of prose, on an average; cells of tables are shorter


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text where it stands on a page, in points from the lower left."""

    x: float
    y: float
    text: str


def column_text(runs: Sequence[Run]) -> str | None:
    """The text of a page, column by column, if its runs go back and forth between two columns of prose.

    Args:
        runs: As the file draws them.

    Returns:
        None where the order of the file is that of reading, or where it is a table.
    """
    runs = [run for run in runs if run.text.strip()]
    pairs = [(one, two) for one, two in pairwise(runs) if abs(one.y - two.y) < _SAME_LEVEL and one.x < two.x]
    if len(pairs) < _LEAST_PAIRS:
        return None
    gutter = min(two.x for _, two in pairs)
    is_apart = all(one.x < gutter for one, _ in pairs) and _is_aligned([two.x for _, two in pairs])
    if not (is_apart and is_prose([one.text for one, _ in pairs]) and is_prose([two.text for _, two in pairs])):
        return None
    top = max(one.y for one, _ in pairs) + _SAME_LEVEL
    above = [run for run in runs if run.y > top]
    below = [run for run in runs if run.y <= top]
    left = [run for run in below if run.x < gutter - _SAME_LEVEL]
    right = [run for run in below if run.x >= gutter - _SAME_LEVEL]
    return "\n".join(run.text.strip() for run in (*above, *left, *right))


def _is_aligned(places: Sequence[float]) -> bool:
    """Whether most lines of a column begin at one place; some are indented."""
    first = min(places)
    return sum(place - first < _SAME_LEVEL for place in places) >= 0.6 * len(places)


def is_prose(lines: Sequence[str]) -> bool:
    """Whether lines are long and sentences run on over their ends, which cells of a table do not."""
    long_enough = sum(map(len, lines)) >= _LEAST_LENGTH * len(lines)
    running_on = sum(
        not two.lstrip()[:1].isupper() and not one.rstrip().endswith((".", "。")) for one, two in pairwise(lines)
    )
    figures = sum(line.strip()[:1].isdigit() for line in lines)
    return long_enough and running_on >= 0.5 * (len(lines) - 1) and figures < 0.3 * len(lines)
