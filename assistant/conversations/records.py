"""What is kept of conversations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.types import Answer, Feedback, Filters, Turn


@dataclass(frozen=True, slots=True)
class Conversation:
    """A line of the list of conversations: what is known of one without its answers.

    Attributes:
        id: Cannot be guessed, so that it can stand in a link.
        user: Whose it is; empty where nobody signs in.
        created: ISO 8601, UTC, as all times here.
        changed: When a question was last asked in it or taken from it.
        exchanges: How many questions it holds.
    """

    id: str
    user: str
    title: str
    created: str
    changed: str
    exchanges: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of a conversation with its answer, the filters it was asked under, and what was said of it.

    Attributes:
        conversation: Id of the conversation.
        number: Its place in the conversation, from 1.
        asked: When it was answered, ISO 8601, UTC.
        newest: The date of the newest document that the library held then, where known.
    """

    id: int
    conversation: str
    number: int
    answer: Answer
    filters: Filters
    asked: str
    newest: str | None = None
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True)
class GivenFeedback:
    """What a person said of an answer, with all that is needed to make a case of a test set of it.

    Attributes:
        given: When it was said.
        earlier: The turns before the question, oldest first, through which a follow-up is understood.
    """

    feedback: Feedback
    given: str
    exchange: Exchange
    earlier: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """An answer that cites a document.

    Attributes:
        conversation: Id of the conversation.
        title: Of the conversation.
        number: Place of the answer in it, from 1.
        digests: The versions of the document that it cites.
    """

    conversation: str
    title: str
    number: int
    question: str
    asked: str
    digests: tuple[str, ...]


def turns(exchanges: Iterable[Exchange]) -> tuple[Turn, ...]:
    """Exchanges as the turns through which the next question is understood, oldest first."""
    return tuple(each.answer.turn for each in exchanges)
