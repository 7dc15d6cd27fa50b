"""Chinese put into English word for word, for models that know English only.

A translation by dictionary is no prose, but it holds what a sentence is about; questions have been
carried across languages so since Hull and Grefenstette (1996). The words are those of
``dictionary.csv``, which belongs to no corpus.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files

from assistant.text import fold

FINGERPRINT = "words-1"  # another number with other words
_HAN_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_LONGEST = 12  # characters of a word
_PUNCTUATION = str.maketrans({"。": ". ", "、": ", ", "《": '"', "》": '"', "“": '"', "”": '"', "「": '"', "」": '"'})


class WordForWord:
    """Puts Chinese into English, word for word; other text stays as it is."""

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
