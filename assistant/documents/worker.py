"""The process that reads files: a path on each line of its input, a ``Reading`` or ``Problem`` for each on its output.

Run as ``python -m assistant.documents.worker ORDERS``. It is a program and no ``multiprocessing``
child, since those import the main module of their parent, be that Streamlit, pytest or a notebook.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO

from assistant.documents.passages import split_passages
from assistant.documents.progress import READING_AGAIN, ReportProgress, seldom
from assistant.documents.readers import read_document
from assistant.documents.reading import GREETING, OUT_OF_MEMORY, Orders, Reading, problem_with, wire
from assistant.documents.similarity import signature_of
from assistant.errors import AssistantError, UnreadableDocument
from assistant.types import Problem, Progress

_SECONDS_PER_PAGE = 20  # to draw a page and recognise it, on a slow machine


def main() -> None:
    """Read files until there is nobody left to ask."""
    orders = Orders(**json.loads(sys.argv[1]))
    answers = _answers()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_DATA, (orders.max_memory, orders.max_memory))
    answers.write(GREETING)
    answers.flush()
    for path in _requests():
        try:
            _send(answers, _read_in_time(orders, path, answers))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # what is left is in no state to go on


def _answers() -> BinaryIO:
    """The standard output, for answers alone: what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return answers


def _send(answers: BinaryIO, answer: Reading | Problem | Progress) -> None:
    answers.write(wire().dump_json(answer) + b"\n")
    answers.flush()


def _requests() -> Iterator[str]:
    """Paths as they come in; when no more can come, the process ends, whatever it is doing."""
    paths: SimpleQueue[str] = SimpleQueue()

    def receive() -> None:
        for line in sys.stdin.buffer:
            paths.put(json.loads(line))
        os._exit(0)

    Thread(target=receive, daemon=True).start()
    while True:
        yield paths.get()


def _read_in_time(orders: Orders, path: str, answers: BinaryIO) -> Reading | Problem:
    """The answer for one file, with word of how far it is; an alarm ends the process where it takes too long."""
    tell = seldom(lambda step: _send(answers, step))

    def report(step: Progress) -> None:
        if step.stage == READING_AGAIN:  # what takes longest, in files that say little of it by their size
            signal.setitimer(signal.ITIMER_REAL, signal.getitimer(signal.ITIMER_REAL)[0] + _SECONDS_PER_PAGE)
        tell(step)

    try:
        size = (Path(orders.root) / path).stat().st_size
    except OSError:  # which reading it will explain
        size = 0
    signal.setitimer(signal.ITIMER_REAL, orders.seconds_for(size))  # unlike a thread, it needs no GIL to strike
    try:
        return _read(orders, path, report)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _read(orders: Orders, path: str, report_progress: ReportProgress) -> Reading | Problem:
    try:
        document = read_document(
            Path(orders.root),
            path,
            max_bytes=orders.max_bytes,
            recognise=orders.recognise,
            report_progress=report_progress,
        )
        return Reading(document, split_passages(document, words=orders.passage_words), signature_of(document.text))
    except AssistantError as error:
        return problem_with(path, error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - one damaged file must not stop the others
        name = PurePosixPath(path).name
        sentence = f"{name} cannot be read ({type(error).__name__}); get a fresh copy or save it in another format."
        return problem_with(path, UnreadableDocument(sentence))


if __name__ == "__main__":
    main()
