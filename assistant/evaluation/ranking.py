"""Figures of ranked documents, computed by ir_measures."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

_MEASURES = {
    "recall@5": "R@5",
    "recall@10": "R@10",
    "hit@1": "Success@1",
    "hit@5": "Success@5",
    "hit@10": "Success@10",
    "ndcg@10": "nDCG@10",
    "mrr@10": "RR@10",
}
RANKING_FIGURES = tuple(_MEASURES)


def ranking_values(
    relevant: Mapping[str, AbstractSet[str]], rankings: Mapping[str, Sequence[str]]
) -> Mapping[str, Mapping[str, float]]:
    """Every figure of ``RANKING_FIGURES`` for every case that has relevant documents.

    Args:
        relevant: Relevant documents by case id.
        rankings: Documents by case id, best first; a case without ranking counts as zero.

    Returns:
        By figure and case id.
    """
    library: Any = importlib.import_module("ir_measures")  # loads only where something is evaluated
    measures = {library.parse_measure(measure): name for name, measure in _MEASURES.items()}
    gold = [library.Qrel(case, document, 1) for case, documents in relevant.items() for document in documents]
    run = [
        library.ScoredDoc(case, document, float(-rank))
        for case, documents in rankings.items()
        for rank, document in enumerate(documents)
    ]
    values = {name: dict.fromkeys(relevant, 0.0) for name in _MEASURES}
    for each in library.iter_calc(list(measures), gold, run):
        values[measures[each.measure]][each.query_id] = float(each.value)
    return values
