"""Sentences of the retrieved passages, each measured against the question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import zip_longest
from statistics import fmean

import numpy as np

from assistant.answering.question_kind import QuestionKind, holds, kind_of
from assistant.retrieval.retriever import Concept, Retrieval
from assistant.text import (
    BlockKind,
    blocks,
    flatten,
    han_share,
    numbers,
    row_cells,
    sentences,
    tokens,
    without_mark,
    word_count,
)
from assistant.types import Hit, Passage, TableHeader

Embed = Callable[[list[str]], list[list[float]]]
Frequencies = Callable[[Sequence[str]], tuple[dict[str, int], int]]

SENTENCE_FEATURES = ("lexical", "context", "window", "hit", "first_hit", "semantic", "kind", "short", "foreign")
ANSWER_FEATURES = (
    "lexical", "passage", "top_three", "sentence_missing", "sentence_unsaid", "passage_unsaid", "names_missing",
    "numbers_missing", "negation", "asks_kind", "foreign", "dense", "semantic", "kind",
)  # fmt: skip
_MOSTLY_HAN = 0.3
_EMBEDDED_SENTENCES = 12  # so many of the best by words are compared by meaning: 45 ms on 2 cores


_NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]+")
_NEGATION = re.compile(r"\b(?:not|no|never|without|neither|nor|except|unlike|cannot)\b|n['’]t\b|不|没|未|非")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence (or table row) that might be cited.

    Attributes:
        start: Offset in the document's text.
        header: The header of the table, for a row of one.
        features: By name, see ``SENTENCE_FEATURES``.
    """

    hit: Hit
    rank: int
    start: int
    end: int
    text: str
    terms: frozenset[str]
    features: Mapping[str, float]
    header: TableHeader | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidates of all hits, best first, and how well they meet the question.

    Attributes:
        features: Of the question as a whole, see ``ANSWER_FEATURES``.
    """

    candidates: tuple[Candidate, ...]
    features: Mapping[str, float]


class Weights:
    """How telling each concept of a question is: the inverse frequency of its terms, averaged."""

    def __init__(self, concepts: Sequence[Concept], frequencies: Frequencies) -> None:
        terms = sorted(frozenset().union(*(concept.terms for concept in concepts)))
        found, total = frequencies(terms)
        idf = {term: math.log(1 + (total - found[term] + 0.5) / (found[term] + 0.5)) for term in terms}
        self.concepts = concepts
        self.values = [fmean(idf[term] for term in concept.terms) for concept in concepts]
        self._total = sum(self.values) or 1.0

    def coverage(self, terms: Set[str]) -> float:
        """Weighted share of the question's concepts that a set of terms says, in [0, 1]."""
        covered = sum(
            value * concept.coverage(terms) for concept, value in zip(self.concepts, self.values, strict=True)
        )
        return covered / self._total

    def heaviest_missing(self, terms: Set[str]) -> float:
        """Weight of the most telling concept that a set of terms does not say; 10 is a rare word."""
        pairs = zip(self.concepts, self.values, strict=True)
        return max((value for concept, value in pairs if concept.coverage(terms) < 1), default=0.0)

    def unsaid(self, terms: Set[str]) -> float:
        """Share of concepts, whatever their weight, that a set of terms does not say."""
        missing = sum(concept.coverage(terms) < 1 for concept in self.concepts)
        return missing / max(1, len(self.concepts))


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
        embed: Unit vectors of texts.
        frequencies: In how many passages terms stand, and how many passages there are.
        score: How well a sentence with certain features answers.
    """
    weights = Weights(retrieval.concepts, frequencies)
    kind = kind_of(question)
    candidates = [
        candidate
        for rank, hit in enumerate(retrieval.hits)
        for candidate in _candidates(question, kind, rank, hit, weights)
    ]
    candidates = _with_meaning(candidates, retrieval, embed)
    candidates.sort(key=lambda each: (-score(each.features), each.rank, each.start))
    features = _answer_features(question, retrieval, candidates[0], weights) if candidates else {}
    return Evidence(tuple(candidates), features)


def _candidates(question: str, kind: QuestionKind, rank: int, hit: Hit, weights: Weights) -> Iterator[Candidate]:
    before: frozenset[str] = frozenset()
    context = frozenset(tokens(" ".join((hit.metadata.title, *hit.passage.heading_path))))
    for start, end, header in _spans(hit.passage):
        raw = hit.passage.text[start:end]
        terms = frozenset(tokens(f"{header.text} {raw}" if header else raw))
        features = {
            "lexical": weights.coverage(terms),
            "context": weights.coverage(terms | context),
            "window": weights.coverage(terms | before),
            "hit": hit.score,
            "first_hit": float(rank == 0),
            "semantic": 0.0,
            "kind": float(holds(kind, raw, question)),
            "short": float(len(terms) < 6),
            "foreign": float(_is_foreign(question, raw)),
        }
        before = terms
        offset = hit.passage.start
        yield Candidate(
            hit, rank, offset + start, offset + end, raw, terms, features,
            header=header,
        )  # fmt: skip


def _spans(passage: Passage) -> Iterator[tuple[int, int, TableHeader | None]]:
    """Spans of sentences and table rows inside a passage; a row comes with its table's header.

    The sentence right above a table only says what the table shows, so it is no candidate itself.
    """
    text = passage.text
    header = passage.table_header
    parts = blocks(text)
    for block, following in zip_longest(parts, parts[1:]):
        if block.kind is BlockKind.ROW:
            if header is None:
                start, end = passage.start + block.start, passage.start + block.end
                header = TableHeader(start, end, text[block.start : block.end])
            else:
                yield block.start, block.end, header
            continue
        header = None
        if block.kind is BlockKind.HEADING:
            continue
        spans = sentences(text, *without_mark(text, block.start, block.end))
        if following is not None and following.kind is BlockKind.ROW:
            spans = spans[:-1]
        for start, end in spans:
            if _says_something(text[start:end], block.kind):
                yield start, end, None


_ABOUT_A_TABLE = re.compile(r"(?:The|This) (?:table|chart|figure|list)\b|[上下本]表")
_STOPPED = re.compile(r"[.!?。！？…:：;；][”’」』）)\]\"]*$")
_FEWEST_FIGURES = 3  # of a line without a full stop: such is a row of a PDF's table
_FEWEST_WORDS = 15  # of a paragraph's sentence that has no full stop: shorter ones are bylines and titles


def _says_something(sentence: str, kind: BlockKind) -> bool:
    """Whether a sentence can stand as an answer: no byline, no title, no word on what a table shows."""
    if sum(c.isalnum() for c in sentence) <= 3 or _ABOUT_A_TABLE.match(sentence):
        return False
    if kind is BlockKind.ITEM or _STOPPED.search(sentence):
        return True
    return word_count(sentence) >= _FEWEST_WORDS or len(numbers(sentence)) >= _FEWEST_FIGURES


def _is_foreign(question: str, sentence: str) -> bool:
    """Whether one of the two is in Chinese and the other is not."""
    return (han_share(question) > _MOSTLY_HAN) != (han_share(sentence) > _MOSTLY_HAN)


def readable(candidate: Candidate) -> str:
    """A candidate as a line of text: a table row is read with its header, ``Year: 2012; Quota: 93,800``."""
    if candidate.header is None:
        return flatten(candidate.text)
    names, cells = row_cells(candidate.header.text), row_cells(candidate.text)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell)


def _with_meaning(candidates: Sequence[Candidate], retrieval: Retrieval, embed: Embed) -> list[Candidate]:
    """Compare the best candidates by words with the question by meaning.

    What the embedder cannot read gets the middle of the others' cosines, and what is not compared
    for want of promise gets the least.
    """

    def promise(at: int) -> float:
        features = candidates[at].features
        return features["lexical"] + 0.5 * features["hit"] + 0.2 * features["kind"] + 0.2 * features["window"]

    readable_ones = [at for at, each in enumerate(candidates) if each.hit.passage.id in retrieval.readable]
    best = sorted(readable_ones, key=promise, reverse=True)[:_EMBEDDED_SENTENCES]
    if not best:
        return list(candidates)
    vectors = np.asarray(embed([readable(candidates[at]) for at in best]), np.float32)
    cosines = vectors @ np.asarray(retrieval.embedding, np.float32)
    known = {at: float(cosine) for at, cosine in zip(best, cosines, strict=True)}
    unread, unpromising = float(np.median(cosines)), float(cosines.min())
    could_be = frozenset(readable_ones)
    return [
        replace(each, features={**each.features, "semantic": known.get(at, unpromising if at in could_be else unread)})
        for at, each in enumerate(candidates)
    ]


def _answer_features(question: str, retrieval: Retrieval, best: Candidate, weights: Weights) -> dict[str, float]:
    """What tells a passage that answers from one that is merely near (see SQuAD 2.0's adversarial questions)."""
    inside = [_terms_of(hit) for hit in retrieval.hits[:3]]
    around = _terms_of(best.hit)
    names = _NAME.findall(question)
    asked = numbers(question)
    said = numbers(f"{best.hit.metadata.title} {best.hit.metadata.published} {best.hit.passage.text}")
    return {
        "lexical": best.features["lexical"],
        "passage": weights.coverage(around),
        "top_three": weights.coverage(frozenset().union(*inside)),
        "sentence_missing": weights.heaviest_missing(best.terms) / 10,
        "sentence_unsaid": weights.unsaid(best.terms),
        "passage_unsaid": weights.unsaid(around),
        "names_missing": float(any(not frozenset(tokens(name)) <= around for name in names)),
        "numbers_missing": float(bool(asked - said)),
        "negation": float(bool(_NEGATION.search(question)) and not _NEGATION.search(best.text)),
        "asks_kind": float(kind_of(question) is not QuestionKind.OTHER),
        "foreign": best.features["foreign"] * weights.coverage(around),  # what is said across languages says more
        "dense": max((hit.dense or 0.0 for hit in retrieval.hits), default=0.0),
        "semantic": best.features["semantic"],
        "kind": best.features["kind"],
    }


def _terms_of(hit: Hit) -> frozenset[str]:
    """The words of a passage, its headings and its title."""
    return frozenset(tokens("\n".join((hit.metadata.title, *hit.passage.heading_path, hit.passage.text))))
