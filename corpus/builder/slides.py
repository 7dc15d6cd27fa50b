"""PowerPoint: a title slide, then one slide for each section."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pptx
from pptx.enum.text import MSO_AUTO_SIZE, MSO_VERTICAL_ANCHOR
from pptx.util import Inches, Pt

from corpus.builder.archive import reproducible
from corpus.builder.source import Block, BuildError, Heading, Inline, ListBlock, Paragraph, Source, flowed, plain

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.text.text import TextFrame
    from pptx.util import Length

_WIDE = Inches(13.333)
_TITLE_LAYOUT, _CONTENT_LAYOUT = 0, 1
# The most characters that a slide of each size of type holds.
_SIZES = ((420, 24), (620, 20), (900, 18), (1200, 16))
_SMALLEST = 14


def write_slides(source: Source) -> bytes:
    """Write a presentation in 16:9.

    Raises:
        BuildError: Something stands above the first section, or a slide holds a table.
    """
    deck = pptx.Presentation()
    _widen(deck)
    _set_properties(deck, source)
    cover = deck.slides.add_slide(deck.slide_layouts[_TITLE_LAYOUT])
    cover.shapes.title.text = source.title
    cover.placeholders[1].text = source.byline
    for heading, items in _sections(source):
        slide = deck.slides.add_slide(deck.slide_layouts[_CONTENT_LAYOUT])
        _fill(slide.shapes.title.text_frame, (heading,), Pt(32))
        slide.shapes.title.text_frame.vertical_anchor = MSO_VERTICAL_ANCHOR.MIDDLE
        _fill(slide.placeholders[1].text_frame, items, _size(items))
    data = io.BytesIO()
    deck.save(data)
    return reproducible(data.getvalue(), source.published)


def _widen(deck: Presentation) -> None:
    """Stretch the template's 4:3 slides, and all that stands on them, to 16:9."""
    ratio = _WIDE / deck.slide_width
    deck.slide_width = _WIDE
    for page in (*deck.slide_layouts, deck.slide_master):
        for shape in page.placeholders:
            left, top, width, height = shape.left, shape.top, shape.width, shape.height
            shape.left, shape.top, shape.width, shape.height = int(left * ratio), top, int(width * ratio), height


def _set_properties(deck: Presentation, source: Source) -> None:
    properties = deck.core_properties
    properties.title, properties.author, properties.last_modified_by = source.title, source.publisher, source.publisher
    properties.created = properties.modified = source.moment
    properties.language = source.language


def _sections(source: Source) -> list[tuple[Inline, list[Inline]]]:
    sections: list[tuple[Inline, list[Inline]]] = []
    for block in source.blocks:
        if isinstance(block, Heading):
            sections.append((block.content, []))
        elif not sections:
            raise BuildError(f"{source.path}: everything on a slide must stand below a '## Slide title'.")
        else:
            sections[-1][1].extend(_bullets(block, source.path))
    return sections


def _bullets(block: Block, path: str) -> tuple[Inline, ...]:
    match block:
        case ListBlock(items=items):
            return items
        case Paragraph(content=content):
            return (content,)
    raise BuildError(f"{path}: a slide must not hold a table.")


def _size(items: list[Inline]) -> Length:
    characters = sum(len(plain(item)) for item in items)
    return Pt(next((size for most, size in _SIZES if characters <= most), _SMALLEST))


def _fill(frame: TextFrame, paragraphs: list[Inline] | tuple[Inline, ...], size: Length) -> None:
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.word_wrap = True
    for number, content in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()  # type: ignore[no-untyped-call]
        for part in content:
            run = paragraph.add_run()
            run.text = flowed(part.text)
            run.font.size, run.font.bold, run.font.italic = size, part.bold or None, part.italic or None
