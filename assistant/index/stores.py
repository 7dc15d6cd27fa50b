"""Vectors and keywords as projections of the catalogue: opened, written and mended together."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import IndexStateError
from assistant.index.catalogue import Catalogue
from assistant.index.context import context_of
from assistant.index.keywords import Keywords
from assistant.index.rows import Entry
from assistant.index.vectors import Vectors, open_embedded, open_server

_NAMES = ("vectors", "keywords")
_FILL_BATCH = 2000
_PASSING = ("lock", "-wal", "-shm", "-journal")
_PROBE_SECONDS = 120


class Stores:
    """What Chroma and Tantivy hold of a catalogue.

    Both hold passages under their ids and nothing that the catalogue has not, so that they can be
    made again from it at any time. Each lives in a numbered folder that the catalogue names.
    """

    def __init__(self, folder: Path, catalogue: Catalogue, *, chroma_url: str | None) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._chroma_url = chroma_url
        self._vectors: Vectors | None = None
        self.keywords: Keywords

    @property
    def vectors(self) -> Vectors:
        """The vectors, of opened stores."""
        if self._vectors is None:
            raise IndexStateError("The index is closed; open it again.")
        return self._vectors

    def open(self) -> None:
        """Open both, creating them where there are none; what was open is closed.

        Raises:
            IndexStateError: One is damaged, or the Chroma server cannot be reached.
        """
        self.close()
        self.keywords = Keywords(self._folder_of("keywords"))
        self._vectors = Vectors(
            open_server(self._chroma_url) if self._chroma_url else open_embedded(self._folder_of("vectors"))
        )

    def open_whole(self) -> bool:
        """Open both; False where one is damaged, or is empty beside a catalogue that is not."""
        if self._altered():  # opening would not tell: Chroma crashes on a graph cut short, or finds less
            return False
        try:
            self.open()
        except IndexStateError:
            return False
        return bool(self.vectors.count() and self.keywords.count()) or not self._catalogue.ready_ids()

    def close(self) -> None:
        """Release files and connections."""
        if self._vectors is not None:
            self._vectors.close()
            self._vectors = None

    def seal(self) -> None:
        """Note the sizes of all files, since nobody is to change them until the next write."""
        for store in self._own:
            self._catalogue.set_fact(f"{store} seal", _sizes(self._folder_of(store)))

    def unseal(self) -> None:
        """Expect the files to change."""
        for store in self._own:
            self._catalogue.set_fact(f"{store} seal", "")

    def add(self, entries: Sequence[Entry]) -> None:
        """Store the passages of documents in both."""
        ids = [passage.id for entry in entries for passage in entry.passages]
        self.vectors.add(ids, [embedding for entry in entries for embedding in entry.embeddings])
        self.keywords.add(
            (passage.id, f"{context_of(passage, entry.document.metadata.title)}\n{passage.text}")
            for entry in entries
            for passage in entry.passages
        )

    def delete(self, ids: Sequence[str]) -> None:
        """Forget passages in both; unknown ids are passed over."""
        self.vectors.delete(ids)
        self.keywords.delete(ids)

    def start_anew(self) -> None:
        """Open both empty, whatever they held."""
        for store in _NAMES:
            self._take_fresh_folder(store)
        self.open()
        if self._chroma_url:
            self.vectors.clear()

    def mend(self) -> None:
        """Replace what cannot be read, and bring both in line with the catalogue."""
        self.close()
        altered = self._altered()
        for store in altered:
            self._take_fresh_folder(store)
        if not (self._chroma_url or "vectors" in altered or self._vectors_answer()):
            self._take_fresh_folder("vectors")
        try:
            Keywords(self._folder_of("keywords"))
        except IndexStateError:
            self._take_fresh_folder("keywords")
        self.open()
        ready = self._catalogue.ready_ids()
        vectors, keywords = self.vectors.ids(), self.keywords.ids()
        self.vectors.delete(sorted(vectors - ready))
        self.keywords.delete(sorted(keywords - ready))
        self._fill(sorted(ready - vectors), sorted(ready - keywords))

    def _fill(self, vectors: Sequence[str], keywords: Sequence[str]) -> None:
        for first in range(0, len(vectors), _FILL_BATCH):
            rows = list(self._catalogue.stored(vectors[first : first + _FILL_BATCH]))
            self.vectors.add([row[0] for row in rows], [row[3] for row in rows])
        for first in range(0, len(keywords), _FILL_BATCH):
            rows = list(self._catalogue.stored(keywords[first : first + _FILL_BATCH]))
            self.keywords.add((row[0], f"{row[1]}\n{row[2]}") for row in rows)

    def _vectors_answer(self) -> bool:
        """Ask Chroma in a child process, since a torn one can crash its reader."""
        probe = [sys.executable, "-m", "assistant.index.probe", str(self._folder_of("vectors"))]
        try:
            return subprocess.run(probe, capture_output=True, timeout=_PROBE_SECONDS, check=False).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    @property
    def _own(self) -> tuple[str, ...]:
        """The stores whose files are here."""
        return _NAMES[1:] if self._chroma_url else _NAMES

    def _altered(self) -> list[str]:
        """The stores whose files are not as they were when sealed."""
        seals = {store: self._catalogue.fact(f"{store} seal") for store in self._own}
        return [store for store, seal in seals.items() if seal and seal != _sizes(self._folder_of(store))]

    def _folder_of(self, store: str) -> Path:
        return self._folder / (self._catalogue.fact(store) or f"{store}-1")

    def _take_fresh_folder(self, store: str) -> None:
        old = self._folder_of(store)  # stays for now: another process may have it open
        for earlier in self._folder.glob(f"{store}-*"):
            if earlier != old:
                shutil.rmtree(earlier, ignore_errors=True)
        number = int(old.name.rsplit("-", 1)[-1]) + 1
        self._catalogue.set_fact(store, f"{store}-{number}")


def _sizes(folder: Path) -> str:
    """The names and sizes of a folder's files, without locks and journals, which come and go."""
    files = (file for file in folder.rglob("*") if file.is_file())
    sizes = {file.relative_to(folder).as_posix(): file.stat().st_size for file in files}
    return json.dumps({name: sizes[name] for name in sorted(sizes) if not name.endswith(_PASSING)})
