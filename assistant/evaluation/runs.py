"""Runs: every case of a test set asked once, and what came back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from assistant.errors import AssistantError
from assistant.evaluation.cases import Case
from assistant.evaluation.locating import Locator
from assistant.types import Answer, Citation, Hit, Status

RANKING_DEPTH = 10
"""How many documents are ranked for a case."""

Ask = Callable[[Case], Answer]


class Retrieve(Protocol):
    """Finds passages for a case; without the two numbers, as an answer would."""

    def __call__(self, case: Case, *, limit: int | None = None, per_document: int | None = None) -> tuple[Hit, ...]:
        """At most ``limit`` passages, best first, at most ``per_document`` of one document."""


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a document that was found for a case.

    Attributes:
        evidence: Which pieces of the case's evidence stand there, by their position in the case.
    """

    document: str
    start: int
    end: int
    page: int | None = None
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A cited place with its words.

    Attributes:
        verbatim: Whether the words are the very slice of the stored text.
    """

    place: Place
    text: str
    verbatim: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the answer that was given, with the quotes behind it."""

    text: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What one case brought: all that the figures are computed from, so that it can be kept.

    Attributes:
        asked: Whether an answer was wanted; in a run over retrieval alone it was not.
        answered: Whether the case was answered, and not declined or failed.
        confidence: Of the answer; None where none was wanted or the case failed.
        said: The answer's sentences.
        hits: The passages that an answer is drawn from, best first.
        documents: Paths of ranked documents, best first, where the case has evidence to rank by.
        kinds: Of the documents in which the evidence stands.
        seconds: Wall-clock time of asking, or of retrieving where no answer was wanted.
        stages: The same by stage of answering.
        judged: Scores that a chat model gave the answer, by name, one a reading.
        error: Why the case failed, in a sentence.
    """

    case: Case
    asked: bool
    answered: bool = False
    confidence: float | None = None
    said: tuple[Said, ...] = ()
    hits: tuple[Place, ...] = ()
    documents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    judged: dict[str, tuple[float, ...]] = field(default_factory=dict)
    error: str | None = None

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """All quotes of the answer, in order."""
        return tuple(quote for sentence in self.said for quote in sentence.quotes)


def run_cases(
    ask: Ask | None, retrieve: Retrieve, cases: Iterable[Case], locator: Locator, *, at_once: int = 1
) -> Iterator[Result]:
    """Put every case once; a case that fails is a result too, without answer and hits.

    Args:
        ask: Answers a case; None to judge retrieval alone.
        retrieve: Finds passages for a case.
        cases: What to ask; the results keep their order.
        locator: Finds the evidence in the documents.
        at_once: How many cases are in work at a time: with one their seconds can be compared, more
            help where answers are waited for, as from a chat model.
    """

    def run(case: Case) -> Result:
        return _run(ask, retrieve, case, locator)

    if at_once == 1:
        yield from map(run, cases)
        return
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(run, cases)


def _run(ask: Ask | None, retrieve: Retrieve, case: Case, locator: Locator) -> Result:
    started = time.perf_counter()
    seconds = None
    kinds = _kinds(case, locator)
    try:
        answer = ask(case) if ask else None
        hits = answer.hits if answer else retrieve(case)
        seconds = time.perf_counter() - started
        # An answer's hits are a few passages of fewer documents: too few to rank ten documents.
        ranked = retrieve(case, limit=RANKING_DEPTH, per_document=1) if case.evidence else ()
    except Exception as error:  # noqa: BLE001 - one failing case must count as zero, not end the run
        sentence = str(error) if isinstance(error, AssistantError) else f"{type(error).__name__}: {error}"
        elapsed = time.perf_counter() - started if seconds is None else seconds
        return Result(case, asked=ask is not None, kinds=kinds, seconds=elapsed, error=sentence)
    return Result(
        case,
        asked=ask is not None,
        answered=answer is not None and answer.status is Status.ANSWERED,
        confidence=answer.confidence if answer else None,
        said=_said(case, answer, locator) if answer else (),
        hits=tuple(_hit_place(case, hit, locator) for hit in hits),
        documents=tuple(dict.fromkeys(hit.passage.document for hit in ranked)),
        kinds=kinds,
        seconds=seconds,
        stages={stage: spent for stage, spent in answer.seconds.items() if stage != "total"} if answer else {},
    )


def _kinds(case: Case, locator: Locator) -> tuple[str, ...]:
    documents = (locator.document(evidence.document) for evidence in case.evidence)
    return tuple(sorted({found.metadata.kind for found in documents if found and found.metadata.kind}))


def _hit_place(case: Case, hit: Hit, locator: Locator) -> Place:
    passage = hit.passage
    evidence = locator.standing_at(case, passage.document, passage.start, passage.end)
    return Place(passage.document, passage.start, passage.end, passage.page, evidence)


def _said(case: Case, answer: Answer, locator: Locator) -> tuple[Said, ...]:
    return tuple(
        Said(claim.text, tuple(_quote(case, citation, locator) for citation in claim.citations))
        for claim in answer.claims
    )


def _quote(case: Case, cited: Citation, locator: Locator) -> Quote:
    source = locator.document(cited.document)
    evidence = locator.standing_at(case, cited.document, cited.start, cited.end)
    return Quote(
        Place(cited.document, cited.start, cited.end, cited.page, evidence),
        cited.quote,
        verbatim=source is not None and source.text[cited.start : cited.end] == cited.quote,
    )
