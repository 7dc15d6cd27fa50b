"""The commands about evaluation: ``assistant evaluate``, ``runs`` and ``compare``.

What they stand on loads for a second, which ``--help`` and misuse need not wait for: so it is
imported where it is used.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import output
from assistant.errors import EvaluationError
from assistant.settings import Settings, load_settings
from assistant.types import Mode

if TYPE_CHECKING:
    from assistant.evaluation.store import Run, RunStore, Selection

_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else.")]
_Export = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Also write the run to a file: all of it as .json, cases as .csv, charts as .html."
    ),
]
_DUPLICATE = "duplicate"
_RUN = "an id or its beginning, `latest`, or the path of a run exported as JSON"


def evaluate(
    *,
    corpus: Annotated[
        Path | None, typer.Option(help="Folder of documents with an index of its own; the library by default.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(help="Test set; by default questions.jsonl beside the folder of documents.")
    ] = None,
    retrieval_only: Annotated[
        bool, typer.Option("--retrieval-only", help="Judge what is found, without answering.")
    ] = False,
    mode: Annotated[
        Mode | None,
        typer.Option(help="Whose words: the sources' own, or a chat model's, which is the default where one is set."),
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Draw so many cases, the same ones every time.")] = None,
    split: Annotated[str | None, typer.Option(help="Only cases of this split, such as `test`.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only cases with this tag.")] = None,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, max=64, help="Ask so many cases at a time, as a chat model allows.")
    ] = 1,
    judgements: Annotated[
        int,
        typer.Option("--judge", min=0, max=20, metavar="TIMES", help="Let the chat model read each answer so often."),
    ] = 0,
    sweep: Annotated[
        bool,
        typer.Option("--sweep", help="Also under other settings: one search alone, no glossary, other passages."),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Take up the last run that was broken off, with its options.")
    ] = False,
    gate: Annotated[
        str | None,
        typer.Option(metavar="RUN", help=f"Exit with 1 if this run is worse by more than chance than RUN: {_RUN}."),
    ] = None,
    export: _Export = None,
    as_json: _AsJson = False,
) -> None:
    """Ask all questions of a test set, show how good the answers are, and keep the run."""
    from assistant.evaluation.captions import gate_sentence  # noqa: PLC0415
    from assistant.evaluation.comparison import compare as compare_runs  # noqa: PLC0415
    from assistant.evaluation.store import RunStore, Selection  # noqa: PLC0415

    library = load_settings()
    store = RunStore(library.runs)
    _check_export(export)
    baseline = store.read(gate) if gate is not None else None
    wanted = Selection(
        _words(corpus), _words(questions), split, tag, sample, retrieval_only, at_once, judgements, mode=mode
    )
    if sweep:
        if resume or gate is not None or export is not None:
            raise EvaluationError("A sweep makes several runs; leave out `--resume`, `--gate` and `--export`.")
        _sweep(library, store, wanted, as_json=as_json)
        return
    unfinished = _unfinished(store, wanted) if resume else None
    run = _run(library, store, unfinished.head.selection if unfinished else wanted, unfinished)
    _show_run(run, export, as_json=as_json)
    if baseline is not None:
        comparison = compare_runs(baseline, run)
        output.tell(gate_sentence(comparison), "red" if comparison.drops else "green")
        if comparison.drops:
            raise typer.Exit(1)


def runs(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help=f"Show this one: {_RUN}.")] = None,
    *,
    export: _Export = None,
    as_json: _AsJson = False,
) -> None:
    """List the runs that were kept, or show one of them."""
    from assistant.cli.output_evaluation import runs_data, runs_table  # noqa: PLC0415
    from assistant.evaluation.store import RunStore  # noqa: PLC0415

    store = RunStore(load_settings().runs)
    if run is not None:
        _check_export(export)
        _show_run(store.read(run), export, as_json=as_json)
        return
    if export is not None:
        raise EvaluationError("Name the run to export, such as `assistant runs latest --export report.html`.")
    lines = store.lines()
    if as_json:
        _print_json(runs_data(lines))
    elif lines:
        output.show(runs_table(lines))
    else:
        output.tell("No run has been kept yet; `assistant evaluate` makes one.")


def compare(
    before: Annotated[str, typer.Argument(metavar="RUN", help=f"The run to compare with: {_RUN}.")],
    after: Annotated[str, typer.Argument(metavar="RUN", help="The run in question, in the same way.")] = "latest",
    *,
    as_json: _AsJson = False,
) -> None:
    """Compare two runs case by case: differences with intervals, cases that flipped, what was changed."""
    from assistant.cli.output_evaluation import comparison_tables  # noqa: PLC0415
    from assistant.evaluation.comparison import compare as compare_runs  # noqa: PLC0415
    from assistant.evaluation.store import RunStore  # noqa: PLC0415

    store = RunStore(load_settings().runs)
    comparison = compare_runs(store.read(before), store.read(after))
    if as_json:
        _print_json(comparison.to_json())
    else:
        output.show(comparison_tables(comparison))


def _run(library: Settings, store: RunStore, selection: Selection, unfinished: Run | None) -> Run:
    from assistant.services import evaluation as service  # noqa: PLC0415

    settings, cases = service.choose(library, selection)
    judge = service.judge_for(settings, selection)
    with service.open_for(settings, library) as assistant:
        with output.progress_bar() as report_progress:
            assistant.sync(report_progress)
        for problem in assistant.problems():
            output.tell(problem.reason, "yellow" if problem.kind == _DUPLICATE else "red")
        with output.progress_bar() as report_progress:
            if unfinished is not None:
                return service.resume(assistant, store, unfinished, cases, report_progress, judge)
            return service.evaluate(assistant, store, cases, selection, report_progress, judge)


def _sweep(library: Settings, store: RunStore, selection: Selection, *, as_json: bool) -> None:
    from assistant.cli.output_evaluation import sweep_table  # noqa: PLC0415
    from assistant.evaluation.sweep import sweep_data, sweep_rows  # noqa: PLC0415
    from assistant.services.sweep import sweep  # noqa: PLC0415

    with output.progress_bar() as report_progress:
        rows = sweep_rows(list(sweep(library, store, selection, report_progress)))
    if as_json:
        _print_json(sweep_data(rows))
    else:
        output.show(sweep_table(rows))


def _unfinished(store: RunStore, wanted: Selection) -> Run:
    if wanted != type(wanted)():
        raise EvaluationError("A run is taken up with its own options; leave out all but `--resume`.")
    run = store.unfinished()
    if run is None:
        raise EvaluationError("No run was broken off; start one without `--resume`.")
    return run


def _show_run(run: Run, export: Path | None, *, as_json: bool) -> None:
    from assistant.cli.output_evaluation import report_tables  # noqa: PLC0415
    from assistant.evaluation.export import write_export  # noqa: PLC0415
    from assistant.evaluation.report import summarise  # noqa: PLC0415

    report = summarise(run.results)
    if export is not None:
        write_export(run, report, export)
        output.tell(f"Written to {export}.")
    if as_json:
        _print_json(report.to_json())
    else:
        output.show(report_tables(report))
    for case, sentence in report.failures.items():
        output.tell(f"Case {case} failed and counts as zero: {sentence}", "red")
    output.tell(f"Run {run.head.id}", "dim")


def _check_export(export: Path | None) -> None:
    if export is not None and export.suffix not in {".json", ".csv", ".html"}:
        raise EvaluationError(f"{export.name} cannot be written; end its name in .json, .csv or .html.")


def _words(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
