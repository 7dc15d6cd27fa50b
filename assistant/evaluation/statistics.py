"""What figures are computed by: statistics over the cases of many samples at once.

Arrays have the shape (samples, cases), or (cases,) for one sample; a statistic returns one value a
sample, NaN where the sample has nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Statistic = Callable[..., Array]


def ratio(numerators: Array, denominators: Array) -> Array:
    """Sum over sum: a mean where the denominators are 1, a share where they count."""
    below = denominators.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(below > 0, numerators.sum(axis=-1), np.nan) / np.where(below > 0, below, 1.0))


def area_under_roc(scores: Array, positive: Array) -> Array:
    """Chance that a positive case scores above a negative one, ties counting half.

    The area under the ROC curve as the Mann-Whitney statistic (Hanley & McNeil 1982).

    Args:
        scores: NaN for cases that take no part.
        positive: 1 for positive cases, 0 for negative ones.
    """
    order = np.argsort(scores, axis=-1, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=-1)
    takes_part = ~np.isnan(ordered)
    up = np.take_along_axis(positive, order, axis=-1) * takes_part
    down = takes_part - up
    first, last = _ties(ordered)
    below = np.cumsum(down, axis=-1)
    before_tie = np.take_along_axis(below - down, first, axis=-1)
    through_tie = np.take_along_axis(below, last, axis=-1)
    pairs = up.sum(axis=-1) * down.sum(axis=-1)
    return ratio(up * (before_tie + through_tie) / 2, _as_last_axis(pairs))


def nearest_rank(values: Array, share: float) -> Array:
    """The least value that this share of the values does not exceed (nearest-rank percentile)."""
    ordered = np.sort(values, axis=-1)  # NaN goes last
    count = np.count_nonzero(~np.isnan(ordered), axis=-1)
    rank = np.maximum(np.ceil(share * count).astype(int) - 1, 0)
    return np.asarray(np.take_along_axis(ordered, np.expand_dims(rank, -1), axis=-1)[..., 0])


def risk_by_coverage(confidence: Array, loss: Array) -> tuple[Array, Array]:
    """The risk-coverage curve (El-Yaniv & Wiener 2010): how often the surest answers are wrong.

    Args:
        confidence: NaN for cases that take no part.
        loss: 1 for wrong, 0 for right.

    Returns:
        Share of the cases that are answered, ascending, and the mean loss among these; one value a
        case, NaN at the end for those that take no part. Ties share the values at their end.
    """
    order = np.argsort(-confidence, axis=-1, kind="stable")
    ordered = np.take_along_axis(confidence, order, axis=-1)
    takes_part = ~np.isnan(ordered)
    _, last = _ties(ordered)
    answered = np.arange(1, confidence.shape[-1] + 1)
    losses = np.cumsum(np.where(takes_part, np.take_along_axis(loss, order, axis=-1), 0.0), axis=-1)
    total = np.maximum(_as_last_axis(takes_part.sum(axis=-1)), 1)
    coverage = np.where(takes_part, (last + 1) / total, np.nan)
    risk = np.where(takes_part, np.take_along_axis(losses / answered, last, axis=-1), np.nan)
    return coverage, risk


def area_under_risk(confidence: Array, loss: Array) -> Array:
    """Mean risk over all coverages (AURC, Geifman, Uziel & El-Yaniv 2019); 0 is best."""
    _, risk = risk_by_coverage(confidence, loss)
    takes_part = ~np.isnan(risk)
    return ratio(np.where(takes_part, risk, 0.0), takes_part.astype(float))


def _ties(ordered: Array) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """For each place of a sorted array the first and the last place with the same value."""
    size = ordered.shape[-1]
    places = np.broadcast_to(np.arange(size), ordered.shape)
    differs = ordered[..., 1:] != ordered[..., :-1]
    edge = np.ones((*ordered.shape[:-1], 1), dtype=bool)
    starts = np.where(np.concatenate([edge, differs], axis=-1), places, 0)
    ends = np.where(np.concatenate([differs, edge], axis=-1), places, size - 1)
    return np.maximum.accumulate(starts, axis=-1), np.minimum.accumulate(ends[..., ::-1], axis=-1)[..., ::-1]


def _as_last_axis(values: npt.NDArray[np.float64] | npt.NDArray[np.int_]) -> Array:
    return np.expand_dims(values, -1).astype(float)
