"""Runs: every case of a test set asked once, and what came back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.errors import AssistantError
from assistant.evaluation.cases import Case
from assistant.types import Answer, Hit, Progress

RANKING_DEPTH = 10
"""How many documents are ranked for a case."""

Ask = Callable[[Case], Answer]
ReportProgress = Callable[[Progress], None]


class Retrieve(Protocol):
    """Finds passages for a case; without the two numbers, as an answer would."""

    def __call__(self, case: Case, *, limit: int | None = None, per_document: int | None = None) -> tuple[Hit, ...]:
        """At most ``limit`` passages, best first, at most ``per_document`` of one document."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one case brought.

    Attributes:
        asked: Whether an answer was wanted; in a run over retrieval alone it was not.
        answer: None where none was wanted or the case failed.
        hits: The passages that an answer is drawn from, best first.
        documents: Paths of ranked documents, best first, where the case has evidence to rank by.
        seconds: Wall-clock time of asking, or of retrieving where no answer was wanted.
        error: Why the case failed, in a sentence.
    """

    case: Case
    asked: bool
    answer: Answer | None = None
    hits: tuple[Hit, ...] = ()
    documents: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str | None = None


def run_cases(
    ask: Ask | None, retrieve: Retrieve, cases: Sequence[Case], report_progress: ReportProgress = lambda _: None
) -> tuple[Result, ...]:
    """Put every case once; a case that fails is a result too, without answer and hits.

    Args:
        ask: Answers a case; None to judge retrieval alone.
        retrieve: Finds passages for a case.
        cases: What to ask, one after the other, so that their times can be compared.
        report_progress: Called after every case.
    """
    results = []
    for number, case in enumerate(cases, 1):
        results.append(_run(ask, retrieve, case))
        report_progress(Progress("evaluating", number, len(cases), case.id))
    return tuple(results)


def _run(ask: Ask | None, retrieve: Retrieve, case: Case) -> Result:
    started = time.perf_counter()
    seconds = None
    try:
        answer = ask(case) if ask else None
        hits = answer.hits if answer else retrieve(case)
        seconds = time.perf_counter() - started
        documents: tuple[str, ...] = ()
        if case.evidence:
            # An answer's hits are a few passages of fewer documents: too few to rank ten documents.
            ranked = retrieve(case, limit=RANKING_DEPTH, per_document=1)
            documents = tuple(dict.fromkeys(hit.passage.document for hit in ranked))
    except Exception as error:  # noqa: BLE001 - one failing case must count as zero, not end the run
        sentence = str(error) if isinstance(error, AssistantError) else f"{type(error).__name__}: {error}"
        elapsed = time.perf_counter() - started if seconds is None else seconds
        return Result(case, asked=ask is not None, seconds=elapsed, error=sentence)
    return Result(case, ask is not None, answer, hits, documents, seconds)
