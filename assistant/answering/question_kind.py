"""What kind of thing a question asks for, and whether a sentence holds such a thing."""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.answering.definitions import says_what_is, thing_asked_for
from assistant.text import fold, han_names, han_share


class QuestionKind(StrEnum):
    """What would answer a question."""

    NUMBER = "number"
    SHARE = "share"
    MONEY = "money"
    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    DEFINITION = "definition"
    OTHER = "other"


_MONEY_WORDS = (
    r"prices?|costs?|paid|pays?|spends?|spent|invest(?:s|ed)?|charged?|worth|earn(?:s|ed)?|fined?|revenues?|profits?"
    r"|budget|turnover|salary|(?:dollar|export|import|market) value"
)
_PATTERNS = (
    (
        QuestionKind.DATE,
        r"\bwhen\b|\b(what|which|in what|since what) (year|date|month|day|century|decade)\b"
        r"|何时|什么时候|哪一?[年月日天]|几[年月日]",
    ),
    (
        QuestionKind.SHARE,
        r"\b(what|which) (percentage|percent|share|proportion|fraction)\b"
        r"|\bhow (large|big|high|much of) an? (share|part|percentage|proportion)\b|占比|比例|份额|百分之几",
    ),
    (
        QuestionKind.MONEY,
        r"\bhow (much|many) (money|cash|dollars|euros|yuan|yen|pounds)\b|\bwhat (price|cost|fine|sum|fee)\b"
        rf"|\b(how much|what (was|were|is|are|did))\b.*\b({_MONEY_WORDS})\b"
        r"|多少钱|多少[万亿]*(元|美元|欧元|日元)|[赚花卖赔亏]了?多少"
        r"|(价|成本|罚款|税|资金|收入|利润|营收|投资|市值|金额)[^，。？]{0,6}多少",
    ),
    (
        QuestionKind.NUMBER,
        r"\bhow (many|much|large|big|high|long|far|old|tall|often|fast|quickly|deep|heavy|wide)\b"
        r"|\bwhat (number|amount|rate|size|quota|value|tonnage|volume)\b|多少|几[个家项次]",
    ),
    (QuestionKind.PERSON, r"\bwho(m|se)?\b|谁|哪位|何人"),
    (
        QuestionKind.PLACE,
        r"\bwhere\b|\b(what|which) (country|city|state|province|place|region|area|location)\b"
        r"|哪里|何处|哪个(国家|省|城市|地区)",
    ),
    (QuestionKind.REASON, r"\bwhy\b|\bwhat (caused|is the reason|was the reason)\b|为什么|为何|原因"),
)

_SHORT_IS = re.compile(r"\b(what|who|when|where|why|how)['’]s\b")
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_DATE = re.compile(rf"\b1\d{{3}}s?\b|\b20\d\d\b|\b{_MONTH}\b|\b\d+(?:st|nd|rd|th) century\b|\d+年|\d+月")
# Figures that name something and count nothing: dates, years, and numbers of decrees and articles.
_LABEL = re.compile(
    rf"\b\d{{4}}-\d\d(?:-\d\d)?\b|\b\d{{1,2}} {_MONTH}(?: \d{{4}})?|\b{_MONTH} \d{{1,2}}\b(?:,? \d{{4}})?"
    r"|\b(?:1[5-9]|20)\d\d(?:[-–/]\d\d(?:\d\d)?)?\b(?!\s?(?:t|tonnes|tons|kg|people|km|yuan|%|吨|人|元|家|万|亿))"
    r"|\d{4}年|\d{1,2}月(?:\d{1,2}日)?|第\d+[号条章项]"
    r"|\b(?:nos?|article|annex|section|decree|order|announcement|chapter|table|figure|phase|part|item)\.? \d+"
)
_NUMBER_WORD = (
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|hundred"
    r"|thousand|million|billion|half|third|quarter|twice|double|once|several|percent)s?\b|[一二三四五六七八九十百千万亿]"
)
_NUMBER = re.compile(rf"\d|{_NUMBER_WORD}")
_FIGURE = re.compile(r"\d[\d,.]*")
_MONEY = re.compile(
    r"[$€£¥]\s?\d|\b(?:rmb|usd|eur|aud|jpy)\s?\d"
    r"|(?:\d|million|billion|trillion|thousand|hundred|\bm)\s?(?:yuan|dollars?|euros?|pounds?|yen|cents?)\b"
    r"|[\d万亿千百]\s?(?:元|美元|欧元|日元|澳元|英镑)"
)
_SHARE = re.compile(
    r"\d\s?%|\bper ?cent\b|百分之|[一二三四五六七八九]成|倍|\b\d+ (?:in|of|out of) \d+"
    r"|\b(?:half|thirds?|quarters?|fifths?|tenths?|majority|twice|double)\b"
)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w’'-]+(?:\s+(?:of|de|van|von|the|[A-Z][\w’'-]+))*")
_REASON = re.compile(
    r"\b(because|due to|since|as a result|so that|in order to|therefore|owing to|thanks to|caused|led to|reasons?"
    r"|triggers?|triggered|prompted|followed|in (?:response|retaliation|protest)|for (?:lack|want) of|on the grounds)\b"
    r"|因为|由于|因此|为了|导致|理由|起因|鉴于|回应|报复"
)

_MARKS = {QuestionKind.REASON: _REASON, QuestionKind.MONEY: _MONEY, QuestionKind.SHARE: _SHARE}
_UNITS_IN_HEADER = {QuestionKind.MONEY, QuestionKind.SHARE}


def kind_of(question: str) -> QuestionKind:
    """The kind of a question, by its question words."""
    folded = _SHORT_IS.sub(r"\1 is", fold(question))
    other = QuestionKind.DEFINITION if thing_asked_for(folded) else QuestionKind.OTHER
    return next((kind for kind, pattern in _PATTERNS if re.search(pattern, folded)), other)


def holds(kind: QuestionKind, sentence: str, question: str, *, is_row: bool = False) -> bool:
    """Whether a sentence holds something of that kind which the question does not say itself.

    Args:
        is_row: It is a row of a table, whose units stand in the header or nowhere.
    """
    if kind in {QuestionKind.PERSON, QuestionKind.PLACE}:
        names = [*_NAME.findall(sentence), *(han_names(sentence) if han_share(question) else ())]
        return any(name not in question for name in names)
    folded = fold(sentence)
    asked = fold(question)
    if kind is QuestionKind.DEFINITION:
        return says_what_is(thing_asked_for(asked), folded)
    if kind is QuestionKind.DATE:
        return any(found not in asked for found in _DATE.findall(folded))
    if kind in _MARKS and not (is_row and kind in _UNITS_IN_HEADER):
        return _MARKS[kind].search(folded) is not None
    return kind is not QuestionKind.OTHER and _holds_new_figure(folded, asked)


def _holds_new_figure(sentence: str, question: str) -> bool:
    counting = _LABEL.sub(" ", sentence)
    figures = _FIGURE.findall(counting)
    if figures:
        return not set(figures) <= set(_FIGURE.findall(question))
    return _NUMBER.search(counting) is not None
