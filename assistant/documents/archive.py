"""ZIP archives: unpacked within limits, all or nothing."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from assistant.documents.files import is_hidden, numbered, safe_name
from assistant.errors import DocumentTooLarge, EmptyDocument, PasswordProtected, UnreadableDocument

ARCHIVE_SUFFIX = ".zip"

_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRY = b"PK\x01\x02"  # begins each entry of the directory (APPNOTE.TXT 4.3.12)
_MOST_ENTRIES = 100_000  # zipfile reads a whole directory into memory before it can be counted
_PACKAGE_PARTS = frozenset({"[Content_Types].xml", "mimetype"})  # of Office (OPC), and of EPUB and OpenDocument
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_IN_UTF8 = 0x800
_BLOCK = 1 << 16
_RATIO_HOLDS_ABOVE = 10_000_000
_JUNK = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_DRIVE = re.compile("[a-z]:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold, with the archives inside it.

    Attributes:
        files: How many files.
        depth: How deep archives may be nested in it.
        expanded: Bytes of all files together, counted while they are expanded.
        ratio: How many times its own size the archive may expand to, where that is above 10 MB.
    """

    files: int = 1000
    depth: int = 2
    expanded: int = 500_000_000
    ratio: int = 100


_LIMITS = Limits()


def is_archive(file: IO[bytes], name: str) -> bool:
    """Whether a file is a ZIP archive of documents, and not itself a document in the form of one.

    Raises:
        DocumentError: It is an archive, but damaged or with more entries than can be.
    """
    beginning = file.read(4)
    file.seek(0)
    if beginning not in _BEGINNINGS or PurePosixPath(name).suffix.lower() not in {ARCHIVE_SUFFIX, ""}:
        return False
    with _opened(file, name) as archive:
        is_package = not _PACKAGE_PARTS.isdisjoint(archive.namelist())
    file.seek(0)
    return not is_package


def unpack(file: IO[bytes], name: str, folder: Path, limits: Limits = _LIMITS) -> None:
    """Expand an archive, and the archives in it, into a folder that is there and empty.

    Whatever is wrong is noticed before or while a file is written, so what the folder holds
    after an error is to be thrown away.

    Raises:
        DocumentTooLarge: More files, bytes or archives in archives than the limits allow.
        UnreadableDocument: Damaged, or with names that would lead out of the folder.
        PasswordProtected: It opens only with a password.
        EmptyDocument: It holds no files.
    """
    size = file.seek(0, 2)
    file.seek(0)
    room = min(limits.expanded, max(_RATIO_HOLDS_ABOVE, limits.ratio * size))
    unpacking = _Unpacking(name, limits, room)
    unpacking.expand(file, folder, depth=0)
    if not unpacking.files:
        raise EmptyDocument(f"{name} holds no files.")


class _Unpacking:
    """Expands one archive with all that is nested in it, and counts."""

    def __init__(self, name: str, limits: Limits, room: int) -> None:
        self.files = 0
        self._name = name
        self._limits = limits
        self._allowed = self._room = room

    def expand(self, file: IO[bytes], folder: Path, *, depth: int) -> None:
        if depth > self._limits.depth:
            raise self._too_much(f"holds archives nested more than {self._limits.depth} deep")
        with _opened(file, self._name) as archive:
            members = [(member, path) for member in archive.infolist() if (path := _path_of(member, self._name))]
            self._check(archive, [member for member, _ in members])
            for member, path in members:
                target = next(each for each in numbered(folder / path) if not each.exists())
                target.parent.mkdir(parents=True, exist_ok=True)
                self._write(archive, member, target)
                self._expand_nested(target, depth)

    def _check(self, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
        """Refuse before anything is written what the directory of the archive already tells."""
        self.files += len(members)
        if self.files > self._limits.files:
            raise self._too_much(f"holds more than {self._limits.files:,} files")
        if sum(member.file_size for member in archive.infolist()) > self._room:
            raise self._too_much(f"expands to more than {self._allowed / 1e6:,.0f} MB")
        for member in members:
            if member.flag_bits & _ENCRYPTED:
                raise PasswordProtected(f"{self._name} opens only with a password; unpack it and add the files.")
            if member.compress_type not in _METHODS:
                raise UnreadableDocument(f"{self._name} is packed in an unusual way; unpack it and add the files.")

    def _write(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
        with archive.open(member) as packed, target.open("xb") as expanded:
            while block := packed.read(_BLOCK):
                self._room -= len(block)  # what the directory says of sizes may not be so
                if self._room < 0:
                    raise self._too_much(f"expands to more than {self._allowed / 1e6:,.0f} MB")
                expanded.write(block)

    def _expand_nested(self, target: Path, depth: int) -> None:
        with target.open("rb") as file:
            if not is_archive(file, target.name):
                return
            within = target.with_suffix("") if target.suffix else target.with_name(f"{target.name} (unpacked)")
            folder = next(each for each in numbered(within) if not each.exists())
            folder.mkdir()
            self.files -= 1
            self.expand(file, folder, depth=depth + 1)
        target.unlink()

    def _too_much(self, what: str) -> DocumentTooLarge:
        return DocumentTooLarge(f"{self._name} {what}; unpack it and add the files you need.")


@contextmanager
def _opened(file: IO[bytes], name: str) -> Iterator[zipfile.ZipFile]:
    try:
        if _count(file, _ENTRY) > _MOST_ENTRIES:
            raise DocumentTooLarge(f"{name} holds too many files for an archive; unpack it and add the files you need.")
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise UnreadableDocument(f"{name} is a damaged archive; get a fresh copy.") from error
    except (FileExistsError, NotADirectoryError) as error:
        sentence = f"{name} holds a file and a folder of the same name; unpack it and add the files."
        raise UnreadableDocument(sentence) from error


def _count(file: IO[bytes], needle: bytes) -> int:
    count, before = 0, b""
    while block := file.read(1 << 20):
        count += (before + block).count(needle)
        before = block[1 - len(needle) :]
    file.seek(0)
    return count


def _path_of(member: zipfile.ZipInfo, archive: str) -> str | None:
    """Where a member belongs below the folder of its archive; None for folders, hidden files and junk.

    Raises:
        UnreadableDocument: The member would come to stand elsewhere, or is no ordinary file.
    """
    name = _decoded(member).replace("\\", "/")
    parts = PurePosixPath(name).parts
    kind = stat.S_IFMT(member.external_attr >> 16)
    if name.startswith("/") or ".." in parts or _DRIVE.match(name):
        raise _refused(archive, name, "would lead out of its folder")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise _refused(archive, name, "is a link or device and no file")
    if any(_DEVICE.fullmatch(part) for part in parts):
        raise _refused(archive, name, "has the name of a device")
    if name.endswith("/") or kind == stat.S_IFDIR:
        return None
    if not parts or any(is_hidden(part) or part.lower() in _JUNK for part in parts):
        return None
    return "/".join(safe_name(part) for part in parts)


def _refused(archive: str, name: str, reason: str) -> UnreadableDocument:
    shown = "".join(c for c in name if c.isprintable())[:100]
    return UnreadableDocument(f"{archive} is refused: “{shown}” in it {reason}; unpack it and add the files you trust.")


def _decoded(member: zipfile.ZipInfo) -> str:
    """The name of a member.

    The format knows UTF-8, marked as such, and code page 437. What Chinese Windows writes is GBK
    all the same, and older Macs leave UTF-8 unmarked.
    """
    name = member.orig_filename
    if member.flag_bits & _IN_UTF8:
        return name
    data = name.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            decoded = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _is_common_chinese(decoded):
            return decoded
    return name


def _is_common_chinese(text: str) -> bool:
    """Whether most of what is not ASCII is in GB 2312; accented Latin letters taken for GBK are not."""
    foreign = [c for c in text if not c.isascii()]
    return sum(bool(c.encode("gb2312", "ignore")) for c in foreign) > len(foreign) / 2
