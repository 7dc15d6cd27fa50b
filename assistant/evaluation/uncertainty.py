"""How sure a figure is: bootstrap intervals, and the permutation test between two runs.

Cases are what is drawn, always with the same seed: the same results give the same intervals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.evaluation.metrics import Columns, Measure
from assistant.evaluation.statistics import Array, Statistic, ratio

RESAMPLES = 1000
PERMUTATIONS = 2000
_SEED = 0
_AT_ONCE = 2_000_000  # numbers in an array; more would take memory and save no time
_MIDDLE = (0.025, 0.975)  # of the resampled values, 95% lie between

Counts = npt.NDArray[np.float64]


class Bootstrap:
    """Intervals by resampling cases with replacement (Efron 1979), 95%, by percentiles.

    Where all cases agree the interval has no width: that is no certainty where they are few.
    """

    def __init__(self, cases: int) -> None:
        """Draw the samples that all figures share.

        Args:
            cases: How many cases there are.
        """
        generator = np.random.default_rng(_SEED)
        self._draws = generator.integers(cases, size=(RESAMPLES, cases), dtype=np.int32)
        self._counts = _counts(self._draws)

    def interval(self, measure: Measure) -> tuple[float, float]:
        """The least and the greatest value that the sample of cases makes likely."""
        return _middle(self._resampled(measure.statistic, measure.columns))

    def paired_interval(self, before: Measure, after: Measure) -> tuple[float, float]:
        """The same for the difference of a figure between two runs over the same cases."""
        return _middle(
            self._resampled(after.statistic, after.columns) - self._resampled(before.statistic, before.columns)
        )

    def _resampled(self, statistic: Statistic, columns: Columns) -> Array:
        if statistic is ratio:  # each case counts as often as it was drawn: two products of matrices
            above, below = (self._counts @ column for column in columns)
            return ratio(above[:, None], below[:, None])
        blocks = [statistic(*(column[draws] for column in columns)) for draws in _blocks(self._draws)]
        return np.concatenate(blocks)


class SwapTest:
    """Whether two runs differ by more than chance: the paired permutation test (Fisher 1935; Noreen 1989).

    If a change did nothing, each case might as well have had its two results swapped.
    """

    def __init__(self, cases: int) -> None:
        """Draw the swaps that all figures share.

        Args:
            cases: How many cases the runs have in common.
        """
        generator = np.random.default_rng(_SEED)
        self._swaps = generator.integers(2, size=(PERMUTATIONS, cases), dtype=np.int8).astype(bool)

    def differences(self, before: Measure, after: Measure) -> tuple[float, Array]:
        """The difference of a figure as it is, and as it would be under every swap."""
        return after.value() - before.value(), self._swapped(after.statistic, before.columns, after.columns)

    def _swapped(self, statistic: Statistic, before: Columns, after: Columns) -> Array:
        if statistic is ratio:
            chosen = self._swaps.astype(np.float64)
            sums = [
                (old.sum() + chosen @ (new - old), new.sum() + chosen @ (old - new))
                for old, new in zip(before, after, strict=True)
            ]
            (old_above, new_above), (old_below, new_below) = sums
            return ratio(new_above[:, None], new_below[:, None]) - ratio(old_above[:, None], old_below[:, None])
        blocks = []
        for swaps in _blocks(self._swaps):
            pairs = list(zip(before, after, strict=True))
            old_side = statistic(*(np.where(swaps, new, old) for old, new in pairs))
            new_side = statistic(*(np.where(swaps, old, new) for old, new in pairs))
            blocks.append(new_side - old_side)
        return np.concatenate(blocks)


def chance_of(difference: float, under_chance: Array) -> float:
    """The p-value: how often chance alone gives a difference at least as great.

    The true assignment counts as one of the permutations, so that p is never 0 (Phipson & Smyth
    2010). For a test of one side pass differences that are greater on that side.
    """
    known = under_chance[~np.isnan(under_chance)]
    return float((1 + np.count_nonzero(known >= difference - 1e-12)) / (1 + known.size))


def holm(chances: Sequence[float]) -> list[float]:
    """p-values of a family of tests, corrected so that all of them err together as seldom as one (Holm 1979)."""
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    corrected = [0.0] * len(chances)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[place]))
        corrected[place] = highest
    return corrected


def _counts(draws: npt.NDArray[np.int32]) -> Counts:
    samples, cases = draws.shape
    flat = draws + np.arange(samples)[:, None] * cases
    return np.bincount(flat.ravel(), minlength=samples * cases).reshape(samples, cases).astype(np.float64)


def _middle(values: Array) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not known.size:
        return float("nan"), float("nan")
    low, high = np.quantile(known, _MIDDLE)
    return float(low), float(high)


def _blocks(rows: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    step = max(1, _AT_ONCE // max(1, rows.shape[1]))
    for first in range(0, len(rows), step):
        yield rows[first : first + step]
