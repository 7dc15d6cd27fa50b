"""How telling each thing is that a question asks about."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence, Set
from statistics import fmean

from assistant.retrieval.retriever import Concept
from assistant.text import is_telling_han_word, is_unspaced

Frequencies = Callable[[Sequence[str]], tuple[dict[str, int], int]]


class Weights:
    """How telling each concept of a question is: the inverse frequency of its terms, averaged."""

    def __init__(self, concepts: Sequence[Concept], frequencies: Frequencies) -> None:
        terms = sorted(frozenset().union(*(concept.all_terms for concept in concepts)))
        found, total = frequencies(terms)
        idf = {term: math.log(1 + (total - found[term] + 0.5) / (found[term] + 0.5)) for term in terms}
        self._in_library = frozenset(term for term in terms if found[term])
        concepts = [concept for concept in concepts if self._counts(concept)]
        self.concepts = concepts
        self.values = [fmean(idf[term] for term in concept.terms) for concept in concepts]
        self._total = sum(self.values) or 1.0
        pairs = list(zip(concepts, self.values, strict=True))
        self._words = [(word, value) for concept, value in pairs if (word := concept.only_word) is not None]
        self._others = [(concept, value) for concept, value in pairs if concept.only_word is None]

    def coverage(self, terms: Set[str]) -> float:
        """Weighted share of the question's concepts that a set of terms says, in [0, 1]."""
        covered = sum(value for word, value in self._words if word in terms)
        covered += sum(value * concept.coverage(terms) for concept, value in self._others)
        return covered / self._total

    def _counts(self, concept: Concept) -> bool:
        """Whether it matters if a sentence says a concept: of Chinese, what no document says may be no word at all."""
        word = concept.names[0][0]
        if concept.names != ((word,),) or not is_unspaced(word) or concept.coverage(self._in_library) == 1:
            return True
        return is_telling_han_word(word)

    @property
    def unknown(self) -> tuple[Concept, ...]:
        """What the question asks about and no document of the library says."""
        return tuple(concept for concept in self.concepts if concept.coverage(self._in_library) < 1)
