"""What kind of thing a question asks for, and whether a sentence holds such a thing."""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.text import fold


class QuestionKind(StrEnum):
    """What would answer a question."""

    NUMBER = "number"
    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    OTHER = "other"


_PATTERNS = (
    (
        QuestionKind.DATE,
        r"\bwhen\b|\b(what|which|in what|since what) (year|date|month|day|century|decade)\b"
        r"|何时|什么时候|哪一?[年月日天]|几[年月日]",
    ),
    (
        QuestionKind.NUMBER,
        r"\bhow (many|much|large|big|high|long|far|old|tall|often|fast|deep|heavy|wide)\b"
        r"|\bwhat (percentage|percent|share|number|amount|proportion|fraction|rate|price|cost)\b"
        r"|\bwhat (size|quota|value|tonnage|volume)\b"
        r"|多少|几[个家项次]|占比|比例",
    ),
    (QuestionKind.PERSON, r"\bwho(m|se)?\b|谁|哪位|何人"),
    (
        QuestionKind.PLACE,
        r"\bwhere\b|\b(what|which) (country|city|state|province|place|region|area|location)\b"
        r"|哪里|何处|哪个(国家|省|城市|地区)",
    ),
    (QuestionKind.REASON, r"\bwhy\b|\bwhat (caused|is the reason|was the reason)\b|为什么|为何|原因"),
)

_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_DATE = re.compile(rf"\b1\d{{3}}s?\b|\b20\d\d\b|\b{_MONTH}\b|\b\d+(?:st|nd|rd|th) century\b|\d+年|\d+月")
_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|hundred|thousand|"
    r"million|billion|half|third|quarter|twice|double|once|several|percent)s?\b|[一二三四五六七八九十百千万亿]"
)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w’'-]+(?:\s+(?:of|de|van|von|the|[A-Z][\w’'-]+))*")
_REASON = re.compile(
    r"\b(because|due to|since|as a result|so that|in order to|therefore|owing to|caused|led to|reason)\b"
    r"|因为|由于|因此|为了|导致"
)


def kind_of(question: str) -> QuestionKind:
    """The kind of a question, by its question words."""
    folded = fold(question)
    return next((kind for kind, pattern in _PATTERNS if re.search(pattern, folded)), QuestionKind.OTHER)


def holds(kind: QuestionKind, sentence: str, question: str) -> bool:
    """Whether a sentence holds something of that kind which the question does not say itself."""
    if kind is QuestionKind.DATE:
        return _has_new(_DATE, fold(sentence), fold(question))
    if kind is QuestionKind.NUMBER:
        return _has_new(_NUMBER, fold(sentence), fold(question))
    if kind in {QuestionKind.PERSON, QuestionKind.PLACE}:
        return any(name not in question for name in _NAME.findall(sentence))
    return kind is QuestionKind.REASON and _REASON.search(fold(sentence)) is not None


def _has_new(pattern: re.Pattern[str], sentence: str, question: str) -> bool:
    if pattern is _NUMBER:
        asked = set(re.findall(r"\d[\d,.]*", question))
        digits = [number for number in re.findall(r"\d[\d,.]*", sentence) if number not in asked]
        return bool(digits) or (not re.search(r"\d", sentence) and pattern.search(sentence) is not None)
    return any(found not in question for found in pattern.findall(sentence))
