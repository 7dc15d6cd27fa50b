"""Files from a browser on their way into the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.ui.desk import Desk, follow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an upload: paths that can be asked now, and a sentence for every other file."""

    added: tuple[str, ...]
    failures: tuple[str, ...]


def add_files(desk: Desk, files: Sequence[tuple[str, bytes]]) -> Outcome:
    """Write files into the library and index them, showing how far it is.

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
    try:
        follow(desk, desk.index())
    except AssistantError as error:
        return Outcome((), (*failures, str(error)))
    problems = {problem.path: problem.reason for problem in desk.assistant.problems()}
    return Outcome(
        added=tuple(path for path in placed if path not in problems),
        failures=(*failures, *(problems[path] for path in placed if path in problems)),
    )
