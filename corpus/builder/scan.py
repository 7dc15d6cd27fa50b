"""A scanned page: text drawn as a picture, a little askew and grainy, in a PDF without a text layer."""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass
from time import struct_time
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter

from corpus.builder.fonts import CHINESE, by_script, face, require_glyphs
from corpus.builder.source import Block, BuildError, Heading, ListBlock, Paragraph, Source, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import ImageFont

DOTS_PER_INCH = 200
_PAGE = (1654, 2339)  # A4
_MARGIN = 190
_PAPER, _INK = 246, 38  # shades of grey
_GRAIN = 0.07  # share of noise in the picture
_MOST_DEGREES = 0.7
_JPEG_QUALITY = 45
# What a line is made of: a Chinese character with the punctuation that must not leave it, a word, a space.
_UNITS = re.compile(r"[《（“「]*[\u2e80-\uffff][，。、；：！？）》”」]*|[^\s\u2e80-\uffff]+|\s")


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a block is set: size in pixels, weight, indent, and the space above it."""

    size: int
    bold: bool = False
    indent: int = 0
    above: int = 22


_TITLE, _HEADING, _BODY, _ITEM = _Kind(46, bold=True), _Kind(36, bold=True, above=38), _Kind(33), _Kind(33, indent=46)


def write_scan(source: Source) -> bytes:
    """Write one page as a picture; the PDF tells its date and maker but holds no text.

    Raises:
        BuildError: The text does not fit on one page, holds a table, or has a character without a glyph.
    """
    noise = random.Random(source.path)  # noqa: S311 - grain on paper, no secret
    page = Image.new("L", _PAGE, _PAPER)
    _draw(page, source)
    angle = noise.choice((-1, 1)) * noise.uniform(0.3, 1) * _MOST_DEGREES
    page = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=_PAPER).filter(ImageFilter.GaussianBlur(0.6))
    grain = Image.frombytes("L", _PAGE, noise.randbytes(_PAGE[0] * _PAGE[1])).filter(ImageFilter.GaussianBlur(0.8))
    page = Image.blend(page, grain, _GRAIN)
    day = struct_time((*source.published.timetuple()[:6], 0, 0, 0))
    data = io.BytesIO()
    page.save(
        data, "PDF", resolution=DOTS_PER_INCH, quality=_JPEG_QUALITY, producer="Rare Earth Desk scanner",
        creationDate=day, modDate=day,
    )  # fmt: skip
    return data.getvalue()


def _draw(page: Image.Image, source: Source) -> None:
    pen = ImageDraw.Draw(page)
    top = _MARGIN
    for kind, mark, text in _paragraphs(source):
        require_glyphs(text, _latin(kind), source.path)
        top += kind.above
        left = _MARGIN + kind.indent
        if mark:
            _draw_line(pen, (_MARGIN + 10, top), mark, kind)
        for line in _lines(text, kind, _PAGE[0] - _MARGIN - left):
            _draw_line(pen, (left, top), line, kind)
            top += int(kind.size * 1.45)
    if top > _PAGE[1] - _MARGIN // 2:
        raise BuildError(f"{source.path}: a scanned page must be one page; shorten the text.")


def _paragraphs(source: Source) -> Iterator[tuple[_Kind, str, str]]:
    """Each paragraph with its kind and its bullet or number, if any."""
    yield _TITLE, "", source.title
    yield _Kind(_BODY.size - 3), "", source.byline
    for block in source.blocks:
        yield from _parts(block, source.path)


def _parts(block: Block, path: str) -> Iterator[tuple[_Kind, str, str]]:
    match block:
        case Heading(content=content):
            yield _HEADING, "", plain(content)
        case Paragraph(content=content):
            yield _BODY, "", plain(content)
        case ListBlock(items=items, ordered=ordered):
            for number, item in enumerate(items, 1):
                yield _ITEM, f"{number}." if ordered else "•", plain(item)
        case _:
            raise BuildError(f"{path}: a scanned page must not hold a table.")


def _lines(text: str, kind: _Kind, width: int) -> Iterator[str]:
    """Break a text so that every line fits."""
    line = ""
    for unit in _UNITS.findall(text):
        if line and _width(line + unit, kind) > width:
            yield line.rstrip()
            line = ""
        line += unit if line or unit.strip() else ""
    yield line


def _draw_line(pen: ImageDraw.ImageDraw, place: tuple[float, float], text: str, kind: _Kind) -> None:
    """Draw stretches of Latin and Chinese on a common base line."""
    left, base = place[0], place[1] + kind.size
    for chinese, part in by_script(text):
        font = _font(kind, chinese=chinese)
        pen.text((left, base), part, _INK, font, anchor="ls", stroke_width=0.5 if chinese and kind.bold else 0)
        left += font.getlength(part)


def _width(text: str, kind: _Kind) -> float:
    return sum(_font(kind, chinese=chinese).getlength(part) for chinese, part in by_script(text))


def _font(kind: _Kind, *, chinese: bool) -> ImageFont.FreeTypeFont:
    return face(CHINESE if chinese else _latin(kind), kind.size)


def _latin(kind: _Kind) -> str:
    return "Serif-Bold" if kind.bold else "Serif"
