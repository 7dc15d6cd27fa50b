"""Files from a browser on their way into the library."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.types import SyncReport
from assistant.ui.desk import Desk, follow


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that were placed in the library, and the job that indexes them.

    It is kept for the session: a page that is drawn anew meanwhile goes on to follow it.
    """

    placed: tuple[str, ...]
    failures: tuple[str, ...]
    job: Future[SyncReport]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an upload: paths that can be asked now, and a sentence for every other file."""

    added: tuple[str, ...]
    failures: tuple[str, ...]


def begin_upload(desk: Desk, files: Sequence[tuple[str, bytes]]) -> Upload:
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
    return Upload(tuple(placed), tuple(failures), desk.index())


def finish_upload(desk: Desk, upload: Upload) -> Outcome:
    """Wait until an upload is indexed, showing how far it is."""
    try:
        follow(desk, upload.job)
    except AssistantError as error:
        return Outcome((), (*upload.failures, str(error)))
    problems = {problem.path: problem.reason for problem in desk.assistant.problems()}
    return Outcome(
        added=tuple(path for path in upload.placed if path not in problems),
        failures=(*upload.failures, *(problems[path] for path in upload.placed if path in problems)),
    )
