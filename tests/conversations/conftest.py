"""Answers as they come in all shapes, and a real database to keep them in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import strategies as st

from assistant.conversations.store import History
from assistant.types import Answer, Citation, Claim, Feedback, Filters, Hit, Metadata, Mode, Passage, Status

TEXT = (
    "# Export controls\n\nOn 9 October 2025 China announced new controls. They cover dysprosium.\n\n"
    "2025年10月9日，中国宣布新的出口管制措施。"
)
QUOTE = "They cover dysprosium."


def _any(kind: type) -> st.SearchStrategy:
    """Values of a dataclass in which the fields with defaults vary too, and no number is a NaN, equal to nothing."""
    parts = {str: st.text(max_size=20), float: st.floats(allow_nan=False), int: st.integers()}
    hints = {name: _of(hint, parts) for name, hint in get_type_hints(kind).items()}
    return st.builds(kind, **hints)


def _of(hint: object, parts: dict[type, st.SearchStrategy]) -> st.SearchStrategy:
    inner = [each for each in get_args(hint) if each is not Ellipsis]
    if get_origin(hint) is tuple and len(inner) == 1:
        return st.lists(_of(inner[0], parts), max_size=8).map(tuple)
    if get_origin(hint) is dict:
        return st.dictionaries(*(_of(each, parts) for each in inner), max_size=3)
    if inner:
        return st.one_of(*(_of(each, parts) for each in inner))
    if hint in parts:
        return parts[hint]
    return _any(hint) if dataclasses.is_dataclass(hint) else st.from_type(hint)


ANSWERS = _any(Answer)
"""Any answer at all: what the type allows, not what the assistant makes."""
FILTERS, FEEDBACK = _any(Filters), _any(Feedback)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'history.db'}"


@pytest.fixture
def history(url: str) -> Iterator[History]:
    opened = History(url)
    yield opened
    opened.close()


def citation(
    quote: str = QUOTE, *, document: str = "policy/controls.md", digest: str = "d1", **fields: object
) -> Citation:
    start = max(TEXT.find(quote), 0)
    known = {"title": "Export controls", "page": 3, "published": "2025-10-09", "publisher": "Ministry of Commerce"}
    return Citation(
        document=document, start=start, end=start + len(quote), quote=quote, passage="p1", digest=digest,
        **{**known, **fields},
    )  # fmt: skip


def hit(text: str = TEXT, *, passage: str = "p1", **metadata: object) -> Hit:
    known = {"title": "Export controls", "kind": "policy", "author": "A. Writer", "publisher": "Ministry of Commerce"}
    found = Passage(id=passage, document="policy/controls.md", number=0, start=0, end=len(text), text=text, page=3)
    return Hit(found, Metadata(**{**known, **metadata}), 0.9)


def answer(question: str = "What do the controls cover?", *sentences: str, **fields: object) -> Answer:
    claims = tuple(Claim(sentence, (citation(),)) for sentence in sentences or (QUOTE,))
    known = {
        "status": Status.ANSWERED, "mode": Mode.EXTRACTIVE, "claims": claims, "hits": (hit(),), "confidence": 0.8,
        "searched_for": (question,), "generation": 7,
    }  # fmt: skip
    return Answer(question=question, **{**known, **fields})


def refusal(question: str = "Who painted the Mona Lisa?", **fields: object) -> Answer:
    return answer(question, status=Status.UNANSWERED, claims=(), confidence=0.1, **fields)
