"""Where in a document the gold evidence of a case stands."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from functools import cache

from assistant.evaluation.cases import Case, Evidence
from assistant.structure import Span
from assistant.types import Document

FindDocument = Callable[[str], Document | None]


class Locator:
    """Finds the quotes of evidence in the stored texts, whatever the blanks and line breaks between them."""

    def __init__(self, document: FindDocument) -> None:
        """Look texts up once each.

        Args:
            document: Gives the document at a path, or None.
        """
        self.document: FindDocument = cache(document)
        self._squeezed: Callable[[str], tuple[str, array[int]]] = cache(self._squeeze)
        self.spans: Callable[[Evidence], tuple[Span, ...]] = cache(self._find)
        """Where the quote of a piece of evidence stands in its document."""

    def standing_at(self, case: Case, document: str, start: int, end: int) -> tuple[int, ...]:
        """Which pieces of a case's evidence stand in a span, by their position in the case.

        A quote stands in a span if the two share at least half of the shorter one.
        """
        return tuple(
            number
            for number, evidence in enumerate(case.evidence)
            if evidence.document == document
            and any(_overlap(span, (start, end)) for span in (self.spans(evidence) if evidence.quote else ()))
        )

    def _find(self, evidence: Evidence) -> tuple[Span, ...]:
        document, quote = self.document(evidence.document), "".join((evidence.quote or "").split())
        if document is None or not quote:
            return ()
        text, places = self._squeezed(evidence.document)
        found = tuple((places[at], places[at + len(quote) - 1] + 1) for at in _occurrences(quote, text))
        on_page = tuple(span for span in found if document.page_at(span[0]) == evidence.page)
        return on_page or found

    def _squeeze(self, path: str) -> tuple[str, array[int]]:
        """A text without blanks, and where each of its characters stands."""
        document = self.document(path)
        text = document.text if document else ""
        places = array("I", (place for place, character in enumerate(text) if not character.isspace()))
        return "".join(text.split()), places


def _occurrences(needle: str, text: str) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)


def _overlap(one: Span, other: Span) -> bool:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared > 0 and 2 * shared >= min(one[1] - one[0], other[1] - other[0])
