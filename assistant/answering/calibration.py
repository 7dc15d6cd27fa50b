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
class Calibration:
    """All that was fitted; see ``fitted_on`` in the data file for the data and the figures.

    Attributes:
        sentence: Scores candidates.
        answerable: Probability that the library answers, for questions the embedder can read.
        answerable_by_words: The same without the vectors.
        threshold: Below this probability a question is refused.
    """

    sentence: Linear
    answerable: Linear
    answerable_by_words: Linear
    threshold: float


def load_calibration() -> Calibration:
    """The coefficients that ship with the package."""
    stored = json.loads(files("assistant.answering").joinpath("calibration.json").read_text("utf-8"))
    return Calibration(
        sentence=Linear(stored["sentence"]["weights"]),
        answerable=Linear(stored["answerable"]["weights"], stored["answerable"]["intercept"]),
        answerable_by_words=Linear(
            stored["answerable_by_words"]["weights"], stored["answerable_by_words"]["intercept"]
        ),
        threshold=stored["threshold"],
    )
