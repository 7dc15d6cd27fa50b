"""Which reader reads what: the type of a file is told by its content first, then by its name."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import cast

from assistant.documents.extract import Extract
from assistant.documents.headings import find_headings
from assistant.documents.metadata import METADATA_SUFFIX, Fields, complete, parse_fields
from assistant.errors import DocumentTooLarge, EmptyDocument, NoTextFound, UnreadableDocument, UnsupportedType
from assistant.types import Document

Reader = Callable[[bytes, str], Extract]

# Module and function, not the function itself: readers are loaded when first needed, since the
# libraries behind them cost more to import than a question takes to answer.
_READERS = {
    ".md": ("plain_text", "read_markdown"),
    ".markdown": ("plain_text", "read_markdown"),
    ".txt": ("plain_text", "read_text"),
    ".text": ("plain_text", "read_text"),
    ".html": ("html", "read_html"),
    ".htm": ("html", "read_html"),
    ".pdf": ("pdf", "read_pdf"),
    ".docx": ("office", "read_office"),
    ".pptx": ("office", "read_office"),
    ".xlsx": ("spreadsheet", "read_spreadsheet"),
}
SUFFIXES = tuple(_READERS)


def read_document(root: Path, path: str, *, max_bytes: int, recognise: bool = True) -> Document:
    """Read one file of the library, with the metadata file beside it if there is one.

    Args:
        root: The library folder.
        path: POSIX path of the file inside it.
        max_bytes: Larger files are refused unread.
        recognise: Read pages that are pictures by text recognition, where the extra is installed.

    Raises:
        DocumentError: The file cannot become a document; which kind says why.
    """
    name = PurePosixPath(path).name
    data, beside_data = _read_files(root / path, max_bytes)
    extract = reader_for(data, name, recognise=recognise)(data, name)
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


def reader_for(data: bytes, name: str, *, recognise: bool = True) -> Reader:
    """The reader for a file's content.

    Raises:
        UnsupportedType: There is none; the message lists the types there are.
    """
    suffix = PurePosixPath(name).suffix.lower()
    head = data[:1024].lstrip()
    if b"%PDF-" in data[:1024]:
        suffix = ".pdf"
    elif head[:200].lower().startswith((b"<!doctype html", b"<html")):
        suffix = ".html"
    if suffix not in _READERS:
        known = ", ".join(sorted(SUFFIXES))
        raise UnsupportedType(f"{name} is of a type that cannot be read; add one of {known}.")
    if suffix in {".md", ".markdown", ".txt", ".text", ".html", ".htm"} and _is_binary(data):
        raise UnreadableDocument(f"{name} is not text although its name says so; get a fresh copy.")
    module, function = _READERS[suffix]
    reader = getattr(importlib.import_module(f"assistant.documents.{module}"), function)
    return cast("Reader", partial(reader, recognise=recognise) if suffix == ".pdf" else reader)


def _is_binary(data: bytes) -> bool:
    """NUL bytes outside UTF-16 and UTF-32 mean that this is no text."""
    return b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))


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
