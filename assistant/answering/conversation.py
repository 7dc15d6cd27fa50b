"""Follow-up questions, understood through the question before them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.text import content_words
from assistant.types import Turn

_POINTS_BACK = re.compile(
    r"\b(it|its|they|them|their|this|that|these|those|he|she|his|her|there|then|the same|former|latter)\b"
    r"|^(and|but|so|what about|how about|why)\b|[它他她其这那]|该|上述|那么|呢",
    re.IGNORECASE,
)
_FEWEST_WORDS = 2  # fewer words of content ("Since when?") cannot stand alone


def resolve_follow_up(question: str, history: Sequence[Turn]) -> str:
    """A question that stands on its own: a follow-up carries the subject of the one before.

    A question that names its own subject is left alone, so that a new topic is not dragged back
    to the old one.

    Args:
        question: As asked.
        history: Earlier turns, oldest first.
    """
    if not history or not _is_follow_up(question):
        return question
    return f"{history[-1].question.rstrip('?？ ')}: {question}"


def _is_follow_up(question: str) -> bool:
    return bool(_POINTS_BACK.search(question)) or len(content_words(question)) < _FEWEST_WORDS
