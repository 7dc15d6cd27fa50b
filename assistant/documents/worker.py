"""The process that reads files: a path on each line of its input, a ``Reading`` or ``Problem`` on each of its output.

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
from assistant.documents.readers import read_document
from assistant.documents.reading import GREETING, OUT_OF_MEMORY, Orders, Reading, problem_with, wire
from assistant.documents.similarity import signature_of
from assistant.errors import AssistantError, UnreadableDocument


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
            answers.write(_read_in_time(orders, path) + b"\n")
            answers.flush()
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # what is left is in no state to go on


def _answers() -> BinaryIO:
    """The standard output, for answers alone: what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return answers


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


def _read_in_time(orders: Orders, path: str) -> bytes:
    """The answer for one file; an alarm ends the process where it takes too long."""
    try:
        size = (Path(orders.root) / path).stat().st_size
    except OSError:  # which reading it will explain
        size = 0
    signal.setitimer(signal.ITIMER_REAL, orders.seconds_for(size))  # unlike a thread, it needs no GIL to strike
    try:
        return _read(orders, path)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _read(orders: Orders, path: str) -> bytes:
    try:
        document = read_document(Path(orders.root), path, max_bytes=orders.max_bytes, recognise=orders.recognise)
        passages = split_passages(document, words=orders.passage_words)
        return wire().dump_json(Reading(document, passages, signature_of(document.text)))
    except AssistantError as error:
        return wire().dump_json(problem_with(path, error))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - one damaged file must not stop the others
        name = PurePosixPath(path).name
        sentence = f"{name} cannot be read ({type(error).__name__}); get a fresh copy or save it in another format."
        return wire().dump_json(problem_with(path, UnreadableDocument(sentence)))


if __name__ == "__main__":
    main()
