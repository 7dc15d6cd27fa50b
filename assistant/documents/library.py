"""The library folder: what stands in ``corpus/documents/`` is what the assistant knows."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from assistant.documents.archive import ARCHIVE_SUFFIX, is_archive, unpack
from assistant.documents.files import (
    TEMPORARY,
    holds,
    is_hidden,
    numbered,
    safe_name,
    storing,
    walk,
    write_file,
)
from assistant.documents.metadata import METADATA_SUFFIX, edit_fields, parse_fields
from assistant.documents.readers import metadata_file
from assistant.documents.trash import Removed, Trash
from assistant.documents.web import WebPage
from assistant.errors import AssistantError, LibraryError

_ABANDONED = 24 * 60 * 60  # seconds after which a temporary file is no longer being written


OnRefusal = Callable[[Path, AssistantError], None]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells cheaply whether a file (or its metadata file) may have changed since it was read."""

    size: int
    modified: int
    metadata_size: int = 0
    metadata_modified: int = 0


def _raise(_: Path, error: AssistantError) -> None:
    raise error


class Library:
    """A folder of documents, addressed by POSIX paths inside it.

    Indexing never changes a file here; adding writes to a temporary name and renames.
    """

    def __init__(self, root: Path, trash: Path | None = None) -> None:
        """Name the folders; neither needs to be there yet.

        Args:
            root: The library folder.
            trash: Where removed documents go; ``.trash`` beside the library folder by default.
        """
        self.root = root
        self._trash = Trash(trash or root.with_name(".trash"))

    def scan(self) -> dict[str, Stamp]:
        """All files of the library with their stamps; hidden files are passed over."""
        found: dict[str, Stamp] = {}
        beside: dict[str, os.stat_result] = {}
        for entry in walk(self.root):
            # A name that is not Unicode is spelt out, so that it can be written down as a problem.
            path = Path(entry.path).relative_to(self.root).as_posix().encode("utf-8", "backslashreplace").decode()
            try:
                stat = entry.stat()
            except FileNotFoundError:
                continue  # taken away at this moment
            if path.endswith(METADATA_SUFFIX):
                beside[path.removesuffix(METADATA_SUFFIX)] = stat
            else:
                found[path] = Stamp(stat.st_size, stat.st_mtime_ns)
        for path, stat in beside.items():
            if path in found:
                stamp = found[path]
                found[path] = Stamp(stamp.size, stamp.modified, stat.st_size, stat.st_mtime_ns)
        return dict(sorted(found.items()))

    # add

    def check_source(self, source: Path) -> None:
        """See that there is something to add.

        Raises:
            LibraryError: The source does not exist or holds no files.
        """
        if not source.exists():
            raise LibraryError(f"There is no file or folder {source}; check the path.")
        if source.is_dir() and not _documents_in(source):
            raise LibraryError(f"The folder {source} holds no files.")

    def add(self, source: Path, on_refusal: OnRefusal = _raise) -> tuple[str, ...]:
        """Copy a file, or all files of a folder, into the library, each with its metadata file.

        A file that is there already with the same content is left as it is; another file of the
        same name keeps its place and the new one gets a number. A ZIP archive is unpacked into a
        folder named after it.

        Args:
            source: A file or folder.
            on_refusal: Called with a file that cannot be taken in and the reason (an archive that
                is damaged or not to be trusted, a full disk), after which the others are added;
                the reason is raised by default.

        Returns:
            Paths inside the library.

        Raises:
            LibraryError: The source does not exist or holds no files.
        """
        self.check_source(source)
        paths = {source: source.name}
        if source.is_dir():
            folder = PurePosixPath(source.resolve().name)  # `.` has no name of its own
            paths = {file: (folder / file.relative_to(source)).as_posix() for file in _documents_in(source)}
        placed: list[str] = []
        for file, path in paths.items():
            try:
                placed += self.paths_in(self._copy(file, path))
            except AssistantError as error:  # one bad file must not stop the others
                on_refusal(file, error)
        return tuple(placed)

    def add_bytes(self, name: str, data: bytes) -> str:
        """Write an upload into the library under its own name.

        Returns:
            Its path there; of a ZIP archive, that of the folder it was unpacked into.

        Raises:
            LibraryError: The name is none, or would lead out of the library.
            DocumentError: An archive is damaged, too large or not to be trusted.
            StorageError: The library folder is full or may not be written to.
        """
        return self._take(io.BytesIO(data), safe_name(name))

    def add_page(self, page: WebPage) -> str:
        """Write what came from the web into the library, with its address in its metadata file.

        What came from the same address before is replaced, and keeps its edits.

        Returns:
            Its path; of a ZIP archive, that of the folder it was unpacked into.
        """
        if page.name.endswith(ARCHIVE_SUFFIX):
            return self.add_bytes(page.name, page.data)
        names = numbered(self.root / page.name)
        target = next(each for each in names if not each.exists() or self._address(each) == page.url)
        with storing(target.name):
            if not target.exists():  # its address first, so that it never stands there without
                self._write_metadata(target, edit_fields("", {"url": page.url}, where=target.name))
            write_file(target, io.BytesIO(page.data), staging=self.root)
        return target.relative_to(self.root).as_posix()

    def paths_in(self, path: str) -> tuple[str, ...]:
        """The documents at a path: itself or, where it is a folder, all that stand in it."""
        folder = self.root / path
        if not folder.is_dir():
            return (path,)
        return tuple(file.relative_to(self.root).as_posix() for file in _documents_in(folder))

    # look up, edit, remove

    def path_of(self, path: str) -> Path:
        """The file behind a library path.

        Raises:
            LibraryError: There is none, or the path leads out of the library.
        """
        file = self._inside(path)
        if not file.is_file():
            raise LibraryError(f"There is no document {path} in the library; `assistant list` shows those there are.")
        return file

    def edit(self, path: str, changes: Mapping[str, object]) -> None:
        """Change fields of a document's metadata file, which is made where there is none.

        Args:
            path: The document.
            changes: As for ``edit_fields``.

        Raises:
            LibraryError: There is no such document.
            MetadataError: There is no such field, or it cannot have this value.
        """
        file = self.path_of(path)
        beside = metadata_file(file)
        with storing(beside.name):
            before = beside.read_text("utf-8", "replace") if beside.is_file() else ""
            self._write_metadata(file, edit_fields(before, changes, where=path))

    def remove(self, path: str) -> None:
        """Move a document and its metadata file to the trash.

        Raises:
            LibraryError: There is no such document.
        """
        file = self.path_of(path)
        with storing(path):
            self._trash.put(file, path)

    def restore(self, path: str) -> None:
        """Bring back the document that was last removed from a path.

        Raises:
            LibraryError: There is none in the trash, or its place is taken.
        """
        target = self._inside(path)
        with storing(path):
            self._trash.bring_back(path, target)

    def removed(self) -> tuple[Removed, ...]:
        """The documents in the trash, last removed first."""
        return self._trash.removed()

    def _inside(self, path: str) -> Path:
        inside = PurePosixPath(path)
        if inside.is_absolute() or ".." in inside.parts or "\0" in path:
            raise LibraryError(f"{path!r} is not a path inside the library; `assistant list` shows those.")
        if path.endswith(METADATA_SUFFIX) or any(is_hidden(part) for part in inside.parts):
            raise LibraryError(f"{path} is no document; `assistant list` shows those there are.")
        return self.root / inside

    # how things come to their place

    def _copy(self, source: Path, path: str) -> str:
        if source.resolve().is_relative_to(self.root.resolve()):
            return source.resolve().relative_to(self.root.resolve()).as_posix()
        try:
            file = source.open("rb")
        except OSError as error:
            raise LibraryError(f"{source} cannot be opened ({error.strerror}); check that it may be read.") from error
        with file:
            placed = self._take(file, path)
        target = self.root / placed
        beside = metadata_file(source)
        if beside.is_file() and target.is_file() and not metadata_file(target).exists():
            with storing(beside.name), beside.open("rb") as metadata:
                write_file(metadata_file(target), metadata, staging=self.root)
        return placed

    def _take(self, file: IO[bytes], path: str) -> str:
        self._sweep()
        with storing(PurePosixPath(path).name):
            target = self._unpack(file, path) if is_archive(file, path) else self._place(file, path)
        return target.relative_to(self.root).as_posix()

    def _place(self, file: IO[bytes], path: str) -> Path:
        """Copy to the first free name, or find it there already; another process may be doing the same."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        names = numbered(self.root / path)
        while True:
            target = next(names)
            if not target.exists():
                with suppress(FileExistsError):
                    write_file(target, file, staging=self.root, overwrite=False)
                    return target
                file.seek(0)
            if holds(target, file):
                return target

    def _unpack(self, file: IO[bytes], path: str) -> Path:
        """Expand an archive out of sight, and rename the whole."""
        self.root.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(dir=self.root, prefix=TEMPORARY))
        try:
            unpack(file, PurePosixPath(path).name, staged)
            wanted = self.root / path
            folders = numbered(wanted.with_suffix("") if wanted.suffix else wanted)
            target = next(each for each in folders if not each.exists() or _holds_all(each, staged))
            if not target.exists():
                staged.chmod(0o755)
                target.parent.mkdir(parents=True, exist_ok=True)
                staged.rename(target)
            return target
        finally:
            shutil.rmtree(staged, ignore_errors=True)

    def _write_metadata(self, file: Path, yaml_text: str) -> None:
        if yaml_text:
            write_file(metadata_file(file), io.BytesIO(yaml_text.encode()), staging=self.root)
        else:
            metadata_file(file).unlink(missing_ok=True)

    def _address(self, file: Path) -> str | None:
        """The web address that a document's metadata file gives."""
        try:
            return parse_fields(metadata_file(file).read_text("utf-8", "replace"), where=file.name).url
        except (OSError, AssistantError):
            return None

    def _sweep(self) -> None:
        """Delete what a process that was killed while adding has left behind."""
        for left in self.root.glob(f"{TEMPORARY}*"):
            try:
                if time.time() - left.stat().st_mtime < _ABANDONED:
                    continue
            except FileNotFoundError:
                continue  # put in its place at this moment
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _documents_in(folder: Path) -> list[Path]:
    return sorted(Path(entry.path) for entry in walk(folder) if not entry.name.endswith(METADATA_SUFFIX))


def _holds_all(folder: Path, other: Path) -> bool:
    """Whether a folder holds all files of another, with the same content."""
    for entry in walk(other):
        with Path(entry.path).open("rb") as file:
            if not holds(folder / Path(entry.path).relative_to(other), file):
                return False
    return True
