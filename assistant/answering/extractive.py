"""Answers in the words of the sources: the best sentences, verbatim, each with its citations."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from assistant.answering.calibration import Calibration
from assistant.answering.candidates import Candidate, is_negated, readable
from assistant.answering.evidence import Evidence, gather
from assistant.answering.notes import notes_on_claims, notes_on_refusal
from assistant.answering.reader import Sentence
from assistant.answering.recency import Day, asks_for_the_latest, told_up_to
from assistant.retrieval.retriever import Retrieval
from assistant.structure import Span
from assistant.text import numbers, tokens
from assistant.types import Answer, Citation, Claim, Mode, Status

_KEEP = 0.65  # a further sentence must score at least this share of the best one
_BESIDE_THE_POINT = 4.0  # in log-odds: a sentence is not told where the reader finds another so much better
_SAME_PASSAGE = 0.5  # a sentence beside the best one reads on from it, and need not be as good by itself
_OTHER_LANGUAGE = 3.0  # an answer comes in the question's language where the evidence allows
_OTHER_YEAR = 2.0  # what names other years than the question is seldom meant
_NEW = 2.0  # nor, where the latest is asked for, what is old
_SUPERSEDED = 2.0  # and from the newer of two briefs
_SAME = 0.75  # share of words in common from which two sentences say the same


class Frequencies(Protocol):
    """What the answerer needs of the index."""

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        """In how many passages each term stands, and how many passages there are."""


class SentenceReader(Protocol):
    """What the answerer needs of a reader."""

    def read(self, question: str, sentences: Sequence[Sentence]) -> list[float]:
        """The log-odds that each sentence answers the question."""


class ExtractiveAnswerer:
    """Chooses and cites sentences, and decides whether they answer the question at all."""

    def __init__(
        self,
        reader: SentenceReader,
        index: Frequencies,
        calibration: Calibration,
        *,
        max_claims: int,
        refusal_threshold: float | None,
    ) -> None:
        """Join the models and the limits.

        Args:
            max_claims: At most so many sentences.
            refusal_threshold: Refuse below this confidence; the fitted ones if None.
        """
        self._reader = reader
        self._index = index
        self._calibration = calibration
        self._max_claims = max_claims
        self._refusal_threshold = refusal_threshold

    def answer(self, asked: str, resolved: str, retrieval: Retrieval) -> Answer:
        """Answer from what was retrieved.

        Args:
            asked: The question as the person put it.
            resolved: The question in full.
            retrieval: What was found for it.
        """
        started = time.perf_counter()
        evidence = self.evidence(asked, resolved, retrieval)
        confidence, answers = self._decide(evidence) if evidence.candidates else (0.0, False)
        claims = self._claims(evidence, retrieval, newest_first=asks_for_the_latest(resolved)) if answers else ()
        return Answer(
            question=asked,
            status=Status.ANSWERED if claims else Status.UNANSWERED,
            mode=Mode.EXTRACTIVE,
            claims=claims,
            hits=retrieval.hits,
            confidence=confidence,
            searched_for=searched_for(resolved, retrieval),
            notes=notes_on_claims(resolved, retrieval, claims) if claims else notes_on_refusal(evidence),
            seconds={"answer": time.perf_counter() - started},
        )

    def evidence(self, asked: str, resolved: str, retrieval: Retrieval) -> Evidence:
        """The sentences of what was retrieved, best first, measured against a question; as for ``answer``."""
        return gather(
            asked,
            resolved,
            retrieval,
            self._reader.read,
            self._index.document_frequencies,
            self._calibration.sentence.score,
        )

    def _decide(self, evidence: Evidence) -> tuple[float, bool]:
        """The confidence that the library answers, and whether it is enough."""
        decision = self._calibration.answerable
        confidence = decision.model.probability(evidence.features)
        threshold = decision.threshold if self._refusal_threshold is None else self._refusal_threshold
        return confidence, confidence >= threshold

    def _claims(self, evidence: Evidence, retrieval: Retrieval, *, newest_first: bool) -> tuple[Claim, ...]:
        candidates = _to_the_point(evidence.candidates)
        first, *others = self._choose(candidates, retrieval, newest_first=newest_first)
        if not newest_first:
            others.sort(key=lambda group: _reading_order(group[0], first[0], retrieval))
        return tuple(_claim(group, retrieval) for group in (first, *others))

    def _choose(
        self, candidates: Sequence[Candidate], retrieval: Retrieval, *, newest_first: bool
    ) -> list[list[Candidate]]:
        """The sentences to cite, best first; sentences of several sources that say the same share a group.

        A syndicated article is one source, in however many documents it stands.
        """
        score = {id(each): self._calibration.sentence.score(each.features) + _by_time(each) for each in candidates}
        behind = {
            id(each): _OTHER_LANGUAGE * each.features["foreign"] + _SUPERSEDED * _is_old(each, retrieval)
            for each in candidates
        }
        best = max(candidates, key=lambda each: score[id(each)] - behind[id(each)])
        least = _KEEP * score[id(best)]
        for each in candidates:
            score[id(each)] += _SAME_PASSAGE * (each.hit.passage.id == best.hit.passage.id)
        good = [each for each in candidates if each is best or score[id(each)] >= least]
        good.sort(key=lambda each: behind[id(each)] - score[id(each)])
        if newest_first:
            good.sort(key=_told_up_to, reverse=True)
        groups: list[list[Candidate]] = []
        for chosen in good:
            untold = _untold(chosen, groups)
            if untold is None:
                continue
            twin = next((group for group in groups if _say_the_same(group[0], untold)), None)
            if twin is not None:
                sources = {retrieval.families[each.hit.passage.document] for each in twin}
                if retrieval.families[untold.hit.passage.document] not in sources:
                    twin.append(untold)
            elif any(_adds_nothing(untold, group[0]) for group in groups):
                continue
            elif len(groups) < self._max_claims:
                groups.append([untold])
        return groups


def _to_the_point(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The sentences without those that share words with the question and, as the reader finds, no more.

    Nor those of passages that never say what the question names, if the best sentence's does: "the
    capacity" is then that of something else.
    """
    least = max(each.features["read"] for each in candidates) - _BESIDE_THE_POINT
    best, *others = [each for each in candidates if each.features["read"] >= least]
    if not best.features["subject"]:
        return [best, *others]
    return [best, *(each for each in others if each.features["subject"] or each.features["foreign"])]


def _by_time(candidate: Candidate) -> float:
    return _NEW * candidate.features["recency"] - _OTHER_YEAR * candidate.features["other_year"]


def _told_up_to(candidate: Candidate) -> Day:
    return told_up_to(readable(candidate), candidate.hit.metadata.published)


def _is_old(candidate: Candidate, retrieval: Retrieval) -> bool:
    return candidate.hit.passage.document in retrieval.newer


def _reading_order(candidate: Candidate, first: Candidate, retrieval: Retrieval) -> tuple[float, ...]:
    """The first sentence's own document goes on, then the others by rank, each in the order of its text.

    Of the others, superseded ones come last, and before those the ones in the other language.
    """
    goes_on = candidate.hit.passage.document == first.hit.passage.document
    is_old, is_foreign = _is_old(candidate, retrieval), candidate.features["foreign"]
    return not goes_on, is_old, is_foreign, candidate.rank, candidate.start


def _untold(candidate: Candidate, groups: Sequence[Sequence[Candidate]]) -> Candidate | None:
    """A sentence without what it points back to where that is told already; None where it is told itself."""
    told = [each for group in groups for each in group if each.hit.passage.document == candidate.hit.passage.document]
    if any(each.lead < candidate.tail and candidate.start < each.tail for each in told):
        return None
    if any(each.lead < candidate.start and candidate.lead < each.tail for each in told):
        alone = replace(candidate, lead=candidate.start)
        return replace(alone, terms=frozenset(tokens(alone.quote)))
    return candidate


def _say_the_same(told: Candidate, other: Candidate) -> bool:
    """Whether another sentence bears out one that is told: it has every word of it, and little more."""
    if numbers(told.quote) != numbers(other.quote) or is_negated(told.stated) != is_negated(other.stated):
        return False
    return told.terms <= other.terms and len(told.terms) >= _SAME * len(other.terms)


def _adds_nothing(candidate: Candidate, told: Candidate) -> bool:
    """Whether every word and figure of a sentence is said by one that is told; one other word may be another fact.

    The words of a list say nothing together.
    """
    if told.introduces_a_list:
        return False
    is_said = candidate.terms <= told.terms and numbers(candidate.quote) <= numbers(told.quote)
    return is_said and is_negated(candidate.stated) == is_negated(told.stated)


def _claim(group: Sequence[Candidate], retrieval: Retrieval) -> Claim:
    citations = []
    for candidate in group:
        if candidate.header is not None:
            header = candidate.header
            page = header.page or candidate.hit.passage.page
            citations.append(_citation(candidate, (header.start, header.end), header.text, page, retrieval))
        if candidate.doubted_by is not None:
            doubt, page = candidate.doubted_by, candidate.hit.passage.page
            citations.append(_citation(candidate, (doubt.start, doubt.end), doubt.text, page, retrieval))
        span = candidate.lead, candidate.tail
        citations.append(_citation(candidate, span, candidate.quote, candidate.hit.passage.page, retrieval))
    return Claim(readable(group[0]), tuple(citations))


def _citation(candidate: Candidate, span: Span, quote: str, page: int | None, retrieval: Retrieval) -> Citation:
    passage, metadata = candidate.hit.passage, candidate.hit.metadata
    return Citation(
        document=passage.document,
        title=metadata.title,
        page=page,
        start=span[0],
        end=span[1],
        quote=quote,
        passage=passage.id,
        digest=retrieval.digests[passage.document],
        published=metadata.published,
        publisher=metadata.publisher,
        language=metadata.language,
    )


def searched_for(resolved: str, retrieval: Retrieval) -> tuple[str, ...]:
    """The question in full and the other names that the glossary added, for people to read."""
    names = dict.fromkeys(name for mention in retrieval.mentions if not mention.everyday for name in mention.others)
    return (resolved, *names)
