"""Fitted coefficients: which sentence answers best, and whether any does."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files


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
        answerable: Probability that the library answers.
    """

    sentence: Linear
    answerable: Decision


def load_calibration() -> Calibration:
    """The coefficients that ship with the package."""
    stored = json.loads(files("assistant.answering").joinpath("calibration.json").read_text("utf-8"))
    answerable = stored["answerable"]
    return Calibration(
        sentence=Linear(stored["sentence"]["weights"]),
        answerable=Decision(Linear(answerable["weights"], answerable["intercept"]), answerable["threshold"]),
    )
