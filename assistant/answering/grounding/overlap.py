"""Whether the words of a statement come from its quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from assistant.answering.grounding.names import Terms
from assistant.text import bigrams, content_words, fold, is_mostly_han, is_unspaced, tokens

_LEAST = 0.5  # share of a statement's telling words that its quotes must say
_LEAST_ACROSS = 0.34  # the same across languages, where the glossary knows one translation of several
_LEAST_BESIDE_PREDICATE = 0.6  # the same, where "void" of "the decree is void" is not among them
_ANCHOR = 0.5  # what a figure, date or name that is found counts, beside a word
_FEWEST_ANCHORS = 2  # of a statement of which no word can be carried into the language of its quotes
_COPULA = re.compile(r"\b(?:is|are|was|were|been|became|becomes?|remains?)\b")
_SAME_BEGINNING = 5  # letters in common from which two stems count as one word: producer, production
# Words with which a statement speaks of its source, or joins its parts.
_FRAME = frozenset(
    tokens(
        """accord report say said state note show document source brief list table first second last also however
        therefore thus include including amount come came reach stand stood make made give gave take took become became
        remain year month day time number total figure level period same least nearly almost about roughly around
        respectively alone worth china chinese rare earth earths dollar us yuan rmb euro yen tonn ton kg kilogram
        percent percentage point million billion thousand per january february march april june july august september
        october november december two three four five six seven eight nine ten eleven twelve"""
    )
) | frozenset(
    "据 根据 显示 表示 指出 称 报告 文件 为 达 达到 约 大约 左右 其中 包括 已 已经 将 同时 此外 中国 稀土".split()
)


def telling_words(text: str) -> list[str]:
    """The words of a text that carry its meaning, without figures and what only speaks of a source."""
    return [word for word in content_words(text) if word not in _FRAME and not word[0].isdigit()]


def unsupported_words(
    claim: str,
    quotes: Sequence[str],
    context: Sequence[str],
    glossary: Terms,
    *,
    names: Sequence[str],
    anchors: int,
) -> Iterator[str]:
    """A sentence on the words of a statement that its quotes do not say, if those are too many.

    A word is said if its stem stands there, one with the same beginning, or another name of the
    same thing. Across languages only words that the glossary carries over are judged.

    Args:
        claim: The statement.
        quotes: What it is drawn from.
        context: What stands around the quotes.
        glossary: Names of the same things, everyday words among them.
        names: Names in the statement, which are judged elsewhere.
        anchors: How many figures, dates and names of the statement the quotes have.
    """
    evidence = "\n".join((*quotes, *context))
    said, folded = frozenset(tokens(evidence)), fold(evidence)
    carried = _carried(claim, evidence, glossary)
    across = is_mostly_han(claim) != is_mostly_han("\n".join(quotes))
    named = frozenset(word for name in names for word in content_words(name))
    judged = {
        word: carried.get(word, False) or _is_said(word, said, folded)
        for word in telling_words(claim)
        if word not in named and (not across or word in carried or _is_said(word, said, folded))
    }
    if across and not judged and anchors < _FEWEST_ANCHORS:
        yield "Nothing in the statement can be compared with its quotes, which are in another language."
    missing = [word for word, is_said in judged.items() if not is_said]
    found = len(judged) - len(missing)
    least = _LEAST_ACROSS if across else _LEAST
    is_hollow = not found or (found < _LEAST_BESIDE_PREDICATE * len(judged) and _predicate(claim) in missing)
    if missing and (is_hollow or found + _ANCHOR * anchors < least * (len(judged) + _ANCHOR * anchors)):
        words = ", ".join(f"“{word}”" for word in missing[:6])
        yield f"Too little of the statement stands in its quotes; none of them says {words}."


def _predicate(claim: str) -> str | None:
    """The first telling word after a form of "to be": what the statement says its subject is."""
    match = _COPULA.search(claim)
    return next(iter(telling_words(claim[match.end() :])), None) if match else None


def _carried(claim: str, evidence: str, glossary: Terms) -> dict[str, bool]:
    """The words of a statement that the glossary knows, and whether the evidence says them under any name."""
    names = {name for mention in glossary.mentions(evidence) for name in mention.names}
    found: dict[str, bool] = {}
    for mention in glossary.mentions(claim):
        is_there = not names.isdisjoint(mention.names)
        for word in content_words(mention.name):
            found[word] = found.get(word, False) or is_there
    return found


@cache
def _synonyms() -> dict[str, frozenset[str]]:
    """Stems that may stand for each other in a fair paraphrase; opposites are looked for elsewhere."""
    lines = files("assistant.answering.grounding").joinpath("synonyms.txt").read_text("utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for group in (frozenset(tokens(line)) for line in lines):
        for stem in group:
            found.setdefault(stem, set()).update(group)
    return {stem: frozenset(group) for stem, group in found.items()}


def _is_said(word: str, said: frozenset[str], folded: str) -> bool:
    if is_unspaced(word):
        pairs = bigrams(word)
        return word in folded or (len(pairs) > 1 and 2 * sum(pair in folded for pair in pairs) >= len(pairs))
    beginning = word[:_SAME_BEGINNING]
    if word in said or not said.isdisjoint(_synonyms().get(word, ())):
        return True
    return len(word) >= _SAME_BEGINNING and any(each.startswith(beginning) for each in said)
