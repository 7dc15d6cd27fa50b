"""The library folder: what stands in ``corpus/documents/`` is what the assistant knows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assistant.documents.metadata import METADATA_SUFFIX
from assistant.documents.readers import metadata_file
from assistant.errors import LibraryError

_LONGEST_NAME = 200  # bytes: file systems take 255, and a number or a metadata suffix may follow


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells cheaply whether a file (or its metadata file) may have changed since it was read."""

    size: int
    modified: int
    metadata_size: int = 0
    metadata_modified: int = 0


class Library:
    """A folder of documents, addressed by POSIX paths inside it.

    Indexing never changes a file here; adding writes to a temporary name and renames.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def scan(self) -> dict[str, Stamp]:
        """All files of the library with their stamps; hidden files are passed over."""
        found: dict[str, Stamp] = {}
        beside: dict[str, os.stat_result] = {}
        for entry in _walk(self.root):
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

    def add(self, source: Path) -> tuple[str, ...]:
        """Copy a file, or all files of a folder, into the library, each with its metadata file.

        A file that is there already with the same content is left as it is; another file of the
        same name keeps its place and the new one gets a number.

        Returns:
            Paths inside the library.

        Raises:
            LibraryError: The source does not exist or holds no files.
        """
        if not source.exists():
            raise LibraryError(f"There is no file or folder {source}; check the path.")
        if not source.is_dir():
            return (self._copy(source, source.name),)
        files = sorted(Path(entry.path) for entry in _walk(source) if not entry.name.endswith(METADATA_SUFFIX))
        if not files:
            raise LibraryError(f"The folder {source} holds no files.")
        folder = PurePosixPath(source.resolve().name)  # `.` has no name of its own
        return tuple(self._copy(file, (folder / file.relative_to(source)).as_posix()) for file in files)

    def add_bytes(self, name: str, data: bytes) -> str:
        """Write an upload into the library under its own name, and return its path there.

        Raises:
            LibraryError: The name is none, or would lead out of the library.
        """
        return self._place(_safe(name), data)

    def path_of(self, path: str) -> Path:
        """The file behind a library path.

        Raises:
            LibraryError: There is none, or the path leads out of the library.
        """
        inside = PurePosixPath(path)
        if inside.is_absolute() or ".." in inside.parts:
            raise LibraryError(f"{path} is not a path inside the library; `assistant list` shows those.")
        file = self.root / inside
        if not file.is_file():
            raise LibraryError(f"There is no document {path} in the library; `assistant list` shows those there are.")
        return file

    def remove(self, path: str) -> None:
        """Delete a document and its metadata file from the library.

        Raises:
            LibraryError: There is no such document.
        """
        file = self.path_of(path)
        file.unlink()
        metadata_file(file).unlink(missing_ok=True)

    def _copy(self, source: Path, path: str) -> str:
        if source.resolve().is_relative_to(self.root.resolve()):
            return source.resolve().relative_to(self.root.resolve()).as_posix()
        beside = metadata_file(source)
        try:
            data = source.read_bytes()
            beside_data = beside.read_bytes() if beside.is_file() else b""
        except OSError as error:
            raise LibraryError(f"{source} cannot be opened ({error.strerror}); check that it may be read.") from error
        placed = self._place(path, data)
        target = metadata_file(self.root / placed)
        if beside_data and not target.exists():
            _write(target, beside_data)
        return placed

    def _place(self, path: str, data: bytes) -> str:
        target = self.root / path
        number = 1
        while target.exists() and not _holds(target, data):
            number += 1
            target = (self.root / path).with_stem(f"{PurePosixPath(path).stem}-{number}")
        if not target.exists():
            _write(target, data)
        return target.relative_to(self.root).as_posix()


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".adding-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "~$")):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))
            elif entry.is_file():
                yield entry


def _holds(file: Path, data: bytes) -> bool:
    return file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data


def _safe(name: str) -> str:
    last = PurePosixPath(name.replace("\\", "/")).name.strip().lstrip(".~$")  # hidden files and lock files
    cleaned = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')
    if not cleaned:
        raise LibraryError(f"{name!r} is not a name for a file; rename it and add it again.")
    return cleaned.encode()[-_LONGEST_NAME:].decode(errors="ignore")
