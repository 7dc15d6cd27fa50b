"""Test sets: questions with their gold evidence, one JSON object a line."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.documents.metadata import iso_date
from assistant.errors import EvaluationError
from assistant.types import Filters, Turn

_SEED = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an answer stands: a document, and where known a page (from 1) and verbatim words."""

    document: str
    page: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a test set with its gold evidence.

    Attributes:
        answerable: False where the right answer is to say that the corpus does not tell.
        answers: Accepted short answers, any one of them; empty where only evidence is judged.
        reference: A full reference answer, where the set has one.
        history: Earlier turns, oldest first, where the question is a follow-up.
        as_of: The ISO date as of which to answer.
        split: Part of the set that the case belongs to, such as ``dev`` or ``test``.
    """

    id: str
    question: str
    answerable: bool
    answers: tuple[str, ...] = ()
    reference: str | None = None
    evidence: tuple[Evidence, ...] = ()
    history: tuple[Turn, ...] = ()
    as_of: str | None = None
    tags: tuple[str, ...] = ()
    split: str | None = None

    @property
    def filters(self) -> Filters:
        """What a document must be like to answer the case."""
        return Filters(as_of=self.as_of)


_CASE = TypeAdapter(Case)


def load_cases(path: Path) -> tuple[Case, ...]:
    """Read a test set; blank lines are passed over.

    Raises:
        EvaluationError: The file cannot be read, holds no cases, or has a malformed line.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise EvaluationError(f"The test set {path} cannot be opened ({error.strerror}); check the path.") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"The test set {path} is not UTF-8; save it as UTF-8.") from error
    cases = tuple(_cases(text, path.name))
    if not cases:
        raise EvaluationError(f"The test set {path} holds no cases; write one JSON object a line.")
    return cases


def _cases(text: str, name: str) -> Iterator[Case]:
    seen: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"Line {number} of {name}"
        try:
            case = _CASE.validate_json(line, strict=True)
        except ValidationError as error:
            raise EvaluationError(f"{where} is not a case: {_first_fault(error)}.") from error
        check_case(case, where)
        if case.id in seen:
            raise EvaluationError(f"{where} repeats the id {case.id} of line {seen[case.id]}; ids must be unique.")
        seen[case.id] = number
        yield case


def _first_fault(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}" if field else first["msg"]


def check_case(case: Case, where: str) -> None:
    """Hold a case against the rules that its fields alone do not tell.

    Args:
        case: To check.
        where: What the message calls it.

    Raises:
        EvaluationError: It breaks one.
    """
    fault = _fault(case)
    if fault:
        raise EvaluationError(f"{where} is not a case: {fault}.")


def _fault(case: Case) -> str | None:
    if not case.id.strip() or not case.question.strip():
        return "id and question must not be empty"
    if case.as_of is not None and iso_date(case.as_of) != case.as_of:
        return f"as_of must be an ISO date such as 2025-06-30, not {case.as_of!r}"
    if any(evidence.page is not None and evidence.page < 1 for evidence in case.evidence):
        return "pages count from 1"
    if case.evidence and not case.answerable:
        return "evidence is given although answerable is false"
    return None


def select_cases(
    cases: Sequence[Case], *, split: str | None = None, tag: str | None = None, sample: int | None = None
) -> tuple[Case, ...]:
    """Some cases of a set, in its order; the same sample is drawn every time.

    Args:
        cases: The whole set.
        split: Keep this split only.
        tag: Keep cases with this tag only.
        sample: Then draw so many at random; all if there are no more.

    Raises:
        EvaluationError: No case is left.
    """
    kept = [case for case in cases if split in {None, case.split} and (tag is None or tag in case.tags)]
    if not kept:
        splits = _names(case.split for case in cases if case.split)
        tags = _names(tag for case in cases for tag in case.tags)
        raise EvaluationError(f"No case is left; the set has the splits {splits} and the tags {tags}.")
    if sample is None or sample >= len(kept):
        return tuple(kept)
    drawn = sorted(random.Random(_SEED).sample(range(len(kept)), sample))  # noqa: S311 - no secret
    return tuple(kept[position] for position in drawn)


def _names(names: Iterator[str]) -> str:
    return ", ".join(sorted(Counter(names))) or "(none)"
