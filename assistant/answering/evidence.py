"""Sentences of the retrieved passages, each measured against the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from assistant.answering.candidates import Candidate, candidates_of, in_context, readable
from assistant.answering.question_kind import QuestionKind, holds, kind_of
from assistant.answering.reader import Sentence
from assistant.answering.recency import apart_from_the_latest, asks_for_the_latest, told_up_to
from assistant.answering.relative_dates import years_named
from assistant.answering.subjects import Name, says_any, subjects
from assistant.answering.weights import Frequencies, Weights
from assistant.retrieval.retriever import Concept, Retrieval
from assistant.text import content_words, is_mostly_han, is_unspaced, tokens
from assistant.types import Hit

Read = Callable[[str, Sequence[Sentence]], list[float]]

SENTENCE_FEATURES = ("context", "window", "hit", "read", "kind", "foreign", "unnamed")
FEATURES = ("read", "dense", "unknown")  # of a question; no other tells more once its evidence is read
_READ_SENTENCES = 16  # of the best by words, years and passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidates of all hits, best first, and how well they meet the question.

    Attributes:
        features: Of the question as a whole, see ``FEATURES``.
        unknown: Words of the question that no document of the library says.
    """

    candidates: tuple[Candidate, ...]
    features: Mapping[str, float]
    unknown: tuple[str, ...]


def gather(
    put: str,
    question: str,
    retrieval: Retrieval,
    read: Read,
    frequencies: Frequencies,
    score: Callable[[Mapping[str, float]], float],
) -> Evidence:
    """Measure every sentence of the hits against a question.

    Args:
        put: The question as the person put it.
        question: In full.
        retrieval: What was found for it.
        read: The log-odds that sentences answer a question.
        frequencies: In how many passages terms stand, and how many passages there are.
        score: How well a sentence with certain features answers.
    """
    wants_the_latest = asks_for_the_latest(question)
    asked_last = put if question.endswith(put) else question
    if wants_the_latest:
        question, asked_last = apart_from_the_latest(question), apart_from_the_latest(asked_last)
    asked = _asked(question, retrieval, frequencies, wants_the_latest=wants_the_latest)
    candidates = [each for rank, hit in enumerate(retrieval.hits) for each in _measured_of(hit, rank, asked)]
    if wants_the_latest:
        candidates = _with_recency(candidates)
    # Words carry the subject of a follow-up; the reader, told the question before it too, answers that one again.
    candidates = _read(candidates, asked_last if content_words(asked_last) else question, read)
    candidates.sort(key=lambda each: (-score(each.features), each.rank, each.start))
    features = _answer_features(asked, retrieval, candidates) if candidates else {}
    return Evidence(tuple(candidates), features, _in_words(asked.weights.unknown, question))


def _in_words(concepts: Sequence[Concept], question: str) -> tuple[str, ...]:
    """Concepts as the question puts them: concepts of English words are stems."""
    wanted = {word for concept in concepts for word in concept.names[0]}
    spoken = dict.fromkeys(re.findall(r"[^\W\u3400-\u9fff]+", question))
    english = [word for word in spoken if wanted.intersection(content_words(word))]
    return (*english, *(word for word in dict.fromkeys(wanted) if is_unspaced(word)))


def _keywords(text: str) -> frozenset[str]:
    return frozenset(tokens(text))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, taken apart once for all sentences.

    Attributes:
        terms: The names of the glossary terms that it mentions.
        subjects: The rare ones of all its names.
        years: That it names.
    """

    question: str
    kind: QuestionKind
    weights: Weights
    terms: tuple[Name, ...]
    subjects: tuple[Name, ...]
    years: frozenset[int]


def _asked(question: str, retrieval: Retrieval, frequencies: Frequencies, *, wants_the_latest: bool) -> _Asked:
    kind = kind_of(question)
    return _Asked(
        question=question,
        # "What is the current quota?" asks for a figure, not for what a quota is.
        kind=QuestionKind.NUMBER if wants_the_latest and kind is QuestionKind.DEFINITION else kind,
        weights=Weights(retrieval.concepts, frequencies),
        terms=tuple(frozenset(map(_keywords, each.names)) for each in retrieval.mentions if not each.everyday),
        subjects=subjects(question, retrieval.mentions, frequencies),
        years=years_named(question),
    )


def _is_of_another_year(asked: Set[int], candidate: Candidate) -> bool:
    """Whether a sentence names years, but neither one that is asked about nor a span that has one in it."""
    said = years_named(readable(candidate))
    return bool(asked and said) and not any(min(said) <= year <= max(said) for year in asked)


def _is_on_subject(hit: Hit, asked: _Asked) -> bool:
    """Whether a passage says, itself or above it, a rare name of the question, if there is one."""
    said = f"{hit.metadata.title} {' '.join(hit.passage.heading_path)} {hit.passage.text}"
    return not asked.subjects or says_any(asked.subjects, _keywords(said))


def _measured_of(hit: Hit, rank: int, asked: _Asked) -> Iterator[Candidate]:
    is_on_subject = _is_on_subject(hit, asked)
    return (_measured(each, asked, is_on_subject=is_on_subject) for each in candidates_of(hit, rank))


def _measured(candidate: Candidate, asked: _Asked, *, is_on_subject: bool) -> Candidate:
    """A candidate with all features but what the reader says."""
    hit, terms, context = candidate.hit, candidate.terms, candidate.context
    said = candidate.quote if candidate.introduces_a_list else candidate.text
    crosses = hit.metadata.language.startswith("zh") != is_mostly_han(asked.question)
    features = {
        "lexical": asked.weights.coverage(terms),
        "context": asked.weights.coverage(terms | context),
        "window": asked.weights.coverage(terms | candidate.said),
        "hit": hit.score,
        "read": 0.0,
        "kind": float(holds(asked.kind, said, asked.question, is_row=candidate.header is not None)),
        "foreign": float(_is_foreign(asked.question, candidate.text)),
        # Everyday words of the other language meet in every text; only names tell what one is about.
        "unnamed": float(crosses and bool(asked.terms) and not says_any(asked.terms, terms | context | candidate.said)),
        "subject": float(is_on_subject),
        "recency": 0.0,  # told of where the latest is asked for
        "other_year": float(_is_of_another_year(asked.years, candidate)),
    }
    return replace(candidate, features=features)


def _is_foreign(question: str, sentence: str) -> bool:
    """Whether one of the two is in Chinese and the other is not."""
    return is_mostly_han(question) != is_mostly_han(sentence)


def _with_recency(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates with how new what they tell is beside the others', from 0 to 1."""
    days = [told_up_to(readable(each), each.hit.metadata.published) for each in candidates]
    place = {day: at for at, day in enumerate(sorted(set(days)))}
    last = max(1, len(place) - 1)
    return [
        replace(each, features={**each.features, "recency": place[day] / last})
        for each, day in zip(candidates, days, strict=True)
    ]


def _read(candidates: list[Candidate], question: str, read: Read) -> list[Candidate]:
    """Let the reader judge the best candidates by words; one that is not read for want of promise gets the least."""
    best = sorted(range(len(candidates)), key=lambda at: -promise(candidates[at]))[:_READ_SENTENCES]
    odds = dict(zip(best, read(question, [in_context(candidates[at]) for at in best]), strict=True))
    least = min(odds.values(), default=0.0)
    return [
        replace(each, features={**each.features, "read": odds.get(at, least)}) for at, each in enumerate(candidates)
    ]


def promise(candidate: Candidate) -> float:
    """How much a sentence promises by its words, its years and its passage: by this it is chosen to be read."""
    features = candidate.features
    by_words = features["lexical"] + 0.2 * features["window"] + 0.2 * features["kind"]
    by_time = 0.5 * features["recency"] - 0.3 * features["other_year"]
    return by_words + 0.5 * features["hit"] + by_time


def _answer_features(asked: _Asked, retrieval: Retrieval, candidates: Sequence[Candidate]) -> dict[str, float]:
    """What tells a passage that answers from one that is merely near (see SQuAD 2.0's adversarial questions)."""
    weights = asked.weights
    return {
        "read": max(each.features["read"] for each in candidates),
        "dense": max((hit.dense or 0.0 for hit in retrieval.hits), default=0.0),
        "unknown": len(weights.unknown) / max(1, len(weights.concepts)),
    }
