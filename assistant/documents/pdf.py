"""PDF, page by page: pypdf first, pypdfium2 where a page comes out empty or garbled."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Mapping
from threading import RLock
from typing import Any

import pypdf
import pypdfium2
from pypdf.errors import FileNotDecryptedError, PyPdfError

from assistant.documents.extract import Extract, join_pages
from assistant.documents.metadata import Fields, iso_date
from assistant.documents.recognition import DOTS_PER_POINT, is_available, recognise_picture
from assistant.errors import NoTextFound, PasswordProtected, UnreadableDocument

PDFIUM = RLock()  # PDFium is not made for several threads: whoever calls it holds this

# Damaged files make pypdf raise far more than its own errors (py-pdf/pypdf tracks them one by
# one), so its failures are named here and the second reader is asked instead.
_PYPDF_FAILURES = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError,
    OSError, RecursionError, TypeError, ValueError,
)  # fmt: skip
_PASSWORD = "{name} is protected by a password; save a copy without one and add that."
_LEAST_LETTERS = 14  # fewer are a stamp, a form field or a page number, not a text


def read_pdf(data: bytes, name: str, *, recognise: bool = True) -> Extract:
    """Read the text of every page.

    Args:
        recognise: Read pages that are pictures by text recognition, where the extra is installed.

    Raises:
        PasswordProtected: The file opens only with a password.
        NoTextFound: The pages hold no text (a scan, a drawing, an empty form).
        UnreadableDocument: Neither reader can open the file.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pages, fields = _read_with_pypdf(data, name)
        if pages is None or any(_is_doubtful(page) for page in pages):
            second = _read_with_pdfium(data, name, opened_before=pages is not None, recognise=recognise)
            pages = second if pages is None else _best_of(pages, second)
    if sum(_letters(page) for page in pages) < _LEAST_LETTERS:
        raise NoTextFound(
            f"{name} has {len(pages)} page(s) but no text; it may be a scan: install the extra `ocr` and sync again."
        )
    return join_pages(pages, fields)


def _read_with_pypdf(data: bytes, name: str) -> tuple[list[str] | None, Fields]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not (_opens_for_anyone(data) and reader.decrypt("")):
            raise PasswordProtected(_PASSWORD.format(name=name))
        fields = _fields(reader)
        return [_page_text(page) for page in reader.pages], fields
    except FileNotDecryptedError as error:
        raise PasswordProtected(_PASSWORD.format(name=name)) from error
    except _PYPDF_FAILURES:
        return None, Fields()


def _opens_for_anyone(data: bytes) -> bool:
    """Ask pdfium: pypdf also unlocks files by an empty owner password, which no viewer does."""
    try:
        with PDFIUM:
            pypdfium2.PdfDocument(data).close()
    except pypdfium2.PdfiumError as error:
        return "password" not in str(error).lower()
    return True


def _page_text(page: pypdf.PageObject) -> str:
    try:
        return page.extract_text()
    except _PYPDF_FAILURES:
        return ""


def _fields(reader: pypdf.PdfReader) -> Fields:
    try:
        properties: Mapping[str, Any] = reader.metadata or {}
        title = str(properties.get("/Title") or "").strip()
        author = str(properties.get("/Author") or "").strip()
        created = properties.get("/CreationDate")
    except _PYPDF_FAILURES:
        return Fields()
    is_file_name = re.search(r"\.\w{3,5}$|^untitled|^microsoft word", title, re.IGNORECASE)
    return Fields(
        title=None if is_file_name else title or None,
        author=author or None,
        published=iso_date(str(created)) if created else None,
    )


def _read_with_pdfium(data: bytes, name: str, *, opened_before: bool, recognise: bool) -> list[str]:
    try:
        with PDFIUM:
            document = pypdfium2.PdfDocument(data)
            count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise PasswordProtected(_PASSWORD.format(name=name)) from error
        if opened_before:
            return []
        raise UnreadableDocument(f"{name} is damaged and cannot be opened as a PDF; get a fresh copy.") from error
    try:
        return [_pdfium_page(document, number, recognise=recognise and is_available()) for number in range(count)]
    finally:
        with PDFIUM:
            document.close()


def _pdfium_page(document: pypdfium2.PdfDocument, number: int, *, recognise: bool) -> str:
    with PDFIUM:
        try:
            page = document[number]
            text = str(page.get_textpage().get_text_bounded())
            picture = None
            if recognise and _letters(text) < _LEAST_LETTERS:
                picture = page.render(scale=DOTS_PER_POINT).to_numpy().copy()
            page.close()
        except pypdfium2.PdfiumError:
            return ""
    return text if picture is None else recognise_picture(picture)


_GLYPH_NAME = re.compile(r"(?<!\S)/\w{1,4}(?!\S)")


def _letters(text: str) -> int:
    """Letters and digits; names of glyphs, which stand for what could not be read, do not count."""
    return sum(c.isalnum() for c in _GLYPH_NAME.sub("", text))


def _is_doubtful(page: str) -> bool:
    """Whether a page came out empty or garbled: few letters, or many that no text has."""
    stripped = page.strip()
    if _letters(stripped) < _LEAST_LETTERS:
        return True
    strange = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (c < " " and c not in "\n\r\t\f") for c in stripped)
    return strange > 0.05 * len(stripped) or len(re.findall(r"/[A-Za-z]?\d{1,3}\b", stripped)) > len(stripped) / 20


def _best_of(first: list[str], second: list[str]) -> list[str]:
    """Keep the first reading of each page unless it is doubtful and the second has more."""
    chosen = []
    for number in range(max(len(first), len(second))):
        one = first[number] if number < len(first) else ""
        two = second[number] if number < len(second) else ""
        chosen.append(two if _is_doubtful(one) and (_letters(two) > _letters(one) or not _is_doubtful(two)) else one)
    return chosen
