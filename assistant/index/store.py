"""The index: catalogue, vectors and keywords as one thing that is written by one and read by many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from filelock import FileLock, Timeout

from assistant.documents.library import Stamp
from assistant.documents.passages import SPLITTER_VERSION
from assistant.documents.similarity import families
from assistant.errors import IndexMismatch, IndexStateError
from assistant.index.catalogue import Catalogue
from assistant.index.rows import Entry
from assistant.index.stores import Stores
from assistant.types import Document, DocumentRecord, Metadata, Passage

REBUILD_COMMAND = "assistant sync --rebuild"
_LAYOUT_VERSION = 3
_WAIT_FOR_WRITER = 600.0  # seconds
_WAIT_FOR_OPENER = 30.0


@dataclass(frozen=True, slots=True)
class Health:
    """How the three stores compare: counts, and passages that one has and the catalogue has not."""

    passages: int
    missing_vectors: int
    missing_keywords: int
    stray_vectors: int
    stray_keywords: int
    broken: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether all stores hold the same passages and every span is exact."""
        return not (
            self.missing_vectors or self.missing_keywords or self.stray_vectors or self.stray_keywords or self.broken
        )


class Index:
    """Stored passages of a library, searchable by vectors and by keywords.

    The catalogue is the truth. Chroma and Tantivy are projections of it: they are written before
    a document becomes ready, and brought back from the catalogue when they are torn or gone.
    """

    def __init__(
        self,
        folder: Path,
        *,
        embedder: str,
        passage_words: int,
        database_url: str | None = None,
        chroma_url: str | None = None,
        rebuild: bool = False,
        renew: bool = False,
    ) -> None:
        """Open an index, creating it where there is none.

        Args:
            folder: Where the index lives.
            embedder: Fingerprint of the embedding model.
            passage_words: Target length of passages.
            database_url: SQLAlchemy URL of the catalogue; SQLite in the folder by default.
            chroma_url: Address of a Chroma server; embedded Chroma in the folder by default.
            rebuild: Empty the index, whatever it was made with.
            renew: Empty it if it was made by another release, with another model or for other passages.

        Raises:
            IndexMismatch: It was made by another release, with another embedding model or for other passages.
            IndexStateError: It cannot be opened.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._fingerprint = f"{_LAYOUT_VERSION}/{SPLITTER_VERSION}/{passage_words}/{embedder}"
        self._write_lock = FileLock(folder / "write.lock")
        self._reading = RLock()
        self._is_writer = False
        self._seen_generation = -1
        self._records: dict[str, DocumentRecord] = {}
        self._families: dict[str, str] = {}
        with FileLock(folder / "open.lock"):  # SQLite and Chroma fail when two processes create them at once
            self.catalogue = Catalogue(database_url or f"sqlite:///{folder / 'catalogue.sqlite'}")
            self._stores = Stores(folder, self.catalogue, chroma_url=chroma_url)
            if rebuild or (renew and self.catalogue.fact("fingerprint") not in (None, self._fingerprint)):
                self._clear()
            else:
                self._check_fingerprint()
                self.refresh()

    def close(self) -> None:
        """Release files and connections."""
        self._stores.close()
        self.catalogue.close()

    # reading

    @property
    def generation(self) -> int:
        """A number that grows with every change that a search could see."""
        return self.catalogue.generation

    def refresh(self) -> int:
        """See what other processes have written since the last look, and return the generation."""
        with self._reading:
            generation = self.catalogue.generation
            if generation != self._seen_generation:
                if not self._is_writer:
                    self._open_or_mend()  # an open Chroma goes on answering from its old vectors
                self._records = {record.path: record for record in self.catalogue.records()}
                self._families = families({path: record.near_duplicates for path, record in self._records.items()})
                self._seen_generation = generation
            return generation

    @property
    def records(self) -> Mapping[str, DocumentRecord]:
        """What is known of every ready document, by path, as of the last ``refresh``."""
        return self._records

    def family(self, path: str) -> str:
        """A name that a document shares with its near-duplicates, and with theirs: together they are one source."""
        return self._families.get(path, path)

    def search_vectors(self, embedding: Sequence[float], limit: int) -> list[tuple[str, float]]:
        """Passage ids with their cosine similarity, best first; some may not be ready."""
        with self._reading:  # the client must not be reopened under a search
            return self._stores.vectors.search(embedding, limit)

    def search_keywords(self, terms: Mapping[str, float], limit: int) -> list[tuple[str, float]]:
        """Passage ids with their BM25 score, best first; some may not be ready."""
        return self._stores.keywords.search(terms, limit)

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        """In how many passages each term stands, and how many passages there are."""
        keywords = self._stores.keywords
        return keywords.document_frequencies(terms), keywords.count()

    def passages(self, ids: Sequence[str]) -> dict[str, tuple[Passage, Metadata, str]]:
        """Ready passages by id, with their document's metadata and digest."""
        return self.catalogue.passages(ids)

    def document(self, path: str) -> Document | None:
        """A ready document with its text, or None."""
        return self.catalogue.document(path)

    # writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the index for writing; a crash inside is noticed at the next opening.

        Raises:
            IndexStateError: Another process has been writing for ten minutes.
        """
        with self._locked():
            if self.catalogue.fact("dirty"):
                self._mend()
            self.refresh()
            self.catalogue.set_fact("dirty", "1")
            self._stores.unseal()
            self._is_writer = True  # nobody else writes now, so what is open stays current
            try:
                yield
                self.refresh()
            finally:
                self._is_writer = False
            self._finish()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._write_lock.acquire(timeout=_WAIT_FOR_WRITER)
        except Timeout as error:
            raise IndexStateError("Another process is indexing; wait for it to end and try again.") from error
        try:
            yield
        finally:
            self._write_lock.release()

    def replace(self, entries: Sequence[Entry]) -> None:
        """Store documents in place of their earlier versions, in one step for those who search."""
        rows = self.catalogue.add_pending(entries)
        self._stores.add(entries)
        self._stores.delete(self.catalogue.make_ready(rows))

    def move(self, row: int, path: str, stamp: Stamp) -> None:
        """Let a document stand under another path, in place of what stood there before."""
        self._stores.delete(self.catalogue.move(row, path, stamp))

    def remove(self, rows: Sequence[int]) -> None:
        """Forget documents by catalogue row; they are not found from the first step on."""
        if rows:
            self._stores.delete(self.catalogue.remove(rows))

    def _clear(self) -> None:
        with self._locked():
            self.catalogue.clear()
            self.catalogue.set_fact("fingerprint", self._fingerprint)
            self._stores.start_anew()
            self._finish()

    # health

    def health(self) -> Health:
        """Compare the stores, and every passage with its document's text."""
        self.refresh()
        ready = self.catalogue.ready_ids()
        vectors, keywords = self._stores.vectors.ids(), self._stores.keywords.ids()
        broken = [
            f"{path}: passage {passage.number}"
            for path in self._records
            if (document := self.document(path)) is not None
            for passage in self.catalogue.document_passages(path)
            if document.text[passage.start : passage.end] != passage.text
        ]
        return Health(
            passages=len(ready),
            missing_vectors=len(ready - vectors),
            missing_keywords=len(ready - keywords),
            stray_vectors=len(vectors - ready),
            stray_keywords=len(keywords - ready),
            broken=tuple(broken),
        )

    def repair(self) -> Health:
        """Bring Chroma and Tantivy in line with the catalogue, and return the health after it."""
        with self._locked():
            self._mend()
        return self.health()

    def _open_or_mend(self) -> None:
        """Open the stores; mend them after an unclean end, or where one is damaged or gone."""
        dirty = bool(self.catalogue.fact("dirty"))
        if not dirty and self._stores.open_whole():
            return
        try:
            with self._write_lock.acquire(timeout=0 if dirty else _WAIT_FOR_OPENER):
                if self.catalogue.fact("dirty") or not self._stores.open_whole():  # else another has ended or mended
                    self._mend()
        except Timeout:  # not a crash: another process is writing at this moment
            self._stores.open()

    def _mend(self) -> None:
        """Replace stores that cannot be read, bring both in line, and let all who search look again."""
        with self._reading:
            self.catalogue.set_fact("dirty", "1")
            self.catalogue.drop_pending()
            self._stores.mend()
            self.catalogue.bump()
            self._finish()

    def _finish(self) -> None:
        """Note that a write has come to its end."""
        self._stores.seal()
        self.catalogue.set_fact("dirty", "")

    def _check_fingerprint(self) -> None:
        stored = self.catalogue.fact("fingerprint")
        if stored is None:
            self.catalogue.set_fact("fingerprint", self._fingerprint)
        elif stored != self._fingerprint:
            raise IndexMismatch(
                "The index was made by another release, with another embedding model or for other passages "
                f"({stored}, now {self._fingerprint}); run `{REBUILD_COMMAND}` to index again."
            )
