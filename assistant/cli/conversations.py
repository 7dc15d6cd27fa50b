"""The commands about what is kept and taken along: ``assistant conversations``, ``verify``, and ``ask --export``.

What they stand on is imported where it is used, as for the commands about evaluation.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import output
from assistant.errors import ExportError
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Filters

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.conversations.store import History

Export = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Also write it to a file with its sources: .md, .docx, .html or .json."),
]
_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else.")]


def conversations(
    conversation: Annotated[
        str | None, typer.Argument(metavar="ID", help="Show this one; all are listed by default.")
    ] = None,
    *,
    search: Annotated[str, typer.Option(metavar="WORDS", help="List those in which all these words stand.")] = "",
    user: Annotated[str, typer.Option(help="Whose; those asked without sign-in by default.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="List so many at most.")] = 50,
    export: Export = None,
    as_json: _AsJson = False,
) -> None:
    """List the conversations of the chat page, last changed first, or show or export one of them."""
    from assistant.services.conversations import open_history  # noqa: PLC0415

    check_export(export)
    if conversation is None and export is not None:
        raise ExportError("Name the conversation to export by its id, as `assistant conversations` shows it.")
    if conversation is not None and search:
        raise ExportError("Give an id or words to search for, not both.")
    history = open_history(load_settings())
    try:
        if conversation is None:
            _list(history, user, search, limit, as_json=as_json)
        else:
            _show(history, user, conversation, export, as_json=as_json)
    finally:
        history.close()


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export: .md, .docx, .html or .json.")],
    *,
    as_json: _AsJson = False,
) -> None:
    """Check which quotes of an export still stand in the library; exit with 1 if not all do."""
    from assistant.cli.output_conversations import verification_data, verification_text  # noqa: PLC0415
    from assistant.conversations.export import read_export  # noqa: PLC0415
    from assistant.services import conversations as service  # noqa: PLC0415

    read_export(file)  # misuse is told before the library is opened
    with output.stage_line("Opening the library"), _open(load_settings()) as assistant:
        found = service.verify(assistant, file)
    if as_json:
        _print_json(verification_data(found))
    else:
        output.show(verification_text(found))
    if not found.stands:
        raise typer.Exit(1)


def check_export(export: Path | None) -> None:
    """See that an export can be written before anything is done for it.

    Raises:
        ExportError: There is no such format.
    """
    if export is not None:
        from assistant.conversations.export import format_of  # noqa: PLC0415

        format_of(export)


def export_answer(assistant: Assistant, answer: Answer, filters: Filters, export: Path) -> None:
    """Write an answer that was just given to a file.

    Raises:
        ExportError: The file cannot be written.
    """
    from assistant.conversations.export import write_export  # noqa: PLC0415
    from assistant.services.conversations import as_exchange, newest_published  # noqa: PLC0415

    write_export("", (as_exchange(answer, filters, newest_published(assistant)),), export)


def _list(history: History, user: str, search: str, limit: int, *, as_json: bool) -> None:
    from assistant.cli.output_conversations import conversations_data, conversations_table  # noqa: PLC0415

    found = history.conversations(user, search=search, limit=limit)
    if as_json:
        _print_json(conversations_data(found))
    elif found:
        output.show(conversations_table(found))
        if (total := history.count(user, search=search)) > len(found):
            output.tell(f"{total - len(found)} more; `--limit {total}` lists all.", "dim")
    else:
        output.tell("No conversation has these words." if search else "No conversation is kept yet.")


def _show(history: History, user: str, conversation: str, export: Path | None, *, as_json: bool) -> None:
    from assistant.cli.output_conversations import conversation_text  # noqa: PLC0415
    from assistant.conversations.export import Format, write_export  # noqa: PLC0415
    from assistant.conversations.export import export as export_bytes  # noqa: PLC0415

    title = history.conversation(user, conversation).title
    exchanges = history.exchanges(user, conversation)
    if export is not None:
        write_export(title, exchanges, export)
        output.tell(f"Written to {export}.")
    if as_json:
        typer.echo(export_bytes(title, exchanges, Format.JSON).decode(), nl=False)
    elif export is None:
        output.show(conversation_text(exchanges))


def _open(settings: Settings) -> Assistant:
    from assistant.assistant import Assistant  # noqa: PLC0415

    return Assistant(settings)


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
