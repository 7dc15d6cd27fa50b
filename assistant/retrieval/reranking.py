"""An optional CrossEncoder that reads question and passage together."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Protocol

from assistant.errors import ModelError


class Reranker(Protocol):
    """Scores passages against a question."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score per text; higher is better."""


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder."""

    def __init__(self, model: str) -> None:
        module: Any = importlib.import_module("sentence_transformers")  # loads for seconds; only where set
        try:
            self._model = module.CrossEncoder(model)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The reranker {model!r} cannot be loaded; set ASSISTANT_RERANKER_MODEL to a CrossEncoder "
                "that is on this machine, or leave it out."
            ) from error

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score per text; higher is better."""
        scores = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in scores]


def load_reranker(model: str | None) -> Reranker | None:
    """The reranker of that name, or None where none is set.

    Raises:
        ModelError: The model cannot be loaded.
    """
    return CrossEncoderReranker(model) if model else None
