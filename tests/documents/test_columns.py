"""Two columns are read one after the other, however their words come."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.columns import in_columns
from assistant.documents.places import Box

LEFT = [f"china mines most of the rare earths in {number}" for number in range(12)]
RIGHT = [f"baotou is where the light ones come from {number}" for number in range(12)]
ROWS = [("Praseodymium and neodymium oxide", "270,000 t"), ("Dysprosium and terbium oxide", "1,900 t")] * 6


def box(text: str, left: float, row: float) -> Box:
    return Box(left, -14 * row - 10, left + 6 * len(text), -14 * row, text)


def read(*words: Box) -> list[str]:
    return [" ".join(word.text for word in line) for line in in_columns(words)]


def side_by_side(first: int = 1) -> list[Box]:
    rows = enumerate(zip(LEFT, RIGHT, strict=True), first)
    return [part for row, (one, two) in rows for part in (box(one, 0, row), box(two, 330, row))]


def test_each_column_is_read_to_its_end() -> None:
    assert read(*side_by_side()) == [*LEFT, *RIGHT]


def test_what_stands_across_parts_what_is_above_from_what_is_below() -> None:
    heading = box("A heading that goes across both of the columns of this page", 60, 0)
    bar = box("Another heading that goes across both of the columns of it", 60, 14)
    words = [heading, *side_by_side(), bar, *side_by_side(15)]
    assert read(*words) == [heading.text, *LEFT, *RIGHT, bar.text, *LEFT, *RIGHT]


def test_rows_of_a_table_stay_rows() -> None:
    words = [part for row, (name, value) in enumerate(ROWS) for part in (box(name, 0, row), box(value, 330, row))]
    assert read(*words) == [f"{name} {value}" for name, value in ROWS]


boxes = st.builds(
    lambda left, bottom, width, height, text: Box(left, bottom, left + width, bottom + height, text),
    *(st.floats(-1000, 1000) for _ in range(2)),
    *(st.floats(0, 1000) for _ in range(2)),
    st.text("ab", min_size=1, max_size=30),
)


@settings(max_examples=100, deadline=None, database=None)
@given(st.lists(boxes, max_size=40))
def test_every_word_is_read_once_wherever_it_stands(words: list[Box]) -> None:
    found = [word for line in in_columns(words) for word in line]
    assert sorted(map(id, found)) == sorted(map(id, words))
