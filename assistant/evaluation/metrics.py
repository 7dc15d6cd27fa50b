"""The figures of an evaluation by name: deterministic, each defined with its source where it is computed.

A figure is a statistic over columns, and a column holds one number a case: so the same lines give
the figure itself, its interval by resampling, and the test between two runs. A case that failed,
or got no answer although there is one, counts as zero and is never skipped.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from assistant.evaluation import finding, refusing, wording
from assistant.evaluation.ranking import RANKING_FIGURES, ranking_values
from assistant.evaluation.runs import Result
from assistant.evaluation.statistics import (
    Array,
    Statistic,
    area_under_risk,
    area_under_roc,
    nearest_rank,
    ratio,
)

Columns = tuple[Array, ...]
PerCase = Callable[[Result], float | tuple[float, float] | None]

_RANKING = {
    "recall": "Share of the evidence's {what}s among the first k {many}",
    "hit": "1 where a {what} of the evidence is among the first k {many} (Success@k)",
    "ndcg": "Discounted cumulative gain of the first ten {many}, gain 1 for each {what} of the evidence (Järvelin & "
    "Kekäläinen 2002)",
    "mrr": "1 / rank of the first {what} of the evidence among the first ten {many} (reciprocal rank, Voorhees 1999)",
}
_BY_IR_MEASURES = "; as trec_eval computes it, by ir_measures (MacAvaney et al. 2022)."
_SECONDS = "Wall-clock seconds within which half (p50) or 95% (p95) of the cases were done (nearest rank)."


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: how it comes about, and what it means.

    Attributes:
        columns: What it is computed from, one number a case each.
        statistic: Computes it from the columns, for many samples of cases at once.
        definition: In words, with its source.
        high_is_good: Whether more is better.
        is_gated: Whether a drop of it is held against a change; seconds are not, they depend on the machine.
    """

    name: str
    columns: Columns
    statistic: Statistic
    definition: str
    high_is_good: bool = True
    is_gated: bool = False

    def value(self) -> float:
        """The figure; NaN where the cases tell nothing."""
        return float(self.statistic(*self.columns))

    def count(self) -> int:
        """How many cases (citations, for ``quotes_verbatim``) it stands on."""
        if self.statistic is ratio:
            return int(self.columns[1].sum())
        return int(np.count_nonzero(~np.isnan(self.columns[0])))

    def part(self, rows: Sequence[int]) -> Measure:
        """The same figure over some of the cases."""
        return replace(self, columns=tuple(column[list(rows)] for column in self.columns))


_GATED = frozenset(
    "ndcg@10 passage_hit@5 page_recall@5_within_1 citation_precision_within_1 citation_precision_quote answer_hit "
    "first_claim_hit quote_f1 refusal_auroc refused_unanswerable refused_answerable".split()
)
_JUDGED = {
    "correct": "Whether the answer says what is expected; an answerable case without an answer counts as zero",
    "supported": "Share of the answer's sentences that follow from their own quotes",
}
_LOW_IS_GOOD = frozenset({"refused_answerable", "risk_coverage_area", "selective_risk"})
_PER_CASE: Mapping[str, PerCase] = {
    "page_recall@5_within_1": finding.page_recall,
    "page_recall@5_exact": partial(finding.page_recall, apart=0),
    "passage_hit@1": partial(finding.passage_hit, depth=1),
    "passage_hit@5": partial(finding.passage_hit, depth=5),
    "passage_hit@10": partial(finding.passage_hit, depth=10),
    "passage_recall@10": finding.passage_recall,
    "passage_mrr@10": finding.passage_rank,
    "citation_recall_within_1": finding.citation_recall,
    "citation_recall_exact": partial(finding.citation_recall, apart=0),
    "citation_recall_quote": finding.quote_recall,
    "citation_precision_within_1": finding.citation_precision,
    "citation_precision_exact": partial(finding.citation_precision, apart=0),
    "citation_precision_quote": finding.quote_precision,
    "quotes_verbatim": finding.verbatim,
    "answer_hit": wording.answer_hit,
    "first_claim_hit": wording.first_claim_hit,
    "exact_match": wording.exact_match,
    "token_f1": wording.token_f1,
    "rouge_l": wording.rouge_l,
    "quote_f1": wording.quote_f1,
    "refused_unanswerable": refusing.refused_unanswerable,
    "refused_answerable": refusing.refused_answerable,
    "refusal_precision": refusing.refusal_precision,
    "coverage": refusing.coverage,
    "selective_risk": refusing.selective_risk,
}


def is_of_stage(name: str) -> bool:
    """Whether a figure is the time of one stage of answering."""
    return name.startswith(("seconds_p50_", "seconds_p95_"))


def measures(results: Sequence[Result]) -> dict[str, Measure]:
    """All figures of a run by name; those that its cases tell nothing about have no value (NaN)."""
    made = [*_ranking(results), *_counted(results), *_by_confidence(results), *_judged(results), *_seconds(results)]
    return {measure.name: measure for measure in made}


def _ranking(results: Sequence[Result]) -> Iterator[Measure]:
    for level, (names_of, figures, units) in _LEVELS.items():
        named = {result.case.id: names_of(result) for result in results}
        relevant = {key: gold for key, (gold, _) in named.items() if gold}
        values = ranking_values(relevant, {key: named[key][1] for key in relevant})
        counted = _column([float(result.case.id in relevant) for result in results])
        for name in figures:
            column = _column([values[name].get(result.case.id, 0.0) for result in results])
            meaning = _RANKING[name.split("@")[0]].format(**units)
            yield _measure(f"{level}{name}", (column, counted), ratio, meaning + _BY_IR_MEASURES)


def _documents_as_names(result: Result) -> tuple[frozenset[str], tuple[str, ...]]:
    return frozenset(evidence.document for evidence in result.case.evidence), result.documents


_DOCUMENTS = {"what": "document", "many": "documents"}
_PAGES = {"what": "page", "many": "pages of the passages that an answer is drawn from"}
_QUOTES = {"what": "quote", "many": "passages that an answer is drawn from"}
_LEVELS: Mapping[str, tuple[Callable[..., Any], Sequence[str], Mapping[str, str]]] = {
    "": (_documents_as_names, RANKING_FIGURES, _DOCUMENTS),
    "page_": (finding.pages_as_names, ("recall@10", "ndcg@10", "mrr@10"), _PAGES),
    "passage_": (finding.quotes_as_names, ("ndcg@10",), _QUOTES),
}


def _counted(results: Sequence[Result]) -> Iterator[Measure]:
    for name, per_case in _PER_CASE.items():
        pairs = [_pair(per_case(result)) for result in results]
        columns = (_column([above for above, _ in pairs]), _column([below for _, below in pairs]))
        yield _measure(name, columns, ratio, _definition(per_case))


def _by_confidence(results: Sequence[Result]) -> Iterator[Measure]:
    answerable = _column([float(result.case.answerable) for result in results])
    scores = _column([refusing.confidence_for_roc(result) for result in results])
    yield _measure(
        "refusal_auroc",
        (scores, answerable),
        area_under_roc,
        "Chance that an answerable question gets more confidence than an unanswerable one: the area under the ROC "
        "curve (Hanley & McNeil 1982), ties counting half. A failed case takes the worst place of its kind.",
    )
    yield _measure(
        "risk_coverage_area",
        risk_columns(results),
        area_under_risk,
        "Mean share of wrong answers over all coverages, the surest answered first (AURC, Geifman, Uziel & El-Yaniv "
        "2019). A declined or failed case is wrong, and so is any answer where there is none. Low is good.",
    )


def risk_columns(results: Sequence[Result]) -> Columns:
    """Confidence and loss of every case: what the risk-coverage curve is drawn from."""
    return (
        _column([refusing.confidence_for_risk(result) for result in results]),
        _column([refusing.loss(result) or 0.0 for result in results]),
    )


def _judged(results: Sequence[Result]) -> Iterator[Measure]:
    """What a chat model made of the answers, where one read them; no gate looks at it."""
    for name in dict.fromkeys(name for result in results for name in result.judged):
        readings = [result.judged.get(name, ()) for result in results]
        known = _column([float(bool(scores)) for scores in readings])
        means = _column([float(np.mean(scores)) if scores else 0.0 for scores in readings])
        spreads = _column([float(np.std(scores)) if scores else 0.0 for scores in readings])
        yield _measure(
            f"judged_{name}",
            (means, known),
            ratio,
            f"{_JUDGED.get(name, name)}, as a chat model reads it; the mean of its readings.",
        )
        yield _measure(
            f"judged_{name}_spread",
            (spreads, known),
            ratio,
            "Standard deviation between the chat model's readings of one answer, the mean over the cases. Low is good.",
        )


def _seconds(results: Sequence[Result]) -> Iterator[Measure]:
    total = _column([result.seconds for result in results])
    stages = dict.fromkeys(stage for result in results for stage in result.stages)
    columns = {"": total, **{f"_{stage}": _column([_stage(each, stage) for each in results]) for stage in stages}}
    for suffix, column in columns.items():
        for name, share in (("p50", 0.50), ("p95", 0.95)):
            yield _measure(f"seconds_{name}{suffix}", (column,), partial(nearest_rank, share=share), _SECONDS)


def _stage(result: Result, stage: str) -> float:
    return result.stages.get(stage, math.nan)


def _measure(name: str, columns: Columns, statistic: Statistic, definition: str) -> Measure:
    high_is_good = name not in _LOW_IS_GOOD and not name.startswith("seconds") and not name.endswith("_spread")
    return Measure(name, columns, statistic, definition, high_is_good, name in _GATED)


def _definition(per_case: PerCase) -> str:
    function = per_case.func if isinstance(per_case, partial) else per_case
    return " ".join((inspect.getdoc(function) or "").split())


def _pair(value: float | tuple[float, float] | None) -> tuple[float, float]:
    if value is None:
        return 0.0, 0.0
    return value if isinstance(value, tuple) else (float(value), 1.0)


def _column(values: Sequence[float]) -> Array:
    return np.asarray(values, dtype=np.float64)
