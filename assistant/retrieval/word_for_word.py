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

from assistant.retrieval.glossary import Mention
from assistant.text import content_runs, content_tokens, fold, han_share, is_unspaced, tokens

FINGERPRINT = "words-1"  # another number with other words
_HAN_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_LONGEST = 12  # characters of a word
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
        lines = _HAN_RUN.sub(self._said, fold(text)).translate(_PUNCTUATION).splitlines()
        return "\n".join(" ".join(line.split()) for line in lines)

    def mentions(self, question: str, named: Sequence[Mention]) -> Iterator[Mention]:
        """The everyday words of a question with their translations.

        Args:
            named: Terms that the question mentions; their words are left out.
        """
        rest = fold(question)
        for mention in named:
            rest = rest.replace(mention.name, " ") if han_share(mention.name) else rest
        taken = {word for mention in named for word in tokens(mention.name)}
        for run in dict.fromkeys(content_runs(rest)):
            if not is_unspaced(run):
                if run not in taken and run in self._chinese:
                    yield Mention(run, self._chinese[run], everyday=True)
                continue
            for word in self._words(run):
                english = " ".join(content_tokens(self._english.get(word, "")))
                if english and len(word) > 1:  # a single character may be part of a name
                    yield Mention(word, (english,), everyday=True)

    @cached_property
    def _chinese(self) -> dict[str, tuple[str, ...]]:
        """The Chinese words, shortest first, for the stem of an English one."""
        found: dict[str, list[str]] = {}
        for chinese, english in sorted(self._english.items(), key=lambda pair: (len(pair[0]), pair[0])):
            if len(chinese) > 1 and english.isalpha():
                found.setdefault(tokens(english)[0], []).append(chinese)
        return {stem: tuple(words[:_MOST_CHINESE]) for stem, words in found.items()}

    def _said(self, run: re.Match[str]) -> str:
        return f" {' '.join(self._english.get(word, word) for word in self._words(run.group()))} "

    def _words(self, run: str) -> list[str]:
        """The fewest words that a run consists of; of several such ways the most even one (MMSEG, Tsai 1996)."""
        best: list[tuple[int, int, int]] = [(0, 0, 0)]  # words, sum of squared lengths, length of the last word
        for end in range(1, len(run) + 1):
            ways = (
                (best[end - size][0] + 1, best[end - size][1] + size * size, size)
                for size in range(1, min(_LONGEST, end) + 1)
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
