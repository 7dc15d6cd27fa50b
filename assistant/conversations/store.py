"""The second database: each person's conversations with their answers, and what was said of them.

Nothing here can be made again, so nothing deletes it with the index, and a database that is
damaged or of a later release is left as it is. Any SQL database will do; several processes may
write at once, since every change of a conversation begins by writing its row, which the others then
wait for.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from assistant.conversations import tables
from assistant.conversations.database import explained, open_database
from assistant.conversations.encoding import FEEDBACK, trim
from assistant.conversations.records import Conversation, Exchange, GivenFeedback, Use, turns
from assistant.conversations.rows import (
    citation_rows,
    conversation_of,
    exchange_of,
    exchange_row,
    listed,
    of_user,
    storable,
    title_of,
    title_row,
)
from assistant.errors import NoSuchConversation
from assistant.types import Answer, Feedback, Filters

_UNFILTERED = Filters()
_TALKS, _EXCHANGES, _CITATIONS = tables.conversations.c, tables.exchanges.c, tables.citations.c


class History:
    """Conversations by user; every method raises a ``HistoryError`` where the database cannot be used.

    A user sees only what is theirs: the id of another's conversation is as unknown as one that
    never was. The user is empty where nobody signs in.
    """

    def __init__(self, url: str) -> None:
        """Open the database, creating its tables where there are none.

        Args:
            url: As SQLAlchemy takes it.

        Raises:
            HistoryError: It cannot be reached, is damaged, or was written by a later release.
        """
        self._engine = open_database(url)

    def close(self) -> None:
        """Release all connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with explained(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with explained(), self._engine.begin() as connection:
            yield connection

    # writing

    def append(
        self,
        user: str,
        answer: Answer,
        filters: Filters = _UNFILTERED,
        *,
        conversation: str | None = None,
        instead_of: int | None = None,
        newest: str | None = None,
    ) -> Exchange:
        """Keep a question with its answer.

        Args:
            user: Whose conversation it is.
            answer: What was answered.
            filters: What it was asked under.
            conversation: Id of the conversation that it continues; a new one begins by default.
            instead_of: Number of an exchange that is asked anew: it and all after it are replaced,
                in one step.
            newest: The date of the newest document that the library holds, for exports.

        Returns:
            The exchange as it is kept; it tells the id of a new conversation.

        Raises:
            NoSuchConversation: The user has no conversation by that id.
        """
        now = _now()
        with self._writing() as connection:
            kept = _begin(connection, user, now) if conversation is None else conversation
            _hold(connection, user, kept, changed=now)
            if instead_of is not None:
                _drop_exchanges(connection, kept, instead_of)
            number = _last_number(connection, kept) + 1
            if number == 1:
                _name_after(connection, kept, answer.question)
            row = exchange_row(kept, number, answer, filters, now, newest)
            result = connection.execute(tables.exchanges.insert().values(row))
            exchange = int(result.inserted_primary_key[0])  # type: ignore[index]
            if cited := citation_rows(exchange, answer):
                connection.execute(tables.citations.insert(), cited)
        return Exchange(exchange, kept, number, trim(answer), filters, now, newest)

    def rename(self, user: str, conversation: str, title: str) -> None:
        """Give a conversation a title of its own; an empty one leaves it as it is.

        Raises:
            NoSuchConversation: The user has no conversation by that id.
        """
        with self._writing() as connection:
            _hold(connection, user, conversation)
            if shown := title_of(title):
                values = title_row(shown, named=True)
                connection.execute(tables.conversations.update().where(_TALKS.id == conversation).values(values))

    def delete(self, user: str, conversation: str) -> None:
        """Forget a conversation with all its answers and what was said of them.

        Raises:
            NoSuchConversation: The user has no conversation by that id.
        """
        with self._writing() as connection:
            _hold(connection, user, conversation)
            _drop_exchanges(connection, conversation, 0)
            connection.execute(tables.conversations.delete().where(_TALKS.id == conversation))

    def delete_last(self, user: str, conversation: str) -> None:
        """Forget the last exchange of a conversation; a conversation without any is no longer listed.

        Raises:
            NoSuchConversation: The user has no conversation by that id.
        """
        with self._writing() as connection:
            _hold(connection, user, conversation, changed=_now())
            _drop_exchanges(connection, conversation, _last_number(connection, conversation))

    def give_feedback(self, user: str, exchange: int, feedback: Feedback | None) -> None:
        """Keep what a person says of an answer, in place of what was said before; None takes it back.

        Raises:
            NoSuchConversation: The user has no such answer.
        """
        mine = sa.select(_TALKS.id).where(_TALKS.user == storable(user))
        said = {
            "feedback": None if feedback is None else FEEDBACK.encode(feedback),
            "given": None if feedback is None else _now(),
        }
        update = tables.exchanges.update().where(_EXCHANGES.id == exchange, _EXCHANGES.conversation.in_(mine))
        with self._writing() as connection:
            if not connection.execute(update.values(said)).rowcount:
                raise NoSuchConversation("There is no such answer; it may have been deleted.")

    # reading

    def conversations(
        self, user: str, *, search: str = "", limit: int = 50, offset: int = 0
    ) -> tuple[Conversation, ...]:
        """The conversations of a user, last changed first; answers are not loaded.

        Args:
            user: Whose.
            search: Words that all stand in a title, a question or an answer, in any case, width or
                Chinese script.
            limit: How many at most.
            offset: How many to pass over.
        """
        query = listed(user, search).order_by(_TALKS.changed.desc(), _TALKS.id).limit(limit).offset(offset)
        with self._reading() as connection:
            return tuple(conversation_of(row) for row in connection.execute(query))

    def count(self, user: str, *, search: str = "") -> int:
        """How many conversations ``conversations`` would list without a limit."""
        with self._reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(listed(user, search).subquery())) or 0

    def conversation(self, user: str, conversation: str) -> Conversation:
        """What is known of a conversation without its answers.

        Raises:
            NoSuchConversation: The user has no conversation by that id.
        """
        with self._reading() as connection:
            row = connection.execute(of_user(user).where(_TALKS.id == storable(conversation))).first()
        if row is None:
            raise NoSuchConversation("There is no such conversation; it may have been deleted.")
        return conversation_of(row)

    def exchanges(self, user: str, conversation: str) -> tuple[Exchange, ...]:
        """The exchanges of a conversation in order; each answer draws as it did when it was given.

        Raises:
            NoSuchConversation: The user has no conversation by that id.
        """
        self.conversation(user, conversation)
        query = sa.select(tables.exchanges).where(_EXCHANGES.conversation == conversation).order_by(_EXCHANGES.number)
        with self._reading() as connection:
            return tuple(exchange_of(row) for row in connection.execute(query))

    def feedback_given(self, *, since: str | None = None) -> tuple[GivenFeedback, ...]:
        """What all users said of answers, oldest first, for the evaluation.

        Args:
            since: Only what was said at this time or later, ISO 8601, UTC.
        """
        said = sa.select(tables.exchanges).where(_EXCHANGES.given.is_not(None)).order_by(_EXCHANGES.given)
        if since is not None:
            said = said.where(_EXCHANGES.given >= since)
        with self._reading() as connection:
            return tuple(_given(connection, row) for row in connection.execute(said).all())

    def uses(self, document: str, *, user: str | None = None) -> tuple[Use, ...]:
        """The answers that cite a document, newest first; of all users unless one is named."""
        query = (
            sa.select(tables.exchanges, _TALKS.title, _CITATIONS.digest)
            .join(tables.conversations, _TALKS.id == _EXCHANGES.conversation)
            .join(tables.citations, _CITATIONS.exchange == _EXCHANGES.id)
            .where(_CITATIONS.document == storable(document))
            .order_by(_EXCHANGES.asked.desc(), _EXCHANGES.id.desc(), _CITATIONS.digest)
        )
        if user is not None:
            query = query.where(_TALKS.user == storable(user))
        found: dict[int, Use] = {}
        with self._reading() as connection:
            for row in connection.execute(query):
                digests = (*(found[row.id].digests if row.id in found else ()), row.digest)
                found[row.id] = Use(row.conversation, row.title, row.number, row.question, row.asked, digests)
        return tuple(found.values())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _begin(connection: sa.Connection, user: str, now: str) -> str:
    key = secrets.token_urlsafe(16)
    row = {"id": key, "user": storable(user), "title": "", "named": False, "words": "", "created": now, "changed": now}
    connection.execute(tables.conversations.insert().values(row))
    return key


def _hold(connection: sa.Connection, user: str, conversation: str, *, changed: str | None = None) -> None:
    """Hold a conversation against all other writers until the transaction ends."""
    values = {"changed": changed} if changed else {"id": storable(conversation)}
    mine = (_TALKS.id == storable(conversation), _TALKS.user == storable(user))
    if not connection.execute(tables.conversations.update().where(*mine).values(values)).rowcount:
        raise NoSuchConversation("There is no such conversation; it may have been deleted.")


def _last_number(connection: sa.Connection, conversation: str) -> int:
    last = sa.select(sa.func.max(_EXCHANGES.number)).where(_EXCHANGES.conversation == conversation)
    return connection.scalar(last) or 0


def _name_after(connection: sa.Connection, conversation: str, question: str) -> None:
    """Call a conversation after its first question, unless a person has named it."""
    values = title_row(title_of(question) or "…", named=False)
    unnamed = (_TALKS.id == conversation, ~_TALKS.named)
    connection.execute(tables.conversations.update().where(*unnamed).values(values))


def _drop_exchanges(connection: sa.Connection, conversation: str, first: int) -> None:
    dropped = sa.and_(_EXCHANGES.conversation == conversation, _EXCHANGES.number >= first)
    ids = sa.select(_EXCHANGES.id).where(dropped)
    connection.execute(tables.citations.delete().where(_CITATIONS.exchange.in_(ids)))
    connection.execute(tables.exchanges.delete().where(dropped))


def _given(connection: sa.Connection, row: Any) -> GivenFeedback:
    before = sa.select(tables.exchanges).where(
        _EXCHANGES.conversation == row.conversation, _EXCHANGES.number < row.number
    )
    earlier = [exchange_of(each) for each in connection.execute(before.order_by(_EXCHANGES.number))]
    return GivenFeedback(FEEDBACK.decode(row.feedback), row.given, exchange_of(row), turns(earlier))
