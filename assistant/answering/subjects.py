"""The names in a question that tell what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from assistant.answering.weights import Frequencies
from assistant.retrieval.glossary import Mention
from assistant.text import tokens

Name = Set[frozenset[str]]  # the ways to say it, each as its keywords

_COMMON = 0.06  # share of passages from which a name tells little: China, rare earths
_CAPITALS = re.compile(r"(?<=\w )[A-Z][\w'’&-]*[a-z][\w'’&-]*(?:[ -][A-Z][\w'’&-]*)*")  # EU is written out elsewhere


def subjects(question: str, mentions: Sequence[Mention], frequencies: Frequencies) -> tuple[Name, ...]:
    """The rare names of a question: glossary terms, and what is written with capitals inside it.

    Args:
        question: In full.
        mentions: The glossary terms that it mentions.
        frequencies: In how many passages terms stand, and how many passages there are.
    """
    ways = [mention.names for mention in mentions if not mention.everyday]
    ways += [(said.group(),) for said in _CAPITALS.finditer(question)]
    names = [frozenset(filter(None, (frozenset(tokens(way)) for way in each))) for each in ways]
    found, total = frequencies(sorted(frozenset().union(*(way for name in names for way in name))))
    return tuple(name for name in names if name and _share(name, found) <= _COMMON * total)


def says_any(names: Sequence[Name], terms: Set[str]) -> bool:
    """Whether keywords hold any of the names, in one of its ways."""
    return any(way <= terms for name in names for way in name)


def _share(name: Name, found: dict[str, int]) -> int:
    """In how many passages at most a name stands, in its most frequent way."""
    return max(min(found[term] for term in way) for way in name)
