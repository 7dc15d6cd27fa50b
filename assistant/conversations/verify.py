"""Whether the quotes of an export still stand in the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.conversations.export import read_export
from assistant.conversations.standing import State, citation_state
from assistant.types import Citation, Document

FindDocument = Callable[[Citation], Document | None]
_STANDING = (State.UNCHANGED, State.MOVED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a quote of an export.

    Attributes:
        exchange: Of which question, from 1.
        number: Under which number it stands there.
    """

    exchange: int
    number: int
    citation: Citation
    state: State


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of an export.

    Attributes:
        exported: Time, ISO 8601, UTC.
        whole: Whether nothing in the file was changed since it was made.
    """

    title: str
    exported: str
    whole: bool
    verdicts: tuple[Verdict, ...]

    @property
    def counts(self) -> dict[State, int]:
        """How many quotes there are of each state."""
        found = Counter(verdict.state for verdict in self.verdicts)
        return {state: found[state] for state in State}

    @property
    def stands(self) -> bool:
        """Whether the file is whole and every quote of it still stands in the library."""
        return self.whole and all(verdict.state in _STANDING for verdict in self.verdicts)


def verify(path: Path, find_document: FindDocument) -> Verification:
    """Check the quotes of an export against the library.

    Args:
        path: A file that was exported as Markdown, Word, HTML or JSON.
        find_document: The present document behind a citation, or None where it is gone.

    Raises:
        ExportError: The file cannot be read or is no export.
    """
    contents, whole = read_export(path)
    verdicts = (
        Verdict(each.exchange, each.number, each.citation, citation_state(find_document(each.citation), each.citation))
        for each in contents.quotes
    )
    return Verification(contents.title, contents.exported, whole, tuple(verdicts))
