"""Brings the index in line with the library folder, touching only what changed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from threading import Event

from assistant.documents.library import Library
from assistant.documents.progress import ReportProgress, is_stopped, seldom, silent
from assistant.documents.readers import file_digest
from assistant.documents.reading import Reading, WorkerProcess
from assistant.errors import DocumentError
from assistant.index.context import embedding_text
from assistant.index.embedding import Embedder
from assistant.index.rows import Entry
from assistant.index.store import Index
from assistant.index.survey import DUPLICATE, Survey, take_survey
from assistant.types import Problem, Progress, SyncReport

_BATCH_PASSAGES = 1024
_SLICE_PASSAGES = 256  # embedded at once: a few seconds, after which a job can be stopped


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
    left: int = 0
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

    def run(
        self,
        report_progress: ReportProgress = silent,
        *,
        verify: bool = False,
        anew: Collection[str] = (),
        stop: Event | None = None,
    ) -> SyncReport:
        """Index new and changed files, follow moved ones, forget deleted ones.

        Args:
            report_progress: Called after every file, in the stage ``indexing``; and once a second
                with what takes long meanwhile: ``checking`` (files), ``reading`` and ``reading
                again`` (pages of a file), ``embedding`` (passages).
            verify: Look into every file again instead of trusting sizes and time stamps.
            anew: Paths of files that are read and indexed again, though they have not changed.
            stop: When it is set, what is not stored yet is left for the next run.

        Raises:
            IndexStateError: Another process holds the index.
        """
        started = time.perf_counter()
        tally = _Tally()
        survey = take_survey(self._library, self._index.catalogue, verify=verify, anew=anew)
        tally.seconds["scan"] = time.perf_counter() - started
        if not survey.in_line:
            with self._index.writing():
                # Once more, since another process may have done it meanwhile.
                survey = take_survey(self._library, self._index.catalogue, verify=verify, anew=anew)
                digests = self._digests(survey.fresh, report_progress, stop)
                if digests is None:
                    tally.left = len(survey.fresh)
                else:
                    update = _Update(self._index, self._embedder, survey, digests, anew, tally, report_progress, stop)
                    update.run(self._reader)
        self._index.refresh()
        tally.seconds["total"] = time.perf_counter() - started
        return SyncReport(
            added=tuple(tally.added),
            changed=tuple(tally.changed),
            moved=tuple(tally.moved),
            removed=tuple(tally.removed),
            unchanged=len(survey.files) - len(survey.fresh) + tally.touched,
            left=tally.left,
            problems=tuple(tally.problems),
            passages=tally.passages,
            seconds=dict(tally.seconds),
        )

    def _digests(
        self, paths: Sequence[str], report_progress: ReportProgress, stop: Event | None
    ) -> dict[str, str | None] | None:
        """What files hold; None where somebody wants to stop meanwhile."""
        found: dict[str, str | None] = {}
        tell = seldom(report_progress)
        for path in paths:
            if is_stopped(stop):
                return None
            found[path] = self._digest(path)
            tell(Progress("checking", len(found), len(paths), PurePosixPath(path).name))
        return found

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
        anew: Collection[str],
        tally: _Tally,
        report_progress: ReportProgress,
        stop: Event | None,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._survey = survey
        self._digests = digests
        self._anew = anew
        self._tally = tally
        self._report_progress = report_progress
        self._stop = stop
        self._owners, self._loose = survey.versions(digests, anew)
        self._doubled: set[str] = set()
        self._batch: list[Reading] = []
        self._waiting = set(survey.fresh)  # files of which nothing is known yet
        self._done = 0

    def run(self, reader: WorkerProcess) -> None:
        """Take every fresh file in; then forget what lost its file and found no other."""
        self._index.catalogue.forget_problems(self._survey.lost_problems)
        left = self._unsettled(self._survey.fresh)
        while left and not is_stopped(self._stop):
            firsts = {self._digests[path] or path: path for path in reversed(left)}
            chosen = sorted(firsts.values())  # of equal files the next is read only if this one cannot be
            self._take_in(reader, chosen)
            left = self._unsettled([path for path in left if path not in set(chosen)])
        self._store()
        self._forget_lost()
        self._tally.left = len(self._waiting)

    def _forget_lost(self) -> None:
        """Forget what lost its file, unless the same may stand in one that waits."""
        waiting = {self._digests[path] for path in self._waiting}
        lost = [
            each
            for each in self._loose.values()
            if (each.path not in self._survey.files or each.path in self._doubled) and each.digest not in waiting
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
            self._waiting.discard(path)
            self._report(path)
        return unsettled

    def _take_in(self, reader: WorkerProcess, paths: Sequence[str]) -> None:
        with closing(reader.read(paths, self._report_progress, stop=self._stop)) as outcomes:
            for path in paths:
                started = time.perf_counter()
                outcome = next(outcomes, None)
                self._tally.seconds["read"] += time.perf_counter() - started
                if outcome is None:  # stopped
                    return
                self._waiting.discard(path)
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
        has_other_title = self._index.records[entry.path].metadata != reading.document.metadata  # of its old file name
        if has_other_title or path in self._anew:
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
        embedded_texts = self._embed(texts)
        if embedded_texts is None:
            self._give_back({each.document.path for each in batch})
            return
        vectors = iter(embedded_texts)
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

    def _give_back(self, paths: Set[str]) -> None:
        """Leave files that have been read to the next run."""
        self._waiting |= paths
        for told in (self._tally.added, self._tally.changed, self._tally.moved):
            told[:] = [path for path in told if path not in paths]

    def _embed(self, texts: Sequence[str]) -> list[list[float]] | None:
        """One vector per text; None where somebody wants to stop meanwhile."""
        vectors: list[list[float]] = []
        tell = seldom(self._report_progress)
        for first in range(0, len(texts), _SLICE_PASSAGES):
            if is_stopped(self._stop):
                return None
            vectors += self._embedder.embed_documents(list(texts[first : first + _SLICE_PASSAGES]))
            tell(Progress("embedding", len(vectors), len(texts)))
        return vectors

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


def _duplicate(path: str, other: str) -> Problem:
    reason = f"{PurePosixPath(path).name} has the same content as {other}, which is indexed; it is not needed twice."
    return Problem(path, DUPLICATE, reason, datetime.now(UTC).isoformat(timespec="seconds"))
