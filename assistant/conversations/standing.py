"""Whether an earlier citation still stands: its document may have changed, moved its words, or gone."""

from __future__ import annotations

from bisect import bisect_left
from enum import StrEnum

from assistant.structure import Span
from assistant.types import Citation, Document


class State(StrEnum):
    """What became of a quote since it was cited."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"


MEANINGS = {
    State.UNCHANGED: "The document is as it was when the answer was given.",
    State.MOVED: "The document has changed since the answer was given; the quoted words still stand in it.",
    State.CHANGED: "The document has changed since the answer was given, and no longer says the quoted words.",
    State.GONE: "The document is no longer in the library.",
}
"""Each state in a sentence for the reader of an earlier answer."""


def citation_state(document: Document | None, citation: Citation) -> State:
    """What became of a quote since it was cited.

    Args:
        document: The document as it is now; None where it is gone.
        citation: As it was given.
    """
    if document is None:
        return State.GONE
    if document.digest == citation.digest and _stands_at(document.text, citation):
        return State.UNCHANGED
    return State.MOVED if present_span(document.text, citation) else State.CHANGED


def present_span(text: str, citation: Citation) -> Span | None:
    """Where the quoted words stand in a document's present text, or None.

    Of several places it is the one nearest to the earlier one. Words count as the same however
    they are broken into lines.
    """
    quote = citation.quote.strip()
    if not quote:
        return None
    if _stands_at(text, citation):
        return citation.start, citation.end
    if (start := _nearest(text, quote, citation.start)) is not None:
        return start, start + len(quote)
    places = [at for at, character in enumerate(text) if not character.isspace()]
    squeezed, words = "".join(text[at] for at in places), "".join(quote.split())
    start = _nearest(squeezed, words, bisect_left(places, citation.start))
    return None if start is None else (places[start], places[start + len(words) - 1] + 1)


def _stands_at(text: str, citation: Citation) -> bool:
    return (
        citation.start >= 0 and bool(citation.quote.strip()) and text[citation.start : citation.end] == citation.quote
    )


def _nearest(text: str, words: str, place: int) -> int | None:
    """Where words begin that stand in a text, as near to a place as they can be found."""
    found = (text.rfind(words, 0, place + len(words)), text.find(words, place))
    return min((at for at in found if at >= 0), key=lambda at: abs(at - place), default=None)
