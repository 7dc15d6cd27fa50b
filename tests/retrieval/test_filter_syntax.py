from __future__ import annotations

import pytest

from assistant.errors import FilterError
from assistant.retrieval.filter_syntax import KEYS, parse_filters
from assistant.types import Filters


def test_every_key_has_its_field() -> None:
    pairs = ["kind=analysis", "publisher=Rare Earth Desk, London", "language=zh", "topic=licensing", "document=a=b.md"]
    assert parse_filters([*pairs, "from=2023", "to=2024-06"], as_of="2024-06-29") == Filters(
        kinds=("analysis",),
        publishers=("Rare Earth Desk, London",),
        languages=("zh",),
        topics=("licensing",),
        documents=("a=b.md",),
        published_from="2023",
        published_to="2024-06",
        as_of="2024-06-29",
    )


def test_no_pairs_filter_nothing() -> None:
    assert parse_filters([]) == Filters()


def test_a_repeated_key_allows_any_of_its_values() -> None:
    assert parse_filters(["kind=analysis", " kind = statistics "]).kinds == ("analysis", "statistics")


def test_an_unknown_key_is_answered_with_those_there_are() -> None:
    with pytest.raises(FilterError) as raised:
        parse_filters(["colour=red"])
    assert all(key in str(raised.value) for key in ("colour", *KEYS))


@pytest.mark.parametrize(
    "pairs",
    [["kind"], ["kind="], ["=x"], ["from=soon"], ["from=2024-13"], ["to=2024-6-1"], ["from=2023", "from=2024"],
     ["from=2025", "to=2024"]],
)  # fmt: skip
def test_malformed_pairs_are_refused(pairs: list[str]) -> None:
    with pytest.raises(FilterError):
        parse_filters(pairs)


def test_a_range_of_one_month_is_not_empty() -> None:
    filters = parse_filters(["from=2024-06-15", "to=2024-06"])
    assert (filters.published_from, filters.published_to) == ("2024-06-15", "2024-06")


def test_a_malformed_as_of_is_refused() -> None:
    with pytest.raises(FilterError, match="as-of"):
        parse_filters([], as_of="last year")
