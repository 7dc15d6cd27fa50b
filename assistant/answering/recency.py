"""Questions for the latest of something, and the day up to which a text tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answering.grounding.dates import dates
from assistant.answering.relative_dates import names_a_year
from assistant.text import fold

Day = tuple[int, int, int]  # year, month, day; what is not told is 0

_QUARTERS = {"q1": 3, "q2": 6, "q3": 9, "q4": 12, "h1": 6, "h2": 12, "q1-q3": 9}
_ASKS_FOR_THE_LATEST = re.compile(
    r"\b(?:(?<!at the )latest|newest|most recent(?:ly)?|(?<!eddy )current(?:ly)?|right now|at present|these days"
    r"|today(?:['’]s)?|so far)\b|\bnow\b(?!-| (?:called|known))"
    r"|(?:最新|最近(?!的?[一二三四五六七八九十两几\d])|到?目前[为為]止|目前|[现現]在|[当當]前|如今)的?",
    re.IGNORECASE,
)


def asks_for_the_latest(question: str) -> bool:
    """Whether a question wants the newest there is, and names no year of its own."""
    return _ASKS_FOR_THE_LATEST.search(fold(question)) is not None and not names_a_year(question)


def apart_from_the_latest(question: str) -> str:
    """A question without the words that ask for the newest there is: they say nothing of what is asked about."""
    if not asks_for_the_latest(question):
        return question
    return re.sub(r" +(?=[ ?!.,]|$)", "", _ASKS_FOR_THE_LATEST.sub("", question))


def told_up_to(text: str, published: str | None) -> Day:
    """The latest day that a text names, but none after its document's date; without one, the year of that.

    Args:
        text: A sentence or row.
        published: The date to which the facts of its document hold, as ISO 8601 of any precision.
    """
    limit = _day(published)
    days = [day for day in _days(text) if limit is None or day <= limit]
    return max(days, default=(limit[0] if limit else 0, 0, 0))


def _days(text: str) -> Iterator[Day]:
    """The days that a text names; one without a year is of the year before it."""
    year: int | None = None
    for each in sorted(dates(fold(text))[0], key=lambda date: date.start):
        year = each.year or year
        if year is not None:
            yield year, each.month or _QUARTERS.get(each.period or "", 0), each.day or 0


def _day(iso: str | None) -> Day | None:
    if not iso:
        return None
    year, month, day = (*map(int, iso[:10].split("-")), 0, 0)[:3]
    return year, month or 12, day or 31
