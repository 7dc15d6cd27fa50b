"""Where runs are kept: one file of JSON lines a run, written case by case.

The first line says what was run under which circumstances, each further line is one case's result,
and the last line the figures. A run that was killed lacks the last line, and perhaps half of the
one before; everything else of it stands, so that it can be taken up again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from assistant.errors import EvaluationError
from assistant.evaluation.report import Figure, summarise
from assistant.evaluation.runs import Result
from assistant.types import Mode

_SUFFIX = ".jsonl"
_LATEST = "latest"
_TAIL = 65_536  # bytes in which the last line of a file is looked for


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases were asked, as the command line takes it.

    Attributes:
        corpus: Folder of documents, where it was not the library.
        questions: Test set, where it was not the one beside the documents.
        at_once: How many cases were in work at a time.
        judgements: How often a chat model read each answer.
        variant: Of the settings, where a sweep changed one of them.
        mode: Whose words the answers were to be, where that was said.
    """

    corpus: str | None = None
    questions: str | None = None
    split: str | None = None
    tag: str | None = None
    sample: int | None = None
    retrieval_only: bool = False
    at_once: int = 1
    judgements: int = 0
    variant: str | None = None
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a run depends on; under the same circumstances two runs differ by chance alone.

    Attributes:
        settings: By name; no paths, addresses or secrets.
        corpus: Fingerprint of all documents.
        code: Fingerprint of the program's files.
        cases: Fingerprint of the cases that were asked.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    corpus: str = ""
    documents: int = 0
    code: str = ""
    version: str = ""
    cases: str = ""


@dataclass(frozen=True, slots=True)
class RunHead:
    """What is known of a run before its first case.

    Attributes:
        started: ISO 8601, UTC.
        total: How many cases it is to ask.
    """

    id: str
    started: str
    total: int
    selection: Selection
    circumstances: Circumstances

    @property
    def mode(self) -> Mode:
        """Whose words the answers are: a chat model's by default where one is set."""
        by_default = Mode.GENERATIVE if self.circumstances.settings.get("model") else Mode.EXTRACTIVE
        return self.selection.mode or by_default


@dataclass(frozen=True, slots=True)
class RunEnd:
    """What is known once all cases were asked: when, after how many seconds of work, and the figures."""

    finished: str
    seconds: float
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a list; without an end it was broken off, or is still going on."""

    head: RunHead
    end: RunEnd | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run with its results, in the order they were asked."""

    head: RunHead
    results: tuple[Result, ...]
    end: RunEnd | None = None

    def to_json(self) -> dict[str, Any]:
        """The whole run; ``RunStore.read`` takes it back from a file."""
        return {
            "run": asdict(self.head),
            "end": asdict(self.end) if self.end else None,
            **summarise(self.results).to_json(),
            "results": [_RESULT.dump_python(result, mode="json") for result in self.results],
        }


_HEAD = TypeAdapter(RunHead)
_END = TypeAdapter(RunEnd)
_RESULT = TypeAdapter(Result)


class RunWriter:
    """Adds results to a run's file, each safely written before the next case is asked."""

    def __init__(self, file: IO[str], head: RunHead, done: tuple[Result, ...] = ()) -> None:
        """Write to an open file."""
        self.head = head
        self.results = list(done)
        self._file = file

    def add(self, result: Result) -> None:
        """Keep a case's result."""
        self.results.append(result)
        self.write("result", _RESULT.dump_python(result, mode="json"))

    def finish(self) -> Run:
        """Keep the figures."""
        results = tuple(self.results)
        figures = dict(summarise(results).figures)
        end = RunEnd(_now().isoformat(timespec="seconds"), sum(each.seconds for each in results), figures)
        self.write("end", _END.dump_python(end, mode="json"))
        return Run(self.head, results, end)

    def write(self, name: str, content: Any) -> None:
        """Write a line of a kind, and wait until it is on the disk."""
        self._file.write(json.dumps({name: content}, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


class RunStore:
    """The runs in a folder; it is not derived from anything, and never deleted with the index."""

    def __init__(self, folder: Path) -> None:
        """Keep runs in a folder, which is made with the first of them."""
        self._folder = folder

    @contextmanager
    def begin(self, total: int, selection: Selection, circumstances: Circumstances) -> Iterator[RunWriter]:
        """Begin a run of so many cases.

        Raises:
            EvaluationError: The folder cannot be written to.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._free_path()
            file = path.open("x", encoding="utf-8")
        except OSError as error:
            raise EvaluationError(
                f"Runs cannot be kept in {self._folder} ({error.strerror}); free space there, or set ASSISTANT_DATA."
            ) from error
        with file, self._lock(path):
            head = RunHead(path.stem, _now().isoformat(timespec="seconds"), total, selection, circumstances)
            writer = RunWriter(file, head)
            writer.write("run", _HEAD.dump_python(head, mode="json"))
            yield writer

    @contextmanager
    def resume(self, run: Run) -> Iterator[RunWriter]:
        """Take up a run that was broken off.

        Raises:
            EvaluationError: Another process is at it.
        """
        path = self._path(run.head.id)
        with self._lock(path):
            _cut_after_last_line(path)
            with path.open("a", encoding="utf-8") as file:
                yield RunWriter(file, run.head, run.results)

    def unfinished(self) -> Run | None:
        """The last run that was broken off."""
        line = next((line for line in self.lines() if line.end is None and not self._is_written(line.head.id)), None)
        return self.read(line.head.id) if line else None

    def lines(self) -> tuple[RunLine, ...]:
        """All runs without their results, the last first; files that are no runs are passed over."""
        paths = sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stem, reverse=True)
        return tuple(line for path in paths if (line := _line(path)) is not None)

    def read(self, name: str) -> Run:
        """A run with its results.

        Args:
            name: Its id or the beginning of it, ``latest`` for the last that was finished, or the path of
                a run's file or JSON export.

        Raises:
            EvaluationError: There is no such run, or it cannot be read.
        """
        path = self._named(name)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise EvaluationError(f"The run {name} cannot be read ({error.strerror}); check {path}.") from error
        try:
            return _from_lines(content) if path.suffix == _SUFFIX else _from_export(content)
        except (ValidationError, ValueError, KeyError, TypeError) as error:
            raise EvaluationError(
                f"{path.name} is not a run with results by case; make it with `assistant evaluate --export FILE.json`."
            ) from error

    def _named(self, name: str) -> Path:
        if Path(name).is_file():
            return Path(name)
        lines = self.lines()
        found = [line.head.id for line in lines if line.head.id.startswith(name)]
        if name in found:
            found = [name]
        if name == _LATEST:
            found = [line.head.id for line in lines if line.end is not None][:1]
        if len(found) != 1:
            fault = "There is no run" if not found else "There are several runs"
            raise EvaluationError(f"{fault} {name}; `assistant runs` lists them.")
        return self._path(found[0])

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"

    def _free_path(self) -> Path:
        stamp = _now().strftime("%Y%m%d-%H%M%S")
        names = (stamp if number == 1 else f"{stamp}-{number}" for number in range(1, 1000))
        return next(path for name in names if not (path := self._path(name)).exists())

    @contextmanager
    def _lock(self, path: Path) -> Iterator[None]:
        lock = FileLock(path.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise EvaluationError(f"The run {path.stem} is still going on; wait until it has ended.") from error
        try:
            yield
        finally:
            path.with_suffix(".lock").unlink(missing_ok=True)  # while it is still ours
            lock.release()

    def _is_written(self, key: str) -> bool:
        try:
            with self._lock(self._path(key)):
                return False
        except EvaluationError:
            return True


def _now() -> datetime:
    return datetime.now(UTC)


def _line(path: Path) -> RunLine | None:
    try:
        with path.open("rb") as file:
            head = _HEAD.validate_python(json.loads(file.readline())["run"])
            file.seek(max(0, path.stat().st_size - _TAIL))
            last = file.read().rstrip(b"\n").split(b"\n")[-1]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    try:
        end = _END.validate_python(json.loads(last)["end"])
    except (ValueError, KeyError, TypeError):
        return RunLine(head, None)
    return RunLine(head, end)


def _from_lines(content: bytes) -> Run:
    first, *rest = [json.loads(line) for line in content.split(b"\n")[:-1]]  # what follows the last break is torn
    results = tuple(_RESULT.validate_python(line["result"]) for line in rest if "result" in line)
    end = next((_END.validate_python(line["end"]) for line in rest if "end" in line), None)
    return Run(_HEAD.validate_python(first["run"]), results, end)


def _from_export(content: bytes) -> Run:
    data = json.loads(content)
    results = tuple(_RESULT.validate_python(each) for each in data["results"])
    return Run(_HEAD.validate_python(data["run"]), results, _END.validate_python(data["end"]) if data["end"] else None)


def _cut_after_last_line(path: Path) -> None:
    """Take off a line that was broken off in the middle."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)
