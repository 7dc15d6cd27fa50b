"""What a question says in everyday words, in the words that reports use.

Staff ask who runs a firm, reports name its chairman; a question is dug for in pits, a report tells
of mines. Such words are few enough to be listed (``wording.csv``), and too many to be learnt from
what a small reader has seen.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.text import han_share, han_word_starts

_BLANK = re.compile(r"\\\{(\w+)\\\}")
_FILLED = r"(?P<\1>[^,;?，；？]{2,60}?)"
_APOSTROPHE = "['’]"


@dataclass(frozen=True, slots=True)
class _Wording:
    """How things are said, and how they are written.

    Attributes:
        sentences: Patterns with blanks ("how much {what} does {who} produce").
        phrases: Finds the phrases of ``written``.
    """

    sentences: tuple[tuple[re.Pattern[str], str], ...]
    phrases: re.Pattern[str]
    written: Mapping[str, str]


def in_reports_words(question: str) -> str:
    """The question as a report would put it; the same where it says nothing in everyday words.

    Parts of names stay as they are: Boss Energy, the Tokyo Stock Exchange.

    Example:
        >>> in_reports_words("who runs Lynas?")
        'who is the chairman or chief executive of Lynas?'
    """
    wording = _wording()
    for sentence, written in wording.sentences:
        if (said := sentence.search(question)) is not None:
            question = f"{question[: said.start()]}{written.format(**said.groupdict())}{question[said.end() :]}"
    starts = han_word_starts(question) if han_share(question) else frozenset()

    def written_for(said: re.Match[str]) -> str:
        written = wording.written.get(said.group().lower().replace("’", "'"), said.group())
        if _is_part_of_a_name(said, written) or _cuts_a_word(said, starts):
            return said.group()
        is_doubled = question[: said.start()].lower().endswith("the ")
        return written.removeprefix("the ") if is_doubled else written

    return wording.phrases.sub(written_for, question)


def _is_part_of_a_name(said: re.Match[str], written: str) -> bool:
    """Whether a common word is written as a name, or the name of a place stands before another one."""
    phrase, rest = said.group(), said.string[said.end() :]
    if any(map(str.isupper, written)):
        return re.match(r" [A-Z]", rest) is not None
    return said.start() > 0 and phrase[:1].isupper() and not phrase.isupper()


def _cuts_a_word(said: re.Match[str], starts: frozenset[int]) -> bool:
    """Whether a Chinese phrase begins or ends inside a word."""
    if not han_share(said.group()):
        return False
    goes_on = han_share(said.string[said.end() : said.end() + 1]) > 0
    return said.start() not in starts or (goes_on and said.end() not in starts)


@cache
def _wording() -> _Wording:
    text = files("assistant.answering").joinpath("wording.csv").read_text("utf-8")
    rows = {row["said"]: row["written"] for row in csv.DictReader(text.splitlines())}
    phrases = {said: written for said, written in rows.items() if "{" not in said}
    return _Wording(
        tuple((re.compile(_pattern(said), re.IGNORECASE), rows[said]) for said in rows if said not in phrases),
        re.compile("|".join(_longest_first(phrases)), re.IGNORECASE),
        phrases,
    )


def _longest_first(phrases: Mapping[str, str]) -> Iterator[str]:
    return (_pattern(said) for said in sorted(phrases, key=len, reverse=True))


def _pattern(said: str) -> str:
    pattern = _BLANK.sub(_FILLED, re.escape(said)).replace("'", _APOSTROPHE)
    return pattern if han_share(said) else rf"(?<![\w-]){pattern}(?![\w-])"
