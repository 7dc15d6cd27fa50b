"""Changes to a test set: a case added, rewritten or retired, every other line left as it is.

A retired case moves to a file beside the test set, in the same format: it is asked no more, is not
lost, and may be moved back by hand.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from assistant.errors import EvaluationError
from assistant.evaluation.cases import Case, check_case, load_cases

_CASE = TypeAdapter(Case)
_PATIENCE = 10.0  # seconds that another process may take for its change
_NUMBERED = re.compile(r"(.+)-(\d+)")


class CaseFile:
    """A test set that curators change; every change is whole or not at all."""

    def __init__(self, path: Path, lock: Path) -> None:
        """Change a test set.

        Args:
            path: Of its file, which need not exist yet.
            lock: A file by which processes keep out of each other's way.
        """
        self._path = path
        self._lock = lock

    @property
    def retired(self) -> Path:
        """Where retired cases go."""
        return self._path.with_name(f"{self._path.stem}.retired{self._path.suffix}")

    def cases(self) -> tuple[Case, ...]:
        """All cases; none where there is no test set yet.

        Raises:
            EvaluationError: The file cannot be read, or a line of it is malformed.
        """
        return load_cases(self._path) if self._lines(self._path) else ()

    def add(self, case: Case, prefix: str) -> Case:
        """Append a case under an id of its own.

        Args:
            case: Whose id is not looked at.
            prefix: Of the id, which is ``PREFIX-001`` or the next number that was never used.

        Returns:
            The case as it was written.

        Raises:
            EvaluationError: It breaks a rule, or the file cannot be written.
        """
        with self._writing():
            lines = self._lines(self._path)
            known = [json.loads(line)["id"] for line in (*lines, *self._lines(self.retired))]
            numbered = replace(case, id=f"{prefix}-{_next_number(known, prefix):03}")
            check_case(numbered, f"The case {numbered.id}")
            self._write(self._path, [*lines, _as_line(numbered, {})])
        return numbered

    def rewrite(self, case: Case) -> None:
        """Put a case in the place of the one with its id; what is beyond the format stays with it.

        Raises:
            EvaluationError: There is none, it breaks a rule, or the file cannot be written.
        """
        check_case(case, f"The case {case.id}")
        with self._writing():
            lines = self._lines(self._path)
            at = self._place(lines, case.id)
            lines[at] = _as_line(case, json.loads(lines[at]))
            self._write(self._path, lines)

    def retire(self, key: str) -> None:
        """Ask a case no more.

        Raises:
            EvaluationError: There is none, it is the last, or a file cannot be written.
        """
        with self._writing():
            lines = self._lines(self._path)
            line = lines.pop(self._place(lines, key))
            if not lines:
                raise EvaluationError(f"{key} is the only case of the test set; add another before it is retired.")
            retired = self._lines(self.retired)  # first there: killed in between, it is in both, and not lost
            self._write(self.retired, [*retired, *([] if line in retired else [line])])
            self._write(self._path, lines)

    def _place(self, lines: list[str], key: str) -> int:
        for at, line in enumerate(lines):
            if json.loads(line)["id"] == key:
                return at
        raise EvaluationError(f"The test set has no case {key} any more; choose another.")

    def _lines(self, path: Path) -> list[str]:
        if not path.exists():
            return []
        if path == self._path and path.stat().st_size:
            load_cases(path)  # a test set with a malformed line is not changed further
        return [line for line in path.read_text("utf-8-sig").split("\n") if line.strip()]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._lock, timeout=_PATIENCE):
                yield
        except Timeout as error:
            raise EvaluationError(f"{self._path.name} is being changed by somebody else; try again.") from error
        except OSError as error:
            raise EvaluationError(
                f"{self._path.name} cannot be changed ({error.strerror}); check who may write to {self._path.parent}."
            ) from error

    @staticmethod
    def _write(path: Path, lines: list[str]) -> None:
        written = path.with_suffix(".new")
        with written.open("w", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)


def _next_number(known: list[str], prefix: str) -> int:
    matches = (_NUMBERED.fullmatch(key) for key in known)
    return max((int(match[2]) for match in matches if match and match[1] == prefix), default=0) + 1


def _as_line(case: Case, stored: dict[str, Any]) -> str:
    """A case as a line of a test set: empty fields are left out, but for those that every case has."""
    fields = _without_gaps(_CASE.dump_python(case, mode="json"))
    kept = {name: value for name, value in stored.items() if name not in Case.__dataclass_fields__}
    return json.dumps({**fields, **kept}, ensure_ascii=False)


def _without_gaps(fields: dict[str, Any]) -> dict[str, Any]:
    always = {"id", "question", "answerable", "answers", "evidence", "tags"}
    told = {name: value for name, value in fields.items() if value or name in always}
    told["evidence"] = [{k: v for k, v in each.items() if v is not None} for each in fields["evidence"]]
    return told
