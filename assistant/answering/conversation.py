"""Follow-up questions, understood through the question before them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.text import content_words
from assistant.types import Turn

_POINTS_BACK = re.compile(
    r"\b(it|its|they|them|their|this|that|these|those|he|she|his|her|there|then|the same|former|latter)\b"
    r"|^(and|but|so|what about|how about|why)\b|[它他她其这那]|该|上述|那么|呢",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NEXT_YEAR = re.compile(
    r"\b(?:the|a) year (?:after|later)\b|\bthe (?:next|following) year\b|次年|第二年|翌年|后一年", re.IGNORECASE
)
_YEAR_BEFORE = re.compile(r"\b(?:the|a) year (?:before|earlier)\b|\bthe previous year\b|前一年|上一年", re.IGNORECASE)
_FEWEST_WORDS = 2  # fewer words of content ("Since when?") cannot stand alone


def resolve_follow_up(question: str, history: Sequence[Turn]) -> str:
    """A question that stands on its own: a follow-up carries the subject of the one before.

    A question that names its own subject is left alone, so that a new topic is not dragged back
    to the old one. A follow-up that asks about another year takes the place of the year before:
    "the quota of 2022" and "And in 2023?" ask for the quota of 2023.

    Args:
        question: As asked.
        history: Earlier turns, oldest first.
    """
    if not history or not is_follow_up(question):
        return question
    subject, detail = "", ""
    for turn in history:
        if not subject or not is_follow_up(turn.question):
            subject, detail = turn.question, ""
        else:
            subject = _in_the_year_of(turn.question, subject)
            if len(content_words(turn.question)) >= _FEWEST_WORDS:
                detail = turn.question
    parts = (_in_the_year_of(question, subject), detail)
    return ": ".join((*(part.rstrip("?？ ") for part in parts if part), question))


def _in_the_year_of(question: str, earlier: str) -> str:
    """The earlier question, about the year that the follow-up asks about, where each names one."""
    years = set(_YEAR.findall(earlier))
    if len(years) != 1:
        return earlier
    year = int(years.pop())
    named = set(_YEAR.findall(question))
    if len(named) == 1:
        year = int(named.pop())
    elif _NEXT_YEAR.search(question):
        year += 1
    elif _YEAR_BEFORE.search(question):
        year -= 1
    return _YEAR.sub(str(year), earlier)


def is_follow_up(question: str) -> bool:
    """Whether a question points back to something, or says too little to stand alone."""
    return bool(_POINTS_BACK.search(question)) or len(content_words(question)) < _FEWEST_WORDS
