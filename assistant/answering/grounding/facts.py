"""The dates and figures of a text, taken out once, and which of them belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.grounding.dates import Date, dates
from assistant.answering.grounding.quantities import Quantity, quantities, with_digits


@dataclass(frozen=True, slots=True)
class Facts:
    """The dates and figures of a text, and the text with its numbers in digits, in which they stand."""

    text: str
    dates: tuple[Date, ...]
    quantities: tuple[Quantity, ...]

    @property
    def years(self) -> frozenset[int]:
        """All years that are named."""
        return frozenset(date.year for date in self.dates if date.year is not None)

    def words(self, date: Date) -> str:
        """A date as the text writes it."""
        return self.text[date.start : date.end].strip()


@lru_cache(maxsize=2_048)
def facts_of(text: str, declarations: tuple[str, ...] = ()) -> Facts:
    """Take out the dates and figures of a text.

    Args:
        text: As it stands.
        declarations: Texts whose units hold for its figures without one, such as a table's header.
    """
    written = with_digits(text)
    found, left = dates(written)
    return Facts(written, found, quantities(left, [with_digits(each) for each in declarations]))


_PART = r"(?<!\d)[,，](?!\d)|(?<=\d)[,，](?=\s)|[;；。\n]|\.\s|\b(?:and|while|whereas|but)\b|而|但"
_CLAUSE = re.compile(_PART)
_NARROW_CLAUSE = re.compile(rf"{_PART}|、|\b(?:from|compared with|against|versus)\b|与上年")
_RESPECTIVELY = re.compile(r"\brespectively\b|分别")


def clauses(text: str, *, narrow: bool = False) -> list[str]:
    """The clauses of a text, cut wherever a second subject may begin; a table's row stays whole.

    Args:
        narrow: Cut before what a figure is compared with, too: "270 in 2024, from 255 in 2023".
    """
    if text.lstrip().startswith("|"):
        return text.splitlines()
    parts = re.split(_NARROW_CLAUSE if narrow else _CLAUSE, text)
    return [part for part in parts if part.strip()]


def is_parallel(text: str) -> bool:
    """Whether a text tells in one go what belongs to each of several things ("were 1 and 2 respectively")."""
    return _RESPECTIVELY.search(text) is not None


def holding(quantity: Quantity, parts: Iterable[str], declarations: tuple[str, ...]) -> list[str]:
    """The clauses that give a figure."""
    return [
        part for part in parts if any(quantity.is_given_by(each) for each in facts_of(part, declarations).quantities)
    ]
