"""What the benchmarks measure with: commands in processes of their own, and intervals for what is not a mean of cases."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path

import numpy as np

from assistant.evaluation.metrics import Measure

SETS = Path(__file__).parents[3] / "shared" / "benchmarks"
DATA = Path(".assistant/bench")
MODELS = Path(".assistant/models")
_RESAMPLES = 1000
_BLOCKS = 20
_MEGABYTE = 1024 * (1024 if sys.platform == "darwin" else 1)  # of ru_maxrss, which counts kilobytes on Linux


@dataclass(frozen=True, slots=True)
class Value:
    """A figure with its 95% interval; NaN where it was measured once."""

    value: float
    low: float = nan
    high: float = nan


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a figure of ours, and the bar it is held against.

    Attributes:
        n: How many cases, files or repetitions stand behind it.
        peer: What others reach, as published.
    """

    set: str
    figure: str
    value: float
    low: float
    high: float
    n: int
    bar: str
    met: bool
    peer: str = ""


@dataclass(frozen=True, slots=True)
class PeerRow:
    """A figure of ours over a peer's, measured in the same run on the same machine."""

    set: str
    figure: str
    peer: str
    ours: float
    theirs: float
    ratio: float
    low: float
    high: float
    high_is_good: bool


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended: its seconds, the most memory it held, and what it wrote."""

    seconds: float
    megabytes: float
    output: str


def run(arguments: Sequence[str], more: Mapping[str, str] = {}) -> Ran:
    """Run a Python module with arguments, under the settings of the benchmarks and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    environment = {**kept, "ASSISTANT_DATA": str(DATA), "ASSISTANT_MODELS_FOLDER": str(MODELS), **more}
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", *arguments], env=environment, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)  # tells the memory of this child alone
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}: {errors.read()[-2000:]}")
        return Ran(seconds, usage.ru_maxrss / _MEGABYTE, output.read())


def total(increments: Sequence[float]) -> Value:
    """The sum of the seconds of many steps, with the interval that the unevenness of the machine makes likely.

    Neighbouring steps are alike, so that blocks of them are drawn (Künsch 1989).
    """
    sums = _block_sums(increments)
    low, high = np.quantile(_draws(len(sums), sums).sum(axis=1), (0.025, 0.975))
    return Value(sum(increments), float(low), float(high))


def ratio_of_totals(ours: Sequence[float], theirs: Sequence[float]) -> Value:
    """One such sum over another."""
    above, below = _block_sums(ours), _block_sums(theirs)
    ratios = _draws(len(above), above).sum(axis=1) / _draws(len(below), below, seed=1).sum(axis=1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return Value(sum(ours) / sum(theirs), float(low), float(high))


def repeated(values: Sequence[float]) -> Value:
    """The median of a few repetitions, with the least and the greatest."""
    return Value(float(np.median(values)), min(values), max(values))


def ratio_of_measures(ours: Measure, theirs: Measure) -> Value:
    """One figure over another of the same cases, by drawing cases, for both the same ones."""
    cases = len(ours.columns[0])
    draws = np.random.default_rng(0).integers(cases, size=(_RESAMPLES, cases))
    above = ours.statistic(*(column[draws] for column in ours.columns))
    below = theirs.statistic(*(column[draws] for column in theirs.columns))
    ratios = above[below > 0] / below[below > 0]
    if not ratios.size or not theirs.value():
        return Value(nan)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return Value(ours.value() / theirs.value(), float(low), float(high))


def _block_sums(increments: Sequence[float]) -> np.ndarray:
    blocks = np.array_split(np.asarray(increments, dtype=float), min(_BLOCKS, len(increments)))
    return np.array([block.sum() for block in blocks])


def _draws(count: int, values: np.ndarray, seed: int = 0) -> np.ndarray:
    return values[np.random.default_rng(seed).integers(count, size=(_RESAMPLES, count))]
