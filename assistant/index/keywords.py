"""Keywords in Tantivy: BM25 over English stems and Han bigrams."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import tantivy

from assistant.errors import IndexStateError
from assistant.text import tokens

_WRITER_BYTES = 64_000_000


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace")
    return builder.build()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise IndexStateError(
            f"The keywords cannot be used ({error}); see that the disk is not full, or run `assistant check --repair`."
        ) from error


class Keywords:
    """The terms of all passages, found by BM25 (k1 1.2, b .75, as Tantivy fixes them)."""

    def __init__(self, folder: Path) -> None:
        """Open the keywords of a folder, creating it where there is none.

        Raises:
            IndexStateError: The files are torn or half gone.
        """
        logging.getLogger("tantivy").setLevel(logging.ERROR)
        folder.mkdir(parents=True, exist_ok=True)
        with _explained():
            self._index = tantivy.Index(_schema(), path=str(folder), reuse=True)

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        """Store texts (id, words) and make them searchable; an id that is there is replaced."""
        with _explained(), self._index.writer(_WRITER_BYTES, num_threads=1) as writer:
            for key, text in texts:
                writer.delete_documents_by_term("id", key)
                writer.add_document(tantivy.Document(id=key, body=" ".join(tokens(text))))
        self._index.reload()

    def delete(self, ids: Sequence[str]) -> None:
        """Forget texts; unknown ids are passed over."""
        if ids:
            with _explained(), self._index.writer(_WRITER_BYTES, num_threads=1) as writer:
                for key in ids:
                    writer.delete_documents_by_term("id", key)
            self._index.reload()

    def search(self, terms: Mapping[str, float], limit: int) -> list[tuple[str, float]]:
        """Ids with their BM25 score for weighted terms (as ``text.tokens`` gives them), best first."""
        schema, query = self._index.schema, tantivy.Query
        clauses = [
            (tantivy.Occur.Should, query.boost_query(query.term_query(schema, "body", term, "freq"), weight))
            for term, weight in terms.items()
            if weight > 0
        ]
        if not clauses:
            return []
        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.boolean_query(clauses), limit, count=False).hits
        return [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in found]

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each term stands."""
        searcher = self._index.searcher()
        return {term: searcher.doc_freq("body", term) for term in terms}

    def count(self) -> int:
        """How many texts there are."""
        return int(self._index.searcher().num_docs)

    def ids(self) -> set[str]:
        """The ids of all texts."""
        searcher = self._index.searcher()
        if not searcher.num_docs:
            return set()
        found = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits
        return {str(searcher.doc(address)["id"][0]) for _, address in found}
