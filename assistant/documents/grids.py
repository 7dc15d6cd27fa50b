"""Tables of a printed page: cells put together from where words and rules stand, row by row.

A PDF knows words at places and no tables, and the order in which it holds the words of a row is
often that of their lines. Rules that are drawn tell rows and columns for sure; where there are
none, columns are told by the gaps that run through all lines, and only for tables of figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.documents.columns import is_prose
from assistant.documents.places import Box, in_lines
from assistant.documents.tables import cell_text

MOST_SHAPES = 5_000  # of a page; a drawing may have millions
_THIN = 3.0  # points; a shape that is no thicker is a rule
_NEAR = 4.0  # points between what is meant to be at one place
_SHORTEST_RULE = 20.0
_FEWEST_LINES = 3  # of a table without rules, header included
_MOST_COLUMNS = 40
_MOST_RULES = 500  # either way; a page with more is a plan or a drawing


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes:
        rows: The texts of its cells.
        words: As they stand in the file.
        columns: From where to where the words of each column stand.
        bottom: Of its lowest word.
        top: Of its highest word.
    """

    rows: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    columns: tuple[tuple[float, float], ...]
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class _Rule:
    """A line across (place is its height) or down (place is its distance from the left)."""

    place: float
    first: float
    last: float


def find_grids(words: Sequence[Box], shapes: Sequence[Box]) -> list[Grid]:
    """The tables of a page.

    Args:
        words: Runs of text in the order of the file.
        shapes: The bounds of what is drawn.
    """
    across, down = _rules(shapes)
    if max(len(across), len(down)) > _MOST_RULES:
        across, down = [], []
    grids: list[Grid] = []
    taken: set[int] = set()
    for lines in _frames(across):
        for frame in _parts(lines, down):
            inside = [n for n, word in enumerate(words) if n not in taken and _is_within(word, frame)]
            grid = _ruled([words[n] for n in inside], frame, down)
            if grid is not None:
                grids.append(grid)
                taken.update(inside)
    return grids + list(_unruled([word for n, word in enumerate(words) if n not in taken]))


# rules


def _rules(shapes: Iterable[Box]) -> tuple[list[_Rule], list[_Rule]]:
    """The lines across and down that shapes draw: themselves where they are thin, their edges otherwise."""
    across: list[_Rule] = []
    down: list[_Rule] = []
    for shape in shapes:
        width, height = shape.right - shape.left, shape.top - shape.bottom
        if height <= _THIN < width:
            across.append(_Rule(shape.y, shape.left, shape.right))
        elif width <= _THIN < height:
            down.append(_Rule(shape.x, shape.bottom, shape.top))
        elif width > _THIN and height > _THIN:
            across += [_Rule(place, shape.left, shape.right) for place in (shape.bottom, shape.top)]
            down += [_Rule(place, shape.bottom, shape.top) for place in (shape.left, shape.right)]
    return _joined(across), _joined(down)


def _joined(pieces: Iterable[_Rule]) -> list[_Rule]:
    """Rules of the pieces that they are drawn in, cell by cell or edge by edge."""
    joined: list[_Rule] = []
    levels: list[list[_Rule]] = []
    for piece in sorted(pieces, key=lambda each: each.place):
        if not levels or piece.place - levels[-1][0].place > _THIN:
            levels.append([])
        levels[-1].append(piece)
    for level in levels:
        place = sum(piece.place for piece in level) / len(level)
        first = last = None
        for piece in sorted(level, key=lambda each: each.first):
            if first is None or last is None or piece.first > last + _NEAR:
                if first is not None and last is not None:
                    joined.append(_Rule(place, first, last))
                first, last = piece.first, piece.last
            last = max(last, piece.last)
        if first is not None and last is not None:
            joined.append(_Rule(place, first, last))
    return [rule for rule in joined if rule.last - rule.first >= _SHORTEST_RULE / 2]


def _frames(across: Sequence[_Rule]) -> Iterator[list[_Rule]]:
    """Rules that begin and end at the same places, from top to bottom: at least three make a table."""
    frames: list[list[_Rule]] = []
    for rule in sorted(across, key=lambda each: -each.place):
        if rule.last - rule.first < _SHORTEST_RULE:
            continue
        for frame in frames:
            if abs(frame[0].first - rule.first) < _NEAR and abs(frame[0].last - rule.last) < _NEAR:
                frame.append(rule)
                break
        else:
            frames.append([rule])
    return (frame for frame in frames if len(frame) > 2)


def _parts(frame: list[_Rule], down: Sequence[_Rule]) -> Iterator[list[_Rule]]:
    """A frame parted where its rules down do not go on, since another table follows there."""
    if not any(_crosses(rule, *pair) for rule in down for pair in pairwise(frame)):
        yield frame
        return
    part = frame[:1]
    for upper, lower in pairwise(frame):
        if any(_crosses(rule, upper, lower) for rule in down):
            part.append(lower)
            continue
        if len(part) > 2:
            yield part
        part = [lower]
    if len(part) > 2:
        yield part


def _crosses(rule: _Rule, upper: _Rule, lower: _Rule) -> bool:
    """Whether a rule down passes between two rules across."""
    middle = (upper.place + lower.place) / 2
    return rule.first < middle < rule.last and upper.first - _NEAR < rule.place < upper.last + _NEAR


def _is_within(word: Box, frame: Sequence[_Rule]) -> bool:
    return frame[-1].place < word.y < frame[0].place and frame[0].first - _NEAR < word.x < frame[0].last + _NEAR


def _ruled(words: Sequence[Box], frame: Sequence[_Rule], down: Sequence[_Rule]) -> Grid | None:
    edges = [
        rule.place
        for rule in sorted(down, key=lambda each: each.place)
        if any(_crosses(rule, *pair) for pair in pairwise(frame))
    ]
    inner = [place for place in edges if frame[0].first + _NEAR < place < frame[0].last - _NEAR]
    by_row = [[word for word in words if lower.place < word.y <= upper.place] for upper, lower in pairwise(frame)]
    if inner:
        return _grid(words, inner, [_cells(row, inner) for row in by_row if row])
    columns = _gutters(words)
    if not columns or is_prose(["".join(word.text for word in line) for line in in_lines(words)]):
        return None
    if len(frame) == 3:  # above the header, below it, and below all rows
        by_row = [row for part in by_row for row in _rows(part, columns)]
    return _grid(words, columns, [_cells(row, columns) for row in by_row if row])


# without rules


def _unruled(words: Sequence[Box]) -> Iterator[Grid]:
    """Tables of figures: lines one below the other with several cells, of which most hold figures."""
    block: list[list[Box]] = []
    for line in [*in_lines(words), []]:
        if len(_spread(line)) > 1:
            block.append(line)
            continue
        if len(block) >= _FEWEST_LINES and (grid := _of_figures(block)) is not None:
            yield grid
        block = []


def _of_figures(lines: Sequence[Sequence[Box]]) -> Grid | None:
    words = [word for line in lines for word in line]
    columns = _gutters(words)
    if not columns:
        return None
    rows = [_cells(line, columns) for line in lines]
    figures = [
        sum(any(c.isdigit() for c in cell) and len(cell) < 25 for cell in column)
        for column in list(zip(*rows[1:], strict=True))[1:]
    ]
    is_table = max(figures) >= 0.7 * len(rows[1:]) and all(sum(map(bool, row)) > 1 for row in rows)
    return _grid(words, columns, rows) if is_table else None


def _spread(line: Sequence[Box]) -> list[list[Box]]:
    """The words of a line, parted where the gap between them is wider than any blank."""
    cells: list[list[Box]] = []
    for word in sorted(line, key=lambda each: each.left):
        if not cells or word.left - cells[-1][-1].right > 1.2 * max(word.height, 6):
            cells.append([])
        cells[-1].append(word)
    return cells


# what both have in common


def _gutters(words: Sequence[Box]) -> list[float]:
    """Where columns part: the middles of the gaps that run through nearly all lines."""
    lines = in_lines(words)
    if not lines:
        return []
    first, last = min(word.left for word in words), max(word.right for word in words)
    covered: dict[int, int] = defaultdict(int)
    for line in lines:
        for cell in _spread(line):
            for place in range(int(cell[0].left), int(cell[-1].right) + 1):
                covered[place] += 1
    spanning = len(lines) // 8  # a heading may stand across
    gutters: list[float] = []
    start: int | None = None
    for place in range(int(first), int(last) + 1):
        if covered[place] > spanning:
            if start is not None and place - start >= _NEAR and start > first:
                gutters.append((start + place) / 2)
            start = None
        elif start is None:
            start = place
    return gutters if len(gutters) < _MOST_COLUMNS else []


def _rows(words: Sequence[Box], columns: Sequence[float]) -> Iterator[list[Box]]:
    """Lines, joined where the first column of one is empty: then it goes on in the others."""
    row: list[Box] = []
    for line in in_lines(words):
        if row and any(word.x < columns[0] for word in line):
            yield row
            row = []
        row += line
    if row:
        yield row


def _cells(row: Sequence[Box], columns: Sequence[float]) -> tuple[str, ...]:
    """The texts between the columns' borders."""
    held: list[list[Box]] = [[] for _ in range(len(columns) + 1)]
    for word in row:
        held[_column(word, columns)].append(word)
    return tuple(
        cell_text("\n".join("".join(_apart(line)) for line in in_lines(cell))) if cell else "" for cell in held
    )


def _column(word: Box, columns: Sequence[float]) -> int:
    return sum(word.x > place for place in columns)


def _apart(line: Sequence[Box]) -> Iterator[str]:
    """The words of a line, with a blank where they do not touch."""
    for before, word in zip([None, *line], line, strict=False):
        if before is not None and word.left - before.right > 0.15 * max(word.height, 4):
            yield " "
        yield word.text


def _grid(words: Sequence[Box], borders: Sequence[float], rows: Sequence[tuple[str, ...]]) -> Grid | None:
    """A grid, if it is one: two rows and two columns at least, and not a frame around other things."""
    kept = [row for row in rows if any(row)]
    columns = [n for n in range(len(kept[0]) if kept else 0) if any(row[n] for row in kept)]
    full = sum(sum(map(bool, row)) > 1 for row in kept)
    if len(columns) < 2 or full < 2 or full < 0.5 * len(kept):
        return None
    ordered = sorted(words, key=lambda word: word.number)
    by_column = [[word for word in words if _column(word, borders) == n] for n in columns]
    return Grid(
        rows=tuple(tuple(row[n] for n in columns) for row in kept),
        words=tuple(word.text for word in ordered),
        columns=tuple((min(each.left for each in held), max(each.right for each in held)) for held in by_column),
        bottom=min(word.bottom for word in words),
        top=max(word.top for word in words),
    )
