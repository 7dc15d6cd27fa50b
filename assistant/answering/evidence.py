"""Sentences of the retrieved passages, each measured against the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from assistant.answering.candidates import Candidate, candidates_of, is_negated, readable
from assistant.answering.question_kind import QuestionKind, counted_in, holds, kind_of
from assistant.answering.weights import Frequencies, Weights
from assistant.index.embedding import Embedded
from assistant.retrieval.retriever import Concept, Retrieval
from assistant.text import content_words, han_share, is_unspaced, numbers, tokens
from assistant.types import Hit

Embed = Callable[[Sequence[str]], list[Embedded]]

SENTENCE_FEATURES = (
    "lexical", "context", "window", "names", "numbers", "hit", "first_hit", "semantic", "aligned", "weakest", "kind",
    "short", "foreign", "unnamed",
)  # fmt: skip
ANSWER_FEATURES = (
    "lexical", "window", "passage", "top_three", "strange", "unknown", "missing", "names_missing", "numbers_missing",
    "negation", "asks_kind", "kind", "uncounted", "foreign", "dense", "semantic", "aligned", "weakest",
)  # fmt: skip
BY_MEANING = frozenset({"dense", "semantic", "aligned", "weakest"})
_MOSTLY_HAN = 0.3
_SHORT = 6  # keywords of a sentence that hardly says a thing
_EMBEDDED_SENTENCES = 12  # so many of the best by words are compared by meaning: 45 ms on 2 cores
_FAMILIAR = 0.5  # of a question's words stand in the best three passages where the library knows its subject
_PROMISING = 8  # so many of the best sentences may say what the question is about

_NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidates of all hits, best first, and how well they meet the question.

    Attributes:
        features: Of the question as a whole, see ``ANSWER_FEATURES``.
        by_meaning: Whether the embedder reads both the question and the best candidate.
        unknown: Words of the question that no document of the library says.
    """

    candidates: tuple[Candidate, ...]
    features: Mapping[str, float]
    by_meaning: bool
    unknown: tuple[str, ...]


def gather(
    question: str,
    retrieval: Retrieval,
    embed: Embed,
    frequencies: Frequencies,
    score: Callable[[Mapping[str, float]], float],
) -> Evidence:
    """Measure every sentence of the hits against a question.

    Args:
        question: In full.
        retrieval: What was found for it.
        embed: Unit vectors of texts and of their tokens.
        frequencies: In how many passages terms stand, and how many passages there are.
        score: How well a sentence with certain features answers.
    """
    asked = _asked(question, retrieval, frequencies)
    candidates = [
        _measured(candidate, asked) for rank, hit in enumerate(retrieval.hits) for candidate in candidates_of(hit, rank)
    ]
    candidates = _with_meaning(candidates, retrieval, embed)
    candidates.sort(key=lambda each: (-score(each.features), each.rank, each.start))
    features = _answer_features(asked, retrieval, candidates) if candidates else {}
    by_meaning = bool(candidates) and candidates[0].hit.passage.id in retrieval.readable
    return Evidence(tuple(candidates), features, by_meaning, _in_words(asked.weights.unknown, question))


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
    """A candidate with all features but those of meaning."""
    hit, terms, context = candidate.hit, candidate.terms, candidate.context
    crosses = hit.metadata.language.startswith("zh") != (han_share(asked.question) > _MOSTLY_HAN)
    features = {
        "lexical": asked.weights.coverage(terms),
        "context": asked.weights.coverage(terms | context),
        "window": asked.weights.coverage(terms | candidate.said),
        "names": asked.names_said(terms | context),
        "numbers": float(bool(asked.numbers) and asked.numbers <= numbers(candidate.surroundings)),
        "hit": hit.score,
        "first_hit": float(candidate.rank == 0),
        "semantic": 0.0,
        "aligned": 0.0,
        "weakest": 0.0,
        "kind": float(holds(asked.kind, candidate.text, asked.question, is_row=candidate.header is not None)),
        "short": float(len(terms) < _SHORT),
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
    return (han_share(question) > _MOSTLY_HAN) != (han_share(sentence) > _MOSTLY_HAN)


def _with_meaning(candidates: Sequence[Candidate], retrieval: Retrieval, embed: Embed) -> list[Candidate]:
    """Compare the best candidates by words with the question by meaning, as wholes and token by token.

    What the embedder cannot read gets the middle of the others' values, and what is not compared
    for want of promise gets the least.
    """

    def promise(at: int) -> float:
        features = candidates[at].features
        return features["lexical"] + 0.5 * features["hit"] + 0.2 * features["kind"] + 0.2 * features["window"]

    readable_ones = [at for at, each in enumerate(candidates) if each.hit.passage.id in retrieval.readable]
    best = sorted(readable_ones, key=promise, reverse=True)[:_EMBEDDED_SENTENCES]
    if not best:
        return list(candidates)
    question, *read = embed([retrieval.readable_question, *(readable(candidates[at]) for at in best)])
    measured = np.array([(float(each.vector @ question.vector), *_aligned(question, each)) for each in read])
    known = dict(zip(best, measured, strict=True))
    unread, unpromising = np.median(measured, axis=0), measured.min(axis=0)
    could_be = frozenset(readable_ones)

    def with_meaning(at: int) -> Mapping[str, float]:
        semantic, aligned, weakest = map(float, known.get(at, unpromising if at in could_be else unread))
        return {**candidates[at].features, "semantic": semantic, "aligned": aligned, "weakest": weakest}

    return [replace(each, features=with_meaning(at)) for at, each in enumerate(candidates)]


def _aligned(question: Embedded, sentence: Embedded) -> tuple[float, float]:
    """How well each token of the question finds its like in a sentence: the mean, and that of the worst third.

    Late interaction as in ColBERT (Khattab and Zaharia 2020): the best cosine of each of the
    question's tokens with a token of the sentence. The worst third tells a near miss: most words
    of the question meet theirs there, and those that matter do not.
    """
    if not len(question.tokens) or not len(sentence.tokens):
        return 0.0, 0.0
    found = np.sort((question.tokens @ sentence.tokens.T).max(axis=1))
    return float(found.mean()), float(found[: max(1, len(found) // 3)].mean())


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
        "semantic": max(each.features["semantic"] for each in candidates),
        "aligned": max(each.features["aligned"] for each in candidates),
        "weakest": max(each.features["weakest"] for each in candidates),
    }


def _terms_of(hit: Hit) -> frozenset[str]:
    """The words of a passage, its headings and its title."""
    return frozenset(tokens("\n".join((hit.metadata.title, *hit.passage.heading_path, hit.passage.text))))
