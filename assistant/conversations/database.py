"""Opens the second database: made where there is none, never written where it is not understood."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from assistant.conversations import tables
from assistant.errors import HistoryError


def open_database(url: str) -> sa.Engine:
    """Connect to the database, creating its tables where there are none.

    Args:
        url: As SQLAlchemy takes it.

    Raises:
        HistoryError: It cannot be reached, is damaged, or was written by a later release.
    """
    with explained():
        engine = sa.create_engine(url)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _tune_sqlite)
        _create_tables(engine)
    return engine


@contextmanager
def explained() -> Iterator[None]:
    """Turn a failure of the database into a sentence.

    Raises:
        HistoryError: The database cannot be used.
    """
    try:
        yield
    except ImportError as error:
        raise HistoryError(
            f"The driver of the database of conversations is not installed ({error.name}); install it, or leave "
            "ASSISTANT_HISTORY_URL unset."
        ) from error
    except (sa.exc.DatabaseError, sa.exc.ArgumentError, sa.exc.InterfaceError) as error:
        raise HistoryError(
            f"The database of conversations cannot be used ({getattr(error, 'orig', None) or error}); see that the "
            "disk is not full. If it is damaged, move it away, or restore it from a backup: it cannot be made again."
        ) from error


def _create_tables(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        if sa.inspect(connection).has_table(tables.facts.name):
            _check_format(connection)
        for table in tables.schema.sorted_tables:
            connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
        known = sa.select(tables.facts.c.value).where(tables.facts.c.name == "format")
        note = tables.facts.insert().from_select(
            ["name", "value"],
            sa.select(sa.literal("format"), sa.literal(str(tables.FORMAT))).where(~sa.exists(known)),
        )
        connection.execute(note)


def _check_format(connection: sa.Connection) -> None:
    found = connection.scalar(sa.select(tables.facts.c.value).where(tables.facts.c.name == "format"))
    if found is not None and found != str(tables.FORMAT):
        raise HistoryError(
            f"The database of conversations has the format {found[:20]}, and this release knows {tables.FORMAT}; "
            "start the later release of the assistant that wrote it, or name another database."
        )


def _tune_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # What cannot be made again is on the disk before anybody is told that it is kept, and what was
    # deleted is overwritten.
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
