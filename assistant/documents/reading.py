"""Reads files in a process of its own, so that none of them can hang the assistant or take it down."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import PurePosixPath
from threading import Event, Thread
from typing import IO, cast

from pydantic import TypeAdapter

from assistant.documents.progress import ReportProgress, is_stopped, silent
from assistant.errors import AssistantError, DocumentError, DocumentTooLarge, UnreadableDocument
from assistant.types import Document, Passage, Problem, Progress

GREETING = b"ready\n"
OUT_OF_MEMORY = 70  # exit status of a worker that has reached its limit
_SECONDS_PER_MEGABYTE = 30  # scanned pages are read at a few seconds each, 10 to 20 to the megabyte
_PIPE_BYTES = 1_000_000  # a worker reads so much ahead while passages are embedded
_LOOK_AGAIN = 0.2  # seconds between two looks whether to go on


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file gives.

    Attributes:
        signature: Tells how alike two texts are; empty for a text too short to compare.
    """

    document: Document
    passages: tuple[Passage, ...]
    signature: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is told when it starts.

    Attributes:
        root: The library folder.
        passage_words: Target length of passages.
        max_bytes: Larger files are refused unread.
        recognise: Read pages that are pictures by text recognition.
        seconds: A file that takes longer is given up; large ones have more time.
        max_memory: Bytes of memory the worker may hold.
    """

    root: str
    passage_words: int
    max_bytes: int
    recognise: bool = True
    seconds: float = 120
    max_memory: int = 2_000_000_000

    def seconds_for(self, size: int) -> float:
        """The time that a file of so many bytes may take."""
        return self.seconds + _SECONDS_PER_MEGABYTE * size / 1e6


@cache
def wire() -> TypeAdapter[Reading | Problem | Progress]:
    """What a worker answers, and how far it is until then, as a line of JSON.

    Not a pickle: a file that takes over its reader must not get a say in the process that asked.
    """
    return TypeAdapter(Reading | Problem | Progress)


def problem_with(path: str, error: AssistantError) -> Problem:
    """The record of a file that cannot be indexed."""
    kind = type(error).__name__ if isinstance(error, DocumentError) else DocumentError.__name__
    return Problem(path, kind, str(error), datetime.now(UTC).isoformat(timespec="seconds"))


def _end(worker: subprocess.Popen[bytes], stop: Event) -> None:
    """End a worker as soon as it is no longer wanted, be it in the middle of a file."""
    while worker.poll() is None:
        if stop.wait(_LOOK_AGAIN):
            worker.kill()
            return


class WorkerProcess:
    """Reads files of a library in a worker with limits on time and memory.

    The worker starts when there is something to read and ends with it. One that a file has
    brought down is replaced, and the file becomes a problem.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def read(
        self, paths: Sequence[str], report_progress: ReportProgress = silent, *, stop: Event | None = None
    ) -> Generator[Reading | Problem]:
        """Read files in order; later ones are being read while earlier ones are made use of.

        Args:
            paths: POSIX paths inside the library.
            report_progress: Called with the pages done of a file that takes long.
            stop: When it is set, there are no more answers, even for a file that is being read.

        Raises:
            AssistantError: The worker cannot start.
        """
        left = deque(paths)
        while left and not is_stopped(stop):
            with self._started(left, stop) as worker:
                for answer in self._answers(worker, left):
                    if is_stopped(stop):
                        return
                    if isinstance(answer, Progress):
                        report_progress(answer)
                    else:
                        yield answer

    @contextmanager
    def _started(self, paths: Sequence[str], stop: Event | None) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "assistant.documents.worker", json.dumps(asdict(self._orders))]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, pipesize=_PIPE_BYTES
        ) as worker:
            requests = cast("IO[bytes]", worker.stdin)
            if stop is not None:
                Thread(target=_end, args=(worker, stop), daemon=True).start()
            try:
                with suppress(BrokenPipeError):  # it is gone already, which its answers will show
                    requests.write("".join(f"{json.dumps(path)}\n" for path in paths).encode())
                    requests.flush()
                yield worker
            finally:
                worker.kill()
                with suppress(BrokenPipeError):
                    requests.close()

    def _answers(self, worker: subprocess.Popen[bytes], left: deque[str]) -> Iterator[Reading | Problem | Progress]:
        """Take what the worker answers off the list, until all is read or the worker has died."""
        answers = cast("IO[bytes]", worker.stdout)
        if answers.readline() != GREETING:
            raise AssistantError(
                "The process that reads documents cannot start; close other programs if memory is short, "
                "or install the assistant again."
            )
        is_first = True
        while left:
            line = answers.readline()
            if not line.endswith(b"\n"):
                cause = worker.wait()
                # One that has read other files may have died of what they left behind: it is asked anew.
                if is_first or cause == -signal.SIGALRM:
                    yield self._fatal(left.popleft(), cause)
                return
            answer = wire().validate_json(line)
            if not isinstance(answer, Progress):
                left.popleft()
                is_first = False
            yield answer

    def _fatal(self, path: str, cause: int) -> Problem:
        """What to say of a file that has brought its reader down."""
        name = PurePosixPath(path).name
        if cause == -signal.SIGALRM:
            limit = f"takes more than {self._orders.seconds:.0f} seconds to read"
            return problem_with(path, DocumentTooLarge(f"{name} {limit}; split it, or raise ASSISTANT_READ_SECONDS."))
        if cause == OUT_OF_MEMORY:
            limit = f"takes more than {self._orders.max_memory / 1e6:.0f} MB of memory to read"
            return problem_with(path, DocumentTooLarge(f"{name} {limit}; split it, or raise ASSISTANT_READ_MEGABYTES."))
        sentence = f"{name} brings down the program that reads it; get a fresh copy or save it in another format."
        return problem_with(path, UnreadableDocument(sentence))
