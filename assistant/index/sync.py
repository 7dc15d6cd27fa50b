"""Brings the index in line with the library folder, touching only what changed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

from assistant.documents.library import Library
from assistant.documents.readers import file_digest
from assistant.documents.reading import Reading, WorkerProcess
from assistant.errors import DocumentError
from assistant.index.catalogue import Entry, context_of
from assistant.index.embedding import Embedder
from assistant.index.store import Index
from assistant.index.survey import DUPLICATE, Survey, take_survey
from assistant.text import BlockKind, blocks
from assistant.types import Passage, Problem, Progress, SyncReport

ReportProgress = Callable[[Progress], None]

_BATCH_PASSAGES = 1024


@dataclass(slots=True)
class _Tally:
    """What has happened so far; becomes a ``SyncReport``."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    touched: int = 0
    problems: list[Problem] = field(default_factory=list)
    passages: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Synchroniser:
    """One way from the library folder into the index, for adding, changing, moving and deleting."""

    def __init__(
        self,
        library: Library,
        index: Index,
        embedder: Embedder,
        reader: WorkerProcess,
        *,
        max_bytes: int,
    ) -> None:
        self._library = library
        self._index = index
        self._embedder = embedder
        self._reader = reader
        self._max_bytes = max_bytes

    def run(self, report_progress: ReportProgress = lambda _: None, *, verify: bool = False) -> SyncReport:
        """Index new and changed files, follow moved ones, forget deleted ones.

        Args:
            report_progress: Called after every file.
            verify: Look into every file again instead of trusting sizes and time stamps.

        Raises:
            IndexStateError: Another process holds the index.
        """
        started = time.perf_counter()
        tally = _Tally()
        survey = self._survey(verify=verify)
        tally.seconds["scan"] = time.perf_counter() - started
        if not survey.in_line:
            with self._index.writing():
                survey = self._survey(verify=verify)  # another process may have done it meanwhile
                digests = {path: self._digest(path) for path in survey.fresh}
                update = _Update(self._index, self._embedder, survey, digests, tally, report_progress)
                update.run(self._reader)
        self._index.refresh()
        tally.seconds["total"] = time.perf_counter() - started
        return SyncReport(
            added=tuple(tally.added),
            changed=tuple(tally.changed),
            moved=tuple(tally.moved),
            removed=tuple(tally.removed),
            unchanged=len(survey.files) - len(survey.fresh) + tally.touched,
            problems=tuple(tally.problems),
            passages=tally.passages,
            seconds=dict(tally.seconds),
        )

    def _survey(self, *, verify: bool) -> Survey:
        return take_survey(self._library, self._index.catalogue, verify=verify)

    def _digest(self, path: str) -> str | None:
        """What a file holds; None where it cannot be opened, which reading it will explain."""
        try:
            return file_digest(self._library.root, path, max_bytes=self._max_bytes)
        except DocumentError:
            return None


class _Update:
    """One run through the fresh files of a library, and what is known as it goes on."""

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        survey: Survey,
        digests: Mapping[str, str | None],
        tally: _Tally,
        report_progress: ReportProgress,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._survey = survey
        self._digests = digests
        self._tally = tally
        self._report_progress = report_progress
        self._owners, self._loose = survey.versions(digests)
        self._doubled: set[str] = set()
        self._batch: list[Reading] = []
        self._done = 0

    def run(self, reader: WorkerProcess) -> None:
        """Take every fresh file in; then forget what lost its file and found no other."""
        self._index.catalogue.forget_problems(self._survey.lost_problems)
        left = self._unsettled(self._survey.fresh)
        while left:
            firsts = {self._digests[path] or path: path for path in reversed(left)}
            chosen = sorted(firsts.values())  # of equal files the next is read only if this one cannot be
            self._take_in(reader, chosen)
            left = self._unsettled([path for path in left if path not in set(chosen)])
        self._store()
        lost = [
            each for each in self._loose.values() if each.path not in self._survey.files or each.path in self._doubled
        ]
        self._index.remove([entry.id for entry in lost])
        self._tally.removed += [entry.path for entry in lost]

    def _unsettled(self, paths: Sequence[str]) -> list[str]:
        """Files that have to be read: the others were only touched, or hold what another file holds."""
        unsettled = []
        for path in paths:
            digest, stamp = self._digests[path], self._survey.files[path]
            if digest is None or digest not in self._owners:
                unsettled.append(path)
                continue
            if self._owners[digest] == path:
                self._index.catalogue.restamp(self._survey.known[path].id, stamp)
                self._tally.touched += 1
            else:
                self._record(_duplicate(path, self._owners[digest]))
                self._doubled.add(path)
            self._report(path)
        return unsettled

    def _take_in(self, reader: WorkerProcess, paths: Sequence[str]) -> None:
        with closing(reader.read(paths)) as outcomes:
            for path in paths:
                started = time.perf_counter()
                outcome = next(outcomes)
                self._tally.seconds["read"] += time.perf_counter() - started
                if isinstance(outcome, Problem):
                    self._record(outcome)
                elif outcome.document.digest == self._digests[path]:  # else it has changed since: the next sync's
                    self._owners[outcome.document.digest] = path
                    if not self._follow(outcome):
                        self._batch.append(outcome)
                if sum(len(each.passages) for each in self._batch) >= _BATCH_PASSAGES:
                    self._store()
                self._report(path)

    def _follow(self, reading: Reading) -> bool:
        """Move what is indexed already under another path; False where it has to be stored."""
        path, digest = reading.document.path, reading.document.digest
        entry = self._loose.pop(digest, None)
        if path in self._survey.known:
            self._tally.changed.append(path)
        elif entry is None:
            self._tally.added.append(path)
        else:
            self._tally.moved.append(path)
        if entry is None:
            return False
        if self._index.records[entry.path].metadata != reading.document.metadata:  # a title from the old file name
            self._index.remove([entry.id])
            return False
        self._index.move(entry.id, path, self._survey.files[path])
        self._forget_path(path)
        return True

    def _store(self) -> None:
        """Embed and store what has been read."""
        batch, self._batch = self._batch, []
        if not batch:
            return
        started = time.perf_counter()
        texts = [embedding_text(passage, each.document.metadata.title) for each in batch for passage in each.passages]
        vectors = iter(self._embedder.embed_documents(texts))
        entries = [
            Entry(
                each.document,
                self._survey.files[each.document.path],
                each.passages,
                [next(vectors) for _ in each.passages],
                each.signature,
            )
            for each in batch
        ]
        embedded = time.perf_counter()
        self._index.replace(entries)
        for each in batch:
            self._forget_path(each.document.path)
        self._tally.passages += len(texts)
        self._tally.seconds["embed"] += embedded - started
        self._tally.seconds["store"] += time.perf_counter() - embedded

    def _record(self, problem: Problem) -> None:
        self._tally.problems.append(problem)
        self._index.catalogue.record_problem(problem, self._survey.files[problem.path])

    def _report(self, path: str) -> None:
        self._done += 1
        total = len(self._survey.fresh)
        self._report_progress(Progress("indexing", self._done, total, PurePosixPath(path).name))

    def _forget_path(self, path: str) -> None:
        """Note that another version has taken a path, and with it the place of the one before."""
        entry = self._survey.known.get(path)
        if entry is not None and self._loose.get(entry.digest) is entry:
            del self._loose[entry.digest]


def embedding_text(passage: Passage, title: str) -> str:
    """What is embedded for a passage: title, headings, and its text without heading lines."""
    body = "\n".join(_without_headings(passage.text))
    return f"{context_of(passage, title)}\n{body}"


def _without_headings(text: str) -> Iterator[str]:
    for block in blocks(text):
        if block.kind is not BlockKind.HEADING:
            yield text[block.start : block.end]


def _duplicate(path: str, other: str) -> Problem:
    reason = f"{PurePosixPath(path).name} has the same content as {other}, which is indexed; it is not needed twice."
    return Problem(path, DUPLICATE, reason, datetime.now(UTC).isoformat(timespec="seconds"))
