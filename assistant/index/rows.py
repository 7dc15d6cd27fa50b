"""Documents and passages as rows of the catalogue's tables, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from assistant.documents.library import Stamp
from assistant.index import tables
from assistant.index.near_duplicates import to_bytes
from assistant.index.tables import PENDING, READY
from assistant.types import Document, DocumentRecord, Heading, Metadata, Passage, Source, TableHeader


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to be stored: its passages with one embedding each, its file's stamp, its text's signature."""

    document: Document
    stamp: Stamp
    passages: tuple[Passage, ...]
    embeddings: Sequence[Sequence[float]]
    signature: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A ready document as a synchronisation sees it."""

    id: int
    path: str
    digest: str
    stamp: Stamp


def _slice_of_text(start: sa.Column[int], end: sa.Column[int]) -> sa.ColumnElement[str]:
    return sa.func.substr(tables.documents.c.text, start + 1, end - start)


PASSAGES = (  # that may be found, each with its text, which the database cuts from its document's
    sa.select(
        tables.passages,
        tables.documents.c.path,
        tables.documents.c.metadata,
        tables.documents.c.digest,
        _slice_of_text(tables.passages.c.start, tables.passages.c.end).label("text"),
        _slice_of_text(tables.passages.c.header_start, tables.passages.c.header_end).label("header"),
    )
    .join(tables.documents)
    .where(tables.documents.c.state == READY)
)


def document_row(entry: Entry) -> dict[str, Any]:
    """A document that is not yet to be found."""
    document = entry.document
    return {
        "path": document.path,
        "digest": document.digest,
        "state": PENDING,
        "stamp": asdict(entry.stamp),
        "metadata": asdict(document.metadata),
        "headings": [asdict(heading) for heading in document.headings],
        "page_starts": list(document.page_starts),
        "recognised": list(document.recognised),
        "text": document.text,
        "characters": len(document.text),
        "passages": len(entry.passages),
        "added": datetime.now(UTC).isoformat(timespec="seconds"),
        "signature": to_bytes(entry.signature),
    }


def passage_rows(document: int, entry: Entry) -> Iterator[dict[str, Any]]:
    """The passages of the document in a row of that number."""
    for passage, embedding in zip(entry.passages, entry.embeddings, strict=True):
        yield {
            "id": passage.id,
            "document_id": document,
            "number": passage.number,
            "start": passage.start,
            "end": passage.end,
            "page": passage.page,
            "heading_path": list(passage.heading_path),
            "header_start": passage.table_header.start if passage.table_header else None,
            "header_end": passage.table_header.end if passage.table_header else None,
            "header_page": passage.table_header.page if passage.table_header else None,
            "embedding": np.asarray(embedding, np.float32).tobytes(),
        }


def document_of(row: Any) -> Document:
    """The document in a row."""
    return Document(
        path=row.path,
        digest=row.digest,
        text=row.text,
        metadata=metadata_of(row.metadata),
        headings=tuple(Heading(**heading) for heading in row.headings),
        page_starts=tuple(row.page_starts),
        recognised=tuple((page, confidence) for page, confidence in row.recognised),
    )


def record_of(row: Any, near_duplicates: tuple[str, ...]) -> DocumentRecord:
    """What is shown of the document in a row, which may lack the text."""
    return DocumentRecord(
        path=row.path,
        digest=row.digest,
        metadata=metadata_of(row.metadata),
        pages=len(row.page_starts) or None,
        passages=row.passages,
        characters=row.characters,
        added=row.added,
        near_duplicates=near_duplicates,
    )


def metadata_of(stored: dict[str, Any]) -> Metadata:
    """Metadata as it was before it was stored."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    fields["sources"] = tuple(Source(**source) for source in stored["sources"])
    return Metadata(**fields)


def passage_of(row: Any) -> Passage:
    """The passage in a row of ``PASSAGES``."""
    has_header = row.header_start is not None
    return Passage(
        id=row.id,
        document=row.path,
        number=row.number,
        start=row.start,
        end=row.end,
        text=row.text,
        heading_path=tuple(row.heading_path),
        page=row.page,
        table_header=TableHeader(row.header_start, row.header_end, row.header, row.header_page) if has_header else None,
    )
