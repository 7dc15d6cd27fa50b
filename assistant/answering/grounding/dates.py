"""The dates that a text names, in English and Chinese, whole or in part."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
_HAN_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0}
_COUNTS = {"三": 3, "六": 6, "九": 9, "3": 3, "6": 6, "9": 9}
_OF_MONTHS = {3: "q1", 6: "h1", 9: "q1-q3"}


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as a text gives it, and where it stands.

    Attributes:
        period: A part of a year: ``q1`` to ``q4``, ``h1``, ``h2``, or ``q1-q3`` for nine months.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    period: str | None = None

    def is_as_fine_as(self, other: Date) -> bool:
        """Whether it tells month and part of the year where another date does."""
        return bool(self.month or not other.month) and bool(self.period or not other.period)

    def is_given_by(self, other: Date, years: Collection[int]) -> bool:
        """Whether another text gives this date, which may name its year elsewhere."""
        if (self.month, self.day, self.period) != (
            other.month if self.month else None,
            other.day if self.day else None,
            other.period if self.period else None,
        ):
            return False
        return self.year is None or self.year == other.year or (other.year is None and self.year in years)


_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_SURE_MONTH = "january|february|april|june|july|august|september|october|november|december"
_YEAR = r"(?<!\d)(?<!\d[.,])(?<![.$€£¥])(?:19|20)\d\d(?!\d)"  # a comma of Chinese stands right before one
_DAY = r"(?<![\d.,])(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d.]*\d)"
_BEFORE_MONTH = r"(?:in|of|since|by|until|till|from|to|and|before|after|early|late|mid|mid-|between|through|last|or)"
_COUNTED = (
    r"\s?-?(?:%|percent|per cent|thousand|million|billion|tonnes?\b|tons?\b|metric|kt?\b|t\b|kg|yuan|rmb|dollars?"
    r"|euros?|usd|people|firms|companies|吨|元|万|亿|千|人|家|公斤|千克|个|美元)"
)
_JOIN = r"(?:\s?(?:,|-|–|—|/|and|&|to|or|至|到|和|、)\s?)"


def _integer(text: str | None) -> int | None:
    digits = re.sub(r"\D", "", text or "")
    return int(digits) if digits else None


def _iso(match: re.Match[str]) -> Iterator[Date]:
    yield Date(*match.span(), _integer(match[1]), _integer(match[2]), _integer(match[3]))


def _english(match: re.Match[str]) -> Iterator[Date]:
    month, year = _MONTHS[match["month"]], _integer(match["year"])
    days = re.findall(r"\d{1,2}", match["days"] or "")
    for day in days or [None]:
        yield Date(*match.span(), year, month, _integer(day))


def _han(match: re.Match[str]) -> Iterator[Date]:
    yield Date(*match.span(), _integer(match["year"]), _integer(match["month"]), _integer(match["day"]))
    if match["last"]:
        yield Date(*match.span(), _integer(match["year"]), _integer(match["month"]), _integer(match["last"]))


def _period(match: re.Match[str]) -> Iterator[Date]:
    given = match.groupdict()
    year = _integer(given.get("year") or given.get("before"))
    if given.get("months"):
        period = _OF_MONTHS.get(_COUNTS[match["months"]])
    elif given.get("half"):
        period = "h1" if match["half"] in {"first", "1", "上"} else "h2"
    elif given.get("quarters"):
        period = "q1-q3"
    else:
        number = match["quarter"]
        period = f"q{_ORDINALS.get(number) or _HAN_DIGITS.get(number) or number}"
    yield Date(*match.span(), year, period=period)


def _year(match: re.Match[str]) -> Iterator[Date]:
    yield Date(*match.span(), _integer(match.group()))


_OF_YEAR = rf"(?:,?\s(?:of\s)?(?P<year>{_YEAR}))?"
_HAN_YEAR = rf"(?:(?P<year>{_YEAR})年\s?)?"
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Date]]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"({_YEAR})[-/.](0?[1-9]|1[0-2])(?:[-/.](0?[1-9]|[12]\d|3[01]))?(?![\d-])", _iso),
        (rf"(?:(?P<before>{_YEAR})\s?)?\bq1\s?(?:-|–|to)\s?(?P<quarters>q3){_OF_YEAR}", _period),
        (rf"\b(?:the )?(?:first|1st) 3 (?P<quarters>quarters){_OF_YEAR}", _period),
        (rf"\b(?:the )?first (?P<months>[369]) months{_OF_YEAR}", _period),
        (rf"\b(?P<months>[369]) months (?:of|to|in) (?P<year>{_YEAR})", _period),
        (rf"(?:(?P<before>{_YEAR})\s?)?\bq(?P<quarter>[1-4])\b{_OF_YEAR}", _period),
        (rf"\b(?P<quarter>first|second|third|fourth|last|1st|2nd|3rd|4th)[ -]quarter\b{_OF_YEAR}", _period),
        (rf"(?:(?P<before>{_YEAR})\s?)?\bh(?P<half>[12])\b{_OF_YEAR}", _period),
        (rf"\b(?P<half>first|second)[ -]half\b(?:[ -]year)?{_OF_YEAR}", _period),
        (rf"{_HAN_YEAR}(?P<quarters>前三季度|前三个季度)", _period),
        (rf"{_HAN_YEAR}(?:前|1[-–至到])(?P<months>[三六九369])个?月", _period),
        (rf"{_HAN_YEAR}第?(?P<quarter>[一二三四1-4])个?季度", _period),
        (rf"{_HAN_YEAR}(?P<half>[上下])半年", _period),
        (
            rf"(?P<days>{_DAY}(?:{_JOIN}{_DAY})*)\s?(?:of\s)?(?P<month>{_MONTH})\b\.?(?:,?\s(?P<year>{_YEAR}))?",
            _english,
        ),
        (
            rf"\b(?P<month>{_MONTH})\b\.?\s(?P<days>{_DAY}(?:{_JOIN}{_DAY}(?!{_COUNTED}))*)(?!{_COUNTED}|\d)"
            rf"(?:,?\s(?P<year>{_YEAR}))?",
            _english,
        ),
        (rf"\b(?P<month>{_MONTH})\b\.?,?\s(?:of\s)?(?P<year>{_YEAR})(?P<days>)", _english),
        (rf"\b(?P<month>{_SURE_MONTH})\b(?P<days>)(?P<year>)", _english),
        (rf"\b{_BEFORE_MONTH} (?P<month>march|may)\b(?! (?:not|be|have|also|only))(?P<days>)(?P<year>)", _english),
        (
            rf"(?:(?P<year>{_YEAR})年\s?)?(?P<month>\d{{1,2}})月(?:\s?(?P<day>\d{{1,2}})[日号](?:[至到、和-](?P<last>\d{{1,2}})[日号])?)?",
            _han,
        ),
        (rf"{_YEAR}(?:年度?|s\b)?(?!{_COUNTED})", _year),
    )
)


def dates(text: str) -> tuple[tuple[Date, ...], str]:
    """The dates of a text, and the text with all of them blanked out, so that other figures remain.

    Args:
        text: Folded, with numbers in digits.
    """
    left = text
    found: list[Date] = []
    for pattern, read in _PATTERNS:
        matches = list(pattern.finditer(left))
        for match in matches:
            found.extend(read(match))
        if matches:
            left = pattern.sub(lambda match: "\0" * len(match.group()), left)
    return tuple(found), left
