"""Cited answers from a folder of documents, with no network, GPU or API key needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.errors import AssistantError
    from assistant.settings import Settings
    from assistant.types import Answer, Citation, Claim, Document, Filters, Hit, Metadata, Mode, Passage, Status, Turn

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Citation",
    "Claim",
    "Document",
    "Filters",
    "Hit",
    "Metadata",
    "Mode",
    "Passage",
    "Settings",
    "Status",
    "Turn",
]

_HOMES = {"Assistant": "assistant.assistant", "AssistantError": "assistant.errors", "Settings": "assistant.settings"}


def __getattr__(name: str) -> object:
    """Load public names when first used (PEP 562): ``assistant --help`` need not wait for a vector store."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(_HOMES.get(name, "assistant.types")), name)
