"""Documents on their way from the page into the library: files, a web page, or pasted text."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.types import SyncReport
from assistant.ui.desk import Desk, follow


@dataclass(frozen=True, slots=True)
class Addition:
    """What was placed in the library, and the job that indexes it.

    It is kept for the session: a page that is drawn anew meanwhile goes on to follow it.

    Attributes:
        placed: Paths of documents, and of folders that archives were unpacked into.
        failures: A sentence for each file that could not be placed.
    """

    placed: tuple[str, ...]
    failures: tuple[str, ...]
    job: Future[SyncReport]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an addition: paths that can be asked now, and a sentence for everything else."""

    added: tuple[str, ...]
    failures: tuple[str, ...]


def begin_with_files(desk: Desk, files: Sequence[tuple[str, bytes]]) -> Addition:
    """Write files into the library and begin to index them.

    Args:
        desk: Where to add them.
        files: Name and content of each.
    """
    placed: list[str] = []
    failures: list[str] = []
    for name, data in files:
        try:
            placed.append(desk.assistant.add_upload(name, data))
        except AssistantError as error:
            failures.append(str(error))
    return Addition(tuple(placed), tuple(failures), desk.index())


def begin_with_address(desk: Desk, address: str) -> Addition:
    """Begin to fetch a web page."""
    return Addition((), (), desk.fetch(address.strip()))


def begin_with_text(desk: Desk, title: str, text: str) -> Addition:
    """Write a text into the library as a Markdown file of its title, and begin to index it."""
    name = f"{title.strip() or 'Pasted text'}.md"
    return begin_with_files(desk, [(name, text.encode())])


def finish(desk: Desk, addition: Addition) -> Outcome:
    """Wait until an addition is indexed, showing how far it is."""
    try:
        report = follow(desk, addition.job)
    except AssistantError as error:
        return Outcome((), (*addition.failures, str(error)))
    is_page = not addition.placed and not addition.failures
    placed = (*report.added, *report.changed) if is_page else addition.placed
    problems = report.problems if is_page else desk.assistant.problems()
    failed = {problem.path: problem.reason for problem in problems if is_page or _is_in(problem.path, placed)}
    return Outcome(
        added=tuple(path for path in placed if path not in failed), failures=(*addition.failures, *failed.values())
    )


def _is_in(path: str, placed: Sequence[str]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in placed)
