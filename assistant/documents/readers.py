"""Which reader reads what: the type of a file is told by its content first, then by its name."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import cast

from assistant.documents.extract import Extract
from assistant.documents.filetype import SUFFIXES, FileType, type_of
from assistant.documents.headings import find_headings
from assistant.documents.metadata import METADATA_SUFFIX, Fields, complete, parse_fields
from assistant.documents.progress import ReportProgress, silent
from assistant.errors import DocumentTooLarge, EmptyDocument, NoTextFound, UnreadableDocument, UnsupportedType
from assistant.types import Document

__all__ = ["SUFFIXES", "Reader", "digest_of", "file_digest", "metadata_file", "read_document", "reader_for"]

Reader = Callable[[bytes, str], Extract]

# Module and function, not the function itself: readers are loaded when first needed, since the
# libraries behind them cost more to import than a question takes to answer.
_READERS = {
    FileType.MARKDOWN: ("plain_text", "read_markdown"),
    FileType.TEXT: ("plain_text", "read_text"),
    FileType.HTML: ("html", "read_html"),
    FileType.PDF: ("pdf", "read_pdf"),
    FileType.OFFICE: ("office", "read_office"),
    FileType.SPREADSHEET: ("spreadsheet", "read_spreadsheet"),
    FileType.TABLE: ("tables", "read_table"),
    FileType.RECORDS: ("records", "read_records"),
    FileType.EPUB: ("epub", "read_epub"),
    FileType.MAIL: ("mail", "read_mail"),
    FileType.WEB_ARCHIVE: ("mail", "read_web_archive"),
    FileType.PICTURE: ("picture", "read_picture"),
}
_DEEPEST_MAIL = 2  # a message attached to a message


def read_document(
    root: Path, path: str, *, max_bytes: int, recognise: bool = True, report_progress: ReportProgress = silent
) -> Document:
    """Read one file of the library, with the metadata file beside it if there is one.

    Args:
        root: The library folder.
        path: POSIX path of the file inside it.
        max_bytes: Larger files are refused unread.
        recognise: Read pages that are pictures by text recognition, where the extra is installed.
        report_progress: Called after every page of a file that has some.

    Raises:
        DocumentError: The file cannot become a document; which kind says why.
    """
    name = PurePosixPath(path).name
    data, beside_data = _read_files(root / path, max_bytes)
    extract = reader_for(data, name, recognise=recognise, report_progress=report_progress)(data, name)
    if not extract.text.strip():
        raise NoTextFound(f"{name} holds no text.")
    edited = (
        parse_fields(beside_data.decode("utf-8", "replace"), where=name + METADATA_SUFFIX) if beside_data else Fields()
    )
    return Document(
        path=path,
        digest=digest_of(data, beside_data),
        text=extract.text,
        metadata=complete(path, extract.text, edited, extract.fields),
        headings=find_headings(extract.text),
        page_starts=extract.page_starts,
        recognised=tuple(sorted(extract.recognised.items())),
    )


def file_digest(root: Path, path: str, *, max_bytes: int) -> str:
    """The digest that ``read_document`` gives a file's document, without reading its text.

    Raises:
        DocumentError: The file cannot be opened, is empty or too large.
    """
    return digest_of(*_read_files(root / path, max_bytes))


def metadata_file(path: Path) -> Path:
    """Where edits to a document's metadata are kept: ``name.pdf.meta.yaml`` beside ``name.pdf``."""
    return path.with_name(path.name + METADATA_SUFFIX)


def digest_of(data: bytes, metadata: bytes = b"") -> str:
    """SHA-256 of a file and its metadata file, in hex."""
    digest = hashlib.sha256(data)
    if metadata:
        digest.update(b"\0" + metadata)
    return digest.hexdigest()


def reader_for(
    data: bytes, name: str, *, recognise: bool = True, report_progress: ReportProgress = silent, depth: int = 1
) -> Reader:
    """The reader for a file's content.

    Args:
        recognise: Read pages that are pictures by text recognition, where the extra is installed.
        report_progress: Called after every page of a file that has some.
        depth: How many messages deep the file stands, as an attachment.

    Raises:
        UnsupportedType: There is none; the message says what to do.
    """
    file_type = type_of(data, name)
    module, function = _READERS[file_type]
    reader = getattr(importlib.import_module(f"assistant.documents.{module}"), function)
    if file_type is FileType.PDF:
        reader = partial(reader, recognise=recognise, report_progress=report_progress)
    elif file_type is FileType.PICTURE:
        reader = partial(reader, recognise=recognise)
    elif file_type is FileType.MAIL:
        if depth > _DEEPEST_MAIL:
            raise UnsupportedType(
                f"{name} is a message within a message within a message; add it as a file of its own."
            )
        reader = partial(
            reader,
            read_attachment=lambda held, file: reader_for(held, file, recognise=recognise, depth=depth + 1)(held, file),
        )
    return cast("Reader", reader)


def _read_files(path: Path, max_bytes: int) -> tuple[bytes, bytes]:
    """The content of a file and of the metadata file beside it, if there is one."""
    name = path.name
    beside = metadata_file(path)
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise DocumentTooLarge(
                f"{name} has {size / 1e6:.0f} MB, above the limit of {max_bytes / 1e6:.0f} MB; "
                "split it, or raise ASSISTANT_MAX_FILE_MEGABYTES."
            )
        data = path.read_bytes()
        beside_data = beside.read_bytes() if beside.is_file() else b""
    except OSError as error:
        sentence = f"{name} cannot be opened ({error.strerror}); check that it exists and may be read."
        raise UnreadableDocument(sentence) from error
    if not data.strip():
        raise EmptyDocument(f"{name} is empty.")
    return data, beside_data
