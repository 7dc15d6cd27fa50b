"""Sentences of the retrieved passages, each measured against the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import zip_longest
from statistics import fmean

import numpy as np

from assistant.answering.question_kind import QuestionKind, counted_in, holds, kind_of
from assistant.answering.weights import Frequencies, Weights
from assistant.index.embedding import Embedded
from assistant.retrieval.retriever import Concept, Retrieval
from assistant.structure import BlockKind, blocks, row_cells, sentences, without_mark
from assistant.text import content_words, flatten, han_share, is_unspaced, numbers, tokens, word_count
from assistant.types import Hit, Passage, TableHeader

Embed = Callable[[Sequence[str]], list[Embedded]]

SENTENCE_FEATURES = (
    "lexical", "context", "window", "hit", "first_hit", "semantic", "aligned", "kind", "short", "foreign", "unnamed"
)  # fmt: skip
ANSWER_FEATURES = (
    "lexical", "window", "passage", "top_three", "strange", "unknown", "missing", "names_missing", "numbers_missing",
    "negation", "asks_kind", "kind", "uncounted", "foreign", "dense", "semantic", "aligned",
)  # fmt: skip
_MOSTLY_HAN = 0.3
_EMBEDDED_SENTENCES = 12  # so many of the best by words are compared by meaning: 45 ms on 2 cores
_FAMILIAR = 0.5  # of a question's words stand in the best three passages where the library knows its subject
_PROMISING = 8  # so many of the best sentences may say what the question is about

_NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]+")
_NEGATION = re.compile(
    r"\b(?:not|no|never|without|neither|nor|except|unlike|cannot)\b|n['’]t\b|不|没|未(?!来)|非(?!洲)"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence (or table row) that might be cited.

    Attributes:
        start: Offset in the document's text.
        terms: The keywords of the sentence, of a row with those of its header.
        context: The keywords of title and headings.
        before: Where the sentence before it begins, or its own start.
        header: The header of the table, for a row of one.
        features: By name, see ``SENTENCE_FEATURES``.
    """

    hit: Hit
    rank: int
    start: int
    end: int
    text: str
    terms: frozenset[str]
    context: frozenset[str]
    before: int
    features: Mapping[str, float]
    header: TableHeader | None = None

    @property
    def reach(self) -> str:
        """What a reader of the sentence has at hand: title, date, headings, the sentence before, and itself."""
        metadata, passage = self.hit.metadata, self.hit.passage
        near = passage.text[self.before - passage.start : self.end - passage.start]
        header = self.header.text if self.header else ""
        return "\n".join((metadata.title, metadata.published or "", *passage.heading_path, header, near))


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
    weights = Weights(retrieval.concepts, frequencies)
    kind = kind_of(question)
    names = [frozenset(map(_keywords, mention.names)) for mention in retrieval.mentions if not mention.everyday]
    candidates = [
        candidate
        for rank, hit in enumerate(retrieval.hits)
        for candidate in _candidates(question, kind, rank, hit, weights, names)
    ]
    candidates = _with_meaning(candidates, retrieval, embed)
    candidates.sort(key=lambda each: (-score(each.features), each.rank, each.start))
    features = _answer_features(question, retrieval, candidates, weights) if candidates else {}
    by_meaning = bool(candidates) and candidates[0].hit.passage.id in retrieval.readable
    return Evidence(tuple(candidates), features, by_meaning, _in_words(weights.unknown, question))


def _in_words(concepts: Sequence[Concept], question: str) -> tuple[str, ...]:
    """Concepts as the question puts them: concepts of English words are stems."""
    wanted = {word for concept in concepts for word in concept.names[0]}
    spoken = dict.fromkeys(re.findall(r"[^\W\u3400-\u9fff]+", question))
    english = [word for word in spoken if wanted.intersection(content_words(word))]
    return (*english, *(word for word in dict.fromkeys(wanted) if is_unspaced(word)))


def _keywords(text: str) -> frozenset[str]:
    return frozenset(tokens(text))


def _candidates(
    question: str, kind: QuestionKind, rank: int, hit: Hit, weights: Weights, names: Sequence[Set[frozenset[str]]]
) -> Iterator[Candidate]:
    said: frozenset[str] = frozenset()
    offset = hit.passage.start
    before: int | None = None
    context = frozenset(tokens(" ".join((hit.metadata.title, *hit.passage.heading_path))))
    crosses = hit.metadata.language.startswith("zh") != (han_share(question) > _MOSTLY_HAN)
    for start, end, header in _spans(hit.passage):
        raw = hit.passage.text[start:end]
        terms = frozenset(tokens(f"{header.text} {raw}" if header else raw))
        features = {
            "lexical": weights.coverage(terms),
            "context": weights.coverage(terms | context),
            "window": weights.coverage(terms | said),
            "hit": hit.score,
            "first_hit": float(rank == 0),
            "semantic": 0.0,
            "aligned": 0.0,
            "kind": float(holds(kind, raw, question, is_row=header is not None)),
            "short": float(len(terms) < 6),
            "foreign": float(_is_foreign(question, raw)),
            "unnamed": float(crosses and not _says_names(names, terms | context | said)),
        }
        yield Candidate(
            hit, rank, offset + start, offset + end, raw, terms, context,
            before=offset + (start if before is None else before), features=features, header=header,
        )  # fmt: skip
        said, before = terms, start


def _says_names(names: Sequence[Set[frozenset[str]]], terms: Set[str]) -> bool:
    """Whether a text says any of the things that are named, by one of its names.

    Across languages everyday words meet everywhere; only the names tell what a text is about.
    """
    return not names or any(name <= terms for each in names for name in each)


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
    measured = np.array([(float(each.vector @ question.vector), _aligned(question, each)) for each in read])
    known = dict(zip(best, measured, strict=True))
    unread, unpromising = np.median(measured, axis=0), measured.min(axis=0)
    could_be = frozenset(readable_ones)

    def with_meaning(at: int) -> Mapping[str, float]:
        semantic, aligned = known.get(at, unpromising if at in could_be else unread)
        return {**candidates[at].features, "semantic": float(semantic), "aligned": float(aligned)}

    return [replace(each, features=with_meaning(at)) for at, each in enumerate(candidates)]


def _aligned(question: Embedded, sentence: Embedded) -> float:
    """Mean over the question's tokens of the best cosine with a token of the sentence.

    Late interaction as in ColBERT (Khattab and Zaharia 2020): every word of the question must find
    something like it in the sentence.
    """
    if not len(question.tokens) or not len(sentence.tokens):
        return 0.0
    return float((question.tokens @ sentence.tokens.T).max(axis=1).mean())


def _answer_features(
    question: str, retrieval: Retrieval, candidates: Sequence[Candidate], weights: Weights
) -> dict[str, float]:
    """What tells a passage that answers from one that is merely near (see SQuAD 2.0's adversarial questions)."""
    best = candidates[0]
    top_three = weights.coverage(frozenset().union(*(_terms_of(hit) for hit in retrieval.hits[:3])))
    around = weights.coverage(_terms_of(best.hit))
    counted = counted_in(question)
    reach = frozenset(tokens(best.reach))
    names = [frozenset(tokens(name)) for name in _NAME.findall(question)]
    return {
        "lexical": best.features["lexical"],
        "window": best.features["window"],
        "passage": around,
        "top_three": top_three,
        "strange": max(0.0, _FAMILIAR - top_three),  # a line with a bend: below it, every missing word tells
        "unknown": len(weights.unknown) / max(1, len(weights.concepts)),
        "missing": min(weights.heaviest_missing(each.terms | each.context) for each in candidates[:_PROMISING]) / 10,
        "names_missing": fmean(not name <= reach for name in names) if names else 0.0,
        "numbers_missing": float(not numbers(question) <= numbers(best.reach)),
        "negation": float(bool(_NEGATION.search(question)) and not _NEGATION.search(best.text)),
        "asks_kind": float(kind_of(question) is not QuestionKind.OTHER),
        "kind": best.features["kind"],
        "uncounted": float(counted is not None and not counted.is_counted_in(readable(best))),
        "foreign": best.features["foreign"] * around,  # what is said across languages says more
        "dense": max((hit.dense or 0.0 for hit in retrieval.hits), default=0.0),
        "semantic": max(each.features["semantic"] for each in candidates),
        "aligned": max(each.features["aligned"] for each in candidates),
    }


def _terms_of(hit: Hit) -> frozenset[str]:
    """The words of a passage, its headings and its title."""
    return frozenset(tokens("\n".join((hit.metadata.title, *hit.passage.heading_path, hit.passage.text))))
