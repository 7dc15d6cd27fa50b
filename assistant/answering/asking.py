"""Question -> Answer, a straight line: read, retrieve, extract, and where a chat model is to write, write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from threading import Event

from assistant.answering.cache import AnswerCache
from assistant.answering.chat_model import ChatModel
from assistant.answering.extractive import ExtractiveAnswerer
from assistant.answering.generative import GenerativeAnswerer
from assistant.answering.partial import Look, answer_parts
from assistant.answering.parts import Part, split_question
from assistant.answering.reading import Reading, read_by_model, read_by_rules
from assistant.answering.tokens import Budget
from assistant.answering.wording import in_reports_words
from assistant.answering.writing import ReportClaim
from assistant.retrieval.retriever import Retrieval, Retriever
from assistant.types import Answer, Filters, Mode, Turn

ReportStage = Callable[[str], None]

_SURE = 0.9  # confidence from which a question is not read in other words too
_SURE_IN_OTHER_WORDS = 0.7  # and from which these answer what its own do not: who looks twice also finds wrongly
_SURER = 1.5  # times the odds: what is about as sure in its own words keeps them
_HOPELESS = 0.05  # confidence below which no model is asked: 12 of 55 unanswerable dev questions, 1 of 217 others


class Asker:
    """Joins what answers questions: retrieval, extraction and, where one is set, a chat model."""

    def __init__(
        self,
        retriever: Retriever,
        extractive: ExtractiveAnswerer,
        generative: GenerativeAnswerer | None,
        model: ChatModel | None,
        *,
        hits: int,
        hits_per_document: int,
        max_claims: int,
        question_tokens: int,
        seconds: float,
    ) -> None:
        """Join the parts and the limits.

        Args:
            generative: Writes answers with ``model``; None where there is no model.
            model: Also puts follow-ups in full.
            hits: Passages for a question, and for each part of one.
            hits_per_document: At most so many of one document.
            max_claims: At most so many sentences in an extracted answer.
            question_tokens: What the model may read and write for one question.
            seconds: How long it may take.
        """
        self._retriever = retriever
        self._extractive = extractive
        self._generative = generative
        self._model = model
        self._hits = hits
        self._hits_per_document = hits_per_document
        self._max_claims = max_claims
        self._question_tokens = question_tokens
        self._seconds = seconds
        self._cache = AnswerCache()

    def ask(
        self,
        question: str,
        *,
        filters: Filters,
        history: Sequence[Turn],
        resolved: str | None,
        mode: Mode,
        generation: int,
        report_stage: ReportStage,
        report_claim: ReportClaim,
        stop: Event | None,
        fresh: bool,
    ) -> Answer:
        """Answer a question; see ``Assistant.ask``.

        Args:
            generation: The state of the index that is asked; written answers are remembered with it.
        """
        if mode is Mode.EXTRACTIVE or self._generative is None:
            reading = _corrected(resolved) or read_by_rules(question, history)
            extracting = self._extract(question, reading, filters, report_stage, may_reword=resolved is None)
            return replace(self._complete(extracting), generation=generation)
        key = question, resolved, filters, tuple(history), self._generative.fingerprint
        known = None if fresh else self._cache.get(key, generation)
        if known is not None:
            return known
        budget = Budget(tokens=self._question_tokens, seconds=self._seconds, stop=stop)
        reading = _corrected(resolved) or self._read(question, history, budget, report_stage)
        extracting = self._extract(question, reading, filters, report_stage, may_reword=resolved is None)
        if extracting.is_hopeless:
            return replace(self._complete(extracting), generation=generation, usage=budget.usage)
        report_stage("Writing the answer")
        answer, is_final = self._generative.answer(
            extracting.whole,
            reading.parts,
            extracting.with_parts(),
            budget,
            report_claim,
            partial(self._complete, extracting),
        )
        answer = replace(answer, generation=generation)
        if is_final:
            self._cache.put(key, answer)
        return answer

    def _read(self, question: str, history: Sequence[Turn], budget: Budget, report_stage: ReportStage) -> Reading:
        if self._model is None:
            return read_by_rules(question, history)
        report_stage("Reading the question")
        return read_by_model(question, history, self._model, budget)

    def _extract(
        self, question: str, reading: Reading, filters: Filters, report_stage: ReportStage, *, may_reword: bool
    ) -> _Extracting:
        """The answer to the whole question without a model, and what was found for it."""

        def look(wanted: str, report: ReportStage = lambda _: None) -> tuple[Answer, Retrieval]:
            found = self._look(question, wanted, filters, report)
            return self._in_other_words(question, wanted, filters, *found) if may_reword else found

        return _Extracting(*look(reading.question, report_stage), reading.parts, cache(look))

    def _look(self, asked: str, wanted: str, filters: Filters, report_stage: ReportStage) -> tuple[Answer, Retrieval]:
        report_stage("Searching the library")
        retrieval = self._retriever.retrieve(wanted, filters, limit=self._hits, per_document=self._hits_per_document)
        report_stage(f"Reading {len(retrieval.hits)} passages")
        answer = self._extractive.answer(asked, wanted, retrieval)
        return replace(answer, seconds={**retrieval.seconds, **answer.seconds}), retrieval

    def _in_other_words(
        self, asked: str, wanted: str, filters: Filters, answer: Answer, retrieval: Retrieval
    ) -> tuple[Answer, Retrieval]:
        """The same, or what the question brings in the words of reports, if that is surer."""
        reworded = in_reports_words(wanted)
        if reworded == wanted or answer.confidence >= _SURE:
            return answer, retrieval
        other, other_retrieval = self._look(in_reports_words(asked), reworded, filters, lambda _: None)
        seconds = {stage: answer.seconds.get(stage, 0.0) + each for stage, each in other.seconds.items()}
        least = 0.0 if answer.claims else _SURE_IN_OTHER_WORDS
        if other.confidence < least or _odds(other) < _SURER * _odds(answer):
            return replace(answer, seconds=seconds), retrieval
        searched_for = (wanted, *other.searched_for)
        other = replace(other, question=asked, searched_for=searched_for, in_other_words=reworded, seconds=seconds)
        return other, other_retrieval

    def _complete(self, extracting: _Extracting) -> Answer:
        """The extracted answer, each part of the question looked for by itself."""
        if len(extracting.parts) == 1:
            return extracting.whole
        return answer_parts(
            extracting.whole,
            extracting.retrieval,
            extracting.parts,
            extracting.look,
            max_claims=self._max_claims,
        )


def _odds(answer: Answer) -> float:
    return answer.confidence / max(1e-9, 1 - answer.confidence)


@dataclass(frozen=True, slots=True)
class _Extracting:
    """An extracted answer to a question as a whole, with what it takes to answer the parts."""

    whole: Answer
    retrieval: Retrieval
    parts: tuple[Part, ...]
    look: Look

    @property
    def is_hopeless(self) -> bool:
        """Whether no model need be asked; a question of several parts is never given up as a whole."""
        return not self.whole.hits or (len(self.parts) == 1 and self.whole.confidence < _HOPELESS)

    def with_parts(self) -> Retrieval:
        """What was found for the whole question, then for its parts."""
        if len(self.parts) == 1:
            return self.retrieval
        return self.retrieval.joined_with([self.look(part.full)[1] for part in self.parts])


def _corrected(resolved: str | None) -> Reading | None:
    """The question in full as a person put it."""
    return Reading(resolved, split_question(resolved)) if resolved is not None else None
