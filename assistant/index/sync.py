"""Brings the index in line with the library folder, touching only what changed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

from assistant.documents.library import Library, Stamp
from assistant.documents.passages import split_passages
from assistant.documents.readers import file_digest, read_document
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


@dataclass(frozen=True, slots=True)
class _Survey:
    """The library folder held against the catalogue.

    Attributes:
        files: All files of the library, by path.
        known: All documents of the catalogue, by path.
        fresh: Files that are not as they were when last looked at.
        settled_problems: Files that could not be indexed and have not changed since.
        lost_problems: Paths of files that could not be indexed and are gone.
    """

    files: dict[str, Stamp]
    known: dict[str, Known]
    fresh: tuple[str, ...]
    settled_problems: frozenset[str]
    lost_problems: tuple[str, ...]

    @property
    def in_line(self) -> bool:
        """Whether there is nothing to do."""
        return not self.fresh and not self.lost_problems and self.known.keys() <= self.files.keys()

    def versions(self, digests: Mapping[str, str | None]) -> tuple[dict[str, str], dict[str, Known]]:
        """Who holds what: the path behind each indexed content, and the contents that lost their file.

        Args:
            digests: What the fresh files hold.
        """
        owners: dict[str, str] = {}
        loose: dict[str, Known] = {}
        for path, entry in self.known.items():
            is_settled = path in self.files and path not in digests and path not in self.settled_problems
            if is_settled or digests.get(path) == entry.digest:
                owners[entry.digest] = path
            else:
                loose[entry.digest] = entry
        return owners, loose


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
        *,
        passage_words: int,
        max_bytes: int,
        recognise: bool = True,
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
                self._update(survey, tally, report_progress)
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

    def _survey(self, *, verify: bool) -> _Survey:
        files = self._library.scan()
        known = {entry.path: entry for entry in self._index.catalogue.known()}
        problems = {problem.path: (problem.kind, stamp) for problem, stamp in self._index.catalogue.problems()}
        fresh = {
            path
            for path, stamp in files.items()
            if verify
            or stamp != (problems[path][1] if path in problems else known[path].stamp if path in known else None)
        }
        if known.keys() - files.keys() or known.keys() & fresh:  # what a duplicate doubled may be no more
            fresh |= {path for path, (kind, _) in problems.items() if kind == _DUPLICATE and path in files}
        return _Survey(
            files=files,
            known=known,
            fresh=tuple(sorted(fresh)),
            settled_problems=frozenset(problems.keys() & files.keys() - fresh),
            lost_problems=tuple(problems.keys() - files.keys()),
        )

    def _update(self, survey: _Survey, tally: _Tally, report_progress: ReportProgress) -> None:
        """Take every fresh file in; then forget what lost its file and found no other."""
        self._index.catalogue.forget_problems(survey.lost_problems)
        digests = {path: self._digest(path) for path in survey.fresh}
        owners, loose = survey.versions(digests)
        doubled: set[str] = set()
        batch: list[_Read] = []
        for number, path in enumerate(survey.fresh, 1):
            digest, stamp = digests[path], survey.files[path]
            if digest is not None and owners.get(digest) == path:
                self._index.catalogue.restamp(survey.known[path].id, stamp)
                tally.touched += 1
            elif digest in owners:
                self._record(_duplicate(path, owners[digest]), stamp, tally)
                doubled.add(path)
            elif (read := self._read(path, stamp, tally)) is not None and read.document.digest == digest:
                owners[digest] = path
                if not self._follow(read, survey, loose, tally):
                    batch.append(read)
            if sum(len(each.passages) for each in batch) >= _BATCH_PASSAGES:
                self._store(batch, survey, loose, tally)
                batch = []
            report_progress(Progress("indexing", number, len(survey.fresh), PurePosixPath(path).name))
        self._store(batch, survey, loose, tally)
        left = [entry for entry in loose.values() if entry.path not in survey.files or entry.path in doubled]
        self._index.remove([entry.id for entry in left])
        tally.removed += [entry.path for entry in left]

    def _digest(self, path: str) -> str | None:
        """What a file holds; None where it cannot be opened, which reading it will explain."""
        try:
            return file_digest(self._library.root, path, max_bytes=self._max_bytes)
        except DocumentError:
            return None

    def _follow(self, read: _Read, survey: _Survey, loose: dict[str, Known], tally: _Tally) -> bool:
        """Move what is indexed already under another path; False where it has to be stored."""
        path, digest = read.document.path, read.document.digest
        entry = loose.pop(digest, None)
        if path in survey.known:
            tally.changed.append(path)
        elif entry is None:
            tally.added.append(path)
        else:
            tally.moved.append(path)
        if entry is None:
            return False
        if self._index.records[entry.path].metadata != read.document.metadata:  # a title from the old file name
            self._index.remove([entry.id])
            return False
        self._index.move(entry.id, path, read.stamp)
        _forget_path(loose, survey, path)
        return True

    def _read(self, path: str, stamp: Stamp, tally: _Tally) -> _Read | None:
        started = time.perf_counter()
        try:
            document = read_document(self._library.root, path, max_bytes=self._max_bytes, recognise=self._recognise)
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

    def _store(self, batch: Sequence[_Read], survey: _Survey, loose: dict[str, Known], tally: _Tally) -> None:
        if not batch:
            return
        started = time.perf_counter()
        texts = [embedding_text(passage, read.document.metadata.title) for read in batch for passage in read.passages]
        vectors = iter(self._embedder.embed_documents(texts))
        entries = [
            Entry(read.document, read.stamp, read.passages, [next(vectors) for _ in read.passages]) for read in batch
        ]
        embedded = time.perf_counter()
        self._index.replace(entries)
        for read in batch:
            _forget_path(loose, survey, read.document.path)
        tally.passages += len(texts)
        tally.seconds["embed"] += embedded - started
        tally.seconds["store"] += time.perf_counter() - embedded


def _forget_path(loose: dict[str, Known], survey: _Survey, path: str) -> None:
    """Note that another version has taken a path, and with it the place of the one before."""
    entry = survey.known.get(path)
    if entry is not None and loose.get(entry.digest) is entry:
        del loose[entry.digest]


def embedding_text(passage: Passage, title: str) -> str:
    """What is embedded for a passage: title, headings, and its text without heading lines."""
    body = "\n".join(_without_headings(passage.text))
    return f"{context_of(passage, title)}\n{body}"


def _without_headings(text: str) -> Iterator[str]:
    for block in blocks(text):
        if block.kind is not BlockKind.HEADING:
            yield text[block.start : block.end]


def _problem(path: str, error: AssistantError) -> Problem:
    kind = type(error).__name__ if isinstance(error, DocumentError) else "DocumentError"
    return Problem(path, kind, str(error), datetime.now(UTC).isoformat(timespec="seconds"))


def _duplicate(path: str, other: str) -> Problem:
    reason = f"{PurePosixPath(path).name} has the same content as {other}, which is indexed; it is not needed twice."
    return Problem(path, _DUPLICATE, reason, datetime.now(UTC).isoformat(timespec="seconds"))
