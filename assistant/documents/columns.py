"""Pages of two columns that come line by line across both, from a file or a scan: each column is read to its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.documents.places import Box, in_lines

_SAME_LEVEL = 3.0  # points by which the base lines of one level may differ
_LEAST_PAIRS = 5  # levels with a line in each column; fewer may be anything
_STEPS = 120  # places across a page where columns may part
_LEAST_LENGTH = 20  # characters of a line of prose, on an average; cells of tables are shorter


def in_columns(words: Sequence[Box]) -> list[list[Box]]:
    """Words line by line as they are read: of two columns of prose each to its end.

    What stands across both, such as a heading, parts what is above it from what is below.
    """
    gutter = _gutter(words)
    if gutter is None:
        return in_lines(words)
    across = sorted((word for word in words if word.left < gutter < word.right), key=lambda each: -each.y)
    lines: list[list[Box]] = []
    top = math.inf
    for bar in [*across, None]:
        bottom = bar.y if bar else -math.inf
        band = [word for word in words if bottom <= word.y < top and not word.left < gutter < word.right]
        lines += in_lines(word for word in band if word.x <= gutter)
        lines += in_lines(word for word in band if word.x > gutter)
        lines += [[bar]] if bar else []
        top = bottom
    return lines


def _gutter(words: Sequence[Box]) -> float | None:
    """Where two columns of prose part, or None: in the middle third, where the fewest words cross."""
    if len(words) < 2 * _LEAST_PAIRS:
        return None
    first, last = min(word.left for word in words), max(word.right for word in words)
    step = (last - first) / _STEPS
    places = [first + step * number for number in range(_STEPS // 3, _STEPS - _STEPS // 3)]
    gutter = min(places, key=lambda place: sum(word.left < place < word.right for word in words))
    left = [word.text for line in in_lines(word for word in words if word.right <= gutter) for word in line]
    right = [word.text for line in in_lines(word for word in words if word.left >= gutter) for word in line]
    crossing = len(words) - len(left) - len(right)
    if min(len(left), len(right)) < _LEAST_PAIRS or crossing > 0.3 * len(words):
        return None
    # Headings and small tables stand in columns too, as they do not beside a line of a table.
    return gutter if is_prose(left, running_on=0.35) and is_prose(right, running_on=0.35) else None


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


def is_prose(lines: Sequence[str], *, running_on: float = 0.5) -> bool:
    """Whether lines are long and sentences run on over their ends, which cells of a table do not."""
    long_enough = sum(map(len, lines)) >= _LEAST_LENGTH * len(lines)
    over_ends = sum(
        not two.lstrip()[:1].isupper() and not one.rstrip().endswith((".", "。")) for one, two in pairwise(lines)
    )
    figures = sum(line.strip()[:1].isdigit() for line in lines)
    return long_enough and over_ends >= running_on * (len(lines) - 1) and figures < 0.3 * len(lines)
