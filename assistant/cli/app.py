"""The command line: ``assistant ask``, ``add``, ``evaluate`` and the rest.

Exit codes: 0 done; 1 something failed; 2 the command was not understood or asked for what cannot be;
3 done, but for files or pages that cannot be taken in.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from assistant.cli import output
from assistant.cli.conversations import Export, check_export, conversations, export_answer, verify
from assistant.cli.documents import reindex, show, stoppable, tell_sync
from assistant.cli.drafts import drafts
from assistant.cli.evaluation import compare, evaluate, runs
from assistant.documents.metadata import Fields
from assistant.documents.watching import changes_in
from assistant.errors import AssistantError, IndexStateError, MetadataError
from assistant.retrieval.filter_syntax import KEYS, parse_filters
from assistant.settings import Settings, load_settings
from assistant.types import Mode, Problem, SyncReport

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_DUPLICATE = "duplicate"
_FILES_LEFT_OUT = 3
_STDIN = "-"
_CHAT_PAGE = Path(__file__).parents[2] / "streamlit_app.py"


class _Commands(TyperGroup):
    """All commands; the one place where expected failures become a sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except AssistantError as error:
            output.tell(str(error), "red")
            raise typer.Exit(2 if error.misuse else 1) from error


app = typer.Typer(
    cls=_Commands,
    help="Cited answers from a folder of documents. Settings are read from ASSISTANT_* variables and .env.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else.")]


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="A question in English or Chinese.")],
    *,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="KEY=VALUE",
            help=f"Search such documents only; can be repeated. Keys: {', '.join(KEYS)}.",
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Leave out what was published after this date.")
    ] = None,
    mode: Annotated[
        Mode | None,
        typer.Option(help="Whose words: the sources' own, or a chat model's, which is the default where one is set."),
    ] = None,
    export: Export = None,
    as_json: _AsJson = False,
) -> None:
    """Answer a question, every sentence with its sources."""
    filters = parse_filters(where or (), as_of=as_of)
    check_export(export)
    with output.stage_line("Opening the library") as report_stage, _open(load_settings()) as assistant:
        answer = assistant.ask(_utf8(question), filters=filters, mode=mode, report_stage=report_stage)
        is_empty = not answer.hits and not assistant.records()
        if export is not None:
            export_answer(assistant, answer, filters, export)
    if as_json:
        _print_json(output.answer_data(answer))
    else:
        output.show(output.answer_text(answer))
    if export is not None:
        output.tell(f"Written to {export}.")
    if is_empty:
        output.tell("The index holds no documents; run `assistant sync`, or `assistant add` with your files.", "yellow")


@app.command()
def add(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL|-...", help="Files, folders, ZIP archives, addresses of web pages; - for a text on stdin."
        ),
    ],
    *,
    title: Annotated[str, typer.Option(help="Title of a text on stdin; it names the file too.")] = "Pasted text",
) -> None:
    """Add files, folders, ZIP archives and web pages to the library and index them."""
    with _open(load_settings()) as assistant, output.progress_bar() as report_progress, stoppable() as stop:
        if _STDIN in sources:
            assistant.add_upload(f"{title}.md", sys.stdin.buffer.read())
        report = assistant.add([each for each in sources if each != _STDIN], report_progress, stop=stop)
    _finish_sync(report, report.problems)


@app.command()
def edit(
    path: Annotated[str, typer.Argument(help="The document, as `assistant list` shows it.")],
    changes: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE...",
            help=f"New values; an empty one says that there is none. Fields: {', '.join(Fields.model_fields)}.",
        ),
    ],
) -> None:
    """Correct what is known of a document: title, date and the like."""
    parted = [change.partition("=") for change in changes]
    if wrong := next((name for name, sign, _ in parted if not sign), None):
        raise MetadataError(f"{wrong} is no edit; write FIELD=VALUE, such as published=2024-06-29.")
    with _open(load_settings()) as assistant:
        report = assistant.edit_metadata(path, {name.strip(): _utf8(value) for name, _, value in parted})
        known = next((record for record in assistant.records() if record.path == path), None)
    if known is not None:
        output.show(output.metadata_lines(known))
    _tell_problems(report.problems)


@app.command()
def remove(path: Annotated[str, typer.Argument(help="The document, as `assistant list` shows it.")]) -> None:
    """Move a document to the trash, and take it out of the index."""
    with _open(load_settings()) as assistant:
        assistant.remove(path)
    output.show(f"Removed {path}; `assistant restore` brings it back.")


@app.command()
def restore(path: Annotated[str, typer.Argument(help="The document, as `assistant trash` shows it.")]) -> None:
    """Bring a removed document back from the trash, as it was when last removed."""
    with _open(load_settings()) as assistant:
        report = assistant.restore(path)
    output.show(f"Restored {path}.")
    _tell_problems(report.problems)


@app.command()
def trash(*, as_json: _AsJson = False) -> None:
    """List the documents in the trash, last removed first."""
    with _open(load_settings()) as assistant:
        removed = assistant.removed()
    if as_json:
        _print_json(output.trash_data(removed))
    else:
        output.show(output.trash_table(removed))


@app.command("list")
def list_documents(*, as_json: _AsJson = False) -> None:
    """List the documents of the library, and the files that could not be indexed."""
    with _open(load_settings()) as assistant:
        records, problems = assistant.records(), assistant.problems()
    if as_json:
        _print_json(output.library_data(records, problems))
        return
    output.show(output.library_table(records))
    _tell_problems(problems)


@app.command()
def sync(
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Empty the index first and make all of it anew.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every file again instead of trusting sizes and time stamps.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and follow every change of the folder until Ctrl-C.")
    ] = False,
) -> None:
    """Bring the index in line with the library folder."""
    settings = load_settings()
    with _open(settings, rebuild=rebuild) as assistant:
        with output.progress_bar() as report_progress, stoppable() as stop:
            report = assistant.sync(report_progress, verify=verify, stop=stop)
            problems = assistant.problems()
        if watch and not report.left:
            _tell_sync(report, problems)
            _follow(assistant, settings.documents)
        else:
            _finish_sync(report, problems)


@app.command()
def check(
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what differs.")] = False,
) -> None:
    """Compare catalogue, vectors, keywords and texts of the index."""
    with _open(load_settings()) as assistant:
        health = assistant.check(repair=repair)
    if health.sound:
        output.show(f"The index is sound: {health.passages} passages.")
        return
    output.tell(
        f"The index is not sound: of {health.passages} passages {health.missing_vectors} lack their vector and "
        f"{health.missing_keywords} their keywords; {health.stray_vectors} vectors and {health.stray_keywords} "
        f"keyword entries belong to none; {len(health.broken)} differ from their text. "
        + ("Run `assistant sync --rebuild`." if repair else "Run `assistant check --repair`."),
        "red",
    )
    raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Say what works and what does not: disk, index, documents, text recognition, chat model."""
    from assistant.cli.doctor import examine  # noqa: PLC0415 - loads what `_open` does

    is_well = True
    for finding in examine(load_settings()):
        output.show(output.finding_line(finding.sentence, is_well=finding.is_well))
        is_well = is_well and finding.is_well
    if not is_well:
        raise typer.Exit(1)


@app.command()
def serve(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the chat page.")] = 8501,
    host: Annotated[str, typer.Option(help="Address to listen on; this machine alone by default.")] = "localhost",
) -> None:
    """Open the chat page in Streamlit."""
    if not _CHAT_PAGE.is_file():
        raise AssistantError(f"The chat page {_CHAT_PAGE} is missing; run this command from a clone of the project.")
    options = {
        "--server.address": host,
        "--server.port": str(port),
        "--server.headless": "true",
        "--browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(_CHAT_PAGE)]
    # In place of this process, so that whoever stops it stops the server.
    os.execv(sys.executable, [*command, *(part for option in options.items() for part in option)])  # noqa: S606


app.command()(conversations)
app.command()(verify)
app.command()(show)
app.command()(reindex)
app.command()(evaluate)
app.command()(runs)
app.command()(compare)
app.command()(drafts)


def main() -> None:
    """Run the command line."""
    app()


def _open(settings: Settings, *, rebuild: bool = False) -> Assistant:
    # What stands behind it loads for over a second, which `--help` and misuse need not wait for; and
    # for a tenth less where nobody looks for garbage among modules, which are none.
    gc.disable()
    try:
        from assistant.assistant import Assistant  # noqa: PLC0415
    finally:
        gc.enable()
    return Assistant(settings, rebuild=rebuild)


def _follow(assistant: Assistant, folder: Path) -> None:
    """Sync whenever the folder changes, a line each, until Ctrl-C."""
    output.tell("Following the library folder; Ctrl-C ends it.")
    try:
        for _ in changes_in(folder):
            try:
                report = assistant.sync()
            except IndexStateError as error:  # another process is at it; the next look comes in seconds
                output.tell(str(error), "yellow")
                continue
            if report.added or report.changed or report.moved or report.removed or report.problems:
                _tell_sync(report, report.problems)
    except KeyboardInterrupt:
        output.tell("Stopped.")


def _finish_sync(report: SyncReport, problems: tuple[Problem, ...]) -> None:
    _tell_sync(report, problems)
    if report.left:
        raise typer.Exit(1)
    if any(problem.kind != _DUPLICATE for problem in problems):
        raise typer.Exit(_FILES_LEFT_OUT)


def _tell_sync(report: SyncReport, problems: tuple[Problem, ...]) -> None:
    tell_sync(report)
    _tell_problems(problems)


def _tell_problems(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        output.tell(problem.reason, "yellow" if problem.kind == _DUPLICATE else "red")


def _utf8(text: str) -> str:
    """Without the lone surrogates that stand for undecodable bytes of a command line."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
