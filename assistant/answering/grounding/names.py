"""The names that a text gives to people, places, bodies and things, and whether another text has them too."""

from __future__ import annotations

import csv
import importlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Protocol

from assistant.retrieval.glossary import Glossary, Mention, Term
from assistant.text import STOP_WORDS, fold, han_names, han_share, tokens


class Terms(Protocol):
    """What is needed of the glossary."""

    def mentions(self, question: str) -> tuple[Mention, ...]:
        """The terms that a text mentions, each with its other names."""


class Remembered:
    """A glossary that looks at each text once."""

    def __init__(self, glossary: Terms | None) -> None:
        self._glossary = glossary
        self._found: dict[str, tuple[Mention, ...]] = {}

    def mentions(self, question: str) -> tuple[Mention, ...]:
        """The terms that a text mentions; none without a glossary."""
        if question not in self._found:
            self._found[question] = self._glossary.mentions(question) if self._glossary else ()
        return self._found[question]


_AMERICA = re.compile(r"\bU\.\s?S\.(?:\s?A\.)?|\bUSA?\b(?!\$| Rare Earth)")
_CURRENCY = re.compile(
    r"\b(?:US|U\.S\.|American|Australian|Canadian|Hong Kong|Taiwan) dollars?\b|\bChinese yuan\b|\bJapanese yen\b",
    re.IGNORECASE,
)
_HOME = "china"  # what these documents are about, and leave unsaid
_LETTER = "[A-Za-z0-9&\u00c0-\u024f]"
_CAPITALISED = re.compile(rf"(?<!{_LETTER})[A-Z]{_LETTER}*(?:['’-]{_LETTER}+)*")
# Words that are written with a capital before names and say what kind of thing is named.
_KINDS = frozenset(
    """mr mrs ms dr prof premier president minister ministry chairman chairwoman secretary general governor director
    deputy vice chief spokesperson spokesman professor article decree order announcement notice circular annex section
    chapter table figure phase part item no nos province city county district state prefecture region group company
    corporation corp inc ltd limited co plc ag pty gmbh llc kk holdings law regulations regulation measures rules act
    plan list catalogue agreement government parliament congress commission committee council board court agency
    bureau administration office department institute university school laboratory academy exchange port airport mine
    plant north south east west northern southern eastern western central new first second third january february
    march april may june july august september october november december monday tuesday wednesday thursday friday
    saturday sunday q1 q2 q3 q4 h1 h2 reo ree rees announcements decrees articles""".split()
)
_BODIES = tuple("部 署 局 院 委 会 所 集团 公司 资源 稀土 法 条例 规定 公告 材料 计划 号 岛 军".split())
_ORDINARY_END = re.compile(r"(?:ings?|ed|ly|[ts]ions?|ments?|it(?:y|ies)|ness(?:es)?|[ae]nces?|isms?|ships?)$")
_ORDINARY = frozenset(
    """output demand supply trade price cost production growth import export quota mining mine refining industry
    industrial foreign domestic global world data total official illegal rare heavy light net under according both two
    three four five six seven eight nine ten most many several less full half early late market profit loss tax duty
    fine law since despite among whereas like unlike per via total state share control licence
    license policy government company firm research recycling""".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the text has it, and all names of the same thing, folded."""

    text: str
    names: frozenset[str]

    def is_same_as(self, other: Name) -> bool:
        """Whether two names have one in common."""
        return not self.names.isdisjoint(other.names)


@cache
def _places() -> Glossary:
    rows = csv.DictReader(files("assistant.answering.grounding").joinpath("places.csv").read_text("utf-8").splitlines())
    # A single Han character names a country only in headlines, and stands in too many other words.
    named = (tuple(name for name in row["names"].split(";") if len(name) > 1) for row in rows)
    return Glossary(tuple(Term(tuple(fold(name) for name in names)) for names in named))


class Names:
    """The names in one text, by the glossary, by the list of countries, by capitals, and by jieba's parts of speech.

    Attributes:
        terms: Those of the glossary that are written as names, with a capital or in Han.
        concepts: Those of the glossary that are written as words: terbium, price floor.
        places: Countries and provinces.
        others: What only its capital, or jieba's dictionary, tells to be a name.
    """

    def __init__(self, text: str, glossary: Terms) -> None:
        """Find them.

        Args:
            text: As it stands; capitals tell names.
            glossary: Names of the same things in other words; everyday words in it name nothing.
        """
        text = _AMERICA.sub("United States", _CURRENCY.sub(" ", text))
        known = [_name(each) for each in glossary.mentions(text) if not each.everyday]
        left = _without(text, (each.text for each in known))
        self.concepts = tuple(each for each in known if _is_lower(each.text, text))
        self.terms = tuple(each for each in known if each not in self.concepts)
        self.places = tuple(map(_name, _places().mentions(left)))
        left = _without(left, (each.text for each in self.places))
        found = dict.fromkeys((*_capitalised(left, text, glossary), *han_names(left)))
        self.others = tuple(Name(each, frozenset({fold(each)})) for each in found)

    @property
    def proper(self) -> tuple[Name, ...]:
        """All but the concepts."""
        return (*self.terms, *self.places, *self.others)


def _name(mention: Mention) -> Name:
    return Name(mention.name, frozenset(mention.names))


def _is_lower(name: str, text: str) -> bool:
    """Whether a text writes a name as a common word."""
    if han_share(name) > 0:
        return not name.endswith(_BODIES) and not han_names(name)
    words = r"\W+".join(rf"{re.escape(word)}\w*" for word in re.findall(r"\w+", name))
    found = re.search(rf"\b{words}", text, re.IGNORECASE)
    inner = found.group().split()[-1] if found else name
    return inner.islower() and (found is None or found.group()[1:].islower())


def names_of(text: str, glossary: Terms) -> Names:
    """The names in a text."""
    return Names(text, glossary)


def missing_names(claim: Names, said: Names, texts: Sequence[str]) -> tuple[Name, ...]:
    """The names of a statement that none of the texts has, under whatever name.

    A concept may be put in other words; it is missing only where the texts speak of another
    one that the statement leaves out, as of dysprosium where the statement has terbium.

    Args:
        claim: Names of the statement.
        said: Names of the texts together.
        texts: The quotes and their context.
    """
    evidence = _Evidence("\n".join(texts))
    known = (*said.terms, *said.concepts, *said.places)

    def is_there(name: Name) -> bool:
        return any(map(name.is_same_as, known)) or any(map(evidence.says, name.names))

    missing = [name for name in (*claim.terms, *claim.places) if not is_there(name)]
    if all(_HOME in each.names for each in said.places):
        missing = [name for name in missing if _HOME not in name.names]
    left_out = [each for each in said.concepts if not any(map(each.is_same_as, claim.concepts))]
    missing += [name for name in claim.concepts if left_out and not is_there(name)]
    return (*missing, *(name for name in claim.others if not evidence.has(name.text)))


class _Evidence:
    """The texts in which names are looked for, prepared once."""

    def __init__(self, text: str) -> None:
        self._folded = fold(text)
        self._stems = f" {' '.join(tokens(text))} "
        self._letters = frozenset(re.findall(r"[a-z0-9]+", self._folded))
        self._initials = {
            "".join(word[0] for word in words if word.lower() not in STOP_WORDS).lower()
            for words in (run.split() for run in re.findall(r"[A-Z]\w+(?:(?: of| and| for| the|,)* [A-Z]\w+)+", text))
        }

    def says(self, name: str) -> bool:
        """Whether a name stands in the texts, in whatever inflection."""
        if han_share(name) > 0:
            return name in self._folded
        return f" {' '.join(tokens(name))} " in self._stems

    def has(self, name: str) -> bool:
        """Whether a name stands there, whole, as an acronym, or in the other script."""
        folded = fold(name)
        if self.says(folded) or folded in self._initials:
            return True
        if han_share(folded) > 0:
            spelled = "".join(_syllables(folded))
            return any(spelled == re.sub("[^a-z]", "", run) for run in self._latin_runs())
        words = re.findall(r"[a-z0-9]+", folded)
        rest = [word for word in words if word not in _KINDS]
        if all(word in self._letters or f" {' '.join(tokens(word))} " in self._stems for word in rest):
            return True
        acronym = "".join(word[0] for word in words if word not in STOP_WORDS)
        return (len(acronym) > 2 and acronym in self._letters) or self._spells(rest)

    def _latin_runs(self) -> Iterator[str]:
        words = re.findall(r"[a-z]+", self._folded)
        for length in (1, 2, 3):
            yield from ("".join(words[at : at + length]) for at in range(len(words) - length + 1))

    def _spells(self, words: Sequence[str]) -> bool:
        """Whether Han characters in the texts are written so in pinyin, in either order of the words."""
        if han_share(self._folded) == 0 or not words:
            return False
        orders = {"".join(words), "".join(reversed(words)), "".join((words[-1], *words[:-1]))}
        return any(_is_spelled(order.replace("v", "u"), _syllables(self._folded)) for order in orders)


def _is_spelled(word: str, syllables: Sequence[str]) -> bool:
    for first in range(len(syllables)):
        spelled = ""
        for syllable in syllables[first : first + 6]:
            spelled += syllable
            if spelled == word:
                return True
            if not word.startswith(spelled):
                break
    return False


@lru_cache(maxsize=4_096)
def _syllables(text: str) -> tuple[str, ...]:
    """The pinyin of each Han character without tones; of all else a mark that no name holds."""
    pinyin: Any = importlib.import_module("pypinyin")  # a third of a second, which English answers need not wait for
    spelled = pinyin.lazy_pinyin(text, errors=lambda run: ["\0"] * len(run))
    return tuple(syllable.replace("v", "u").replace("ü", "u") for syllable in spelled)


def _without(text: str, names: Iterable[str]) -> str:
    """A text in which names that were found are blanked out."""
    for name in names:
        if han_share(name) == 0:
            words = r"\W+".join(rf"{re.escape(word)}\w*" for word in re.findall(r"\w+", name))
            text = re.sub(rf"\b{words}", lambda match: "\0" * len(match.group()), text, flags=re.IGNORECASE)
        elif len(folded := fold(text)) == len(text):  # else no place in one is the same in the other
            for match in re.finditer(re.escape(name), folded):
                text = text[: match.start()] + "\0" * len(name) + text[match.end() :]
    return text


def _capitalised(left: str, text: str, glossary: Terms) -> Iterator[str]:
    """Runs of capitalised words; a word that only begins a sentence counts if it looks like no ordinary word."""
    run: list[str] = []
    end = -1
    for match in _CAPITALISED.finditer(left):
        between = left[end : match.start()] if end >= 0 else ""
        if run and between != " ":
            yield from _named(run)
            run = []
        word = re.sub(r"['’]s?$", "", match.group())
        begins = re.search(r"(?:^|[.!?:;。！？：；“\"]\s*)$", text[: match.start()]) is not None
        alone = not re.match(r"\s[A-Z]", left[match.end() :])
        if not (begins and (_is_ordinary(word, glossary) or (alone and len(word) < 3))):
            run.append(word)
        end = match.end()
    yield from _named(run)


def _named(run: Sequence[str]) -> Iterator[str]:
    if any(word.lower() not in _KINDS and word.lower() not in STOP_WORDS for word in run):
        yield " ".join(run)


def _is_ordinary(word: str, glossary: Terms) -> bool:
    """Whether a word that begins a sentence is likely to be no name: a short list, its ending, everyday words."""
    lowered = word.lower()
    if word.isupper() and len(word) > 1:
        return False
    if lowered in STOP_WORDS or lowered in _ORDINARY or lowered in _KINDS or _ORDINARY_END.search(lowered):
        return True
    return any(each.everyday for each in glossary.mentions(word))
