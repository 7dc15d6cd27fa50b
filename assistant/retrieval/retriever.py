"""Question -> Hits: vectors and keywords side by side, fused, filtered, spread over documents."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest

from assistant.index.embedding import Embedder
from assistant.index.store import Index
from assistant.retrieval.filters import allowed_documents, newer_documents
from assistant.retrieval.fusion import fuse
from assistant.retrieval.glossary import Glossary, Mention, without_chinese_names
from assistant.retrieval.reranking import Reranker
from assistant.retrieval.word_for_word import WordForWord
from assistant.text import bigrams, content_runs, content_tokens, content_words, is_mostly_han, is_unspaced, tokens
from assistant.types import Filters, Hit

_DEEPEST = 100_000
_WORD_FOR_WORD_SHARE = 0.5  # of the vectors' weight is left where a passage was embedded so
_OVERLAP = 1.2  # times the score of a passage in another language than a Chinese question's
_EVERYDAY = 0.8  # weight of an everyday word's only translation beside the question's own words


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a question is about, as the names that say it, each in its content words."""

    names: tuple[tuple[str, ...], ...]

    @property
    def terms(self) -> frozenset[str]:
        """The keywords of the name that the question itself uses."""
        return frozenset(term for word in self.names[0] for term in _terms_of_word(word))

    @property
    def all_terms(self) -> frozenset[str]:
        """The keywords of all its names."""
        return frozenset(term for name in self.names for word in name for term in _terms_of_word(word))

    @property
    def only_word(self) -> str | None:
        """The word it consists of, where it has one name of one word that is said or is not."""
        word = self.names[0][0]
        return word if self.names == ((word,),) and not is_unspaced(word) else None

    def coverage(self, terms: Set[str]) -> float:
        """How much of its best-covered name a text says, in [0, 1]."""
        return max(sum(_word_coverage(word, terms) for word in name) / len(name) for name in self.names)


def _terms_of_word(word: str) -> list[str]:
    return bigrams(word) if is_unspaced(word) else [word]


def _word_coverage(word: str, terms: Set[str]) -> float:
    """Whether a text says a word; of a run of Han, the share of characters in bigrams it has.

    Bigrams across word boundaries (土开 in 稀土开采) need not stand in a text that has both words.
    """
    if word in terms:
        return 1.0
    if not is_unspaced(word):
        return 0.0
    covered = {at + step for at, bigram in enumerate(bigrams(word)) if bigram in terms for step in range(len(bigram))}
    return len(covered) / len(word)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found for a question.

    Attributes:
        hits: Best first, at most so many of one document as was asked for.
        concepts: What the question asks about, each with the ways to say it.
        mentions: Terms of the question that the glossary, the vocabulary or the dictionary knows.
        digests: Content digest by document path, for the hits.
        families: By document path of a hit, a name it shares with its near-duplicates: together they are one source.
        newer: By document path, the title of the document that supersedes it, whether that was found or not.
    """

    hits: tuple[Hit, ...]
    concepts: tuple[Concept, ...]
    mentions: tuple[Mention, ...]
    digests: Mapping[str, str]
    families: Mapping[str, str]
    newer: Mapping[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def joined_with(self, others: Sequence[Retrieval]) -> Retrieval:
        """The same question with what was found for its parts behind its own hits, in turns."""
        hits: dict[str, Hit] = {}
        for hit in chain(self.hits, *zip_longest(*(other.hits for other in others))):
            if hit is not None:
                hits.setdefault(hit.passage.id, hit)
        return replace(
            self,
            hits=tuple(hits.values()),
            digests={path: digest for each in (*others, self) for path, digest in each.digests.items()},
            families={path: name for each in (*others, self) for path, name in each.families.items()},
        )


class Retriever:
    """Finds passages by meaning and by words, and weighs the two by what each can read."""

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        *,
        glossary: Glossary,
        words: WordForWord,
        reranker: Reranker | None,
        candidates: int,
        dense_weight: float,
        embedding_languages: frozenset[str] | None,
    ) -> None:
        """Join an index and the models that read questions.

        Args:
            glossary: Names of the same things.
            words: Translates what the glossary does not name.
            candidates: Passages fetched from each of vectors and keywords.
            dense_weight: Weight of the vectors for a passage that the embedder can read.
            embedding_languages: Primary language tags that the embedder reads; None means all.
                Chinese it is given word for word in English otherwise.
        """
        self._index = index
        self._embedder = embedder
        self._glossary = glossary
        self._words = words
        self._reranker = reranker
        self._candidates = candidates
        self._dense_weight = dense_weight
        self._embedding_languages = embedding_languages

    def retrieve(self, question: str, filters: Filters, *, limit: int, per_document: int) -> Retrieval:
        """The best passages for a question.

        Args:
            question: In full; follow-ups are resolved before.
            filters: What a document must be like.
            limit: How many passages at most.
            per_document: How many of one document at most.
        """
        started = time.perf_counter()
        records = self._index.records  # another process may add or remove documents while this one asks
        allowed = allowed_documents(records, filters)
        named = self._glossary.mentions(question)
        mentions = (*named, *self._words.mentions(question, named))
        terms = _terms(question, mentions)
        with ThreadPoolExecutor(2) as pool:
            dense_search = pool.submit(self._search_vectors, question, allowed)
            keyword, keyword_documents = self._search(lambda count: self._index.search_keywords(terms, count), allowed)
            dense, dense_documents = dense_search.result()
        searched = time.perf_counter()
        documents = {**dense_documents, **keyword_documents}
        languages = {path: records[path].metadata.language for path in {*documents.values()} if path in records}
        said = {key: score * _saying(question, languages.get(documents[key])) for key, score in keyword.items()}
        fused = fuse(dense, said, dense_weight=lambda key: self._weight_of(languages.get(documents[key])))
        chosen = list(_spread(fused, documents, limit, per_document))
        stored = self._index.passages(chosen)
        hits = tuple(
            Hit(stored[key][0], stored[key][1], fused[key], dense.get(key), keyword.get(key))
            for key in chosen
            if key in stored
        )
        if self._reranker is not None:
            hits = _reranked(self._reranker, question, hits)
        return Retrieval(
            hits=hits,
            concepts=_concepts(question, mentions),
            mentions=mentions,
            digests={passage.document: digest for passage, _, digest in stored.values()},
            families={hit.passage.document: self._index.family(hit.passage.document) for hit in hits},
            newer=newer_documents(records.values(), filters.as_of),
            seconds={"search": searched - started, "fuse": time.perf_counter() - searched},
        )

    def _search_vectors(self, question: str, allowed: frozenset[str] | None) -> tuple[dict[str, float], dict[str, str]]:
        embedding = self._embedder.embed_query(question)
        return self._search(lambda count: self._index.search_vectors(embedding, count), allowed)

    def _search(
        self, search: Callable[[int], list[tuple[str, float]]], allowed: frozenset[str] | None
    ) -> tuple[dict[str, float], dict[str, str]]:
        """Fetch until enough candidates pass the filter: far faster than filtering inside Chroma."""
        count = self._candidates
        while True:
            found = search(count)
            documents = self._index.catalogue.documents_of([key for key, _ in found])
            if allowed is not None:
                documents = {key: path for key, path in documents.items() if path in allowed}
            exhausted = len(found) < count or count >= _DEEPEST
            if not allowed or len(documents) >= self._candidates or exhausted:
                break
            count *= 4
        kept = [(key, score) for key, score in found if key in documents][: self._candidates]
        return dict(kept), documents

    def _weight_of(self, language: str | None) -> float:
        """The weight of the vectors for a passage, by how well the embedder reads its language."""
        primary = (language or "").split("-")[0]
        if self._embedding_languages is None or primary in self._embedding_languages:
            return self._dense_weight
        return self._dense_weight * _WORD_FOR_WORD_SHARE if primary == "zh" else 0.0


def _saying(question: str, language: str | None) -> float:
    """What the keywords of a passage count for.

    The bigrams of Chinese overlap: the same words bring a Chinese passage a higher score.
    """
    crosses = is_mostly_han(question) and not (language or "").startswith("zh")
    return _OVERLAP if crosses else 1.0


def _terms(question: str, mentions: Sequence[Mention]) -> dict[str, float]:
    own = Counter(content_tokens(question) or tokens(question))
    terms = {term: float(count) for term, count in own.items()}
    for mention in mentions:
        size = len(tokens(mention.name))
        full_weight = _EVERYDAY / math.sqrt(len(mention.others) or 1) if mention.everyday else 1.0
        for name in mention.others:
            others = tokens(name)
            # However many bigrams a name falls into, it weighs no more than the name in the question.
            weight = full_weight * min(1.0, size / max(1, len(others)))
            for term in others:
                terms.setdefault(term, weight)
    return terms


def _concepts(question: str, mentions: Sequence[Mention]) -> tuple[Concept, ...]:
    """Terms and translated words as wholes, the remaining words one by one."""
    named = []
    for mention in mentions:
        words = [_words_of_name(name, is_one_word=mention.everyday) for name in mention.names]
        named.append(Concept(tuple(dict.fromkeys(name for name in words if name))))
    if not named:
        return tuple(Concept(((word,),)) for word in dict.fromkeys(content_words(question) or tokens(question)))
    inside = {word for concept in named for word in concept.names[0]}
    single = dict.fromkeys(content_words(without_chinese_names(question, mentions)))
    # Of Chinese, a character that is left over is no word.
    others = (word for word in single if word not in inside and not (is_unspaced(word) and len(word) == 1))
    return (*named, *(Concept(((word,),)) for word in others))


def _words_of_name(name: str, *, is_one_word: bool) -> tuple[str, ...]:
    """The content words of a name; a word of Han stays whole though one that holds sentences together is in it."""
    return (name,) if is_one_word and is_unspaced(name) else tuple(content_runs(name) or tokens(name))


def _spread(ranked: Mapping[str, float], documents: Mapping[str, str], limit: int, per_document: int) -> Iterator[str]:
    """The first passages of a ranking, at most so many of one document."""
    taken: Counter[str] = Counter()
    for key in ranked:
        if sum(taken.values()) == limit:
            return
        if taken[documents[key]] < per_document:
            taken[documents[key]] += 1
            yield key


def _reranked(reranker: Reranker, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    scores = reranker.score(question, [hit.passage.text for hit in hits])
    scored = [replace(hit, rerank=score) for hit, score in zip(hits, scores, strict=True)]
    return tuple(sorted(scored, key=lambda hit: -(hit.rerank or 0.0)))
