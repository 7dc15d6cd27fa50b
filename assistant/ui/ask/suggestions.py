"""Questions to begin and to go on with, taken from the library's own test set or made from its titles and headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.errors import EvaluationError
from assistant.evaluation.cases import Case, load_cases
from assistant.text import content_words, language_of
from assistant.types import Answer, DocumentRecord, Hit

_LONGEST = 75  # characters of a question that fits on a button
_NEAREST = 5  # hits whose documents the next question may be about
_TOO_ALIKE = 0.75  # share of telling words from which on a question asks the same again


def suggest(cases: Sequence[Case], records: Iterable[DocumentRecord], count: int = 4) -> tuple[str, ...]:
    """A few questions that the library answers, spread over its subjects.

    Args:
        cases: A test set; may be empty.
        records: The documents, for titles where there is no test set.
        count: How many at most.
    """
    known = {record.path: record for record in records}
    return _spread(
        [case.question for case in cases if _is_answered(case, known.keys())] or [*map(_about, known.values())], count
    )


def follow_ups(cases: Sequence[Case], answer: Answer, asked: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Questions to go on with: those of the test set about the same documents, then what stands near the answer.

    Args:
        cases: A test set; may be empty.
        answer: The one that was just given.
        asked: All questions of the conversation.
        count: How many at most.
    """
    near = [hit for hit in answer.hits[:_NEAREST] if answer.claims]
    paths = {hit.passage.document for hit in near}
    language = language_of(answer.question)
    words = frozenset(content_words(answer.question))
    about = [case.question for case in cases if _is_answered(case, paths) and language_of(case.question) == language]
    about.sort(key=lambda question: -len(words & frozenset(content_words(question))))
    known = [frozenset(content_words(question)) for question in asked]
    chosen: list[str] = []
    for question in (*about, *_from_headings(near, language)):
        telling = frozenset(content_words(question))
        if len(chosen) < count and telling and not any(_alike(telling, other) for other in known):
            chosen.append(question)
            known.append(telling)
    return tuple(chosen)


def load_cases_if_any(questions: Path) -> tuple[Case, ...]:
    """The cases of a test set; none where it does not exist or is malformed, which the Evaluate page explains."""
    try:
        return load_cases(questions)
    except EvaluationError:
        return ()


def _is_answered(case: Case, paths: Iterable[str]) -> bool:
    """Whether a case fits on a button, stands alone and is answered by one of the documents."""
    if not case.answerable or case.history or case.as_of or len(case.question) > _LONGEST:
        return False
    return not case.evidence or any(each.document in paths for each in case.evidence)


def _alike(words: frozenset[str], others: frozenset[str]) -> bool:
    return len(words & others) >= _TOO_ALIKE * min(len(words), len(others) or 1)


def _about(record: DocumentRecord) -> str:
    return _question_about(record.metadata.title.split(":")[0].strip(), record.metadata.language)


def _from_headings(hits: Sequence[Hit], language: str) -> list[str]:
    """Questions about the sections in which the nearest passages stand."""
    headings = dict.fromkeys(
        path[-1] for hit in hits if len(path := hit.passage.heading_path) > 1 and language_of(path[-1]) == language
    )
    made = (_question_about(heading, language) for heading in headings if len(content_words(heading)) > 1)
    return [question for question in made if len(question) <= _LONGEST]


def _question_about(subject: str, language: str) -> str:
    if language.startswith("zh"):
        return f"关于“{subject}”，资料库怎么说？"
    return f"What does the library say about “{subject}”?"


def _spread(questions: Sequence[str], count: int) -> tuple[str, ...]:
    step = max(1, len(questions) // count)
    return tuple(dict.fromkeys(questions[step // 2 :: step]))[:count]
