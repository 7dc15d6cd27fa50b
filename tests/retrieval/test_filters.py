from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.filters import allowed_documents, earliest, latest, newer_documents
from assistant.types import DocumentRecord, Filters, Metadata

DATES = st.dates().map(lambda date: f"{date.year:04}-{date:%m-%d}")
ANY_DATE = st.builds(lambda date, length: date[:length], DATES, st.sampled_from([4, 7, 10]))


def record(path: str, **fields: object) -> DocumentRecord:
    return DocumentRecord(path, "d", Metadata(path, **fields), None, 1, 1, "2024-01-01")  # type: ignore[arg-type]


RECORDS = {
    each.path: each
    for each in (
        record("decree.md", kind="Law", publisher="State Council", published="2024-06-29", topics=("mining", "trade")),
        record("news.html", kind="news", publisher="Desk", published="2023", topics=("trade",)),
        record("zh.md", language="zh-Hant", kind="news", published="2024-06"),
        record("undated.md", kind="law"),
    )
}


def allowed(**fields: object) -> set[str] | None:
    found = allowed_documents(RECORDS, Filters(**fields))  # type: ignore[arg-type]
    return None if found is None else set(found)


def test_without_filters_everything_is_allowed() -> None:
    assert allowed() is None


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        ({"kinds": ("law",)}, {"decree.md", "undated.md"}),
        ({"kinds": ("law", "news")}, set(RECORDS)),
        ({"publishers": ("state council",)}, {"decree.md"}),
        ({"languages": ("zh",)}, {"zh.md"}),
        ({"languages": ("zh-hant",)}, {"zh.md"}),
        ({"languages": ("zh-Hans",)}, set()),
        ({"topics": ("TRADE",)}, {"decree.md", "news.html"}),
        ({"documents": ("zh.md", "gone.md")}, {"zh.md"}),
        ({"kinds": ("law",), "topics": ("mining",)}, {"decree.md"}),
        ({"kinds": ("nothing",)}, set()),
        ({"published_from": "2024"}, {"decree.md", "zh.md"}),
        ({"published_from": "2023-12"}, {"decree.md", "zh.md", "news.html"}),
        ({"published_from": "2024-06-30"}, {"zh.md"}),
        ({"published_to": "2024-06-28"}, {"news.html", "zh.md"}),
        ({"published_from": "2024-06-29", "published_to": "2024-06-29"}, {"decree.md", "zh.md"}),
        ({"as_of": "2024-01"}, {"news.html", "undated.md"}),
        ({"as_of": "2024-06"}, set(RECORDS)),
        ({"as_of": "1990"}, {"undated.md"}),
    ],
)
def test_documents_pass_by_what_is_known_of_them(filters: dict[str, object], paths: set[str]) -> None:
    assert allowed(**filters) == paths


@given(ANY_DATE)
def test_a_date_means_the_days_between_its_first_and_its_last(date: str) -> None:
    assert earliest(date) <= latest(date)
    assert earliest(date).startswith(date)
    assert latest(date).startswith(date)


@given(ANY_DATE, DATES)
def test_as_of_leaves_out_what_can_only_have_come_later(published: str, day: str) -> None:
    records = {"a.md": record("a.md", published=published)}
    assert bool(allowed_documents(records, Filters(as_of=day))) == (earliest(published) <= day)


def test_the_newest_document_that_supersedes_another_is_named_as_of_the_day_asked_about() -> None:
    records = [
        record("new.md", published="2026", supersedes=("old.md", "new.md")),
        record("middle.md", published="2023", supersedes=("old.md",)),
        record("old.md", published="2020"),
    ]
    assert newer_documents(records) == {"old.md": "new.md"}
    assert newer_documents(reversed(records), as_of="2024-05") == {"old.md": "middle.md"}
    assert newer_documents(records, as_of="2021") == {}
