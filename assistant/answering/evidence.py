"""Sentences of the retrieved passages, each measured against the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from statistics import fmean

from assistant.answering.candidates import Candidate, candidates_of, in_context, is_negated, readable
from assistant.answering.question_kind import QuestionKind, counted_in, holds, kind_of
from assistant.answering.reader import Sentence
from assistant.answering.weights import Frequencies, Weights
from assistant.retrieval.retriever import Concept, Retrieval
from assistant.text import content_words, han_share, is_unspaced, numbers, tokens
from assistant.types import Hit

Read = Callable[[str, Sequence[Sentence]], list[float]]

SENTENCE_FEATURES = ("context", "window", "hit", "read", "unread", "kind", "foreign", "unnamed")
FEATURES_BY_READING = ("read", "dense", "lexical", "unknown")  # no other tells more once a sentence is read
FEATURES_BY_WORDS = (
    "lexical", "window", "passage", "top_three", "strange", "unknown", "missing", "names_missing", "numbers_missing",
    "negation", "asks_kind", "kind", "uncounted", "foreign",
)  # fmt: skip
_MOSTLY_HAN = 0.3
_READ_SENTENCES = 8  # so many of the best by words; more find no more answers
_FAMILIAR = 0.5  # of a question's words stand in the best three passages where the library knows its subject
_PROMISING = 8  # so many of the best sentences may say what the question is about

_NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidates of all hits, best first, and how well they meet the question.

    Attributes:
        features: Of the question as a whole, see ``FEATURES_BY_READING`` and ``FEATURES_BY_WORDS``.
        is_read: Whether the reader reads both the question and the best candidate.
        unknown: Words of the question that no document of the library says.
    """

    candidates: tuple[Candidate, ...]
    features: Mapping[str, float]
    is_read: bool
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
    asked = _asked(question, retrieval, frequencies)
    candidates = [
        _measured(candidate, asked) for rank, hit in enumerate(retrieval.hits) for candidate in candidates_of(hit, rank)
    ]
    # Words carry the subject of a follow-up; the reader, told the question before it too, answers that one again.
    is_follow_up = retrieval.readable_question == question and question.endswith(put)
    candidates = _read(candidates, retrieval, put if is_follow_up else retrieval.readable_question, read)
    candidates.sort(key=lambda each: (-score(each.features), each.rank, each.start))
    features = _answer_features(asked, retrieval, candidates) if candidates else {}
    is_read = bool(candidates) and not candidates[0].features["unread"]
    return Evidence(tuple(candidates), features, is_read, _in_words(asked.weights.unknown, question))


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
        terms: The names, each in its ways to say it, of the glossary terms that it mentions.
        names: The keywords of each of its capitalised words.
        numbers: The figures in it.
    """

    question: str
    kind: QuestionKind
    weights: Weights
    terms: tuple[Set[frozenset[str]], ...]
    names: tuple[frozenset[str], ...]
    numbers: frozenset[str]

    def names_said(self, terms: Set[str]) -> float:
        """Share of the names that stand among keywords; 0 if there are none."""
        return fmean(name <= terms for name in self.names) if self.names else 0.0


def _asked(question: str, retrieval: Retrieval, frequencies: Frequencies) -> _Asked:
    return _Asked(
        question=question,
        kind=kind_of(question),
        weights=Weights(retrieval.concepts, frequencies),
        terms=tuple(frozenset(map(_keywords, each.names)) for each in retrieval.mentions if not each.everyday),
        names=tuple(_keywords(name) for name in _NAME.findall(question)),
        numbers=frozenset(numbers(question)),
    )


def _measured(candidate: Candidate, asked: _Asked) -> Candidate:
    """A candidate with all features but what the reader says."""
    hit, terms, context = candidate.hit, candidate.terms, candidate.context
    crosses = hit.metadata.language.startswith("zh") == _is_latin(asked.question)
    features = {
        "lexical": asked.weights.coverage(terms),
        "context": asked.weights.coverage(terms | context),
        "window": asked.weights.coverage(terms | candidate.said),
        "hit": hit.score,
        "read": 0.0,
        "unread": 1.0,
        "kind": float(holds(asked.kind, candidate.text, asked.question, is_row=candidate.header is not None)),
        "foreign": float(_is_foreign(asked.question, candidate.text)),
        "unnamed": float(crosses and not _says_names(asked.terms, terms | context | candidate.said)),
    }
    return replace(candidate, features=features)


def _says_names(names: Sequence[Set[frozenset[str]]], terms: Set[str]) -> bool:
    """Whether a text says any of the things that are named, by one of its names.

    Across languages everyday words meet everywhere; only the names tell what a text is about.
    """
    return not names or any(name <= terms for each in names for name in each)


def _is_foreign(question: str, sentence: str) -> bool:
    """Whether one of the two is in Chinese and the other is not."""
    return _is_latin(question) != _is_latin(sentence)


def _read(candidates: list[Candidate], retrieval: Retrieval, question: str, read: Read) -> list[Candidate]:
    """Let the reader judge the best candidates by words; what is not read for want of promise gets the least of them.

    What it cannot read is marked as such: that speaks neither for nor against it.
    """

    def promise(at: int) -> float:
        features = candidates[at].features
        return features["lexical"] + 0.5 * features["hit"] + 0.2 * features["kind"] + 0.2 * features["window"]

    readable_ones = [at for at, each in enumerate(candidates) if _reads(each, retrieval)]
    best = sorted(readable_ones, key=promise, reverse=True)[:_READ_SENTENCES]
    if not best:
        return candidates
    odds = read(question, [in_context(candidates[at]) for at in best])
    known = dict(zip(best, odds, strict=True))
    least = min(odds)
    for at in readable_ones:
        judged = {"read": known.get(at, least), "unread": 0.0}
        candidates[at] = replace(candidates[at], features={**candidates[at].features, **judged})
    return candidates


def _reads(candidate: Candidate, retrieval: Retrieval) -> bool:
    """Whether the reader reads both the question, as it is put to it, and a candidate: it knows English only."""
    is_english = candidate.hit.metadata.language.split("-")[0] == "en" and _is_latin(candidate.text)
    return is_english and candidate.hit.passage.id in retrieval.readable and _is_latin(retrieval.readable_question)


def _is_latin(text: str) -> bool:
    return han_share(text) <= _MOSTLY_HAN


def _answer_features(asked: _Asked, retrieval: Retrieval, candidates: Sequence[Candidate]) -> dict[str, float]:
    """What tells a passage that answers from one that is merely near (see SQuAD 2.0's adversarial questions)."""
    question, weights = asked.question, asked.weights
    best = candidates[0]
    top_three = weights.coverage(frozenset().union(*(_terms_of(hit) for hit in retrieval.hits[:3])))
    around = weights.coverage(_terms_of(best.hit))
    counted = counted_in(question)
    return {
        "lexical": best.features["lexical"],
        "window": best.features["window"],
        "passage": around,
        "top_three": top_three,
        "strange": max(0.0, _FAMILIAR - top_three),  # a line with a bend: below it, every missing word tells
        "unknown": len(weights.unknown) / max(1, len(weights.concepts)),
        "missing": min(weights.heaviest_missing(each.terms | each.context) for each in candidates[:_PROMISING]) / 10,
        "names_missing": 1.0 - asked.names_said(_keywords(best.reach)) if asked.names else 0.0,
        "numbers_missing": float(not asked.numbers <= numbers(best.reach)),
        "negation": float(is_negated(question) and not is_negated(best.text)),
        "asks_kind": float(asked.kind is not QuestionKind.OTHER),
        "kind": best.features["kind"],
        "uncounted": float(counted is not None and not counted.is_counted_in(readable(best))),
        "foreign": best.features["foreign"] * around,  # what is said across languages says more
        "dense": max((hit.dense or 0.0 for hit in retrieval.hits), default=0.0),
        "read": max((each.features["read"] for each in candidates if not each.features["unread"]), default=0.0),
    }


def _terms_of(hit: Hit) -> frozenset[str]:
    """The words of a passage, its headings and its title."""
    return frozenset(tokens("\n".join((hit.metadata.title, *hit.passage.heading_path, hit.passage.text))))
