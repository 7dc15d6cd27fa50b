"""Rows of the second database from what is kept, and back; and which conversations a search finds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from assistant.conversations import tables
from assistant.conversations.encoding import ANSWERS, FEEDBACK, FILTERS, trim
from assistant.conversations.records import Conversation, Exchange
from assistant.text import clean, flatten, fold
from assistant.types import Answer, Filters

_LONGEST_TITLE = 100
_LONGEST_WORD = 20
_LONGEST_SEARCH = 200  # characters; SQLite refuses patterns far above it
_TALKS, _EXCHANGES = tables.conversations.c, tables.exchanges.c


def title_of(text: str) -> str:
    """A text as the title of a conversation: one line, cut at a blank where there is one near its end."""
    line = storable(flatten(clean(text)))
    if len(line) <= _LONGEST_TITLE:
        return line
    head, blank, tail = line[: _LONGEST_TITLE - 2].rpartition(" ")
    return f"{head if blank and len(tail) < _LONGEST_WORD else line[: _LONGEST_TITLE - 2]} …"


def title_row(title: str, *, named: bool) -> dict[str, Any]:
    """A title with the words by which it is found.

    Args:
        title: As it is shown.
        named: Whether a person chose it.
    """
    return {"title": title, "named": named, "words": fold(title)}


def storable(text: str) -> str:
    """A text that every database takes: without lone surrogates and NUL characters."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def exchange_row(
    conversation: str, number: int, answer: Answer, filters: Filters, asked: str, newest: str | None
) -> dict[str, Any]:
    """An exchange as it is stored, with the words by which it is found."""
    said = (answer.question, *(claim.text for claim in answer.claims))
    return {
        "conversation": conversation,
        "number": number,
        "question": storable(answer.question),
        "answer": ANSWERS.encode(trim(answer)),
        "filters": FILTERS.encode(filters),
        "asked": asked,
        "newest": newest,
        "words": fold(storable("\n".join(map(flatten, said)))),
    }


def citation_rows(exchange: int, answer: Answer) -> list[dict[str, Any]]:
    """Which versions of which documents an answer cites."""
    versions = {(storable(each.document), each.digest) for claim in answer.claims for each in claim.citations}
    return [{"exchange": exchange, "document": path, "digest": digest} for path, digest in sorted(versions)]


_COUNTS = (
    sa.select(sa.func.count())
    .where(_EXCHANGES.conversation == _TALKS.id)
    .correlate(tables.conversations)
    .scalar_subquery()
)


def of_user(user: str) -> sa.Select[Any]:
    """The conversations of a user, each with the number of its exchanges."""
    columns = (_TALKS.id, _TALKS.user, _TALKS.title, _TALKS.created, _TALKS.changed, _COUNTS.label("exchanges"))
    return sa.select(*columns).where(_TALKS.user == storable(user))


def listed(user: str, search: str) -> sa.Select[Any]:
    """The conversations of a user that hold an exchange, and every word that is looked for."""
    query = of_user(user).where(sa.exists().where(_EXCHANGES.conversation == _TALKS.id))
    for word in dict.fromkeys(fold(storable(search[:_LONGEST_SEARCH])).split()):
        said = sa.exists().where(_EXCHANGES.conversation == _TALKS.id, _EXCHANGES.words.contains(word, autoescape=True))
        query = query.where(sa.or_(_TALKS.words.contains(word, autoescape=True), said))
    return query


def conversation_of(row: Any) -> Conversation:
    """A conversation from its row."""
    return Conversation(row.id, row.user, row.title, row.created, row.changed, row.exchanges)


def exchange_of(row: Any) -> Exchange:
    """An exchange from its row.

    Raises:
        HistoryError: What is stored is damaged.
    """
    return Exchange(
        id=row.id,
        conversation=row.conversation,
        number=row.number,
        answer=ANSWERS.decode(row.answer),
        filters=FILTERS.decode(row.filters),
        asked=row.asked,
        newest=row.newest,
        feedback=None if row.feedback is None else FEEDBACK.decode(row.feedback),
    )
