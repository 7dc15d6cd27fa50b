"""Slips of the pen in a question: a word that nobody knows, one slip away from one that documents say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from string import ascii_lowercase
from threading import Lock

from assistant.answering.weights import Frequencies
from assistant.index.onnx_model import bundled_model
from assistant.retrieval.word_for_word import WordForWord
from assistant.text import UNSPACED, content_words, stems, tokens

# Shorter words have too many neighbours, names have a capital, and of substances and persons there are many alike.
_WORD = re.compile(
    rf"(?<![^\W{UNSPACED}]|['’.@/\\-])(?![a-z]*(?:ees?|[ai]tes?|ides?)\b)[a-z]{{6,}}(?![^\W{UNSPACED}]|['’@/\\-]|\.\w)"
)


class Spelling:
    """Tells slips from words, and what was meant."""

    def __init__(self, frequencies: Frequencies, words: WordForWord) -> None:
        """Join what documents say and what is known of English.

        Args:
            frequencies: In how many passages terms stand.
            words: English words, beside those of the bundled model's vocabulary.
        """
        self._frequencies = frequencies
        self._words = words
        self._mending = Lock()  # what is known of English is made once, though ten ask at a time

    def corrected(self, question: str) -> str:
        """A question with its slips mended: a letter left out, put in, mistaken or in the wrong place.

        Only a word that no document says, and that is no English word that is known here, is taken
        for a slip; of the words that are one slip away (but for the first letter) it is the one
        that most passages say (Norvig, "How to Write a Spelling Corrector").
        """
        return _WORD.sub(self._mended, question)

    def _mended(self, found: re.Match[str]) -> str:
        word = found[0]
        if any(self._passages_with([word]).values()):
            return word
        with self._mending:
            return word if self._is_english(word) else self._meant(word)

    def _meant(self, word: str) -> str:
        passages = self._passages_with([each for each in _one_slip_from(word) if self._is_a_word(each)])
        best = max(passages, key=lambda each: passages[each], default=word)
        return best if passages.get(best) else word

    def _is_english(self, word: str) -> bool:
        return not _english_stems().isdisjoint(tokens(word)) or self._words.knows(word)

    def _is_a_word(self, letters: str) -> bool:
        """Whether they can be one: English as they stand, or the stem of no English word."""
        return letters in _english_words() or (tokens(letters) == [letters] and letters not in _english_stems())

    def _passages_with(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each word stands, in whichever form; words that carry no meaning are left out."""
        stems = {word: stem for word in words for stem in content_words(word)}
        found, _ = self._frequencies([*dict.fromkeys(stems.values())])
        return {word: found[stem] for word, stem in stems.items()}


def _one_slip_from(word: str) -> Iterator[str]:
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        yield from (before + letter + after for letter in ascii_lowercase)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in ascii_lowercase)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


@cache
def _english_words() -> frozenset[str]:
    return frozenset((bundled_model() / "vocab.txt").read_text("utf-8").split())


@cache
def _english_stems() -> frozenset[str]:
    return stems(_english_words())
