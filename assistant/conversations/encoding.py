"""Answers, filters and feedback as JSON and back.

Fields that a later release adds are passed over, and fields that an earlier one did not know take
their defaults; so most changes of the types need no change of what is stored.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.errors import HistoryError
from assistant.types import Answer, Feedback, Filters, Hit, Passage

Kept = TypeVar("Kept")

_NEAREST = 5  # hits kept of every answer, best first, besides those that it cites


class Encoding(Generic[Kept]):
    """A type as text that can be stored."""

    def __init__(self, adapter: TypeAdapter[Kept]) -> None:
        """Make the encoding of a type from its adapter."""
        self._adapter = adapter

    def encode(self, value: Kept) -> str:
        """A value as JSON; lone surrogates, which no database takes, become question marks."""
        data = self._adapter.dump_python(value, mode="json")
        return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")

    def decode(self, text: str) -> Kept:
        """The value that was encoded.

        Raises:
            HistoryError: The text is no such value.
        """
        try:
            return self._adapter.validate_json(text)
        except ValidationError as error:
            raise HistoryError(
                f"Part of a conversation is damaged ({error.errors()[0]['msg']}); restore the database of "
                "conversations from a backup, or delete this conversation."
            ) from error


ANSWERS = Encoding(TypeAdapter(Answer))
FILTERS = Encoding(TypeAdapter(Filters))
FEEDBACK = Encoding(TypeAdapter(Feedback))


def trim(answer: Answer) -> Answer:
    """An answer with the hits that are ever shown again: those it cites, and the nearest.

    A cited hit holds the words around the quote, so that an old citation still opens in its
    surroundings when the document has changed or is gone.
    """
    cited = {citation.passage for claim in answer.claims for citation in claim.citations}
    kept = (hit for rank, hit in enumerate(answer.hits) if rank < _NEAREST or hit.passage.id in cited)
    return replace(answer, hits=tuple(kept))


def earlier_hit(answer: Answer, passage: str) -> Hit | None:
    """The hit of an answer with that passage id."""
    return next((hit for hit in answer.hits if hit.passage.id == passage), None)


def earlier_passage(answer: Answer, passage: str) -> Passage | None:
    """A passage as it stood when the answer was given: the words around a quote, whatever became of the document.

    The quote of a citation begins in its text at ``citation.start - passage.start``.
    """
    hit = earlier_hit(answer, passage)
    return hit.passage if hit else None
