"""The library as a LangChain retriever, for use in chains of one's own."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.assistant import Assistant
from assistant.types import Filters


class LibraryRetriever(BaseRetriever):
    """Gives the assistant's passages to any LangChain chain.

    Example:
        >>> retriever = LibraryRetriever(assistant=Assistant())
        >>> retriever.invoke("What does Decree 785 forbid?")[0].metadata["path"]
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    filters: Filters = Filters()
    limit: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager  # there is nothing to report between question and passages
        return [
            Document(
                id=hit.passage.id,
                page_content=hit.passage.text,
                metadata={
                    "path": hit.passage.document,
                    "title": hit.metadata.title,
                    "page": hit.passage.page,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "published": hit.metadata.published,
                    "score": hit.score,
                },
            )
            for hit in self.assistant.retrieve(query, filters=self.filters, limit=self.limit)
        ]
