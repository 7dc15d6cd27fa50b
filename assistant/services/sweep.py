"""One test set under a few variants of the settings: which part of the assistant is worth what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.evaluation.store import Run, RunStore, Selection
from assistant.services.evaluation import ReportProgress, choose, evaluate, judge_for, open_for
from assistant.services.variants import AS_SET, variants_of
from assistant.settings import Settings
from assistant.types import Progress


def sweep(
    library: Settings, store: RunStore, selection: Selection, report_progress: ReportProgress = lambda _: None
) -> Iterator[tuple[str, Run]]:
    """Run a test set under every variant, the settings as they are first; each run is kept.

    Args:
        library: The settings as they are.
        store: Where to keep the runs.
        selection: Which cases to ask.
        report_progress: Called after every file read and every case.

    Yields:
        The name of a variant, and its run.

    Raises:
        EvaluationError: There is no such corpus or test set, or no case is left.
    """
    for name in variants_of(library):
        chosen = replace(selection, variant=None if name == AS_SET else name)
        settings, cases = choose(library, chosen)
        judge = judge_for(settings, chosen)

        def report(step: Progress, name: str = name) -> None:
            report_progress(replace(step, stage=f"{name}: {step.stage}"))

        with open_for(settings, library) as assistant:
            assistant.sync(report)
            yield name, evaluate(assistant, store, cases, chosen, report, judge)
