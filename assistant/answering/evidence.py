"""Sentences of the retrieved passages, each measured against the question."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from assistant.answering.question_kind import QuestionKind, holds, kind_of
from assistant.retrieval.retriever import Concept, Retrieval
from assistant.text import BlockKind, blocks, flatten, numbers, row_cells, sentences, tokens
from assistant.types import Hit

Embed = Callable[[list[str]], list[list[float]]]
Frequencies = Callable[[Sequence[str]], tuple[dict[str, int], int]]

SENTENCE_FEATURES = ("lexical", "in_context", "window", "passage", "hit", "first_hit", "semantic", "kind", "opening", "short")
ANSWER_FEATURES = (
    "lexical", "in_context", "passage", "rarest", "top_three", "dense", "semantic", "kind", "numbers", "spread",
)  # fmt: skip
_EMBEDDED_SENTENCES = 12  # so many of the best by words are compared by meaning: 45 ms on 2 cores


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence (or table row) that might be cited.

    Attributes:
        start: Offset in the document's text.
        header: Span of the header row, for a row of a table.
        features: By name, see ``SENTENCE_FEATURES``.
    """

    hit: Hit
    rank: int
    start: int
    end: int
    text: str
    terms: frozenset[str]
    features: Mapping[str, float]
    header: tuple[int, int] | None = None
    header_text: str = ""
    vector: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidates of all hits, and how well the hits as a whole meet the question."""

    candidates: tuple[Candidate, ...]
    features: Mapping[str, float]
    kind: QuestionKind


class Weights:
    """How telling each concept of a question is: the inverse frequency of its rarest word."""

    def __init__(self, concepts: Sequence[Concept], frequencies: Frequencies) -> None:
        terms = sorted({term for concept in concepts for each in concept.alternatives for term in each})
        found, total = frequencies(terms)
        idf = {term: math.log(1 + (total - found[term] + 0.5) / (found[term] + 0.5)) for term in terms}
        self.concepts = concepts
        self.values = [max((idf[term] for term in concept.alternatives[0]), default=0.0) for concept in concepts]
        self._total = sum(self.values) or 1.0

    def coverage(self, terms: Set[str]) -> float:
        """Weighted share of the question's concepts that a set of terms says, in [0, 1]."""
        covered = sum(
            value * concept.coverage(terms) for concept, value in zip(self.concepts, self.values, strict=True)
        )
        return covered / self._total

    def rarest(self, terms: Set[str]) -> float:
        """Coverage of the most telling concept alone."""
        if not self.concepts:
            return 0.0
        at = max(range(len(self.values)), key=self.values.__getitem__)
        return self.concepts[at].coverage(terms)


def gather(question: str, retrieval: Retrieval, embed: Embed, frequencies: Frequencies) -> Evidence:
    """Measure every sentence of the hits against a question.

    Args:
        question: In full.
        retrieval: What was found for it.
        embed: Unit vectors of texts.
        frequencies: In how many passages terms stand, and how many passages there are.
    """
    weights = Weights(retrieval.concepts, frequencies)
    kind = kind_of(question)
    contexts = [frozenset(tokens(" ".join((hit.metadata.title, *hit.passage.heading_path)))) for hit in retrieval.hits]
    inside = [frozenset(tokens(hit.passage.text)) | context for hit, context in zip(retrieval.hits, contexts, strict=True)]
    coverages = [weights.coverage(terms) for terms in inside]
    candidates = [
        candidate
        for rank, hit in enumerate(retrieval.hits)
        for candidate in _candidates(question, kind, rank, hit, contexts[rank], coverages[rank], weights)
    ]
    candidates = _with_meaning(candidates, retrieval.embedding, embed)
    return Evidence(tuple(candidates), _answer_features(question, retrieval, candidates, inside, coverages, weights), kind)


def _candidates(
    question: str, kind: QuestionKind, rank: int, hit: Hit, context: frozenset[str], coverage: float, weights: Weights
) -> Iterator[Candidate]:
    before: frozenset[str] = frozenset()
    for number, (start, end, header) in enumerate(_spans(hit.passage.text)):
        raw = hit.passage.text[start:end]
        header_text = hit.passage.text[slice(*header)] if header else ""
        terms = frozenset(tokens(f"{header_text} {raw}"))
        features = {
            "lexical": weights.coverage(terms),
            "in_context": weights.coverage(terms | context),
            "window": weights.coverage(terms | before),
            "passage": coverage,
            "hit": hit.score,
            "first_hit": float(rank == 0),
            "semantic": 0.0,
            "kind": float(holds(kind, raw, question)),
            "opening": float(number == 0),
            "short": float(len(terms) < 6),
        }
        before = terms
        offset = hit.passage.start
        yield Candidate(
            hit, rank, offset + start, offset + end, raw, terms, features,
            header=(offset + header[0], offset + header[1]) if header else None,
            header_text=header_text,
        )  # fmt: skip


def _spans(text: str) -> Iterator[tuple[int, int, tuple[int, int] | None]]:
    """Sentences and table rows of a passage; a row comes with the span of its table's header."""
    header: tuple[int, int] | None = None
    for block in blocks(text):
        if block.kind is BlockKind.ROW:
            if header is None:
                header = (block.start, block.end)
            else:
                yield block.start, block.end, header
            continue
        header = None
        if block.kind is not BlockKind.HEADING:
            for start, end in sentences(text, block.start, block.end):
                if sum(c.isalnum() for c in text[start:end]) > 3:
                    yield start, end, None


def readable(candidate: Candidate) -> str:
    """A candidate as a line of text: a table row is read with its header, ``Year: 2012; Quota: 93,800``."""
    if not candidate.header_text:
        return flatten(candidate.text)
    names, cells = row_cells(candidate.header_text), row_cells(candidate.text)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell)


def _with_meaning(candidates: Sequence[Candidate], question: Sequence[float], embed: Embed) -> list[Candidate]:
    """Compare the best candidates by words with the question by meaning; the rest keep a low guess."""

    def promise(candidate: Candidate) -> float:
        features = candidate.features
        return features["lexical"] + 0.5 * features["hit"] + 0.2 * features["kind"] + 0.2 * features["window"]

    best = sorted(range(len(candidates)), key=lambda at: -promise(candidates[at]))[:_EMBEDDED_SENTENCES]
    if not best:
        return list(candidates)
    vectors = np.asarray(embed([readable(candidates[at]) for at in best]), np.float32)
    cosines = vectors @ np.asarray(question, np.float32)
    guess = float(cosines.min())
    result = [replace(each, features={**each.features, "semantic": guess}) for each in candidates]
    for at, vector, cosine in zip(best, vectors, cosines, strict=True):
        features = {**candidates[at].features, "semantic": float(cosine)}
        result[at] = replace(candidates[at], features=features, vector=tuple(vector.tolist()))
    return result


def _answer_features(
    question: str,
    retrieval: Retrieval,
    candidates: Sequence[Candidate],
    inside: Sequence[frozenset[str]],
    coverages: Sequence[float],
    weights: Weights,
) -> dict[str, float]:
    asked = numbers(question)
    found = frozenset(number for hit in retrieval.hits[:3] for number in numbers(hit.passage.text))
    best = max(range(len(coverages)), key=coverages.__getitem__, default=-1)

    def top(name: str) -> float:
        return max((candidate.features[name] for candidate in candidates), default=0.0)

    return {
        "lexical": top("lexical"),
        "in_context": top("in_context"),
        "passage": max(coverages, default=0.0),
        "rarest": weights.rarest(inside[best]) if best >= 0 else 0.0,
        "top_three": weights.coverage(frozenset().union(*inside[:3])),
        "dense": max((hit.dense or 0.0 for hit in retrieval.hits), default=0.0),
        "semantic": top("semantic"),
        "kind": max((c.features["kind"] * c.features["lexical"] for c in candidates), default=0.0),
        "numbers": len(asked & found) / len(asked) if asked else 1.0,
        "spread": coverages[0] - sum(coverages[1:4]) / 3 if len(coverages) > 3 else 0.0,
    }
