"""Where removed documents wait to be brought back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.documents.files import move_file, walk
from assistant.documents.metadata import METADATA_SUFFIX
from assistant.documents.readers import metadata_file
from assistant.errors import LibraryError

_STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True)
class Removed:
    """A document in the trash: its path in the library, when it was removed (ISO 8601), and where it lies."""

    path: str
    removed: str
    file: Path


class Trash:
    """A folder with a folder per removal, named by its time, in which the document keeps its path.

    A document is moved before its metadata file, and comes back after it: wherever the process is
    killed, a document that stands in the library has its metadata, and every file is in one place.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, file: Path, path: str) -> None:
        """Move a document and its metadata file here.

        Args:
            file: The document.
            path: Its path in the library.
        """
        target = self._new_entry() / path
        move_file(file, target)
        if metadata_file(file).exists():
            move_file(metadata_file(file), metadata_file(target))

    def bring_back(self, path: str, target: Path) -> None:
        """Move the document that was last removed from a path back to its place.

        Raises:
            LibraryError: There is none, or its place is taken.
        """
        found = next((each for each in self.removed() if each.path == path), None)
        if found is None:
            raise LibraryError(f"There is no {path} in the trash; `assistant trash` shows what there is.")
        if target.exists():
            raise LibraryError(f"{path} is taken by another file; remove or rename that one first.")
        if metadata_file(found.file).exists():
            move_file(metadata_file(found.file), metadata_file(target))
        move_file(found.file, target)
        self._prune(found.file.parent)

    def removed(self) -> tuple[Removed, ...]:
        """What lies here, last removed first."""
        found = []
        for entry in self._folder.iterdir() if self._folder.is_dir() else ():
            try:
                time = datetime.strptime(entry.name, _STAMP).replace(tzinfo=UTC)
            except ValueError:
                continue  # put there by somebody else
            for each in walk(entry):
                if not each.name.endswith(METADATA_SUFFIX):
                    file = Path(each.path)
                    found.append((time, Removed(file.relative_to(entry).as_posix(), time.isoformat(), file)))
        return tuple(each for _, each in sorted(found, key=lambda one: (one[0], one[1].path), reverse=True))

    def _new_entry(self) -> Path:
        while True:
            entry = self._folder / datetime.now(UTC).strftime(_STAMP)
            with suppress(FileExistsError):  # two removals in one microsecond
                entry.mkdir(parents=True)
                return entry

    def _prune(self, folder: Path) -> None:
        while folder != self._folder:
            try:
                folder.rmdir()
            except OSError:
                return  # something else lies there
            folder = folder.parent
