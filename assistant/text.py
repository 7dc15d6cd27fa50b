"""The words of a text: its canonical form, the form in which it is compared, tokens, numbers, language."""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import accumulate
from threading import Lock
from typing import Any

import opencc
import Stemmer

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # ideographs with extension A and compatibility forms
UNSPACED = f"\u3040-\u30ff{HAN}"  # with Japanese kana: scripts that are written without spaces
_MOSTLY_HAN = 0.3
_HAN = re.compile(f"[{HAN}]")
_TOKEN = re.compile(rf"[{UNSPACED}]+|\d+(?:[.,]\d+)*|[^\W\d_{UNSPACED}]+(?:['’][^\W\d_]+)?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]")
# Each run of blanks is looked at once: without the look-behind a file of blanks takes hours.
_TRAILING_BLANKS = re.compile("(?<![ \t\u00a0\u3000])[ \t\u00a0\u3000]++(?=\n|$)")

STOP_WORDS = frozenset(
    """a about above after again against all also although am an and any are as at be because been
    before being below between both but by can could did do does doing done during each either for
    from further get had has have having he her here hers him his how i if in into is it its
    itself just many may me might more most much must my no nor not now of off on once only or
    other our out over own per same shall she should so some such than that the their them then
    there these they this those through to too under until up upon us very was we were what when
    where which while who whom whose why will with within without would you your please tell give
    list name show s t pls plz thanks hi hello hey exactly actually really ideally basically got gotten
    gonna stuff something anything someone anyone""".split()
)
_HAN_FUNCTION_WORDS = re.compile(
    "什么时候|为什么|为何|一共|总共|名字|(?<!任)何[时处]|那么|这么|究竟|帮我|告诉我|时候|啥时候|"
    "什么|哪儿|啥|多少|哪一年|哪一|哪些|哪个|哪家|哪座|哪里|哪|几家|几个|如何|怎样|怎么|是否|有没有|能否|可否|请问|"
    "谁|吗|呢|吧|的|了|在|是|有|和|与|及|或|被|把|对|从|为|以|于|由|而|但|这|那|其|并|也|都|就|还|又|到|之|年|月|日"
)


def clean(text: str) -> str:
    r"""Canonical form of a document's text: NFC, ``\n`` line ends, no control characters.

    Args:
        text: As a reader extracted it; lone surrogates are replaced.

    Returns:
        Text with trailing blanks of lines removed and never more than one blank line in a row.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = unicodedata.normalize("NFC", _CONTROL.sub("", text))
    text = _TRAILING_BLANKS.sub("", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def flatten(text: str) -> str:
    """One line of text for display: line breaks vanish between Han, become blanks elsewhere."""
    text = re.sub(rf"(?<=[{UNSPACED}。，、；：！？]) *\n\s*(?=[{UNSPACED}])", "", text)
    return re.sub(r"\s+", " ", text).strip()


@cache
def _traditional_to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, lower case, no accents, simplified Han."""
    text = unicodedata.normalize("NFKC", text).lower()
    if text.isascii():
        return text
    if _HAN.search(text):
        text = _traditional_to_simplified().convert(text)
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f"))


_STEMMER_LOCK = Lock()


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    with _STEMMER_LOCK:  # a Stemmer is not safe to share between threads
        return str(_stemmer().stemWord(word))


def stems(words: Iterable[str]) -> frozenset[str]:
    """The stems of English words in lower case, tens of thousands at once."""
    with _STEMMER_LOCK:
        return frozenset(_stemmer().stemWords([*words]))


def _fold_tokens(folded: str) -> Iterator[str]:
    for match in _TOKEN.finditer(folded):
        word = match.group()
        if (word.isalpha() and word.isascii()) or "\u3040" <= word[0] <= "\uf9ff" or "\uf900" <= word[0] <= "\ufaff":
            yield word
        elif word[0].isdigit():
            yield word.replace(",", "")
        else:
            yield word.split("'")[0].split("’")[0]


def is_unspaced(token: str) -> bool:
    """Whether a token is written in a script without spaces, such as Han."""
    return not token.isascii() and re.match(f"[{UNSPACED}]", token) is not None


def tokens(text: str) -> list[str]:
    """Terms for keyword search: English stems and numbers, character bigrams for Han.

    Bigrams reach .96 nDCG@10 on XQuAD-zh where whitespace tokens reach .12. A run of a single
    Han character stays as it is.
    """
    found: list[str] = []
    for token in _fold_tokens(fold(text)):
        if token.isascii() or not is_unspaced(token):
            found.append(_stem(token))
        else:
            found.extend(bigrams(token))
    return found


_MONTH_OF_MAY = re.compile(
    r"\bMay,? \d|\d\.? May\b|(?:in|of|since|by|until|from|to|and|before|after|early|late|mid) May\b"
)


def content_runs(text: str) -> list[str]:
    """What carries meaning in a text: English stems, numbers, and runs of Han parted at function words.

    Stop words are left out; ``May`` is kept where it is the month.
    """
    return list(_content(text, _HAN_FUNCTION_WORDS.split))


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning: as ``content_runs``, with Han parted into words."""
    return list(_content(text, _han_words))


def _content(text: str, part_han: Callable[[str], Iterable[str]]) -> Iterator[str]:
    may_is_month = _MONTH_OF_MAY.search(text) is not None
    for token in _fold_tokens(fold(text)):
        if is_unspaced(token):
            yield from filter(None, part_han(token))
        elif token not in STOP_WORDS or (token == "may" and may_is_month):
            yield _stem(token)


def is_han_function_word(word: str) -> bool:
    """Whether a word of Han only holds a sentence together."""
    return _HAN_FUNCTION_WORDS.fullmatch(word) is not None


def _segmenter() -> Any:
    return importlib.import_module("rjieba")  # half a second, which English questions need not wait for


def _han_words(run: str) -> list[str]:
    """The words of a run by the dictionary of jieba; single characters only where there is nothing longer."""
    words = [word for word in _segmenter().cut(run) if not is_han_function_word(word)]
    return [word for word in words if len(word) > 1] or words


def han_word_starts(text: str) -> frozenset[int]:
    """Where the words of a text begin, by the dictionary of jieba."""
    return frozenset(accumulate(map(len, _segmenter().cut(text)), initial=0))


_PROPER_NOUNS = ("nr", "ns", "nt", "nz")
_CLOSED_CLASSES = ("c", "d", "f", "m", "p", "q", "r", "u", "y")  # adverbs and measure words among them


def is_telling_han_word(word: str) -> bool:
    """Whether a run of Han, cut from a text, is a word of the dictionary of jieba that says what it is about.

    Names are, also those that the dictionary lacks; single characters, and what else was cut as a word
    without being one, are not.
    """
    if len(word) == 1:
        return False
    tagged = _segmenter().tag(word)
    if len(tagged) > 1 or tagged[0][1].startswith(_PROPER_NOUNS):
        return len(tagged) == 1
    return not tagged[0][1].startswith(_CLOSED_CLASSES) and _segmenter().cut(word, hmm=False) == [word]


def han_names(text: str) -> list[str]:
    """The words of Han in a text that jieba's dictionary knows as names of people, places and bodies."""
    if _HAN.search(text) is None:
        return []
    tagged = _segmenter().tag(fold(text))
    return [word for word, tag in tagged if tag.startswith(_PROPER_NOUNS) and len(word) > 1 and is_unspaced(word)]


def content_tokens(text: str) -> list[str]:
    """The terms of ``tokens`` that carry meaning: ``content_runs`` with Han as bigrams."""
    return [term for word in content_runs(text) for term in (bigrams(word) if is_unspaced(word) else [word])]


def bigrams(run: str) -> list[str]:
    """The overlapping pairs of characters of a run; a single character stays as it is."""
    if len(run) < 2:
        return [run] if run else []
    return [run[i : i + 2] for i in range(len(run) - 1)]


def han_share(text: str) -> float:
    """Share of Han characters among all letters and digits, in [0, 1]."""
    if text.isascii():
        return 0.0
    letters = sum(c.isalnum() for c in text)
    return len(_HAN.findall(text)) / letters if letters else 0.0


def is_mostly_han(text: str) -> bool:
    """Whether a text is Chinese; names in other letters may stand in it."""
    return han_share(text) > _MOSTLY_HAN


def language_of(text: str) -> str:
    """``en``, ``zh`` or ``zh-Hant``, by script alone."""
    sample = text[:20_000]
    if han_share(sample) < 0.2:
        return "en"
    han = "".join(_HAN.findall(sample))
    simplified = _traditional_to_simplified().convert(han)
    differing = sum(a != b for a, b in zip(han, simplified, strict=False))
    return "zh-Hant" if differing > 0.1 * len(han) else "zh"


def word_count(text: str) -> int:
    """Length in words; two Han characters count as one word."""
    han = len(_HAN.findall(text))
    return len(re.findall(rf"[^\s{UNSPACED}]+", text)) + (han + 1) // 2


_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text without thousands separators: ``{"93800", "2012"}``."""
    folded = unicodedata.normalize("NFKC", text)
    return frozenset(match.replace(",", "") for match in _NUMBER.findall(folded))
