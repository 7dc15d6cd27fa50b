"""How files come safely to their place: names that are safe, writes that are whole, nothing overwritten."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from assistant.errors import LibraryError, StorageError

TEMPORARY = ".adding-"  # begins the names of what is not there yet; hidden, so that it is never indexed
_HIDDEN = (".", "~$")  # hidden files, and the lock files of Office
_LONGEST_NAME = 200  # bytes: file systems take 255, and a number or a metadata suffix may follow
_BLOCK = 1 << 20


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is passed over."""
    return name.startswith(_HIDDEN)


def walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    """All files below a folder, without the hidden ones; links to folders are not followed."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_hidden(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from walk(Path(entry.path))
            elif entry.is_file():
                yield entry


def safe_name(name: str) -> str:
    """The last part of a name from outside, without what file systems or the library could mistake.

    Raises:
        LibraryError: Nothing is left of it.
    """
    last = PurePosixPath(name.replace("\\", "/")).name.strip().lstrip(".~$")
    cleaned = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')
    if not cleaned:
        raise LibraryError(f"{name!r} is not a name for a file; rename it and add it again.")
    return cleaned.encode()[-_LONGEST_NAME:].decode(errors="ignore")


def numbered(path: Path) -> Iterator[Path]:
    """A path and what to try where it is taken: ``a.md``, ``a-2.md``, ``a-3.md`` ..."""
    yield path
    number = 1
    while True:
        number += 1
        yield path.with_stem(f"{path.stem}-{number}")


@contextmanager
def storing(name: str) -> Iterator[None]:
    """Turn the failures of a disk into a sentence.

    Raises:
        StorageError: The disk is full, or what is there may not be changed.
    """
    try:
        yield
    except OSError as error:
        sentence = f"{name} cannot be stored ({error.strerror}); make room, or see that the folder may be written to."
        raise StorageError(sentence) from error


def write_file(target: Path, source: IO[bytes], *, staging: Path, overwrite: bool = True) -> None:
    """Copy to a file that is there whole or not at all, even if the process is killed.

    Args:
        target: Where to.
        source: Read from where it stands.
        staging: Folder for the temporary file, on the same file system as the target.
        overwrite: Replace a target that is there.

    Raises:
        FileExistsError: The target is there, be it since a moment ago, and may not be replaced.
    """
    staging.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=staging, prefix=TEMPORARY)
    try:
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(source, file, _BLOCK)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        if overwrite or not _linked(Path(temporary), target):
            Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _linked(source: Path, target: Path) -> bool:
    """Give a file a second name that must be free; False where the file system knows no such thing."""
    try:
        target.hardlink_to(source)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def move_file(source: Path, target: Path) -> None:
    """Move a file by a rename or, to another file system, by a whole copy that is followed by a deletion."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with source.open("rb") as data:
            write_file(target, data, staging=target.parent)
        source.unlink()


def holds(file: Path, source: IO[bytes]) -> bool:
    """Whether a file is there and has the content of ``source``, which is read from its beginning and rewound."""
    if not file.is_file():
        return False
    with file.open("rb") as there:
        source.seek(0)
        same = True
        while same and (block := source.read(_BLOCK)):
            same = there.read(len(block)) == block
        same = same and not there.read(1)
    source.seek(0)
    return same
