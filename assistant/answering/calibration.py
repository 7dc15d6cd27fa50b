"""Fitted coefficients: which sentence answers best, and whether any does."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum of named features."""

    weights: Mapping[str, float]
    intercept: float = 0.0

    def score(self, features: Mapping[str, float]) -> float:
        """The sum; features without a weight do not count."""
        return self.intercept + sum(weight * features[name] for name, weight in self.weights.items())

    def probability(self, features: Mapping[str, float]) -> float:
        """The sum through the logistic function, in [0, 1]."""
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, self.score(features)))))


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer: below ``threshold`` a probability means no."""

    model: Linear
    threshold: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """All that was fitted; see ``fitted_on`` in the data file for the data and the figures.

    Attributes:
        sentence: Scores candidates.
        by_reading: Probability that the library answers, where the reader reads the question and its evidence.
        by_words: The same without the reader and the vectors.
    """

    sentence: Linear
    by_reading: Decision
    by_words: Decision


def load_calibration() -> Calibration:
    """The coefficients that ship with the package."""
    stored = json.loads(files("assistant.answering").joinpath("calibration.json").read_text("utf-8"))
    return Calibration(
        sentence=Linear(stored["sentence"]["weights"]),
        by_reading=_decision(stored["by_reading"]),
        by_words=_decision(stored["by_words"]),
    )


def _decision(stored: dict[str, Any]) -> Decision:
    return Decision(Linear(stored["weights"], stored["intercept"]), stored["threshold"])
