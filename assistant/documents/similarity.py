"""How alike two texts are, told from a short signature of each (MinHash; Broder 1997)."""

from __future__ import annotations

import importlib
import re
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from assistant.text import UNSPACED, fold

ALIKE = 0.8  # estimated share of shingles in common from which two texts are near-duplicates
_PERMUTATIONS = 120  # standard error of an estimate of .8: .037
_BAND = 6  # values a band joins; with 20 bands, texts that are .8 alike share one in 99.8% of cases
_SHINGLE = 3  # terms: words, or characters of Han
_FEWEST_SHINGLES = 40  # too few words say the same by chance
_BATCH = 10_000
_TERM = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")


def signature_of(text: str) -> tuple[int, ...]:
    """The signature of a text: 120 numbers below 2**32, or none where it is too short to compare."""
    terms = _TERM.findall(fold(text))
    shingles = {" ".join(terms[first : first + _SHINGLE]).encode() for first in range(len(terms) - _SHINGLE + 1)}
    if len(shingles) < _FEWEST_SHINGLES:
        return ()
    sketch = _empty_sketch().copy()
    left = iter(shingles)
    while batch := list(islice(left, _BATCH)):  # a batch takes memory for every permutation of it
        sketch.update_batch(batch)
    return tuple(sketch.hashvalues.tolist())


@cache
def _empty_sketch() -> Any:
    datasketch = importlib.import_module("datasketch")  # imports scipy, which takes half a second
    return datasketch.MinHash(_PERMUTATIONS, hashfunc=zlib.crc32, scheme="affine32")


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimated Jaccard similarity of the texts behind two signatures of 120 values, in [0, 1]."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def bands(signature: Sequence[int]) -> tuple[str, ...]:
    """Keys of a signature; texts that are alike have one in common, nearly always.

    This is locality-sensitive hashing (Indyk and Motwani 1998): looking up keys finds the few
    texts that are worth comparing among any number.
    """
    return tuple(
        f"{first}:" + "".join(f"{value:08x}" for value in signature[first : first + _BAND])
        for first in range(0, len(signature), _BAND)
    )


def families(alike: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """One name for all texts that are connected by likeness: the first of their own names.

    Args:
        alike: For every text the texts that are like it.
    """
    found: dict[str, str] = {}
    for name in sorted(alike):
        waiting = [name]
        while waiting:
            member = waiting.pop()
            if member not in found:
                found[member] = name
                waiting += alike.get(member, ())
    return found
