"""Brings the index in line with the library folder, touching only what changed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

from assistant.documents.library import Library, Stamp
from assistant.documents.passages import split_passages
from assistant.documents.readers import read_document
from assistant.errors import AssistantError, DocumentError, UnreadableDocument
from assistant.index.catalogue import Entry, Known, context_of
from assistant.index.embedding import Embedder
from assistant.index.store import Index
from assistant.text import BlockKind, blocks
from assistant.types import Document, Passage, Problem, Progress, SyncReport

ReportProgress = Callable[[Progress], None]

_BATCH_PASSAGES = 1024
_DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class _Read:
    """A document on its way into the index."""

    document: Document
    stamp: Stamp
    passages: tuple[Passage, ...]


@dataclass(slots=True)
class _Tally:
    """What has happened so far; becomes a ``SyncReport``."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    passages: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Synchroniser:
    """One way from the library folder into the index, for adding, changing, moving and deleting."""

    def __init__(
        self, library: Library, index: Index, embedder: Embedder, *, passage_words: int, max_bytes: int, recognise: bool = True
    ) -> None:
        self._library = library
        self._index = index
        self._embedder = embedder
        self._passage_words = passage_words
        self._max_bytes = max_bytes
        self._recognise = recognise

    def run(self, report_progress: ReportProgress = lambda _: None, *, verify: bool = False) -> SyncReport:
        """Index new and changed files, follow moved ones, forget deleted ones.

        Args:
            report_progress: Called after every file read and every batch stored.
            verify: Read every file again instead of trusting sizes and time stamps.

        Raises:
            IndexStateError: Another process holds the index.
        """
        started = time.perf_counter()
        files = self._library.scan()
        known = {entry.path: entry for entry in self._index.catalogue.known()}
        recorded = {problem.path: (problem, stamp) for problem, stamp in self._index.catalogue.problems()}
        gone = [entry for path, entry in known.items() if path not in files]
        fresh = [
            path
            for path, stamp in files.items()
            if verify or not _is_settled(path, stamp, known, recorded, retry_duplicates=bool(gone))
        ]
        lost_problems = [path for path in recorded if path not in files]
        tally = _Tally()
        tally.seconds["scan"] = time.perf_counter() - started
        if fresh or gone or lost_problems:
            with self._index.writing():
                self._index.catalogue.forget_problems(lost_problems)
                left = self._store_all(fresh, files, known, gone, tally, report_progress)
                self._index.remove([entry.id for entry in left])
        else:
            left = []
        self._index.refresh()
        tally.seconds["total"] = time.perf_counter() - started
        return SyncReport(
            added=tuple(tally.added),
            changed=tuple(tally.changed),
            moved=tuple(tally.moved),
            removed=tuple(entry.path for entry in left),
            unchanged=len(files) - len(fresh),
            problems=tuple(tally.problems),
            passages=tally.passages,
            seconds=dict(tally.seconds),
        )

    def _store_all(
        self,
        fresh: Sequence[str],
        files: dict[str, Stamp],
        known: dict[str, Known],
        gone: list[Known],
        tally: _Tally,
        report_progress: ReportProgress,
    ) -> list[Known]:
        """Read, embed and store in batches; returns the gone documents that were not just moved."""
        owners = {entry.digest: entry for entry in known.values() if entry.path in files}
        left = {entry.digest: entry for entry in gone}
        unclaimed = [entry for entry in gone if left[entry.digest] is not entry]
        batch: list[_Read] = []
        for number, path in enumerate(fresh, 1):
            read = self._read(path, files[path], tally)
            if read is not None:
                digest = read.document.digest
                owner = owners.get(digest)
                if owner is not None and owner.path == path:
                    self._index.catalogue.restamp(owner.id, read.stamp)
                elif owner is not None:
                    self._record(_duplicate(path, owner.path), read.stamp, tally)
                elif digest in left and path not in known:
                    moved = left.pop(digest)
                    self._index.catalogue.move(moved.id, path, read.stamp)
                    owners[digest] = Known(moved.id, path, digest, read.stamp)
                    tally.moved.append(path)
                else:
                    owners[digest] = Known(-1, path, digest, read.stamp)
                    (tally.changed if path in known else tally.added).append(path)
                    batch.append(read)
            if sum(len(each.passages) for each in batch) >= _BATCH_PASSAGES:
                self._store(batch, tally)
                batch = []
            report_progress(Progress("indexing", number, len(fresh), PurePosixPath(path).name))
        self._store(batch, tally)
        return [*left.values(), *unclaimed]

    def _read(self, path: str, stamp: Stamp, tally: _Tally) -> _Read | None:
        started = time.perf_counter()
        try:
            document = read_document(
                self._library.root, path, max_bytes=self._max_bytes, recognise=self._recognise
            )
            return _Read(document, stamp, split_passages(document, words=self._passage_words))
        except AssistantError as error:
            self._record(_problem(path, error), stamp, tally)
        except Exception as error:  # noqa: BLE001 - one damaged file must not stop the others
            name = PurePosixPath(path).name
            sentence = f"{name} cannot be read ({type(error).__name__}); get a fresh copy or save it in another format."
            self._record(_problem(path, UnreadableDocument(sentence)), stamp, tally)
        finally:
            tally.seconds["read"] += time.perf_counter() - started
        return None

    def _record(self, problem: Problem, stamp: Stamp, tally: _Tally) -> None:
        tally.problems.append(problem)
        self._index.catalogue.record_problem(problem, stamp)

    def _store(self, batch: Sequence[_Read], tally: _Tally) -> None:
        if not batch:
            return
        started = time.perf_counter()
        texts = [
            embedding_text(passage, read.document.metadata.title) for read in batch for passage in read.passages
        ]
        vectors = iter(self._embedder.embed_documents(texts))
        entries = [
            Entry(read.document, read.stamp, read.passages, [next(vectors) for _ in read.passages]) for read in batch
        ]
        embedded = time.perf_counter()
        self._index.replace(entries)
        tally.passages += len(texts)
        tally.seconds["embed"] += embedded - started
        tally.seconds["store"] += time.perf_counter() - embedded


def embedding_text(passage: Passage, title: str) -> str:
    """What is embedded for a passage: title, headings, and its text without heading lines."""
    body = "\n".join(_without_headings(passage.text))
    return f"{context_of(passage, title)}\n{body}"


def _without_headings(text: str) -> Iterator[str]:
    for block in blocks(text):
        if block.kind is not BlockKind.HEADING:
            yield text[block.start : block.end]


def _is_settled(
    path: str,
    stamp: Stamp,
    known: dict[str, Known],
    recorded: dict[str, tuple[Problem, Stamp]],
    *,
    retry_duplicates: bool,
) -> bool:
    """Whether a file is as it was when last looked at."""
    if path in recorded:
        problem, seen = recorded[path]
        return seen == stamp and not (retry_duplicates and problem.kind == _DUPLICATE)
    return path in known and known[path].stamp == stamp


def _problem(path: str, error: AssistantError) -> Problem:
    kind = type(error).__name__ if isinstance(error, DocumentError) else "DocumentError"
    return Problem(path, kind, str(error), datetime.now(UTC).isoformat(timespec="seconds"))


def _duplicate(path: str, other: str) -> Problem:
    reason = f"{PurePosixPath(path).name} has the same content as {other}, which is indexed; it is not needed twice."
    return Problem(path, _DUPLICATE, reason, datetime.now(UTC).isoformat(timespec="seconds"))
