"""A curated glossary that carries questions across languages."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError
from assistant.text import fold, han_share


@dataclass(frozen=True, slots=True)
class Term:
    """One thing under all its names, folded for comparison: English and Chinese, full and short."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A term that a question mentions: the name it uses, and the other names of the same thing."""

    name: str
    others: tuple[str, ...]


class Glossary:
    """Finds the terms of a question and gives their other names."""

    def __init__(self, terms: tuple[Term, ...] = ()) -> None:
        self._terms = {name: term for term in reversed(terms) for name in term.names}
        self._longest_first = sorted(self._terms, key=len, reverse=True)

    def mentions(self, question: str) -> tuple[Mention, ...]:
        """The terms of a question, in order; longer names win.

        Where ``China Rare Earth Group`` is matched, no shorter term inside those words is.
        """
        folded = fold(question)
        words = f" {' '.join(_words(folded))} "
        found: list[tuple[int, Mention]] = []
        for name in self._longest_first:
            is_han = han_share(name) > 0
            haystack, needle = (folded, name) if is_han else (words, f" {' '.join(_words(name))} ")
            at = haystack.find(needle)
            if at < 0:
                continue
            if is_han:
                folded = folded.replace(needle, "\0" * len(needle))
            else:
                words = words.replace(needle, " \0 ")
            found.append((at, Mention(name, tuple(n for n in self._terms[name].names if n != name))))
        return tuple(mention for _, mention in sorted(found, key=lambda pair: pair[0]))


def _words(folded: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in folded).split()


def load_glossary(path: Path) -> Glossary:
    """Read a CSV with the columns english, simplified, traditional, abbreviations.

    Names in one cell are separated by ``;``. A missing file is an empty glossary.

    Raises:
        AssistantError: The file has no such columns.
    """
    if not path.is_file():
        return Glossary()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"english", "simplified"} <= set(rows.fieldnames or ()):
            raise AssistantError(f"The glossary {path} needs the columns english and simplified; mend its first line.")
        terms = []
        for row in rows:
            cells = (row.get(column) or "" for column in ("english", "simplified", "traditional", "abbreviations"))
            names = dict.fromkeys(fold(name.strip()) for cell in cells for name in cell.split(";") if name.strip())
            terms.append(Term(tuple(names)))
    return Glossary(tuple(terms))
