"""Whether two cases ask the same thing, or nearly so.

Questions are too short for MinHash: it estimates from many shingles what can here be counted.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.evaluation.cases import Case
from assistant.text import content_tokens, numbers, tokens

ALIKE = 0.7
"""Share of content words in common from which two questions are alike.

In the project's own set of 406 cases, where no two ask the same, the closest two share 0.6.
"""


def most_alike(case: Case, others: Iterable[Case]) -> Case | None:
    """The case that asks most nearly the same, if any does."""
    mine = _asked(case)
    found = [(share, other) for other in others if (share := _share(mine, _asked(other))) >= ALIKE]
    return max(found, key=lambda pair: pair[0])[1] if found else None


_Asked = tuple[frozenset[str], frozenset[str], str | None]


def _asked(case: Case) -> _Asked:
    """What a case asks for: its words, with those of the turns before it, its numbers, and its date."""
    words = " ".join((*(turn.question for turn in case.history), case.question))
    return frozenset(content_tokens(words) or tokens(words)), numbers(words), case.as_of


def _share(one: _Asked, other: _Asked) -> float:
    """The Jaccard index of the words; 0 where numbers or dates differ, for then other facts are asked for."""
    if one[1:] != other[1:] or not one[0]:
        return 0.0
    return len(one[0] & other[0]) / len(one[0] | other[0])
