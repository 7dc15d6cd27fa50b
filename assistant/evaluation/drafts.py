"""Draft cases: what users and documents suggest, kept until a curator accepts or rejects it.

Nothing enters the test set by itself. A draft that was settled is remembered, so that the same
feedback does not bring it back.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from assistant.documents.metadata import iso_date
from assistant.errors import EvaluationError
from assistant.evaluation.cases import Case, Evidence
from assistant.text import flatten, language_of, word_count
from assistant.types import Answer, Feedback, Filters, Reason, Turn

_PATIENCE = 10.0  # seconds that another process may take for its change
_SHORT_ANSWER = 12  # words; what is longer can be a reference, but never occurs in an answer as it is
_UNFIT = frozenset({Reason.UNSUPPORTED, Reason.SHOULD_HAVE_REFUSED})  # then the quotes are no evidence


class Origin(StrEnum):
    """Where a draft comes from; accepted cases carry it as a tag."""

    FEEDBACK = "feedback"
    GENERATED = "generated"


class State(StrEnum):
    """What a curator made of a draft."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Draft:
    """A case that nobody has accepted yet.

    Attributes:
        case: Its evidence is offered: a curator says what of it holds.
        note: Why it was drafted, for the curator.
        made: ISO 8601, UTC.
    """

    id: str
    origin: Origin
    case: Case
    note: str
    made: str
    state: State = State.OPEN


def draft_from_feedback(
    answer: Answer, feedback: Feedback, *, filters: Filters | None = None, history: Sequence[Turn] = ()
) -> Draft | None:
    """What a thumbs-down suggests for the test set.

    A question that should have been refused becomes one without an answer; a right answer that the
    person gave becomes the accepted one (the reference, if it is long); the quotes that were cited
    are offered as evidence, unless the person says that they do not support the answer.

    Args:
        answer: The answer that was judged.
        feedback: What the person said of it.
        filters: Under which the question was asked.
        history: The turns before it, oldest first.

    Returns:
        The draft, or None where the answer helped.
    """
    if feedback.helpful:
        return None
    asked = filters or Filters()
    answerable = Reason.SHOULD_HAVE_REFUSED not in feedback.reasons
    right = flatten(feedback.right_answer or "") if answerable else ""
    is_short = word_count(right) <= _SHORT_ANSWER
    as_of = asked.as_of if asked.as_of and iso_date(asked.as_of) == asked.as_of else None
    case = Case(
        id="",
        question=answer.question,
        answerable=answerable,
        answers=(right,) if right and is_short else (),
        reference=right if right and not is_short else None,
        evidence=() if _UNFIT & set(feedback.reasons) else _cited(answer),
        history=tuple(history),
        as_of=as_of,
        tags=(Origin.FEEDBACK, _language(answer.question)),
    )
    said = ", ".join(feedback.reasons) or "no reason given"
    others = replace(asked, as_of=None) != Filters()
    note = f"An answer did not help: {said}." + (" Asked under filters, which a case does not have." * others)
    return draft(case, Origin.FEEDBACK, note)


def draft(case: Case, origin: Origin, note: str) -> Draft:
    """A draft of a case; the same case from the same origin is the same draft."""
    content = f"{origin}\0{note}\0{_CASE.dump_json(replace(case, id='')).decode()}"
    key = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return Draft(key, origin, replace(case, id=key), note, datetime.now(UTC).isoformat(timespec="seconds"))


def lacking(case: Case) -> str | None:
    """What a case needs before it can be judged by, in words; None where it is complete."""
    if case.answerable and not case.answers and case.reference is None:
        return "an accepted answer, or the word that there is none"
    return None


def _cited(answer: Answer) -> tuple[Evidence, ...]:
    cited = (citation for claim in answer.claims for citation in claim.citations)
    return tuple(dict.fromkeys(Evidence(each.document, each.page, each.quote) for each in cited))


def _language(question: str) -> str:
    return language_of(question).split("-")[0]


_CASE = TypeAdapter(Case)
_DRAFT = TypeAdapter(Draft)


class DraftStore:
    """The drafts in a file of JSON lines, replaced as a whole with every change."""

    def __init__(self, path: Path) -> None:
        """Keep drafts at a path; the file is made with the first of them."""
        self._path = path

    def drafts(self) -> tuple[Draft, ...]:
        """The drafts that wait for a curator, oldest first.

        Raises:
            EvaluationError: The file cannot be read.
        """
        return tuple(each for each in self._read() if each.state is State.OPEN)

    def find(self, key: str) -> Draft:
        """A draft that waits, by its id.

        Raises:
            EvaluationError: There is none.
        """
        for each in self.drafts():
            if each.id == key:
                return each
        raise EvaluationError(f"No draft {key} waits any more; `assistant drafts` lists those that do.")

    def add(self, drafts: Iterable[Draft]) -> tuple[Draft, ...]:
        """Keep those that are new; what was settled before is not.

        Raises:
            EvaluationError: The file cannot be written.
        """
        new: dict[str, Draft] = {}

        def added(known: list[Draft]) -> list[Draft]:
            ids = {each.id for each in known}
            new.update({each.id: each for each in drafts if each.id not in ids})
            return [*known, *new.values()]

        self._change(added)
        return tuple(new.values())

    def edit(self, key: str, case: Case) -> None:
        """Correct the case of a draft that waits.

        Raises:
            EvaluationError: There is no such draft, or the file cannot be written.
        """
        self.find(key)
        edited = replace(case, id=key)
        self._change(lambda known: [replace(each, case=edited) if each.id == key else each for each in known])

    def settle(self, key: str, state: State) -> None:
        """Let a draft wait no more.

        Raises:
            EvaluationError: There is no such draft, or the file cannot be written.
        """
        self.find(key)
        self._change(lambda known: [replace(each, state=state) if each.id == key else each for each in known])

    def _read(self) -> list[Draft]:
        try:
            lines = self._path.read_text("utf-8").split("\n") if self._path.exists() else []
            return [_DRAFT.validate_json(line) for line in lines if line.strip()]
        except (OSError, UnicodeDecodeError, ValidationError) as error:
            raise EvaluationError(
                f"The drafts in {self._path} cannot be read; mend the file or move it away."
            ) from error

    def _change(self, change: Callable[[list[Draft]], list[Draft]]) -> None:
        with self._writing():
            drafts = change(self._read())
            written = self._path.with_suffix(".new")
            with written.open("wb") as file:
                file.writelines(_DRAFT.dump_json(each) + b"\n" for each in drafts)
                file.flush()
                os.fsync(file.fileno())
            written.replace(self._path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        lock = self._path.with_suffix(".lock")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(lock, timeout=_PATIENCE):
                yield
        except Timeout as error:
            raise EvaluationError("The drafts are being changed by somebody else; try again.") from error
        except OSError as error:
            raise EvaluationError(f"Drafts cannot be kept in {self._path.parent} ({error.strerror}).") from error
