"""Which documents are near-duplicates of which, in the tables of the catalogue.

The functions take part in transactions of the catalogue: links come with the document that they
lead from and go with either end, so they are what a fresh index of the same files would hold.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from assistant.documents.similarity import ALIKE, bands, likeness
from assistant.index import tables

_MOST_COMPARED = 100  # of thousands that are all alike, a document is linked with the latest only


def to_bytes(signature: Sequence[int]) -> bytes:
    """A signature as it is stored."""
    return array("I", signature).tobytes()


def remember(connection: sa.Connection, row: int, signature: Sequence[int]) -> None:
    """Write the keys under which texts like a document's are looked for."""
    if signature:
        keys = [{"band": band, "document_id": row} for band in bands(signature)]
        connection.execute(tables.bands.insert(), keys)


def link(connection: sa.Connection, rows: Iterable[int]) -> None:
    """Link documents that have just become ready with all ready ones that are like them."""
    documents, keys = tables.documents.c, tables.bands.c
    links: set[tuple[int, int]] = set()
    for row in rows:
        own = sa.select(keys.band).where(keys.document_id == row)
        near = sa.select(keys.document_id).where(keys.band.in_(own), keys.document_id != row).distinct()
        latest = near.order_by(keys.document_id.desc()).limit(_MOST_COMPARED)
        compared = sa.select(documents.id, documents.signature).where(
            documents.id.in_(latest) | (documents.id == row), documents.state == tables.READY
        )
        signatures = {each.id: array("I", each.signature) for each in connection.execute(compared)}
        own_signature = signatures.pop(row)
        for other, signature in signatures.items():
            if likeness(own_signature, signature) >= ALIKE:
                links |= {(row, other), (other, row)}
    if links:
        values = [{"document_id": one, "other_id": other} for one, other in sorted(links)]
        connection.execute(tables.near_duplicates.insert(), values)


def forget(connection: sa.Connection, rows: Sequence[int]) -> None:
    """Drop the keys and links of documents."""
    links = tables.near_duplicates
    connection.execute(tables.bands.delete().where(tables.bands.c.document_id.in_(rows)))
    connection.execute(links.delete().where(links.c.document_id.in_(rows) | links.c.other_id.in_(rows)))


def near_duplicates(connection: sa.Connection) -> dict[int, tuple[str, ...]]:
    """The paths of the near-duplicates of every document that has some, by row."""
    links, documents = tables.near_duplicates.c, tables.documents.c
    query = sa.select(links.document_id, documents.path).join(tables.documents, documents.id == links.other_id)
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(query.order_by(documents.path)):
        found[row.document_id].append(row.path)
    return {row: tuple(paths) for row, paths in found.items()}
