"""Questions to begin with, taken from the library's own test set or made from its titles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.errors import EvaluationError
from assistant.evaluation.cases import load_cases
from assistant.types import DocumentRecord

_LONGEST = 75  # characters of a question that fits on a button


def suggest(questions: Path, records: Iterable[DocumentRecord], count: int = 4) -> tuple[str, ...]:
    """A few questions that the library answers, spread over its subjects.

    Args:
        questions: A test set; need not exist.
        records: The documents, for titles where there is no test set.
        count: How many at most.
    """
    return _spread(_answerable(questions) or [_about(record) for record in records], count)


def _answerable(questions: Path) -> list[str]:
    try:
        cases = load_cases(questions)
    except EvaluationError:
        return []  # there is none, or `assistant evaluate` says what is wrong with it
    return [case.question for case in cases if case.answerable and not case.history and len(case.question) <= _LONGEST]


def _about(record: DocumentRecord) -> str:
    subject = record.metadata.title.split(":")[0].strip()
    if record.metadata.language.startswith("zh"):
        return f"关于“{subject}”，资料库怎么说？"
    return f"What does the library say about “{subject}”?"


def _spread(questions: Sequence[str], count: int) -> tuple[str, ...]:
    step = max(1, len(questions) // count)
    return tuple(dict.fromkeys(questions[step // 2 :: step]))[:count]
