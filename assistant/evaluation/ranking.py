"""Figures of ranked documents, computed by ir_measures."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

_MEASURES = {"recall@5": "R@5", "recall@10": "R@10", "ndcg@10": "nDCG@10", "mrr@10": "RR@10"}


def ranking_value(name: str, relevant: Mapping[str, AbstractSet[str]], rankings: Mapping[str, Sequence[str]]) -> float:
    """Mean of a measure over all cases that have relevant documents.

    ``recall@k`` is the share of the relevant documents among the first k, ``ndcg@10`` the
    discounted cumulative gain (Järvelin & Kekäläinen 2002) with binary gains, ``mrr@10`` the
    reciprocal rank of the first relevant document; all as trec_eval computes them. A case
    without ranking counts as zero.

    Args:
        name: One of ``recall@5``, ``recall@10``, ``ndcg@10``, ``mrr@10``.
        relevant: Relevant documents by case id.
        rankings: Documents by case id, best first.
    """
    library: Any = importlib.import_module("ir_measures")  # loads only where something is evaluated
    measure = library.parse_measure(_MEASURES[name])
    gold = [library.Qrel(case, document, 1) for case, documents in relevant.items() for document in documents]
    run = [
        library.ScoredDoc(case, document, float(-rank))
        for case, documents in rankings.items()
        for rank, document in enumerate(documents)
    ]
    return float(library.calc_aggregate([measure], gold, run)[measure])
