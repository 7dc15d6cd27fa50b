"""Documents on their way from the page into the library: files, a web page, or pasted text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Event

from assistant.documents.library import Library
from assistant.errors import AssistantError
from assistant.types import SyncReport
from assistant.ui.desk import Desk


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody wants to add, and corrections of what it says of itself."""

    name: str
    data: bytes
    changes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Addition:
    """What was placed in the library, and the job that indexes it.

    It is kept for the session: a page that is drawn anew meanwhile goes on to follow it.

    Attributes:
        placed: Paths of documents, and of folders that archives were unpacked into.
        failures: A sentence for each file that could not be placed.
        stop: Ends the job early when it is set.
    """

    placed: tuple[str, ...]
    failures: tuple[str, ...]
    job: Future[SyncReport]
    stop: Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an addition.

    Attributes:
        added: Paths that can be asked now.
        failures: A sentence for everything else.
        waiting: Paths that stand in the library and are not indexed in full, since the job was stopped.
    """

    added: tuple[str, ...]
    failures: tuple[str, ...]
    waiting: tuple[str, ...] = ()


def begin_with_files(desk: Desk, files: Sequence[Upload]) -> Addition:
    """Write files into the library and begin to index them."""
    placed: list[str] = []
    failures: list[str] = []
    for file in files:
        try:
            placed.append(desk.assistant.add_upload(file.name, file.data, file.changes))
        except AssistantError as error:
            failures.append(str(error))
    stop = Event()
    return Addition(tuple(placed), tuple(failures), desk.index(stop), stop)


def begin_with_address(desk: Desk, address: str) -> Addition:
    """Begin to fetch a web page."""
    stop = Event()
    return Addition((), (), desk.fetch(address.strip(), stop), stop)


def begin_with_text(desk: Desk, title: str, text: str) -> Addition:
    """Write a text into the library as a Markdown file of its title, and begin to index it."""
    name = f"{title.strip() or 'Pasted text'}.md"
    return begin_with_files(desk, [Upload(name, text.encode())])


def go_on(desk: Desk, addition: Addition) -> Addition:
    """Take up again what was stopped."""
    stop = Event()
    return replace(addition, job=desk.index(stop), stop=stop)


def outcome_of(desk: Desk, addition: Addition) -> Outcome:
    """What became of an addition whose job has ended."""
    try:
        report = addition.job.result()
    except AssistantError as error:
        return Outcome((), (*addition.failures, str(error)))
    is_page = not addition.placed and not addition.failures
    placed = (*report.added, *report.changed) if is_page else addition.placed
    problems = report.problems if is_page else desk.assistant.problems()
    failed = {problem.path: problem.reason for problem in problems if is_page or _is_in(problem.path, placed)}
    waiting = _waiting(desk, placed, failed) if report.left else ()
    return Outcome(
        added=tuple(path for path in placed if path not in failed and path not in waiting),
        failures=(*addition.failures, *failed.values()),
        waiting=waiting,
    )


def _waiting(desk: Desk, placed: Sequence[str], failed: Mapping[str, str]) -> tuple[str, ...]:
    """What was placed and is neither indexed nor a problem; a folder waits as long as one of its files does."""
    known = {*failed, *(record.path for record in desk.assistant.records())}
    library = Library(desk.assistant.settings.documents)
    return tuple(path for path in placed if not known.issuperset(library.paths_in(path)))


def _is_in(path: str, placed: Sequence[str]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in placed)
