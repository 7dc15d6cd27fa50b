"""Conversations over the assistant: where they are kept, and what the library held when a question was asked."""

from __future__ import annotations

from assistant.assistant import Assistant
from assistant.conversations.store import History
from assistant.errors import StorageError
from assistant.settings import Settings


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
