"""ZIP containers (Word, Excel, EPUB ...), opened only if what they hold is of a bounded size."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib

from assistant.errors import DocumentTooLarge, PasswordProtected, UnreadableDocument

# What the standard library raises for damage inside an archive, while opening or reading it.
ARCHIVE_FAILURES = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, LookupError, OSError, RuntimeError, ValueError,
)  # fmt: skip
_MAX_MEMBERS = 20_000
_MAX_EXPANDED = 500_000_000  # bytes
_MAX_PARSED = 150_000_000  # bytes of XML, which takes several times as much memory as a tree
_MAX_RATIO = 300  # tables of zeros reach 100, deflate ends at 1,032
_STREAMED = "xl/worksheets/"  # read row by row
_SMALL = 20_000_000  # bytes; below this any ratio is harmless
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_HEAD = 65_536


def open_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """Open a ZIP container whose parts, expanded, keep to the limits.

    The sizes that the parts declare are limits that hold: the standard library gives no byte more
    of a part than it declares.

    Raises:
        DocumentTooLarge: It would expand to more than a file may.
        PasswordProtected: Its parts are encrypted.
        UnreadableDocument: It is damaged.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except ARCHIVE_FAILURES as error:
        raise UnreadableDocument(f"{name} is damaged; get a fresh copy, or save it again and add that.") from error
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise PasswordProtected(f"{name} is protected by a password; save a copy without one and add that.")
    expanded = sum(member.file_size for member in members)
    parsed = sum(
        member.file_size
        for member in members
        if member.filename.endswith(".xml") and not member.filename.startswith(_STREAMED)
    )
    is_bomb = expanded > max(_SMALL, _MAX_RATIO * len(data))
    if is_bomb or len(members) > _MAX_MEMBERS or expanded > _MAX_EXPANDED or parsed > _MAX_PARSED:
        raise DocumentTooLarge(
            f"{name} has {len(data) / 1e6:.1f} MB but unfolds to {expanded / 1e6:,.0f} MB in {len(members):,} parts, "
            "more than can be read; split it, or save its text alone."
        )
    return archive


def open_office_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """Open the container of an Office file, which may hold no document type declarations (ECMA-376-2, 8.1.4).

    Those are how XML entities are defined that unfold to gigabytes or name files of this machine.

    Raises:
        DocumentTooLarge: It would expand to more than a file may.
        PasswordProtected: Its parts are encrypted.
        UnreadableDocument: It is damaged, or holds such declarations.
    """
    archive = open_archive(data, name)
    try:
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    head = part.read(_HEAD).replace(b"\0", b"")  # UTF-16 reads the same without its NULs
                if any(declaration in head for declaration in _DECLARATIONS):
                    raise UnreadableDocument(
                        f"{name} is damaged or made to do harm (it defines XML entities); get it from another source."
                    )
    except ARCHIVE_FAILURES as error:
        raise UnreadableDocument(f"{name} is damaged; get a fresh copy, or save it again and add that.") from error
    return archive
