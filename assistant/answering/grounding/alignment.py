"""Finds where a quote stands in a passage, so that what is cited is copied from there and never from a model."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from assistant.structure import BlockKind, Span, blocks, sentences, without_mark
from assistant.text import fold, is_unspaced, numbers, word_count


class Alignment(StrEnum):
    """How a quote was found: to the letter, in another writing of the same words, or nearly."""

    EXACT = "exact"
    NORMALISED = "normalised"
    FUZZY = "fuzzy"


@dataclass(frozen=True, slots=True)
class Aligned:
    """Where a quote stands: offsets into the text that was searched, at whole words and whole figures."""

    start: int
    end: int
    how: Alignment


_NEARLY = 92.0  # of 100: share of characters in common from which a quote counts as miscopied, not invented
_LARGEST_GAP = 12  # characters in a row that only one of the two has: a merged quote leaves out more
_FEWEST_WORDS = 3  # shorter quotes (six Han characters) resemble too much to be found by resemblance

_LATIN_OR_DIGIT = re.compile(r"[^\W_]")
_ELLIPSIS = re.compile(r"\s*(?:\.{3,}|…+|⋯+|\[\s*(?:\.{3,}|…+)\s*\])\s*")
_QUOTATION_MARKS = "\"'“”‘’«»‹›„‟「」『』`´＂＇"
_DASHES = "-‐‑‒–—―−﹣－─"
_INVISIBLE = frozenset("\u00ad\ufe0e\ufe0f\u180e\u061c*")
_MARKS = dict.fromkeys("|#", " ") | dict.fromkeys(_DASHES, "-") | dict.fromkeys(_QUOTATION_MARKS, "'")
_MAGNITUDE = re.compile(
    r"[  ]?(?:%|‰|percent\b|per cent\b|percentage points?\b|thousand\b|million\b|billion\b|trillion\b|bn\b|mn\b|tn\b"
    r"|[十百千万萬亿億]+|个百分点|個百分點)"
)
_JOINED_DIGITS = re.compile(r"\d[.,]\d")


def align_quote(quote: str, text: str) -> Aligned | None:
    """Find a quote in a passage: to the letter, then by what it says however it is written, then nearly.

    The span is grown to whole words and whole figures, so that "25" cut out of "255,000 tonnes" is
    cited as what stands there. A quote that joins two places by an ellipsis stands nowhere.

    Args:
        quote: As a model gave it; anything.
        text: The text of one passage.

    Returns:
        The span, or None where the passage does not say that.
    """
    quote = _ELLIPSIS.sub("", quote, count=1) if _ELLIPSIS.match(quote) else quote
    quote = quote.strip()
    if not any(map(str.isalnum, quote)):
        return None
    found = _best_of(_occurrences(quote, text), text, quote)
    if found is not None:
        return Aligned(*found, Alignment.EXACT)
    trailing = [match for match in _ELLIPSIS.finditer(quote) if match.end() == len(quote)]
    quote = quote[: trailing[-1].start()] if trailing else quote
    wanted, plain = _normalised(quote), _normalised(text)
    if not any(map(str.isalnum, wanted.text)):
        return None
    spans = [plain.span(*each) for each in _occurrences(wanted.text, plain.text) if plain.is_whole(*each)]
    if spans:
        return Aligned(*_grown(text, *spans[0]), Alignment.NORMALISED)
    return None if _ELLIPSIS.search(quote) else _nearly(wanted.text, plain, text)


def is_quoted(words: str, text: str) -> bool:
    """Whether a text says these words, however they are written."""
    found = align_quote(words, text)
    return found is not None and found.how is not Alignment.FUZZY


def whole_sentences(text: str, start: int, end: int) -> Span:
    """The sentences, or the row of a table, that a span touches: a half of one may say the opposite of the whole.

    "China banned exports" is a slice of "It is not true that China banned exports."
    """
    for block in blocks(text):
        if block.start < end and start < block.end:
            parts = [(block.start, block.end)]
            if block.kind not in {BlockKind.ROW, BlockKind.HEADING}:
                parts = sentences(text, *without_mark(text, block.start, block.end))
            touched = [part for part in parts if part[0] < end and start < part[1]]
            if touched:
                start, end = min(start, touched[0][0]), max(end, touched[-1][1])
    return start, end


def _occurrences(needle: str, text: str) -> Iterator[Span]:
    at = text.find(needle)
    while at >= 0:
        yield at, at + len(needle)
        at = text.find(needle, at + 1)


def _best_of(spans: Iterator[Span], text: str, quote: str) -> Span | None:
    """The first occurrence that cuts no word, or else the first one, grown."""
    first: Span | None = None
    for span in spans:
        grown = _grown(text, *span)
        if text[slice(*grown)] == quote:
            return grown
        first = first or grown
    return first


@dataclass(frozen=True, slots=True)
class _Normalised:
    """A text as it is compared, with the place of each of its characters in the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The span of the original from which a slice was made."""
        return self.starts[start], self.ends[end - 1]

    def is_whole(self, start: int, end: int) -> bool:
        """Whether a slice begins and ends between words."""
        return not (_joins(self.text, start) or _joins(self.text, end))


@lru_cache(maxsize=512)
def _normalised(text: str) -> _Normalised:
    """Lower case, half width, simplified Han, one kind of dash and of quotation mark, and blanks only between words."""
    kept: list[tuple[str, int, int]] = []
    for at, character in enumerate(text):
        for folded in _folded(character):
            if folded != " ":
                kept.append((folded, at, at + 1))
            elif kept and kept[-1][0] != " ":
                kept.append((" ", at, at + 1))
    needed = [
        each
        for before, each, after in zip([None, *kept], kept, [*kept[1:], None], strict=False)
        if each[0] != " " or (before and after and _parts(before[0], after[0]))
    ]
    return _Normalised(
        "".join(each[0] for each in needed), tuple(each[1] for each in needed), tuple(each[2] for each in needed)
    )


def _parts(before: str, after: str) -> bool:
    """Whether a blank between two characters parts words; beside Han, dashes and marks it is a matter of print."""
    if before in ".," and after.isdigit():
        return True
    return not any(is_unspaced(each) or not each.isalnum() for each in (before, after))


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    if character in _INVISIBLE:
        return ""
    if character in _MARKS:
        return _MARKS[character]
    if character.isspace():
        return " "
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}:
        return ""
    return "".join(" " if each.isspace() else _MARKS.get(each, each) for each in fold(character))


def _joins(text: str, at: int) -> bool:
    """Whether a place stands inside a word or a figure."""
    before, after = text[at - 1 : at] if at else "", text[at : at + 1]
    if not before or not after:
        return False
    if _JOINED_DIGITS.match(text, max(0, at - 1)) or (at > 1 and _JOINED_DIGITS.match(text, at - 2)):
        return True
    return all(_LATIN_OR_DIGIT.match(each) and not is_unspaced(each) for each in (before, after))


def _grown(text: str, start: int, end: int) -> Span:
    """A span widened to whole words, and past a final figure by its magnitude."""
    while _joins(text, start):
        start -= 1
    while _joins(text, end):
        end += 1
    if text[end - 1].isdigit() and (magnitude := _MAGNITUDE.match(text, end)):
        end = magnitude.end()
    return start, end


def _nearly(wanted: str, plain: _Normalised, text: str) -> Aligned | None:
    """The span that resembles a quote most, if it resembles it enough and has the same figures."""
    if word_count(wanted) < _FEWEST_WORDS or len(wanted) > len(plain.text) + _LARGEST_GAP:
        return None
    found = fuzz.partial_ratio_alignment(wanted, plain.text, score_cutoff=_NEARLY - 10)
    if found is None or found.dest_end <= found.dest_start:
        return None
    start, end = found.dest_start, found.dest_end
    while _joins(plain.text, start):
        start -= 1
    while _joins(plain.text, end):
        end += 1
    candidate = plain.text[start:end]
    if fuzz.ratio(wanted, candidate) < _NEARLY or _largest_gap(wanted, candidate) > _LARGEST_GAP:
        return None
    span = _grown(text, *plain.span(start, end))
    if _figures(wanted) != _figures(_normalised(text[slice(*span)]).text):
        return None
    return Aligned(*span, Alignment.FUZZY)


def _figures(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))) if numbers(text) else Counter()


def _largest_gap(one: str, other: str) -> int:
    edits = Indel.opcodes(one, other)
    return max(
        (max(edit.src_end - edit.src_start, edit.dest_end - edit.dest_start) for edit in edits if edit.tag != "equal"),
        default=0,
    )
