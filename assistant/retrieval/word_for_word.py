"""Words of one language in the other: for models that know English only, and for keywords.

A translation by dictionary is no prose, but it holds what a sentence is about; questions have been
carried across languages so since Hull and Grefenstette (1996). The words are those of
``dictionary.csv``, which belongs to no corpus.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.resources import files

from assistant.retrieval.glossary import Mention, without_chinese_names
from assistant.text import HAN, UNSPACED, content_tokens, fold, is_han_function_word, stems, tokens

FINGERPRINT = "words-1"  # another number with other words
_SPACED_WORD = re.compile(rf"[^\W\d_{UNSPACED}]+")
_HAN_RUN = re.compile(f"[{HAN}]+")
_MOST_CHINESE = 6  # words for an English one
_PUNCTUATION = str.maketrans({"。": ". ", "、": ", ", "《": '"', "》": '"', "“": '"', "”": '"', "「": '"', "」": '"'})


class WordForWord:
    """Chinese words, each with an English one."""

    def __init__(self, english: Mapping[str, str]) -> None:
        """Take the words.

        Args:
            english: By Chinese word in simplified characters.
        """
        self._english = english
        self._longest = max(map(len, english), default=1)

    def with_names(self, names: Iterable[tuple[str, str]]) -> WordForWord:
        """The same with further words, which go before its own.

        Args:
            names: Pairs of a Chinese word and an English one.
        """
        return WordForWord({**self._english, **dict(names)})

    def in_english(self, text: str) -> str:
        """A text with its Chinese words in English; characters that belong to no known word stay.

        A text without Han is returned unchanged.
        """
        if _HAN_RUN.search(text) is None:
            return text
        lines = _HAN_RUN.sub(self._run_in_english, fold(text)).translate(_PUNCTUATION).splitlines()
        return "\n".join(" ".join(line.split()) for line in lines)

    def knows(self, word: str) -> bool:
        """Whether it is an English word, in any of its forms, with which Chinese ones are rendered."""
        return not self._stems.isdisjoint(tokens(word))

    def mentions(self, question: str, named: Sequence[Mention]) -> Iterator[Mention]:
        """The everyday words of a question with their translations.

        Args:
            named: Terms that the question mentions; their words are left out.
        """
        rest = without_chinese_names(question, named)
        taken = {stem for mention in named for stem in tokens(mention.name)}
        for word in dict.fromkeys(_SPACED_WORD.findall(rest)):
            stems = content_tokens(word)
            if len(stems) == 1 and stems[0] not in taken and stems[0] in self._chinese_by_stem:
                yield Mention(word, self._chinese_by_stem[stems[0]], everyday=True)
        for word in dict.fromkeys(word for run in _HAN_RUN.findall(rest) for word in self._words(run)):
            english = " ".join(each for each in self._english.get(word, "").split() if content_tokens(each))
            # A single character may be part of a name.
            if english and len(word) > 1 and not is_han_function_word(word):
                yield Mention(word, (english,), everyday=True)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return stems(" ".join(self._english.values()).lower().split())

    @cached_property
    def _chinese_by_stem(self) -> dict[str, tuple[str, ...]]:
        """The Chinese words, shortest first, for the stem of an English one."""
        found: dict[str, list[str]] = {}
        for chinese, english in sorted(self._english.items(), key=lambda pair: (len(pair[0]), pair[0])):
            if len(chinese) > 1 and english.isalpha():
                found.setdefault(tokens(english)[0], []).append(chinese)
        return {stem: tuple(words[:_MOST_CHINESE]) for stem, words in found.items()}

    def _run_in_english(self, run: re.Match[str]) -> str:
        return f" {' '.join(self._english.get(word, word) for word in self._words(run.group()))} "

    def _words(self, run: str) -> list[str]:
        """The fewest words that a run consists of; of several such ways the most even one (MMSEG, Tsai 1996)."""
        best: list[tuple[int, int, int]] = [(0, 0, 0)]  # words, sum of squared lengths, length of the last word
        for end in range(1, len(run) + 1):
            ways = (
                (best[end - size][0] + 1, best[end - size][1] + size * size, size)
                for size in range(1, min(self._longest, end) + 1)
                if size == 1 or run[end - size : end] in self._english
            )
            best.append(min(ways))
        words: list[str] = []
        at = len(run)
        while at:
            size = best[at][2]
            words.append(run[at - size : at])
            at -= size
        return words[::-1]


def load_words() -> WordForWord:
    """The words that ship with the package."""
    text = files("assistant.retrieval").joinpath("dictionary.csv").read_text("utf-8")
    return WordForWord({row["chinese"]: row["english"] for row in csv.DictReader(text.splitlines())})
