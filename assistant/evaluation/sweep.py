"""What runs under several variants of the settings amount to, in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.evaluation.comparison import Difference, differences
from assistant.evaluation.report import Figure
from assistant.evaluation.store import Run

SWEPT = (
    "ndcg@10",
    "recall@5",
    "passage_hit@5",
    "page_recall@5_within_1",
    "answer_hit",
    "citation_precision_quote",
    "refusal_auroc",
    "refused_answerable",
    "seconds_p50",
)
"""The figures that are shown of every variant."""


@dataclass(frozen=True, slots=True)
class SweepRow:
    """A figure under a variant, and how it differs from the first variant's over the same cases."""

    name: str
    variant: str
    run: str
    figure: Figure
    difference: Difference | None = None


def sweep_rows(runs: Sequence[tuple[str, Run]]) -> tuple[SweepRow, ...]:
    """The table, figure by figure.

    Args:
        runs: By variant; the others are compared with the first, case by case.
    """
    rows = [row for variant, run in runs for row in _rows(variant, run, runs[0][1])]
    return tuple(sorted(rows, key=lambda row: SWEPT.index(row.name)))


def _rows(variant: str, run: Run, first: Run) -> Iterator[SweepRow]:
    figures = run.end.figures if run.end else {}
    changes = {} if run is first else {each.name: each for each in differences(first.results, run.results)}
    for name in SWEPT:
        if name in figures:
            yield SweepRow(name, variant, run.head.id, figures[name], changes.get(name))


def sweep_data(rows: Sequence[SweepRow]) -> dict[str, Any]:
    """For programs: ``{"rows": [{"name", "variant", "run", "figure": {...}, "difference": {...} or null}]}``."""
    return {
        "rows": [
            {
                **asdict(row),
                "difference": {**asdict(row.difference), "change": row.difference.change} if row.difference else None,
            }
            for row in rows
        ]
    }
