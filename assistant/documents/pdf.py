"""PDF, page by page: pypdf first, pypdfium2 where a page comes out empty or garbled, then text recognition."""

from __future__ import annotations

import io
import logging
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from threading import RLock
from typing import Any

import pypdf
import pypdfium2
from pypdf.errors import FileNotDecryptedError, PyPdfError

from assistant.documents.columns import Run, column_text
from assistant.documents.extract import Extract, join_pages
from assistant.documents.grids import MOST_SHAPES
from assistant.documents.metadata import Fields, iso_date, said
from assistant.documents.page_tables import Sheet, with_tables
from assistant.documents.places import Box
from assistant.documents.progress import READING, READING_AGAIN, ReportProgress, silent
from assistant.documents.recognition import DOTS_PER_POINT, is_available, recognise_picture
from assistant.errors import DocumentTooLarge, NoTextFound, PasswordProtected, UnreadableDocument
from assistant.types import Progress

PDFIUM = RLock()  # PDFium is not made for several threads: whoever calls it holds this

# Damaged files make pypdf raise far more than its own errors (py-pdf/pypdf tracks them one by
# one), so its failures are named here and the second reader is asked instead.
_PYPDF_FAILURES = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError,
    OSError, RecursionError, TypeError, ValueError,
)  # fmt: skip
_PASSWORD = "{name} is protected by a password; save a copy without one and add that."
_MAX_PAGES = 20_000
_TOO_MANY_PAGES = "{name} has more than {limit:,} pages; split it."
_MOST_RUNS = 5_000  # of text on a page; more are a drawing
_MAX_SIDE = 3_500  # pixels of a page that is drawn to be recognised
_LEAST_LETTERS = 14  # fewer are a stamp, a form field or a page number, not a text


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a page, and how sure its recognition was, where it was recognised."""

    text: str
    confidence: float | None = None


def read_pdf(data: bytes, name: str, *, recognise: bool = True, report_progress: ReportProgress = silent) -> Extract:
    """Read the text of every page.

    Args:
        recognise: Read pages that are pictures, or whose text is garbled, by text recognition,
            where the extra is installed.
        report_progress: Called after every page, and again for each that is read a second time.

    Raises:
        PasswordProtected: The file opens only with a password.
        DocumentTooLarge: It has too many pages.
        NoTextFound: The pages hold no text (a scan, a drawing, an empty form).
        UnreadableDocument: Neither reader can open the file.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first, fields = _read_with_pypdf(data, name, report_progress)
        pages = [_Page(text) for text in first or ()]
        if first is not None:
            pages = _with_tables(data, pages)
        if first is None or any(_is_doubtful(text) for text in first):
            pages = _read_again(
                data, name, first, recognise=recognise and is_available(), report_progress=report_progress
            )
    if sum(_letters(page.text) for page in pages) < _LEAST_LETTERS:
        raise NoTextFound(
            f"{name} has {len(pages)} page(s) but no text; it may be a scan: install the extra `ocr` and sync again."
        )
    recognised = {number: page.confidence for number, page in enumerate(pages, 1) if page.confidence is not None}
    return join_pages([page.text for page in pages], fields, recognised)


def _read_with_pypdf(data: bytes, name: str, report_progress: ReportProgress) -> tuple[list[str] | None, Fields]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not (_opens_for_anyone(data) and reader.decrypt("")):
            raise PasswordProtected(_PASSWORD.format(name=name))
        fields = _fields(reader)
        if (count := len(reader.pages)) > _MAX_PAGES:
            raise DocumentTooLarge(_TOO_MANY_PAGES.format(name=name, limit=_MAX_PAGES))
        return list(_texts(reader, count, name, report_progress)), fields
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


def _texts(reader: pypdf.PdfReader, count: int, name: str, report_progress: ReportProgress) -> Iterator[str]:
    for number, page in enumerate(reader.pages, 1):
        yield _page_text(page)
        report_progress(Progress(READING, number, count, name))


def _page_text(page: pypdf.PageObject) -> str:
    runs: list[Run] = []

    def note(text: str, user: list[float], matrix: list[float], _font: object, _size: float) -> None:
        x, y = matrix[4], matrix[5]
        runs.append(Run(x * user[0] + y * user[2] + user[4], x * user[1] + y * user[3] + user[5], text))

    try:
        text = page.extract_text(visitor_text=note)
        return column_text(runs) or text
    except _PYPDF_FAILURES:
        return ""


def _with_tables(data: bytes, pages: list[_Page]) -> list[_Page]:
    """The pages with their tables row by row; unchanged where pdfium cannot open the file."""
    try:
        with PDFIUM:
            document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return pages
    table = None
    found = []
    try:
        for number, page in enumerate(pages):
            sheet = _sheet(document, number) if page.text.strip() else None
            text, table = with_tables(page.text, sheet, table) if sheet else (page.text, None)
            found.append(_Page(text))
        return found
    finally:
        with PDFIUM:
            document.close()


def _sheet(document: pypdfium2.PdfDocument, number: int) -> Sheet | None:
    """What stands where on a page; None where pdfium cannot tell."""
    with PDFIUM:
        try:
            page = document[number]
            shown = page.get_textpage()
            places = [shown.get_rect(run) for run in range(min(shown.count_rects(), _MOST_RUNS))]
            words = [
                Box(left, bottom, right, top, str(shown.get_text_bounded(left, bottom, right, top)), run)
                for run, (left, bottom, right, top) in enumerate(places)
            ]
            drawn = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH])
            shapes = [Box(*shape.get_bounds()) for shape in islice(drawn, MOST_SHAPES)]
            _, bottom, _, top = page.get_bbox()
            page.close()
        except (pypdfium2.PdfiumError, IndexError):
            return None
    return Sheet(words, shapes, bottom, top)


def _fields(reader: pypdf.PdfReader) -> Fields:
    try:
        properties: Mapping[str, Any] = reader.metadata or {}
        title, author = said(properties.get("/Title")), said(properties.get("/Author"))
        created = properties.get("/CreationDate")
    except _PYPDF_FAILURES:
        return Fields()
    return Fields(
        title=title,
        author=author,
        published=iso_date(str(created)) if created else None,
    )


def _read_again(
    data: bytes,
    name: str,
    first: list[str] | None,
    *,
    recognise: bool,
    report_progress: ReportProgress,
) -> list[_Page]:
    """Read with pdfium the pages that came out empty or garbled, and those that were not found.

    Args:
        first: The pages as they were read before; None if they could not be.
    """
    pages = [_Page(text) for text in first or ()]
    try:
        with PDFIUM:
            document = pypdfium2.PdfDocument(data)
            count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise PasswordProtected(_PASSWORD.format(name=name)) from error
        if first is not None:
            return pages
        raise UnreadableDocument(f"{name} is damaged and cannot be opened as a PDF; get a fresh copy.") from error
    try:
        if count > _MAX_PAGES:
            raise DocumentTooLarge(_TOO_MANY_PAGES.format(name=name, limit=_MAX_PAGES))
        pages += [_Page("")] * (count - len(pages))
        doubtful = [number for number, page in enumerate(pages[:count]) if _is_doubtful(page.text)]
        for done, number in enumerate(doubtful, 1):
            pages[number] = _better(pages[number], _pdfium_page(document, number, recognise=recognise))
            report_progress(Progress(READING_AGAIN, done, len(doubtful), name))
        return pages
    finally:
        with PDFIUM:
            document.close()


def _pdfium_page(document: pypdfium2.PdfDocument, number: int, *, recognise: bool) -> _Page:
    with PDFIUM:
        try:
            page = document[number]
            text = str(page.get_textpage().get_text_bounded())
            picture = None
            if recognise and _is_doubtful(text):
                scale = min(DOTS_PER_POINT, _MAX_SIDE / max(*page.get_size(), 1))
                picture = page.render(scale=scale).to_numpy().copy()
            page.close()
        except pypdfium2.PdfiumError:
            return _Page("")
    if picture is None:
        return _Page(text)
    seen = recognise_picture(picture)
    return _better(_Page(text), _Page(seen.text, seen.confidence))


# How readers write a glyph whose character they do not know: `/g12`, `(cid:12)`.
_GLYPH_NAME = re.compile(r"(?<!\S)/\w{1,4}(?!\S)|\(cid:\d{1,6}\)")
_GLYPH_NUMBER = re.compile(r"/[A-Za-z]?\d{1,3}\b|\(cid:\d{1,6}\)")
_LEADERS = re.compile(r"[\s._·…|-]+")


def _letters(text: str) -> int:
    """Letters and digits; names of glyphs, which stand for what could not be read, do not count."""
    return sum(c.isalnum() for c in _GLYPH_NAME.sub("", text))


def _is_doubtful(page: str) -> bool:
    """Whether a page came out empty or garbled: few letters, or many characters that no text has."""
    visible = _LEADERS.sub("", page)
    letters = _letters(page)
    if letters < _LEAST_LETTERS or letters < 0.35 * len(visible):
        return True
    strange = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or unicodedata.category(c) == "Cc" for c in visible)
    return strange > 0.05 * len(visible) or len(_GLYPH_NUMBER.findall(page)) > len(visible) / 20


def _better(first: _Page, second: _Page) -> _Page:
    """The first reading of a page unless it is doubtful and the second has more."""
    is_better = _letters(second.text) > _letters(first.text) or not _is_doubtful(second.text)
    return second if _is_doubtful(first.text) and is_better else first
