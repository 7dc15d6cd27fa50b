"""What chat models have cost, by day: kept beside conversations, in the database that is never derived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.schema import CreateTable

from assistant.errors import StorageError
from assistant.types import Answer, Usage

_DAYS = Table(
    "model_usage",
    MetaData(),
    Column("day", String(10), primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("questions", Integer, nullable=False),
    Column("read", Integer, nullable=False),
    Column("written", Integer, nullable=False),
)
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What a model has cost on a day (UTC): questions asked of it, tokens read and written."""

    day: str
    model: str
    questions: int
    usage: Usage


class UsageLedger:
    """Totals per day and model, in a database of any kind; its table is made when first needed."""

    def __init__(self, url: str) -> None:
        """Note the database; it is not opened yet.

        Args:
            url: As SQLAlchemy takes it.
        """
        self._engine = create_engine(url)
        self._has_table = False

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    def add(self, model: str, usage: Usage) -> None:
        """Count a question that a model was asked.

        Raises:
            StorageError: The database cannot be written.
        """
        key = {"day": _today(), "model": model[:_LONGEST_NAME]}
        added = {"questions": 1, "read": usage.read, "written": usage.written}
        sums = {name: _DAYS.c[name] + value for name, value in added.items()}
        change = update(_DAYS).filter_by(**key).values(sums)
        try:
            with self._connection() as connection:
                if connection.execute(change).rowcount == 0:
                    connection.execute(insert(_DAYS).values(**key, **added))
        except IntegrityError:  # another process was first
            with self._connection() as connection:
                connection.execute(change)

    def counted(self, model: str | None, answer: Answer) -> Answer:
        """An answer, once what it cost of a model is noted; where it cannot be, the answer says so."""
        if model is None or answer.usage == Usage():
            return answer
        try:
            self.add(model, answer.usage)
        except StorageError as error:
            return replace(answer, notes=(*answer.notes, str(error)))
        return answer

    def days(self, limit: int = 31) -> tuple[DayUsage, ...]:
        """Totals, latest day first, at most so many rows.

        Raises:
            StorageError: The database cannot be read.
        """
        with self._connection() as connection:
            rows = connection.execute(select(_DAYS).order_by(_DAYS.c.day.desc(), _DAYS.c.model).limit(limit)).all()
        return tuple(DayUsage(row.day, row.model, row.questions, Usage(row.read, row.written)) for row in rows)

    def today(self) -> tuple[DayUsage, ...]:
        """Totals of this day, by model.

        Raises:
            StorageError: The database cannot be read.
        """
        return tuple(each for each in self.days() if each.day == _today())

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            if not self._has_table:
                with self._engine.begin() as connection:
                    connection.execute(CreateTable(_DAYS, if_not_exists=True))
                self._has_table = True
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise StorageError(
                "The record of what the chat model costs cannot be used; check the disk and the data folder's rights."
            ) from error


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
