"""What a built document says, to tell whether it still says what its source says."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

import pypdfium2


def text_of(path: str, data: bytes) -> str:
    """The text of a built document, by which two builds are compared.

    For a scanned page, which has none, a digest of its picture stands in; for formats that are
    text themselves (HTML, plain text, YAML) the text is the whole file.
    """
    match PurePosixPath(path).suffix:
        case ".pdf":
            return _pdf_text(data)
        case ".docx" | ".pptx" | ".xlsx":
            return _office_text(data)
        case _:
            return data.decode("utf-8", "surrogateescape")


def _pdf_text(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
        if text.strip():
            return " ".join(text.split())  # where lines break is the layout's affair
        return hashlib.sha256(b"".join(page.render().to_numpy().tobytes() for page in document)).hexdigest()


def _office_text(data: bytes) -> str:
    """The text of all parts of an Office file, in order of their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = (archive.read(name) for name in sorted(archive.namelist()) if name.endswith(".xml"))
        return "\f".join("\n".join(ET.fromstring(part).itertext()) for part in parts)  # noqa: S314 - our own files
