"""A page of a PDF as an image, with a quote marked where it stands."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageDraw
from pypdfium2 import raw

from assistant.documents.pdf import PDFIUM
from assistant.errors import UnreadableDocument

HIGHLIGHT = (255, 221, 92)
_SCALE = 2.0  # pixels per point: 1190 x 1684 for a page of A4
_LARGEST = 4000  # pixels on the longer side, for posters and plans
_MARGIN = 2  # pixels left and right of a marked line
_LEAST_SHARE = 0.5  # of the quote must stand on the page in one piece to be marked

Box = tuple[float, float, float, float]


def is_pdf(file: Path) -> bool:
    """Whether a file is a PDF by its content."""
    with file.open("rb") as opened:
        return b"%PDF-" in opened.read(1024)


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page.

    Attributes:
        png: The picture.
        marked_at: Where the first mark begins, as a share of the height from the top; None without marks.
    """

    png: bytes
    marked_at: float | None


def page_image(file: Path, page: int, quote: str, *, near: int = 0, zoom: float = 1.0) -> PageImage:
    """Draw a page and mark a quote on it.

    Args:
        file: The PDF.
        page: Counts from 1.
        quote: Words of the page; line breaks, hyphens and punctuation need not agree.
        near: Letters and digits of the page that stand before the quote, as far as is known: of
            several places with the same words the nearest is marked.
        zoom: 1 fits a panel, 2 shows twice the detail.

    Returns:
        The picture; without marks where the quote is not found on the page.

    Raises:
        UnreadableDocument: The page cannot be drawn.
    """
    with PDFIUM:
        try:
            with pypdfium2.PdfDocument(file) as document:
                return _draw(document[page - 1], quote, near, zoom)
        except (pypdfium2.PdfiumError, IndexError, OSError) as error:
            raise UnreadableDocument(f"Page {page} of {file.name} cannot be drawn; open the file itself.") from error


def letters_in(text: str) -> int:
    """How many letters and digits a text has, as ``near`` counts them."""
    return len(_comparable(text))


def _draw(page: pypdfium2.PdfPage, quote: str, near: int, zoom: float) -> PageImage:
    bitmap = page.render(scale=min(_SCALE * zoom, _LARGEST / max(page.get_size())))
    position = bitmap.get_posconv(page)  # knows of rotated and cropped pages
    image = bitmap.to_pil().convert("RGB")
    ink = Image.new("RGB", image.size, "white")
    drawing = ImageDraw.Draw(ink)
    tops = []
    for left, bottom, right, top in _quote_boxes(page, quote, near):
        (x, y), (other_x, other_y) = position.to_bitmap(left, top), position.to_bitmap(right, bottom)
        drawing.rectangle(
            (min(x, other_x) - _MARGIN, min(y, other_y), max(x, other_x) + _MARGIN, max(y, other_y)), fill=HIGHLIGHT
        )
        tops.append(min(y, other_y))
    stream = io.BytesIO()
    ImageChops.multiply(image, ink).save(stream, "PNG", compress_level=1)  # multiplied, the print stays black
    return PageImage(stream.getvalue(), min(tops) / image.height if tops else None)


def _quote_boxes(page: pypdfium2.PdfPage, quote: str, near: int) -> list[Box]:
    """Boxes around the quote's lines, in points from the page's lower left corner."""
    text_page = page.get_textpage()
    letters = [
        (character, index)
        for index in range(text_page.count_chars())
        for character in _comparable(chr(raw.FPDFText_GetUnicode(text_page, index)))
    ]
    found = _find("".join(character for character, _ in letters), _comparable(quote), near)
    boxes = [text_page.get_charbox(index, loose=True) for _, index in letters[slice(*found)]] if found else []
    return list(_lines(boxes))


def _comparable(text: str) -> str:
    """Letters and digits alone: readers of PDFs differ in blanks, hyphens and quotation marks."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _find(page: str, quote: str, near: int) -> tuple[int, int] | None:
    """Where the quote stands, or its longest piece where a page break or a ligature parts it."""
    if not quote:
        return None
    found = [at.start() for at in re.finditer(f"(?={re.escape(quote)})", page)]
    if found:
        at = min(found, key=lambda start: abs(start - near))
        return at, at + len(quote)
    match = SequenceMatcher(None, page, quote, autojunk=False).find_longest_match()
    return (match.a, match.a + match.size) if match.size >= _LEAST_SHARE * len(quote) else None


def _lines(boxes: list[Box]) -> Iterator[Box]:
    """Join the boxes of neighbouring characters on one line."""
    line: Box | None = None
    for box in boxes:
        if line is not None and _on_one_line(line, box):
            line = (min(line[0], box[0]), min(line[1], box[1]), max(line[2], box[2]), max(line[3], box[3]))
            continue
        if line is not None:
            yield line
        line = box
    if line is not None:
        yield line


def _on_one_line(line: Box, box: Box) -> bool:
    middle = (box[1] + box[3]) / 2
    return line[1] <= middle <= line[3] and box[0] >= line[0]
