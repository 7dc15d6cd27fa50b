"""Conversations over the assistant: where they are kept, what the library held then, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.conversations.records import Exchange
from assistant.conversations.store import History
from assistant.conversations.verify import Verification
from assistant.conversations.verify import verify as verify_export
from assistant.errors import StorageError
from assistant.settings import Settings
from assistant.types import Answer, Citation, Document, Filters

if TYPE_CHECKING:  # what the assistant stands on loads for a second, which a list of conversations need not wait for
    from assistant.assistant import Assistant


def open_history(settings: Settings) -> History:
    """The conversations that belong to a library.

    Raises:
        HistoryError: They cannot be read, or were written by a later release.
        StorageError: The data folder cannot be made.
    """
    if settings.history_url:
        return History(settings.history_url)
    file = settings.data / "history.db"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{file.parent} cannot be made ({error.strerror}); choose another data folder.") from error
    return History(f"sqlite:///{file}")


def newest_published(assistant: Assistant) -> str | None:
    """The date of the newest document of the library: up to when answers can know of anything."""
    return max((each.metadata.published for each in assistant.records() if each.metadata.published), default=None)


def present_document(assistant: Assistant, citation: Citation) -> Document | None:
    """The document behind an earlier citation as it is now; where its file was moved, at its new path."""
    document = assistant.document(citation.document)
    if document is None or document.digest != citation.digest:
        moved = next((each.path for each in assistant.records() if each.digest == citation.digest), None)
        return assistant.document(moved) if moved else document
    return document


def verify(assistant: Assistant, path: Path) -> Verification:
    """Check the quotes of an export against the library.

    Raises:
        ExportError: The file cannot be read or is no export.
    """
    return verify_export(path, cache(partial(present_document, assistant)))


def as_exchange(answer: Answer, filters: Filters, newest: str | None) -> Exchange:
    """An answer that is exported without being kept in a conversation.

    Args:
        answer: Given just now.
        filters: What it was asked under.
        newest: The date of the newest document of the library.
    """
    return Exchange(0, "", 1, answer, filters, datetime.now(UTC).isoformat(timespec="seconds"), newest)
