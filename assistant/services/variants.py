"""The small grid that ``assistant evaluate --sweep`` goes through: each variant changes one thing."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.errors import EvaluationError
from assistant.settings import Settings

AS_SET = "as set"
VARIANTS: Mapping[str, Mapping[str, object]] = {
    AS_SET: {},
    "vectors alone": {"dense_weight": 1.0},
    "keywords alone": {"dense_weight": 0.0},
    "without glossary": {"use_glossary": False},
    "without reranker": {"reranker_model": None},
    "passages of 120 words": {"passage_words": 120},
    "passages of 200 words": {"passage_words": 200},
    "passages of 300 words": {"passage_words": 300},
}
"""The settings that each variant changes."""


def variants_of(settings: Settings) -> tuple[str, ...]:
    """The variants that differ from the settings, after the settings themselves."""
    return tuple(
        name
        for name, changes in VARIANTS.items()
        if name == AS_SET or any(getattr(settings, field) != value for field, value in changes.items())
    )


def varied(settings: Settings, name: str) -> Settings:
    """Settings with a variant's change; other passages have an index of their own, which is kept.

    Raises:
        EvaluationError: There is no such variant.
    """
    if name not in VARIANTS:
        raise EvaluationError(f"There is no variant {name}; there are {', '.join(VARIANTS)}.")
    changed = settings.model_copy(update=dict(VARIANTS[name]))
    if changed.passage_words == settings.passage_words:
        return changed
    return changed.model_copy(
        update={
            "data": settings.data / "variants" / f"{changed.passage_words}-words",
            "models_folder": settings.models,
            "database_url": None,
            "chroma_url": None,
        }
    )
