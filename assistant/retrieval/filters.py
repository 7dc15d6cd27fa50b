"""Which documents a question may be answered from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.types import DocumentRecord, Filters

_UNFILTERED = Filters()


def allowed_documents(records: Mapping[str, DocumentRecord], filters: Filters) -> frozenset[str] | None:
    """Paths of the documents that pass; None where nothing is filtered out.

    Undated documents pass ``as_of``, but not an explicit range of dates.
    """
    if filters == _UNFILTERED:
        return None
    return frozenset(path for path, record in records.items() if _passes(record, filters))


def newer_documents(records: Iterable[DocumentRecord], as_of: str | None = None) -> dict[str, str]:
    """By path of a document that others supersede, the title of the newest of them.

    Args:
        records: Of the whole library.
        as_of: What was published later is not known yet.
    """
    then = Filters(as_of=as_of)
    known = [record for record in records if record.metadata.supersedes and _passes(record, then)]
    known.sort(key=lambda record: record.metadata.published or "")
    return {old: record.metadata.title for record in known for old in record.metadata.supersedes if old != record.path}


def _passes(record: DocumentRecord, filters: Filters) -> bool:
    metadata = record.metadata
    published = metadata.published
    named = (
        (filters.kinds, (metadata.kind,)),
        (filters.publishers, (metadata.publisher,)),
        (filters.languages, (metadata.language, metadata.language.split("-")[0])),
        (filters.topics, metadata.topics),
        (filters.documents, (record.path,)),
    )
    if any(wanted and not _overlap(wanted, had) for wanted, had in named):
        return False
    if filters.as_of and published and earliest(published) > latest(filters.as_of):
        return False
    if filters.published_from and (published is None or latest(published) < earliest(filters.published_from)):
        return False
    return not (filters.published_to and (published is None or earliest(published) > latest(filters.published_to)))


def _overlap(wanted: tuple[str, ...], had: tuple[str | None, ...]) -> bool:
    return bool({each.casefold() for each in wanted} & {each.casefold() for each in had if each})


def earliest(date: str) -> str:
    """The first day that a date of any precision can mean."""
    return (date + "-01-01")[:10] if len(date) == 4 else (date + "-01")[:10]


def latest(date: str) -> str:
    """The last day that a date of any precision can mean."""
    return (date + "-12-31")[:10] if len(date) == 4 else (date + "-31")[:10]
