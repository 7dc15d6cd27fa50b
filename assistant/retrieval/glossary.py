"""Two word lists that carry questions across languages: a curated glossary, and everyday words.

The glossary names things (companies, minerals, laws) and stands beside the documents. The
vocabulary (``vocabulary.csv``) has the words that questions of policy and trade are made of, such
as price and 价格; it belongs to no corpus. What neither has, ``word_for_word`` translates.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from assistant.errors import AssistantError
from assistant.text import fold, han_share, is_unspaced, tokens


@dataclass(frozen=True, slots=True)
class Term:
    """One thing under all its names, folded for comparison: English and Chinese, full and short.

    Attributes:
        everyday: It is a word of the vocabulary, and names nothing.
    """

    names: tuple[str, ...]
    everyday: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A term that a question mentions: the name it uses, and the other names of the same thing."""

    name: str
    others: tuple[str, ...]
    everyday: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, the question's own first."""
        return self.name, *self.others


class Glossary:
    """Finds the terms of a question and gives their other names.

    English names are compared by their stems: ``magnets`` is ``magnet``.
    """

    def __init__(self, terms: tuple[Term, ...] = ()) -> None:
        self._terms = {_needle(name): (name, term) for term in reversed(terms) for name in reversed(term.names)}
        self._by_beginning: dict[str, list[tuple[int, str]]] = {}
        for rank, needle in enumerate(sorted(self._terms, key=len, reverse=True)):
            self._by_beginning.setdefault(_beginning(needle), []).append((rank, needle))

    def mentions(self, question: str) -> tuple[Mention, ...]:
        """The terms of a question, in order; longer names win.

        Where ``China Rare Earth Group`` is matched, no shorter term inside those words is.
        """
        folded = fold(question)
        words = _stems(folded)
        found: list[tuple[int, Mention]] = []
        for needle in self._possible(folded, words):
            is_spaced = needle.startswith(" ")
            at = (words if is_spaced else folded).find(needle)
            if at < 0:
                continue
            if is_spaced:
                words = words.replace(needle, " \0 ")
            else:
                folded = folded.replace(needle, "\0" * len(needle))
            name, term = self._terms[needle]
            others = (other for other in term.names if other != name)
            if term.everyday:  # its synonyms in the question's own language would only blur the question
                others = (other for other in others if (han_share(other) > 0) == is_spaced)
            found.append((at, Mention(name, tuple(others), term.everyday)))
        return tuple(mention for _, mention in sorted(found, key=lambda pair: pair[0]))

    def in_english(self) -> Iterator[tuple[str, str]]:
        """Each name in Chinese characters alone with the English one of the same thing."""
        for name, term in self._terms.values():
            english = next((other for other in term.names if not han_share(other)), None)
            if english is not None and not term.everyday and all(map(is_unspaced, name)):
                yield name, english

    def _possible(self, folded: str, words: str) -> Iterator[str]:
        """Names whose first character or word stands in a text, longest first: one in a hundred of all."""
        beginnings = {*folded, *words.split()}
        ranked = [pair for each in beginnings for pair in self._by_beginning.get(each, ())]
        return (needle for _, needle in sorted(ranked))


def without_chinese_names(question: str, mentions: Sequence[Mention]) -> str:
    """A question in the form that is compared, with blanks for the Chinese names that it mentions."""
    rest = fold(question)
    for name in sorted((each.name for each in mentions if han_share(each.name)), key=len, reverse=True):
        rest = rest.replace(name, " ")
    return rest


def _beginning(needle: str) -> str:
    """The first word of a name of words, the first character of any other."""
    return needle.split(maxsplit=1)[0] if needle.startswith(" ") and needle.strip() else needle[:1]


def _needle(name: str) -> str:
    return name if han_share(name) > 0 else _stems(name)


def _stems(folded: str) -> str:
    return f" {' '.join(tokens(folded))} "


def load_glossary(path: Path) -> Glossary:
    """Read a CSV with the columns english, simplified, traditional, abbreviations, and add the vocabulary.

    Names in one cell are separated by ``;``. A missing file names nothing.

    Raises:
        AssistantError: The file has no such columns.
    """
    terms = []
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"english", "simplified"} <= set(rows.fieldnames or ()):
                message = f"The glossary {path} needs the columns english and simplified; mend its first line."
                raise AssistantError(message)
            terms += [Term(names) for row in rows if (names := _names(row))]
    vocabulary = files("assistant.retrieval").joinpath("vocabulary.csv").read_text("utf-8")
    terms += [Term(_names(row), everyday=True) for row in csv.DictReader(vocabulary.splitlines())]
    return Glossary(tuple(terms))


def _names(row: Mapping[str, str | None]) -> tuple[str, ...]:
    cells = (row.get(column) or "" for column in ("english", "simplified", "traditional", "abbreviations"))
    return tuple(dict.fromkeys(fold(name.strip()) for cell in cells for name in cell.split(";") if name.strip()))
