from __future__ import annotations

from itertools import product
from math import isnan

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from assistant.evaluation.metrics import Measure
from assistant.evaluation.statistics import (
    area_under_risk,
    area_under_roc,
    nearest_rank,
    ratio,
    risk_by_coverage,
)
from assistant.evaluation.uncertainty import Bootstrap, SwapTest, chance_of, holm


def mean_of(*values: float) -> Measure:
    return Measure("mean", (np.array(values), np.ones(len(values))), ratio, "")


def test_the_area_under_roc_is_that_of_the_reference() -> None:
    generator = np.random.default_rng(1)
    scores = generator.integers(8, size=(20, 50)).astype(float)
    positive = generator.integers(2, size=(20, 50)).astype(float)
    expected = [roc_auc_score(truth, score) for truth, score in zip(positive, scores, strict=True)]
    assert area_under_roc(scores, positive) == pytest.approx(expected)
    assert isnan(area_under_roc(np.array([0.5]), np.array([1.0])))


def test_cases_that_take_no_part_change_nothing() -> None:
    scores, positive = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0])
    more, also = np.append(scores, np.nan), np.append(positive, 1.0)
    assert area_under_roc(more, also) == area_under_roc(scores, positive) == 0.75
    assert area_under_risk(more, also) == area_under_risk(scores, positive)
    assert nearest_rank(np.array([3.0, np.nan, 1.0, 2.0]), 0.5) == 2.0


def test_the_risk_coverage_curve_by_hand() -> None:
    coverage, risk = risk_by_coverage(np.array([0.2, 0.9, 0.5, 0.5]), np.array([1.0, 0.0, 1.0, 0.0]))
    assert coverage == pytest.approx([0.25, 0.75, 0.75, 1.0])
    assert risk == pytest.approx([0.0, 1 / 3, 1 / 3, 0.5])


def test_an_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    generator = np.random.default_rng(2)
    bootstrap = Bootstrap(60)
    held = 0
    for _ in range(300):
        low, high = bootstrap.interval(mean_of(*(generator.random(60) < 0.7)))
        held += low <= 0.7 <= high
    assert 0.91 <= held / 300 <= 0.98


def test_intervals_are_the_same_every_time_and_however_they_are_computed() -> None:
    values = np.random.default_rng(3).random(40)
    by_counts = Bootstrap(40).interval(mean_of(*values))
    by_draws = Bootstrap(40).interval(Measure("mean", (values,), lambda column: column.mean(axis=-1), ""))
    assert by_counts == Bootstrap(40).interval(mean_of(*values))
    assert by_counts == pytest.approx(by_draws)


def test_paired_intervals_are_narrower_than_the_runs_are_wide() -> None:
    before = np.random.default_rng(4).random(100)
    low, high = Bootstrap(100).paired_interval(mean_of(*before), mean_of(*(before + 0.01)))
    assert (low, high) == pytest.approx((0.01, 0.01))


def test_p_values_are_those_of_all_permutations() -> None:
    before, after = np.array([0.0, 0, 1, 0, 1, 0, 0, 0]), np.array([1.0, 1, 1, 0, 0, 1, 1, 1])
    change = after - before
    every = [float(np.mean(change * signs)) for signs in product((1, -1), repeat=len(change))]
    expected = np.mean(np.abs(every) >= abs(change.mean()) - 1e-12)
    difference, under_chance = SwapTest(8).differences(mean_of(*before), mean_of(*after))
    assert chance_of(abs(difference), np.abs(under_chance)) == pytest.approx(expected, abs=0.02)


def test_swaps_are_the_same_however_they_are_computed() -> None:
    generator = np.random.default_rng(5)
    before, after = generator.random(30), generator.random(30)

    def mean(column: np.ndarray) -> np.ndarray:
        return column.mean(axis=-1)

    _, fast = SwapTest(30).differences(mean_of(*before), mean_of(*after))
    _, slow = SwapTest(30).differences(Measure("m", (before,), mean, ""), Measure("m", (after,), mean, ""))
    assert fast == pytest.approx(slow)


def test_runs_that_agree_differ_by_chance() -> None:
    difference, under_chance = SwapTest(5).differences(mean_of(1, 0, 1, 0, 1), mean_of(1, 0, 1, 0, 1))
    assert chance_of(abs(difference), np.abs(under_chance)) == 1.0


def test_families_of_tests_are_corrected_step_by_step() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])  # Holm 1979, by hand
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
