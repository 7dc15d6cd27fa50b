"""How the words of answers and quotes are compared."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from assistant.text import UNSPACED, fold

_WORD = re.compile(rf"\d+(?:\.\d+)*|[^\W\d_{UNSPACED}]+|[{UNSPACED}]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_ARTICLES = frozenset({"a", "an", "the"})
_SQUAD_ARTICLES = re.compile(r"\b(a|an|the)\b")
_CHINESE_PUNCTUATION = "，。：；？！“”‘’《》〈〉【】（）「」『』、…·～－"
_SQUAD_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation, "") | dict.fromkeys(_CHINESE_PUNCTUATION, " "))
_UNSPACED_CHARACTER = re.compile(f"([{UNSPACED}])")


def words(text: str) -> list[str]:
    """Words and numbers without case, punctuation and articles; every Han character is a word."""
    return [word for word in all_words(text) if word not in _ARTICLES]


def all_words(text: str) -> list[str]:
    """Words and numbers without case and punctuation; every Han character is a word."""
    return _WORD.findall(_THOUSANDS.sub("", fold(text)))


def squad_words(text: str) -> list[str]:
    """Words as the official script of SQuAD makes them (Rajpurkar et al. 2016, evaluate-v1.1).

    Lower case, without punctuation and articles, parted at blanks. Chinese as in CMRC 2018 (Cui et
    al. 2019): its punctuation goes too, and every Han character is a word.
    """
    text = _SQUAD_ARTICLES.sub(" ", text.lower().translate(_SQUAD_PUNCTUATION))
    return _UNSPACED_CHARACTER.sub(r" \1 ", text).split()


def shared_f1(one: Sequence[str], other: Sequence[str]) -> float:
    """F1 of two lists of words as multisets; 1 where both are empty."""
    if not one or not other:
        return float(not one and not other)
    return 2 * (Counter(one) & Counter(other)).total() / (len(one) + len(other))


def longest_common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words two texts share in the same order (bit-parallel, Hyyrö 2004)."""
    places: dict[str, int] = {}
    for place, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << place
    everything = (1 << len(one)) - 1
    unmatched = everything
    for word in other:
        candidates = unmatched & places.get(word, 0)
        unmatched = ((unmatched + candidates) | (unmatched - candidates)) & everything
    return len(one) - unmatched.bit_count()


def occurs(answer: str, text: str) -> bool:
    """Whether an answer stands in a text, as whole words, whatever the blanks and punctuation.

    "U.S." occurs in "US exports", "twenty-five" in "twenty five", but "4" neither in "1945" nor
    in "4.5". An answer of nothing but punctuation must occur as it is.
    """
    needle = "".join(all_words(answer))
    if not needle:
        return fold(answer).strip() in fold(text)
    parts = all_words(text)
    haystack = "".join(parts)
    edges = {0, *accumulate(len(part) for part in parts)}
    at = haystack.find(needle)
    while at >= 0:
        if at in edges and at + len(needle) in edges:
            return True
        at = haystack.find(needle, at + 1)
    return False
