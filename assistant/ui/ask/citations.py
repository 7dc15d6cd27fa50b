"""What an answer points to, in the order in which its marks are numbered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from assistant.structure import Span
from assistant.text import flatten
from assistant.types import Answer, Citation, Hit, Status

_HEADING_MARKS = re.compile(r"^#{1,6}\s+", re.MULTILINE)
_RULES = re.compile(r"^\|[\s:|-]+\|$\n?", re.MULTILINE)  # between a table's head and its rows
_ROWS = re.compile(r"^\|(.+)\|$", re.MULTILINE)
_NEAREST = 3  # passages offered where there is no answer


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a document that an answer points to.

    Attributes:
        number: Counts from 1 within the answer; what stands in the mark.
        passage: Id of the passage around it.
        quote: The words themselves, as they stood when the answer was given.
        span: Where they stand in the document's text.
        citation: What the place was made from; None for the nearest passages of a question without
            an answer, which are no evidence.
    """

    number: int
    document: str
    title: str
    page: int | None
    passage: str
    quote: str
    span: Span
    citation: Citation | None = None

    @property
    def is_evidence(self) -> bool:
        """Whether it supports the answer."""
        return self.citation is not None

    @property
    def line(self) -> str:
        """The words on one line, without the marks of headings and of tables."""
        rows = _RULES.sub("", self.quote)
        words = _ROWS.sub(lambda row: " · ".join(filter(None, map(str.strip, row[1].split("|")))), rows)
        return flatten(_HEADING_MARKS.sub("", words))


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A document that an answer points to, with all places in it."""

    document: str
    title: str
    places: tuple[Place, ...]


def places(answer: Answer) -> tuple[Place, ...]:
    """The distinct citations of an answer by first appearance; the nearest passages where there is none."""
    if answer.status is Status.UNANSWERED:
        return tuple(_nearest(number, hit) for number, hit in enumerate(answer.hits[:_NEAREST], 1))
    distinct = {_key(citation): citation for claim in answer.claims for citation in claim.citations}
    return tuple(_cited(number, citation) for number, citation in enumerate(distinct.values(), 1))


def marks(answer: Answer, found: tuple[Place, ...]) -> tuple[tuple[int, ...], ...]:
    """For each claim, the numbers of its citations."""
    numbers = {(place.document, place.span): place.number for place in found}
    return tuple(tuple(dict.fromkeys(numbers[_key(each)] for each in claim.citations)) for claim in answer.claims)


def cards(found: tuple[Place, ...]) -> tuple[SourceCard, ...]:
    """Places by document, in the order in which the documents first appear."""
    first = {place.document: place.number for place in reversed(found)}
    ordered = sorted(found, key=lambda place: (first[place.document], place.number))
    return tuple(
        SourceCard(document, group[0].title, group)
        for document, group in ((key, tuple(each)) for key, each in groupby(ordered, lambda place: place.document))
    )


def _key(citation: Citation) -> tuple[str, Span]:
    return citation.document, (citation.start, citation.end)


def _cited(number: int, citation: Citation) -> Place:
    return Place(
        number=number,
        document=citation.document,
        title=citation.title,
        page=citation.page,
        passage=citation.passage,
        quote=citation.quote,
        span=(citation.start, citation.end),
        citation=citation,
    )


def _nearest(number: int, hit: Hit) -> Place:
    return Place(
        number=number,
        document=hit.passage.document,
        title=hit.metadata.title,
        page=hit.passage.page,
        passage=hit.passage.id,
        quote=hit.passage.text,
        span=(hit.passage.start, hit.passage.end),
    )
