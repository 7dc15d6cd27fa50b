"""“Last year”, 上个月: dates that a question leaves to the day of asking, put as dates."""

from __future__ import annotations

import re
from calendar import month_name

from assistant.text import han_word_starts

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?")
_NAMED_YEAR = re.compile(  # and no quantity
    r"(?<![\d,.])(?:19|20)\d\d(?!\d|[,.]\d| ?(?:(?:t|kg|tonnes?|tons?|metric|dollars|euros|yuan)\b|[万亿吨元公]))"
)
_ENGLISH = re.compile(r"\b(last|this|next) (year|quarter|month)\b(?! of\b|-)", re.IGNORECASE)
_IS_SOMEBODY_S = re.compile(r"(?:\b(?:the|my|our|your|his|her|its|their|every|each)|['’]s?) $", re.IGNORECASE)
_WANTS_NO_IN = re.compile(  # the word before it
    r"\b(?:in|of|for|during|since|until|till|by|from|than|to|with|and|or|between|before|after|over|about|on|at"
    r"|is|are|was|were|do|does|did|has|have|had|will|would|can|could|may|might|shall|should) $",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"去年|前年(?!产)|今年|明年|(?:上|下|本|[这這])(?:一?[个個])?(?:季度|月(?!球))")
_AFTER = {
    "last": -1,
    "this": 0,
    "next": 1,
    "前": -2,
    "去": -1,
    "上": -1,
    "今": 0,
    "本": 0,
    "这": 0,
    "這": 0,
    "明": 1,
    "下": 1,
}
_ORDINAL = ("first", "second", "third", "fourth")


def in_calendar_dates(question: str, today: str) -> str:
    """A question with “last year” and its like as dates: “exports in 2025” for “exports last year”.

    A question that names a year is left alone: its “last year” may be the one before that.

    Args:
        question: As asked, in English or Chinese.
        today: The day it is asked as of: "2026-03-31", "2026-03" or "2026".
    """
    day = _DAY.match(today)
    if day is None or names_a_year(question):
        return question
    year, month = int(day[1]), int(day[2] or 12)

    def english(found: re.Match[str]) -> str:
        before, after = question[: found.start()], question[found.end() :]
        if _IS_SOMEBODY_S.search(before):
            return found[0]
        date = _date(found[2].lower(), _AFTER[found[1].lower()], year, month, in_chinese=False)
        return date if _WANTS_NO_IN.search(before) or after.startswith(("'", "’")) else f"in {date}"

    put = _ENGLISH.sub(english, question)
    if _CHINESE.search(put) is None:
        return put
    starts = han_word_starts(put)  # 日本月度 holds no 本月

    def chinese(found: re.Match[str]) -> str:
        if found.start() not in starts:
            return found[0]
        unit = {"年": "year", "度": "quarter", "月": "month"}[found[0][-1]]
        return _date(unit, _AFTER[found[0][0]], year, month, in_chinese=True)

    return _CHINESE.sub(chinese, put)


def names_a_year(text: str) -> bool:
    """Whether a text names a year of the calendar."""
    return bool(years_named(text))


def years_named(text: str) -> frozenset[int]:
    """The years of the calendar that a text names."""
    return frozenset(map(int, _NAMED_YEAR.findall(text)))


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
