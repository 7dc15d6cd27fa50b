"""What a run amounts to: figures with counts, overall and by tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from assistant.evaluation.metrics import Figure, FindDocument, Metric, metrics
from assistant.evaluation.runs import Result

Figures = Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a run.

    Attributes:
        figures: By name, over all cases; what the cases cannot tell is absent.
        by_tag: The same over the cases of each tag.
        failures: Why cases failed, by case id; they are in the figures as zeros.
    """

    figures: Figures
    by_tag: Mapping[str, Figures]
    failures: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """``{"figures": {NAME: {"value", "n"}}, "by_tag": {TAG: {NAME: ...}}, "failures": {ID: sentence}}``."""
        return {
            "figures": _plain(self.figures),
            "by_tag": {tag: _plain(figures) for tag, figures in self.by_tag.items()},
            "failures": dict(self.failures),
        }


def _plain(figures: Figures) -> dict[str, Any]:
    return {name: asdict(figure) for name, figure in figures.items()}


def summarise(results: Sequence[Result], document: FindDocument) -> Report:
    """Compute all figures of a run.

    Args:
        results: One per case.
        document: Gives the document at a path, to compare quotes with its text.
    """
    named = metrics(cache(document))
    tags = sorted({tag for result in results for tag in result.case.tags})
    return Report(
        figures=_figures(results, named),
        by_tag={tag: _figures([result for result in results if tag in result.case.tags], named) for tag in tags},
        failures={result.case.id: result.error for result in results if result.error is not None},
    )


def _figures(results: Sequence[Result], named: Mapping[str, Metric]) -> dict[str, Figure]:
    computed = {name: metric(results) for name, metric in named.items()}
    return {name: figure for name, figure in computed.items() if figure is not None}
