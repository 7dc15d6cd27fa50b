"""The catalogue: which documents and passages there are, in SQL; the one truth of the index.

A document's row is written as ``pending``, its passages go to Chroma and Tantivy, and one
transaction then makes it ``ready`` and its earlier version vanish. Searches count only what is
ready, so a half-written or deleted document is never cited, whatever the other stores hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np
import sqlalchemy as sa

from assistant.documents.library import Stamp
from assistant.errors import IndexStateError
from assistant.index import near_duplicates, tables
from assistant.index.context import context_of
from assistant.index.rows import (
    PASSAGES,
    Entry,
    Known,
    document_of,
    document_row,
    metadata_of,
    passage_of,
    passage_rows,
    record_of,
)
from assistant.index.tables import PENDING, READY
from assistant.types import Document, DocumentRecord, Metadata, Passage, Problem

_VARIABLES = 500  # ids per statement: SQLite's limit on variables was 999 for long


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sa.exc.DatabaseError as error:
        raise IndexStateError(
            f"The catalogue of the index cannot be used ({error.orig}); see that the disk is not full. If it is "
            "damaged, delete the index folder: it can be made again."
        ) from error


class Catalogue:
    """Documents, passages, problems and the facts of the index, in any SQL database.

    Every method raises an ``IndexStateError`` where the database cannot be reached, is full or damaged.
    """

    def __init__(self, url: str) -> None:
        """Open a catalogue, creating its tables where there are none.

        Raises:
            IndexStateError: The database cannot be reached, or is damaged.
        """
        self._engine = sa.create_engine(url)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _tune_sqlite)
        with _explained():
            tables.schema.create_all(self._engine)

    def close(self) -> None:
        """Release all connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with _explained(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with _explained(), self._engine.begin() as connection:
            yield connection

    # facts

    def fact(self, name: str) -> str | None:
        """A fact of the index by name (``fingerprint``, ``generation``, ``dirty``), or None."""
        with self._reading() as connection:
            return connection.scalar(sa.select(tables.facts.c.value).where(tables.facts.c.name == name))

    def set_fact(self, name: str, value: str) -> None:
        """Write a fact of the index."""
        with self._writing() as connection:
            _set_fact(connection, name, value)

    @property
    def generation(self) -> int:
        """A number that grows with every change that a search could see."""
        return int(self.fact("generation") or 0)

    def bump(self) -> None:
        """Raise the generation, so that all who search look again."""
        with self._writing() as connection:
            _bump(connection)

    # writing

    def add_pending(self, entries: Iterable[Entry]) -> list[int]:
        """Write documents that are not yet to be found, and return their row ids."""
        rows = []
        with self._writing() as connection:
            for entry in entries:
                result = connection.execute(tables.documents.insert().values(document_row(entry)))
                row = int(result.inserted_primary_key[0])  # type: ignore[index]
                if entry.passages:
                    connection.execute(tables.passages.insert(), list(passage_rows(row, entry)))
                near_duplicates.remember(connection, row, entry.signature)
                rows.append(row)
        return rows

    def make_ready(self, rows: Sequence[int]) -> list[str]:
        """Let documents be found from now on, in one step with forgetting their earlier versions.

        Returns:
            Ids of the passages that belonged to earlier versions, now forgotten.
        """
        stale: list[str] = []
        with self._writing() as connection:
            for part in _parts(rows):
                paths = sa.select(tables.documents.c.path).where(tables.documents.c.id.in_(part))
                old = list(
                    connection.scalars(
                        sa.select(tables.documents.c.id).where(
                            tables.documents.c.path.in_(paths), tables.documents.c.id.not_in(part)
                        )
                    )
                )
                stale += _forget(connection, old)
                connection.execute(tables.documents.update().where(tables.documents.c.id.in_(part)).values(state=READY))
                connection.execute(tables.problems.delete().where(tables.problems.c.path.in_(paths)))
            near_duplicates.link(connection, rows)
            _bump(connection)
        return stale

    def remove(self, rows: Sequence[int]) -> list[str]:
        """Forget documents, and return the ids of their passages."""
        with self._writing() as connection:
            stale = [key for part in _parts(rows) for key in _forget(connection, part)]
            _bump(connection)
        return stale

    def move(self, row: int, path: str, stamp: Stamp) -> list[str]:
        """Note that a document's file has another path now, and forget what stood there before.

        Returns:
            Ids of the passages that are forgotten.
        """
        columns = tables.documents.c
        with self._writing() as connection:
            before = sa.select(columns.id).where(columns.path == path, columns.id != row)
            stale = _forget(connection, list(connection.scalars(before)))
            connection.execute(
                tables.documents.update().where(tables.documents.c.id == row).values(path=path, stamp=asdict(stamp))
            )
            connection.execute(tables.problems.delete().where(tables.problems.c.path == path))
            _bump(connection)
        return stale

    def restamp(self, row: int, stamp: Stamp) -> None:
        """Note that a file was touched, but says the same; a problem that it had is over."""
        columns = tables.documents.c
        path = sa.select(columns.path).where(columns.id == row).scalar_subquery()
        with self._writing() as connection:
            connection.execute(tables.documents.update().where(columns.id == row).values(stamp=asdict(stamp)))
            connection.execute(tables.problems.delete().where(tables.problems.c.path == path))

    def clear(self) -> None:
        """Forget all documents and problems, and the shape that an earlier release gave their tables."""
        derived = [table for table in tables.schema.sorted_tables if table is not tables.facts]
        with self._writing() as connection:
            tables.schema.drop_all(connection, derived)
            tables.schema.create_all(connection, derived)
            _bump(connection)

    def drop_pending(self) -> None:
        """Forget what an interrupted write left behind."""
        with self._writing() as connection:
            rows = list(connection.scalars(sa.select(tables.documents.c.id).where(tables.documents.c.state == PENDING)))
            for part in _parts(rows):
                _forget(connection, part)

    def record_problem(self, problem: Problem, stamp: Stamp) -> None:
        """Note a file that could not be indexed; what was known of it before is kept."""
        with self._writing() as connection:
            connection.execute(tables.problems.delete().where(tables.problems.c.path == problem.path))
            connection.execute(tables.problems.insert().values(**asdict(problem), stamp=asdict(stamp)))

    def forget_problems(self, paths: Sequence[str]) -> None:
        """Drop problems of files that are gone."""
        with self._writing() as connection:
            for part in _parts(paths):
                connection.execute(tables.problems.delete().where(tables.problems.c.path.in_(part)))

    # reading

    def known(self) -> list[Known]:
        """All ready documents, without their texts."""
        columns = tables.documents.c
        query = sa.select(columns.id, columns.path, columns.digest, columns.stamp).where(columns.state == READY)
        with self._reading() as connection:
            return [Known(row.id, row.path, row.digest, Stamp(**row.stamp)) for row in connection.execute(query)]

    def problems(self) -> list[tuple[Problem, Stamp]]:
        """Files that could not be indexed, by path."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(tables.problems).order_by(tables.problems.c.path))
            return [(Problem(row.path, row.kind, row.reason, row.seen), Stamp(**row.stamp)) for row in rows]

    def records(self) -> list[DocumentRecord]:
        """What the library's list shows of every ready document, by path."""
        columns = tables.documents.c
        query = (
            sa.select(*(column for column in columns if column.name not in {"text", "headings", "signature"}))
            .where(columns.state == READY)
            .order_by(columns.path)
        )
        with self._reading() as connection:
            alike = near_duplicates.near_duplicates(connection)
            return [record_of(row, alike.get(row.id, ())) for row in connection.execute(query)]

    def document(self, path: str) -> Document | None:
        """A ready document with its text, or None."""
        columns = tables.documents.c
        query = sa.select(tables.documents).where(columns.path == path, columns.state == READY)
        with self._reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else document_of(row)

    def passages(self, ids: Iterable[str]) -> dict[str, tuple[Passage, Metadata, str]]:
        """Passages by id with their document's metadata and digest; ids that are not ready are absent.

        The text of a passage is cut from the stored text of its document by the database itself.
        """
        found: dict[str, tuple[Passage, Metadata, str]] = {}
        with self._reading() as connection:
            for part in _parts(list(ids)):
                for row in connection.execute(PASSAGES.where(tables.passages.c.id.in_(part))):
                    found[row.id] = (passage_of(row), metadata_of(row.metadata), row.digest)
        return found

    def documents_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The path of the document behind each passage id; ids that are not ready are absent."""
        query = (
            sa.select(tables.passages.c.id, tables.documents.c.path)
            .join(tables.documents)
            .where(tables.documents.c.state == READY)
        )
        found: dict[str, str] = {}
        with self._reading() as connection:
            for part in _parts(list(ids)):
                rows = connection.execute(query.where(tables.passages.c.id.in_(part)))
                found.update((row.id, row.path) for row in rows)
        return found

    def document_passages(self, path: str) -> list[Passage]:
        """The passages of a ready document, in order."""
        query = PASSAGES.where(tables.documents.c.path == path).order_by(tables.passages.c.number)
        with self._reading() as connection:
            return [passage_of(row) for row in connection.execute(query)]

    def ready_ids(self) -> set[str]:
        """Ids of all passages that may be found."""
        query = sa.select(tables.passages.c.id).join(tables.documents).where(tables.documents.c.state == READY)
        with self._reading() as connection:
            return set(connection.scalars(query))

    def stored(self, ids: Sequence[str]) -> Iterator[tuple[str, str, str, list[float]]]:
        """Id, title and heading path, text, and embedding of passages: all that rebuilds the stores."""
        with self._reading() as connection:
            for part in _parts(ids):
                for row in connection.execute(PASSAGES.where(tables.passages.c.id.in_(part))):
                    passage, metadata = passage_of(row), metadata_of(row.metadata)
                    vector = np.frombuffer(row.embedding, np.float32).tolist()
                    yield row.id, context_of(passage, metadata.title), passage.text, vector


def _tune_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _parts(values: Sequence[Any]) -> Iterator[list[Any]]:
    for first in range(0, len(values), _VARIABLES):
        yield list(values[first : first + _VARIABLES])


def _set_fact(connection: sa.Connection, name: str, value: str) -> None:
    connection.execute(tables.facts.delete().where(tables.facts.c.name == name))
    connection.execute(tables.facts.insert().values(name=name, value=value))


def _bump(connection: sa.Connection) -> None:
    now = connection.scalar(sa.select(tables.facts.c.value).where(tables.facts.c.name == "generation"))
    _set_fact(connection, "generation", str(int(now or 0) + 1))


def _forget(connection: sa.Connection, rows: Sequence[int]) -> list[str]:
    stale = list(connection.scalars(sa.select(tables.passages.c.id).where(tables.passages.c.document_id.in_(rows))))
    connection.execute(tables.passages.delete().where(tables.passages.c.document_id.in_(rows)))
    near_duplicates.forget(connection, rows)
    connection.execute(tables.documents.delete().where(tables.documents.c.id.in_(rows)))
    return stale
