"""The library can be plugged into a LangChain chain."""

from __future__ import annotations

from assistant.langchain_retriever import LibraryRetriever
from assistant.types import Filters


def test_passages_come_as_documents_with_their_place(make_assistant):
    assistant = make_assistant(
        {
            "quotas.md": "---\npublished: 2024-01-31\n---\n# Quotas\n\nThe mining quota of 2024 is 270,000 t.\n",
            "magnets.md": "# Magnets\n\nMagnets hold neodymium.\n",
        }
    )
    found = LibraryRetriever(assistant=assistant).invoke("What is the mining quota of 2024?")
    best = found[0]
    assert best.metadata["path"] == "quotas.md"
    assert best.metadata["published"] == "2024-01-31"
    text = assistant.document("quotas.md").text
    assert text[best.metadata["start"] : best.metadata["end"]] == best.page_content


def test_filters_hold_for_chains_too(make_assistant):
    assistant = make_assistant({"a.md": "# A\n\nQuotas of ore.\n", "b.md": "# B\n\nQuotas of ore again.\n"})
    retriever = LibraryRetriever(assistant=assistant, filters=Filters(documents=("b.md",)))
    assert [document.metadata["path"] for document in retriever.invoke("quotas of ore")] == ["b.md"]
