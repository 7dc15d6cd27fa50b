"""“Last year”, 上个月: dates that a question leaves to the day of asking, put as dates."""

from __future__ import annotations

import re
from calendar import month_name

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?")
_NAMES_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ENGLISH = re.compile(r"(?<!\bthe )\b(last|this|next) (year|quarter|month)\b(?! of\b)", re.IGNORECASE)
_GOVERNED = re.compile(  # by the word before it, and wants no "in"
    r"\b(?:in|of|for|during|since|until|till|by|from|than|to|with|and|or|between|before|after|over"
    r"|is|was|were|does|did|will) $",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?<!过)去年|(?<![目以之当])前年|(?<!如)今年|(?<![说声表证])明年"
    r"|(?:(?<!以)上|下|(?<!基)本|[这這])(?:一?[个個])?(?:季度|月(?!球))"
)
_AFTER = {"last": -1, "this": 0, "next": 1} | dict(
    zip("去前今明上下本这這", (-1, -2, 0, 1, -1, 1, 0, 0, 0), strict=True)
)
_ORDINAL = ("first", "second", "third", "fourth")


def in_calendar_dates(question: str, today: str) -> str:
    """A question with “last year” and its like as dates: “exports in 2025” for “exports last year”.

    A question that names a year is left alone: its “last year” may be the one before that.

    Args:
        question: As asked, in English or Chinese.
        today: The day it is asked as of: "2026-03-31", "2026-03" or "2026".
    """
    day = _DAY.match(today)
    if day is None or _NAMES_A_YEAR.search(question):
        return question
    year, month = int(day[1]), int(day[2] or 12)

    def english(found: re.Match[str]) -> str:
        date = _date(found[2].lower(), _AFTER[found[1].lower()], year, month, in_chinese=False)
        is_governed = _GOVERNED.search(question[: found.start()]) or question[found.end() :].startswith(("'", "’"))
        return date if is_governed else f"in {date}"

    def chinese(found: re.Match[str]) -> str:
        unit = {"年": "year", "度": "quarter", "月": "month"}[found[0][-1]]
        return _date(unit, _AFTER[found[0][0]], year, month, in_chinese=True)

    return _CHINESE.sub(chinese, _ENGLISH.sub(english, question))


def _date(unit: str, after: int, year: int, month: int, *, in_chinese: bool) -> str:
    """The year, quarter or month that lies so many of its kind after the month of asking."""
    if unit == "year":
        return f"{year + after}年" if in_chinese else str(year + after)
    months = 12 * year + month - 1 + after * (3 if unit == "quarter" else 1)
    year, month = months // 12, months % 12 + 1
    if unit == "month":
        return f"{year}年{month}月" if in_chinese else f"{month_name[month]} {year}"
    quarter = (month - 1) // 3
    return f"{year}年第{'一二三四'[quarter]}季度" if in_chinese else f"the {_ORDINAL[quarter]} quarter of {year}"
