"""How the words of answers and quotes are compared."""

from __future__ import annotations

import re
from itertools import accumulate

from assistant.text import UNSPACED, fold

_WORD = re.compile(rf"\d+(?:\.\d+)*|[^\W\d_{UNSPACED}]+|[{UNSPACED}]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_ARTICLES = frozenset({"a", "an", "the"})


def words(text: str) -> list[str]:
    """Words and numbers without case, punctuation and articles; every Han character is a word."""
    return [word for word in _split(text) if word not in _ARTICLES]


def occurs(answer: str, text: str) -> bool:
    """Whether an answer stands in a text, as whole words, whatever the blanks and punctuation.

    "U.S." occurs in "US exports", "twenty-five" in "twenty five", but "4" neither in "1945" nor
    in "4.5". An answer of nothing but punctuation must occur as it is.
    """
    needle = "".join(_split(answer))
    if not needle:
        return fold(answer).strip() in fold(text)
    parts = _split(text)
    haystack = "".join(parts)
    edges = {0, *accumulate(len(part) for part in parts)}
    at = haystack.find(needle)
    while at >= 0:
        if at in edges and at + len(needle) in edges:
            return True
        at = haystack.find(needle, at + 1)
    return False


def _split(text: str) -> list[str]:
    return _WORD.findall(_THOUSANDS.sub("", fold(text)))
