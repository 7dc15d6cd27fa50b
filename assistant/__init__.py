"""Cited answers from a folder of documents, with no network, GPU or API key needed."""

from __future__ import annotations

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.types import Answer, Citation, Claim, Document, Filters, Hit, Metadata, Mode, Passage, Status, Turn

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
__version__ = "0.1.0"
