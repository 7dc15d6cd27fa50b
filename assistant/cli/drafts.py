"""The command about the test set: ``assistant drafts``.

What it stands on is imported where it is used, as in ``assistant.cli.evaluation``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import output
from assistant.errors import EvaluationError
from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.services.curation import Curation


def drafts(
    *,
    propose: Annotated[
        str | None,
        typer.Option(
            metavar="DOCUMENT", help="First draft questions from this document: by the chat model, else with gaps."
        ),
    ] = None,
    accept: Annotated[
        str | None, typer.Option(metavar="ID", help="Take this draft into the test set, under an id of its own.")
    ] = None,
    answer: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="With --accept: an accepted answer; can be repeated.")
    ] = None,
    reject: Annotated[str | None, typer.Option(metavar="ID", help="Let this draft go for good.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else.")] = False,
) -> None:
    """List the cases that feedback and documents suggest for the test set; accept or reject them."""
    if answer and accept is None:
        raise EvaluationError("An answer is given to the draft that is accepted; name it with `--accept ID`.")
    from assistant.services.curation import Curation  # noqa: PLC0415

    settings = load_settings()
    if propose is None and accept is None:  # evidence is looked up in no document
        curation = Curation(settings, lambda _: None)
        curation.gather()
        if reject is not None:
            _reject(curation, reject)
        _list(curation, as_json=as_json)
        return
    from assistant.assistant import Assistant  # noqa: PLC0415

    with Assistant(settings) as assistant:
        curation = Curation(settings, assistant.document)
        curation.gather()
        if accept is not None:
            _accept(curation, accept, tuple(answer or ()))
        if reject is not None:
            _reject(curation, reject)
        if propose is not None:
            made = curation.propose(propose)
            output.tell(f"{len(made)} new drafts from {propose}; they count only once they are accepted.")
        _list(curation, as_json=as_json)


def _reject(curation: Curation, key: str) -> None:
    curation.reject(key)
    output.tell(f"Rejected {key}.")


def _accept(curation: Curation, key: str, answers: tuple[str, ...]) -> None:
    if answers:
        curation.edit_draft(key, replace(curation.draft(key).case, answers=answers))
    case = curation.accept(key)
    output.tell(f"Accepted {key} into the test set as {case.id}.", "green")


def _list(curation: Curation, *, as_json: bool) -> None:
    from assistant.cli.output_evaluation import drafts_text  # noqa: PLC0415

    waiting = [(draft, curation.like(draft)) for draft in curation.drafts()]
    if as_json:
        data = [{**asdict(draft), "like": like.id if like else None} for draft, like in waiting]
        typer.echo(json.dumps({"drafts": data}, ensure_ascii=False, indent=2))
    elif waiting:
        output.show(drafts_text(waiting))
    else:
        output.tell("No draft waits; feedback on answers brings some, and `--propose DOCUMENT`.")
