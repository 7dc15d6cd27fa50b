"""What kind of file it is: told by its content first, by its name only where the content leaves that open."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from enum import StrEnum
from pathlib import PurePosixPath

from assistant.documents.containers import ARCHIVE_FAILURES
from assistant.documents.decoding import is_text
from assistant.errors import PasswordProtected, UnreadableDocument, UnsupportedType


class FileType(StrEnum):
    """A family of files that one reader reads."""

    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    OFFICE = "office"
    SPREADSHEET = "spreadsheet"
    TABLE = "table"
    RECORDS = "records"
    EPUB = "epub"
    MAIL = "mail"
    WEB_ARCHIVE = "web archive"
    PICTURE = "picture"


_TYPES = {
    ".md": FileType.MARKDOWN,
    ".markdown": FileType.MARKDOWN,
    ".txt": FileType.TEXT,
    ".text": FileType.TEXT,
    ".html": FileType.HTML,
    ".htm": FileType.HTML,
    ".xhtml": FileType.HTML,
    ".mhtml": FileType.WEB_ARCHIVE,
    ".mht": FileType.WEB_ARCHIVE,
    ".pdf": FileType.PDF,
    ".docx": FileType.OFFICE,
    ".docm": FileType.OFFICE,
    ".pptx": FileType.OFFICE,
    ".pptm": FileType.OFFICE,
    ".xlsx": FileType.SPREADSHEET,
    ".xlsm": FileType.SPREADSHEET,
    ".csv": FileType.TABLE,
    ".tsv": FileType.TABLE,
    ".json": FileType.RECORDS,
    ".jsonl": FileType.RECORDS,
    ".ndjson": FileType.RECORDS,
    ".epub": FileType.EPUB,
    ".eml": FileType.MAIL,
    ".png": FileType.PICTURE,
    ".jpg": FileType.PICTURE,
    ".jpeg": FileType.PICTURE,
}
SUFFIXES = tuple(_TYPES)
_WRITTEN = frozenset(
    {FileType.MARKDOWN, FileType.TEXT, FileType.HTML, FileType.TABLE, FileType.RECORDS}
    | {FileType.MAIL, FileType.WEB_ARCHIVE}
)
_OLD_SUFFIXES = frozenset({".doc", ".xls", ".ppt", ".rtf", ".wps"})

_HTML = re.compile(
    rb"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*){0,3}<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_HEADER = re.compile(rb"^([A-Za-z][A-Za-z-]{1,40}):[ \t]", re.MULTILINE)
_SAVED_BY = re.compile(rb"^From: [\"<]?Saved by", re.MULTILINE)  # a browser, not a person
_NEVER_MAIL = frozenset({FileType.MARKDOWN, FileType.TABLE, FileType.RECORDS})
_MAIL_HEADERS = frozenset({b"mime-version", b"message-id", b"received", b"return-path", b"dkim-signature"})
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}")  # `No. 61` and `v2.0` end in none
_PDF_OBJECT = re.compile(rb"\d obj\b|\btrailer\s*<<")  # what is left of a PDF without its head
_CLEARLY = 60  # bytes; fewer under the name of another type are no clear text
_CONTENT_TYPES = "[Content_Types].xml"  # of every Office file, ECMA-376-2, 6.2.3
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")
_BLANKS = b" \t\r\n\0" + codecs.BOM_UTF8 + codecs.BOM_UTF16_LE
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # compound file binary format, [MS-CFB] 2.2
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 2.3.4.4
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"


def type_of(data: bytes, name: str) -> FileType:
    """The type of a file that can be read.

    Raises:
        UnsupportedType: No reader knows this type; the message says what to do instead.
        PasswordProtected: It is an Office file that opens only with a password.
        UnreadableDocument: Its name calls it text, which it is not.
    """
    suffix = PurePosixPath(name).suffix.lower()
    found = _by_signature(data, name) or _by_words(data, suffix) or _TYPES.get(suffix)
    if found is FileType.PDF or (found in _WRITTEN and is_text(data)):
        return found
    if found in _WRITTEN:
        raise UnreadableDocument(f"{name} is not text although its name says so; get a fresh copy.")
    if found is None:
        raise UnsupportedType(f"{name} is of a type that cannot be read; add one of {', '.join(sorted(SUFFIXES))}.")
    return found


def _by_signature(data: bytes, name: str) -> FileType | None:
    if data.startswith(_ARCHIVES):  # which may hold a PDF near its beginning
        return _inside_archive(data, name)
    if _is_pdf(data):
        return FileType.PDF
    if data.startswith(_PICTURES):
        return FileType.PICTURE
    if data.startswith(_OLD_OFFICE):
        if _ENCRYPTED in data:
            raise PasswordProtected(f"{name} is protected by a password; save a copy without one and add that.")
        if PurePosixPath(name).suffix.lower() == ".msg":
            raise UnsupportedType(
                f"{name} is an Outlook message, a type that cannot be read; save it as .eml and add that."
            )
        raise UnsupportedType(
            f"{name} is of an old Office type that cannot be read; save it as .docx, .xlsx or .pptx and add that."
        )
    if data.startswith(b"{\\rtf"):
        raise UnsupportedType(f"{name} is rich text, a type that cannot be read; save it as .docx and add that.")
    return None


def _is_pdf(data: bytes) -> bool:
    """Whether there is a PDF header in the first kilobyte, and not only talk of one."""
    before, header, _ = data[:1024].partition(b"%PDF-")
    return bool(header) and (not before.strip(_BLANKS) or _PDF_OBJECT.search(data) is not None)


def _inside_archive(data: bytes, name: str) -> FileType | None:
    """The type of a ZIP container by what stands in it; None for one too damaged to tell."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = frozenset(archive.namelist())
            mimetype = b""
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    mimetype = member.read(100).strip()
    except ARCHIVE_FAILURES:
        return None
    if mimetype == b"application/epub+zip" or "META-INF/container.xml" in names:
        return FileType.EPUB
    if mimetype.startswith(_OPEN_DOCUMENT):
        raise UnsupportedType(
            f"{name} is of an OpenDocument type that cannot be read; save it as .docx, .xlsx or .pptx and add that."
        )
    if "xl/workbook.bin" in names:
        raise UnsupportedType(
            f"{name} is a binary workbook, a type that cannot be read; save it as .xlsx and add that."
        )
    if _CONTENT_TYPES in names and any(each.startswith("xl/") for each in names):
        return FileType.SPREADSHEET
    if _CONTENT_TYPES in names and any(each.startswith(("word/", "ppt/")) for each in names):
        return FileType.OFFICE
    if _TYPES.get(PurePosixPath(name).suffix.lower()) in {FileType.OFFICE, FileType.SPREADSHEET, FileType.EPUB}:
        return None  # nearly empty, or its parts renamed: its reader will say so
    raise UnsupportedType(
        f"{name} is an archive, a type that is unpacked when it is added through the library page or by "
        "`assistant add`; add it so, or unpack it yourself."
    )


def _by_words(data: bytes, suffix: str) -> FileType | None:
    """The type of a text by how it begins, where that is clear, and of one whose name does not tell."""
    head = data[:4096].replace(b"\0", b"").lstrip(_BLANKS)
    if _HTML.match(head):
        return FileType.HTML
    named = _TYPES.get(suffix)
    headers = {match.lower() for match in _HEADER.findall(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0])}
    if named not in _NEVER_MAIL and headers & _MAIL_HEADERS and headers & {b"from", b"content-type"}:
        is_page = b"multipart/related" in head and (b"from" not in headers or _SAVED_BY.search(head))
        return FileType.WEB_ARCHIVE if is_page else FileType.MAIL
    if named in _WRITTEN or (named is None and _SUFFIX.fullmatch(suffix) and suffix not in _OLD_SUFFIXES):
        return None
    if named is not None and len(data) < _CLEARLY:
        return None
    if data.startswith(_ARCHIVES) or _PDF_OBJECT.search(data) or not is_text(data):
        return None
    return FileType.TABLE if suffix.startswith(".xls") else FileType.MARKDOWN
