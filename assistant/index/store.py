"""The index: catalogue, vectors and keywords as one thing that is written by one and read by many."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from filelock import FileLock, Timeout

from assistant.documents.passages import SPLITTER_VERSION
from assistant.errors import IndexStateError
from assistant.index.catalogue import Catalogue, Entry, context_of
from assistant.index.keywords import Keywords
from assistant.index.vectors import Vectors, open_embedded, open_server
from assistant.types import Document, DocumentRecord, Metadata, Passage

REBUILD_COMMAND = "assistant sync --rebuild"
_LAYOUT_VERSION = 1
_REBUILD_BATCH = 2000
_WAIT_FOR_WRITER = 600.0


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
    ) -> None:
        """Open an index, creating it where there is none.

        Args:
            folder: Where the index lives.
            embedder: Fingerprint of the embedding model.
            passage_words: Target length of passages.
            database_url: SQLAlchemy URL of the catalogue; SQLite in the folder by default.
            chroma_url: Address of a Chroma server; embedded Chroma in the folder by default.
            rebuild: Empty the index, whatever it was made with.

        Raises:
            IndexStateError: The index was made by another embedding model or for other passages.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._chroma_url = chroma_url
        self._fingerprint = f"{_LAYOUT_VERSION}/{SPLITTER_VERSION}/{passage_words}/{embedder}"
        self._write_lock = FileLock(folder / "write.lock")
        self._reading = RLock()
        self.catalogue = Catalogue(database_url or f"sqlite:///{folder / 'catalogue.sqlite'}")
        if not rebuild:
            self._check_fingerprint()
        self._is_writer = False
        self._seen_generation = -1
        self._records: dict[str, DocumentRecord] = {}

    def close(self) -> None:
        """Release files and connections."""
        self._vectors.close()
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
                if self._seen_generation >= 0:
                    self._vectors.close()
                    self._open_stores()  # an open Chroma goes on answering from its old vectors
                self._records = {record.path: record for record in self.catalogue.records()}
                self._seen_generation = generation
            return generation

    @property
    def records(self) -> Mapping[str, DocumentRecord]:
        """What is known of every ready document, by path, as of the last ``refresh``."""
        return self._records

    def search_vectors(self, embedding: Sequence[float], limit: int) -> list[tuple[str, float]]:
        """Passage ids with their cosine similarity, best first; some may not be ready."""
        with self._reading:  # the client must not be reopened under a search
            return self._vectors.search(embedding, limit)

    def search_keywords(self, terms: Mapping[str, float], limit: int) -> list[tuple[str, float]]:
        """Passage ids with their BM25 score, best first; some may not be ready."""
        return self._keywords.search(terms, limit)

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        """In how many passages each term stands, and how many passages there are."""
        return self._keywords.document_frequencies(terms), self._keywords.count()

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
        try:
            with self._write_lock.acquire(timeout=_WAIT_FOR_WRITER):
                if self.catalogue.fact("dirty") and not self._write_lock.lock_counter > 1:
                    self._repair()
                self.catalogue.set_fact("dirty", "1")
                yield
                self.catalogue.set_fact("dirty", "")
        except Timeout as error:
            raise IndexStateError("Another process is indexing; wait for it to end and try again.") from error

    def replace(self, entries: Sequence[Entry]) -> None:
        """Store documents in place of their earlier versions, in one step for those who search."""
        rows = self.catalogue.add_pending(entries)
        ids = [passage.id for entry in entries for passage in entry.passages]
        self._vectors.add(ids, [embedding for entry in entries for embedding in entry.embeddings])
        self._keywords.add(
            (passage.id, f"{context_of(passage, entry.document.metadata.title)}\n{passage.text}")
            for entry in entries
            for passage in entry.passages
        )
        kept = set(ids)
        self._drop([key for key in self.catalogue.make_ready(rows) if key not in kept])

    def remove(self, rows: Sequence[int]) -> None:
        """Forget documents by catalogue row; they are not found from the first step on."""
        self._drop(self.catalogue.remove(rows))

    def _clear(self) -> None:
        with self.writing():
            self.catalogue.clear()
            self._vectors.clear()
            self._keywords.clear()
            self.catalogue.set_fact("fingerprint", self._fingerprint)

    # health

    def health(self) -> Health:
        """Compare the stores, and every passage with its document's text."""
        self.refresh()
        ready = self.catalogue.ready_ids()
        vectors, keywords = self._vectors.ids(), self._keywords.ids()
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
        with self.writing():
            self._repair()
        return self.health()

    def _repair(self) -> None:
        self.catalogue.drop_pending()
        ready = self.catalogue.ready_ids()
        vectors, keywords = self._vectors.ids(), self._keywords.ids()
        self._vectors.delete(sorted(vectors - ready))
        self._keywords.delete(sorted(keywords - ready))
        self._fill(sorted(ready - vectors), sorted(ready - keywords))

    def _fill(self, vectors: Sequence[str], keywords: Sequence[str]) -> None:
        for first in range(0, len(vectors), _REBUILD_BATCH):
            rows = list(self.catalogue.stored(vectors[first : first + _REBUILD_BATCH]))
            self._vectors.add([row[0] for row in rows], [row[3] for row in rows])
        for first in range(0, len(keywords), _REBUILD_BATCH):
            rows = list(self.catalogue.stored(keywords[first : first + _REBUILD_BATCH]))
            self._keywords.add((row[0], f"{row[1]}\n{row[2]}") for row in rows)

    def _recover(self) -> None:
        """After an unclean end: probe Chroma in a child process, since a torn one can crash its reader."""
        try:
            with self._write_lock.acquire(timeout=0):
                if self._chroma_url is None and not self._vectors_answer():
                    self.catalogue.set_fact("vectors", self._fresh_folder("vectors").name)
                self._open_stores()
                self._repair()
                self.catalogue.set_fact("dirty", "")
        except Timeout:
            return  # not a crash: another process is writing at this moment

    def _vectors_answer(self) -> bool:
        probe = [sys.executable, "-m", "assistant.index.probe", str(self._store_folder("vectors"))]
        return subprocess.run(probe, capture_output=True, timeout=120, check=False).returncode == 0

    # stores

    def _open_stores(self) -> None:
        self._vectors = Vectors(
            open_server(self._chroma_url) if self._chroma_url else open_embedded(self._store_folder("vectors"))
        )
        try:
            self._keywords = Keywords(self._store_folder("keywords"))
        except ValueError:  # Tantivy's word for files that are torn or half gone
            with self._write_lock.acquire(timeout=_WAIT_FOR_WRITER):
                self.catalogue.set_fact("keywords", self._fresh_folder("keywords").name)
                self._keywords = Keywords(self._store_folder("keywords"))
                self._fill([], sorted(self.catalogue.ready_ids()))

    def _store_folder(self, store: str) -> Path:
        return self._folder / (self.catalogue.fact(store) or f"{store}-1")

    def _fresh_folder(self, store: str) -> Path:
        old = self._store_folder(store)
        number = int(old.name.rsplit("-", 1)[-1]) + 1
        for earlier in self._folder.glob(f"{store}-*"):
            if earlier != old:
                shutil.rmtree(earlier, ignore_errors=True)
        return self._folder / f"{store}-{number}"

    def _drop(self, ids: Sequence[str]) -> None:
        self._vectors.delete(ids)
        self._keywords.delete(ids)

    def _check_fingerprint(self) -> None:
        stored = self.catalogue.fact("fingerprint")
        if stored is None:
            self.catalogue.set_fact("fingerprint", self._fingerprint)
        elif stored != self._fingerprint:
            raise IndexStateError(
                "The index was made with another embedding model or other passages "
                f"({stored}, now {self._fingerprint}); run `{REBUILD_COMMAND}` to index again."
            )
