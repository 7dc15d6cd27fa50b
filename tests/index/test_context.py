from __future__ import annotations

from assistant.documents.passages import split_passages
from assistant.index.context import context_of, embedding_text
from assistant.types import Document, Metadata, Passage


def test_the_context_of_a_passage_names_title_and_headings_once() -> None:
    passage = Passage("id", "a.md", 0, 0, 1, "x", ("Decree", "Scope"))
    assert context_of(passage, "Decree") == "Decree\nScope"


def test_headings_are_embedded_once_with_the_title_above_the_text() -> None:
    document = Document("a.md", "d", "# Scope\n\nIt applies to mining.", Metadata("Decree"))
    (passage,) = split_passages(document, words=100)
    assert embedding_text(passage, "Decree") == "Decree\nIt applies to mining."
