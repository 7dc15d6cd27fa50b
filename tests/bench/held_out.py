"""Which questions the reader is not taught, so that what is fitted on what it says is fitted on what it has not seen."""

from __future__ import annotations

import hashlib

from assistant.evaluation.cases import Case

_PARTS = 12


def is_held_out(case: Case) -> bool:
    """Whether a case is kept from the reader: one in twelve, and all cases of a split set.

    Cases with evidence go by their document, where that is an article with questions of its own.
    """
    if case.split is not None:
        return True
    is_article = case.evidence and not case.evidence[0].quote
    return one_in(_PARTS, case.evidence[0].document if is_article else case.id)


def one_in(parts: int, name: str) -> bool:
    """Whether a name belongs to one of so many parts of equal size."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % parts == 0
