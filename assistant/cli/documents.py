"""The commands about one document, ``assistant show`` and ``reindex``, and how Ctrl-C ends a long job.

What stands behind the assistant loads for a second, which ``--help`` and misuse need not wait for:
so it is imported where it is used.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Annotated

import typer

from assistant.cli import output
from assistant.errors import LibraryError
from assistant.settings import load_settings
from assistant.types import SyncReport

_Path = Annotated[str, typer.Argument(help="The document, as `assistant list` shows it.")]


@contextmanager
def stoppable() -> Iterator[Event]:
    """An event that the first Ctrl-C sets, so that a job ends in good order; the second ends the program."""
    stop = Event()

    def ask(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        output.tell("Stopping; what is stored stays. Ctrl-C again ends it at once.", "yellow")
        stop.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def tell_sync(report: SyncReport) -> None:
    """Say what a job did, and what it left undone."""
    output.show(output.sync_sentence(report))
    if report.left:
        output.tell(f"It was stopped; {report.left} files are left, and `assistant sync` goes on with them.", "yellow")


def show(
    path: _Path,
    *,
    passages: Annotated[bool, typer.Option("--passages", help="Part the text as it is searched.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else.")] = False,
) -> None:
    """Show what the library knows of a document, and its text."""
    from assistant.assistant import Assistant  # noqa: PLC0415

    with Assistant(load_settings()) as assistant:
        record = next((each for each in assistant.records() if each.path == path), None)
        document = assistant.document(path)
        parts = assistant.passages(path)
    if record is None or document is None:
        raise LibraryError(f"There is no document {path} in the index; `assistant list` shows those there are.")
    if as_json:
        typer.echo(json.dumps(output.document_data(record, document, parts), ensure_ascii=False, indent=2))
        return
    output.show(output.metadata_lines(record))
    if document.recognised:
        output.show(output.recognised_sentence(document))
    output.show(output.passages_text(parts) if passages else f"\n{document.text}")


def reindex(path: _Path) -> None:
    """Read a document again although it has not changed, or a file that could not be indexed."""
    from assistant.assistant import Assistant  # noqa: PLC0415

    with Assistant(load_settings()) as assistant, output.progress_bar() as report_progress, stoppable() as stop:
        report = assistant.reindex(path, report_progress, stop=stop)
        problem = next((each for each in assistant.problems() if each.path == path), None)
    tell_sync(report)
    if problem is not None:
        output.tell(problem.reason, "red")
    if problem is not None or report.left:
        raise typer.Exit(1)
