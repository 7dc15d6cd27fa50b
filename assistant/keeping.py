"""Keeps a library and its index: adds, corrects, removes and synchronises documents, and looks them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Self

from assistant.composing import build_embedder, open_index, reading_orders
from assistant.documents.adding import add_sources
from assistant.documents.library import Library
from assistant.documents.preview import preview
from assistant.documents.progress import ReportProgress, silent
from assistant.documents.reading import WorkerProcess
from assistant.documents.trash import Removed
from assistant.documents.web import Fetcher
from assistant.index.store import Health
from assistant.index.sync import Synchroniser
from assistant.retrieval.word_for_word import load_words
from assistant.settings import Settings
from assistant.types import Document, DocumentRecord, Metadata, Passage, Problem, SyncReport


class Librarian:
    """What the assistant does with documents; questions are the business of ``Assistant``."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        rebuild: bool = False,
        renew: bool = False,
        fetcher: Fetcher | None = None,
    ) -> None:
        """Open the index of a library; see ``Assistant``."""
        self.settings = settings or Settings()
        self._library = Library(self.settings.documents, self.settings.trash)
        self._fetcher = fetcher or Fetcher(max_bytes=self.settings.max_file_bytes)
        self._words = load_words()
        self._embedder = build_embedder(self.settings, self._words)
        self._index = open_index(self.settings, self._embedder, rebuild=rebuild, renew=renew)
        self._orders = reading_orders(self.settings)
        self._synchroniser = Synchroniser(
            self._library,
            self._index,
            self._embedder,
            WorkerProcess(self._orders),
            max_bytes=self.settings.max_file_bytes,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release files and connections."""
        self._index.close()

    # add

    def add(
        self, sources: Sequence[Path | str], report_progress: ReportProgress = silent, *, stop: Event | None = None
    ) -> SyncReport:
        """Copy files and folders into the library, fetch web pages, and index them all.

        What cannot be taken in becomes a problem of the report, and the others are added; so does
        a file among them that stood in the library already and could not be indexed before.

        Args:
            sources: Paths, and addresses that begin with ``http://`` or ``https://``.
            report_progress: Called before each source, then as by ``sync``.
            stop: When it is set, what is not indexed yet is left: sources where they are, and what
                stands in the library already for the next ``sync``.

        Raises:
            LibraryError: A path does not exist or holds nothing; nothing has been added then.
            AddressError: An address cannot be opened; nothing has been added then.
        """
        added = add_sources(self._library, self._fetcher, sources, report_progress, stop=stop)
        return added.joined_with(self.sync(report_progress, stop=stop), self.problems())

    def add_url(self, url: str) -> SyncReport:
        """Fetch a web page into the library and index it.

        A page that came from the same address before is replaced, and keeps its edits.

        Raises:
            AddressError: The address, or one that it leads to, may not be opened.
            FetchError: The page does not come.
            DocumentError: It is too large or of a type that cannot be read.
        """
        self._library.add_page(self._fetcher.fetch(url))
        return self.sync()

    def preview(self, files: Sequence[tuple[str, bytes]]) -> tuple[Metadata | Problem, ...]:
        """What is known of files, by name and content, before they are added.

        Raises:
            LibraryError: A name cannot be used.
        """
        return preview(files, self._orders)

    def add_upload(self, name: str, data: bytes, changes: Mapping[str, object] | None = None) -> str:
        """Write an upload into the library; ``sync`` indexes it.

        Args:
            name: Of the file.
            data: Its content.
            changes: Corrections of what the file says of itself, as for ``edit_metadata``.

        Returns:
            Its path there; of a ZIP archive, that of the folder it was unpacked into.

        Raises:
            LibraryError: The name cannot be used.
            DocumentError: An archive is damaged, too large or not to be trusted.
            MetadataError: A correction cannot be; the file is in the library without it.
        """
        path = self._library.add_bytes(name, data)
        if changes:
            self._library.edit(path, changes)
        return path

    # edit, remove, bring back

    def withdraw(self, paths: Sequence[str]) -> SyncReport:
        """Move files and folders of the library to the trash, whether they are indexed or not.

        Args:
            paths: As ``add_upload`` gave them.

        Raises:
            LibraryError: One of them is not there.
        """
        for path in paths:
            for file in self._library.paths_in(path):
                self._library.remove(file)
        return self.sync()

    def edit_metadata(self, path: str, changes: Mapping[str, object]) -> SyncReport:
        """Correct what is known of a document; the edits are kept beside its file.

        Args:
            path: The document.
            changes: New values by field: title, language, kind, publisher, author, published, url,
                topics, sources, supersedes. An empty value says that there is none, whatever the
                document says of itself; of title and language, that the document's own holds again.

        Raises:
            LibraryError: There is no such document.
            MetadataError: There is no such field, or it cannot have this value.
        """
        self._library.edit(path, changes)
        return self.sync()

    def remove(self, path: str) -> SyncReport:
        """Move a document to the trash, and take it out of the index.

        Raises:
            LibraryError: There is no such document.
        """
        self._library.remove(path)
        return self.sync()

    def restore(self, path: str) -> SyncReport:
        """Bring back the document that was last removed from a path.

        Raises:
            LibraryError: There is none in the trash, or its place is taken.
        """
        self._library.restore(path)
        return self.sync()

    def removed(self) -> tuple[Removed, ...]:
        """The documents in the trash, last removed first."""
        return self._library.removed()

    # read, and keep in line

    def reindex(self, path: str, report_progress: ReportProgress = silent, *, stop: Event | None = None) -> SyncReport:
        """Read and index a file again, though it has not changed; be it a document or a problem.

        Args:
            path: Of the file.
            report_progress: As for ``sync``.
            stop: As for ``sync``.

        Raises:
            LibraryError: There is no such file.
        """
        self._library.path_of(path)
        return self._synchroniser.run(report_progress, anew=(path,), stop=stop)

    def sync(
        self, report_progress: ReportProgress = silent, *, verify: bool = False, stop: Event | None = None
    ) -> SyncReport:
        """Bring the index in line with the library folder.

        Args:
            report_progress: Called after every file, in the stage ``indexing``; and once a second
                with what takes long meanwhile: ``checking`` (files), ``reading`` and ``reading
                again`` (pages of a file), ``embedding`` (passages).
            verify: Read every file again instead of trusting sizes and time stamps.
            stop: When it is set, be it by another thread, what is not stored yet is left for the
                next ``sync``; the report says how many files those are.

        Raises:
            IndexStateError: Another process holds the index.
        """
        return self._synchroniser.run(report_progress, verify=verify, stop=stop)

    # look

    def records(self) -> tuple[DocumentRecord, ...]:
        """All documents that can be asked, by path."""
        self._index.refresh()
        return tuple(self._index.records.values())

    def problems(self) -> tuple[Problem, ...]:
        """Files of the library that could not be indexed, with the reasons."""
        return tuple(problem for problem, _ in self._index.catalogue.problems())

    def document(self, path: str) -> Document | None:
        """A document with its text, or None where the library has none at that path."""
        return self._index.document(path)

    def passages(self, path: str) -> tuple[Passage, ...]:
        """The passages of a document, in order."""
        return tuple(self._index.catalogue.document_passages(path))

    def file(self, path: str) -> Path:
        """The file behind a document.

        Raises:
            LibraryError: There is none.
        """
        return self._library.path_of(path)

    def check(self, *, repair: bool = False) -> Health:
        """Compare catalogue, vectors, keywords and texts; optionally mend what differs."""
        return self._index.repair() if repair else self._index.health()
