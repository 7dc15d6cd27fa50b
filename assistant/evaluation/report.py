"""What a run amounts to: figures with counts and intervals, overall and by tag, language, kind and split."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from assistant.evaluation.metrics import Measure, is_of_stage, measures, risk_columns
from assistant.evaluation.runs import Result
from assistant.evaluation.statistics import risk_by_coverage
from assistant.evaluation.uncertainty import Bootstrap
from assistant.text import language_of

_CURVE_POINTS = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, its 95% interval, and the number of cases behind it (of citations, for ``quotes_verbatim``)."""

    value: float
    n: int
    low: float = math.nan
    high: float = math.nan


Figures = Mapping[str, Figure]
Groups = Mapping[str, Figures]

_BREAKDOWNS: Mapping[str, Callable[[Result], Iterable[str]]] = {
    "tag": lambda result: result.case.tags,
    "language": lambda result: (language_of(result.case.question),),
    "kind": lambda result: result.kinds,
    "split": lambda result: (result.case.split,) if result.case.split else (),
}


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a run.

    Attributes:
        figures: By name, over all cases; what the cases cannot tell is absent.
        breakdowns: The same by ``tag``, ``language`` of the question, ``kind`` of the evidence's
            documents and ``split``, over the cases of each.
        failures: Why cases failed, by case id; they are in the figures as zeros.
        risk_coverage: Coverage and risk, the surest answers first.
        definitions: What each figure means, with its source.
    """

    figures: Figures
    breakdowns: Mapping[str, Groups] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    risk_coverage: tuple[tuple[float, float], ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_tag(self) -> Groups:
        """The figures over the cases of each tag."""
        return self.breakdowns["tag"]

    def to_json(self) -> dict[str, Any]:
        """``{"figures": {NAME: {"value", "n", "low", "high"}}, "by_tag": {TAG: {NAME: ...}}, "by_language": ...}``."""
        return {
            "figures": _plain(self.figures),
            **{
                f"by_{name}": {group: _plain(figures) for group, figures in groups.items()}
                for name, groups in self.breakdowns.items()
            },
            "failures": dict(self.failures),
            "risk_coverage": [list(point) for point in self.risk_coverage],
            "definitions": dict(self.definitions),
        }


def _plain(figures: Figures) -> dict[str, Any]:
    return {name: asdict(figure) for name, figure in figures.items()}


def summarise(results: Sequence[Result]) -> Report:
    """Compute all figures of a run.

    Args:
        results: One per case.
    """
    if not results:
        return Report({}, {name: {} for name in _BREAKDOWNS})
    named = measures(results)
    figures = _figures(named)
    return Report(
        figures=figures,
        breakdowns={name: _groups(results, named, of) for name, of in _BREAKDOWNS.items()},
        failures={result.case.id: result.error for result in results if result.error is not None},
        risk_coverage=_curve(results),
        definitions={name: named[name].definition for name in figures},
    )


def _groups(
    results: Sequence[Result], named: Mapping[str, Measure], groups_of: Callable[[Result], Iterable[str]]
) -> Groups:
    rows: dict[str, list[int]] = {}
    for row, result in enumerate(results):
        for group in groups_of(result):
            rows.setdefault(group, []).append(row)
    shown = [measure for measure in named.values() if not is_of_stage(measure.name)]
    return {group: _figures({each.name: each.part(rows[group]) for each in shown}) for group in sorted(rows)}


def _figures(named: Mapping[str, Measure]) -> dict[str, Figure]:
    cases = len(next(iter(named.values())).columns[0])
    bootstrap = Bootstrap(cases)
    figures = {}
    for name, measure in named.items():
        value = measure.value()
        if not math.isnan(value):
            low, high = bootstrap.interval(measure)
            figures[name] = Figure(value, measure.count(), low, high)
    return figures


def _curve(results: Sequence[Result]) -> tuple[tuple[float, float], ...]:
    coverage, risk = risk_by_coverage(*risk_columns(results))
    known = ~np.isnan(coverage)
    points = list(dict.fromkeys(zip(coverage[known].tolist(), risk[known].tolist(), strict=True)))
    step = max(1, math.ceil(len(points) / _CURVE_POINTS))
    return tuple(points[::-1][::step][::-1])  # the last point, full coverage, is always there
