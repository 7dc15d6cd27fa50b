"""PDF: A4, one or two columns, real text in embedded fonts, ruled tables, page numbers."""

from __future__ import annotations

import io
import os
import re
from contextlib import contextmanager
from datetime import UTC
from functools import cache, partial
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from corpus.builder.fonts import CHINESE, LATIN_FAMILY, by_script, font_file, require_glyphs
from corpus.builder.source import Block, BuildError, Heading, Inline, ListBlock, Paragraph, Run, Source, Table, flowed
from corpus.builder.tables import column_widths, numeric_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH, _HEIGHT = A4
_MARGIN, _MARGIN_ABOVE = 19 * mm, 17 * mm
_GUTTER = 8 * mm
_FOOTER = 10 * mm
_TEXT_WIDTH = _WIDTH - 2 * _MARGIN
_TEXT_HEIGHT = _HEIGHT - 2 * _MARGIN_ABOVE
_COLUMN_WIDTH = (_TEXT_WIDTH - _GUTTER) / 2
_INK, _ACCENT, _RULE, _SHADE = (HexColor(c) for c in ("#222222", "#1f3a5f", "#9aa5b1", "#e6ecf3"))
_CELL_PADDING = 3.5
_CELL_SIZES = (8.5, 7.5, 6.8)
_SHORT_TABLE = 70 * mm  # a table up to this height is kept on one page
_TABLE_BEGINNING = 30 * mm  # of a longer one that stays with its introduction
_IDLE_MOVES = re.compile(r"(?: T\*| -?[\d.]+ -?[\d.]+ Td)+ ET$")
_LINES_TOGETHER = 3  # of a paragraph that stay with its heading


def write_pdf(source: Source) -> bytes:
    """Write a PDF with a text layer.

    Raises:
        BuildError: A font is missing, or has no glyph for a character of the source.
    """
    _register_fonts()
    data = io.BytesIO()
    two_columns = source.layout == "two-column"
    style = _Style(source, _COLUMN_WIDTH if two_columns else _TEXT_WIDTH, compact=two_columns)
    head: list[Flowable] = [
        Text(style.markup((Run(source.title),)), style.title),
        Text(style.markup((Run(source.byline),)), style.byline),
    ]
    if two_columns:
        head += [FrameBreak(), NextPageTemplate("later")]
    with _clock_at(source):
        document = BaseDocTemplate(
            data, pagesize=A4, title=source.title, author=source.publisher, lang=source.language, invariant=1
        )
        document.addPageTemplates(_page_templates(source, style, head if two_columns else None))
        document.build([*head, *_story(source.blocks, style)], canvasmaker=_TidyCanvas)
    return data.getvalue()


class _TidyCanvas(Canvas):
    """Drops the moves of the pen that reportlab leaves after the last word of every text.

    They draw nothing, but pypdf takes each for a new line and would give a row of a table as many lines.
    """

    _code: list[str]

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """End the page."""
        self._code = [_IDLE_MOVES.sub(" ET", operators) for operators in self._code]
        super().showPage()


@contextmanager
def _clock_at(source: Source) -> Iterator[None]:
    """Let reportlab write the day of publication as the date of making (it reads SOURCE_DATE_EPOCH)."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(source.moment.replace(tzinfo=UTC).timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


@cache
def _register_fonts() -> None:
    for name in (*LATIN_FAMILY, CHINESE):
        pdfmetrics.registerFont(TTFont(name, str(font_file(name)), subfontIndex=0))
    pdfmetrics.registerFontFamily(LATIN_FAMILY[0], *LATIN_FAMILY)
    pdfmetrics.registerFontFamily(CHINESE, CHINESE, CHINESE, CHINESE, CHINESE)


class _Style:
    """The typefaces of one document, and its text as reportlab's markup."""

    def __init__(self, source: Source, width: float, *, compact: bool) -> None:
        self.path = source.path
        self.width = width
        self.regular = LATIN_FAMILY[0]
        self.bold = LATIN_FAMILY[0 if source.is_chinese else 1]  # the Chinese font has one weight
        wrap = "CJK" if source.is_chinese else None
        size = 9 if compact else 10
        base = ParagraphStyle(
            "base", fontName=self.regular, fontSize=size, leading=size * 1.36, textColor=_INK, wordWrap=wrap,
            allowWidows=0,
        )  # fmt: skip
        self.body = ParagraphStyle("body", base, spaceAfter=size * 0.6)
        self.item = ParagraphStyle(
            "item", base, leftIndent=size * 1.4, bulletIndent=1, bulletFontName=self.regular, bulletFontSize=size,
            spaceAfter=size * 0.35,
        )  # fmt: skip
        self.byline = ParagraphStyle("byline", base, textColor=_ACCENT, spaceAfter=size * 1.4)
        self.footer = ParagraphStyle("footer", base, fontSize=8, leading=8, textColor=_ACCENT)
        self.title = self._heading(base, 18, before=0)
        self.headings = {
            level: self._heading(base, size * scale, before=size * scale**2 * 0.45)
            for level, scale in ((2, 1.35), (3, 1.12), (4, 1.0), (5, 1.0), (6, 1.0))
        }

    def _heading(self, base: ParagraphStyle, size: float, *, before: float) -> ParagraphStyle:
        return ParagraphStyle(
            "heading", base, fontName=self.bold, fontSize=size, leading=size * 1.28, textColor=_ACCENT,
            spaceBefore=before, spaceAfter=size * 0.4,
        )  # fmt: skip

    def cell(self, size: float, *, head: bool, numeric: bool) -> ParagraphStyle:
        """The style of a table's cell."""
        return ParagraphStyle(
            "cell", self.body, fontName=self.bold if head else self.regular, fontSize=size, leading=size * 1.25,
            spaceAfter=0, alignment=TA_RIGHT if numeric else TA_LEFT,
        )  # fmt: skip

    def measure(self, size: float, text: str) -> float:
        """Width of a text on one line, in the boldest face it may be set in."""
        return sum(
            pdfmetrics.stringWidth(part, CHINESE if chinese else self.bold, size) for chinese, part in by_script(text)
        )

    def markup(self, content: Inline) -> str:
        """Runs as reportlab's XML, Chinese in the Chinese font."""
        parts = []
        for run in content:
            words = flowed(run.text)
            require_glyphs(words, self.regular, self.path)
            text = "".join(
                f'<font name="{CHINESE}">{escape(part)}</font>' if chinese else escape(part)
                for chinese, part in by_script(words)
            )
            text = f"<b>{text}</b>" if run.bold else text
            parts.append(f"<i>{text}</i>" if run.italic else text)
        return "".join(parts)


def _page_templates(source: Source, style: _Style, head: list[Flowable] | None) -> list[PageTemplate]:
    """One frame to a page, or two columns below the title on the first page and full height later."""
    byline = Text(style.markup((Run(source.byline),)), style.footer)

    def footer(canvas: Canvas, document: BaseDocTemplate) -> None:
        byline.wrap(_TEXT_WIDTH, _FOOTER)
        byline.drawOn(canvas, _MARGIN, _FOOTER)
        canvas.setFont(style.regular, style.footer.fontSize)
        canvas.setFillColor(_ACCENT)
        canvas.drawRightString(_WIDTH - _MARGIN, _FOOTER, str(document.page))

    if head is None:
        return [PageTemplate("first", [_frame(_MARGIN, _TEXT_WIDTH, _TEXT_HEIGHT)], onPageEnd=footer)]
    title_height = sum(_height(part, _TEXT_WIDTH) for part in head if isinstance(part, Text))
    title = _frame(_MARGIN, _TEXT_WIDTH, title_height, bottom=_MARGIN_ABOVE + _TEXT_HEIGHT - title_height)
    lefts = (_MARGIN, _MARGIN + _COLUMN_WIDTH + _GUTTER)
    return [
        PageTemplate(
            "first", [title, *(_frame(x, _COLUMN_WIDTH, _TEXT_HEIGHT - title_height) for x in lefts)], onPageEnd=footer
        ),
        PageTemplate("later", [_frame(x, _COLUMN_WIDTH, _TEXT_HEIGHT) for x in lefts], onPageEnd=footer),
    ]


def _frame(left: float, width: float, height: float, bottom: float = _MARGIN_ABOVE) -> Frame:
    return Frame(left, bottom, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def _height(flowable: Flowable, width: float) -> float:
    return float(flowable.wrap(width, _TEXT_HEIGHT)[1] + flowable.getSpaceBefore() + flowable.getSpaceAfter())


def _story(blocks: tuple[Block, ...], style: _Style) -> Iterator[Flowable]:
    """Lay the blocks out; headings, and a sentence that introduces a table or list, stay with what follows."""
    introduction: list[Flowable] = []
    for block, following in zip(blocks, (*blocks[1:], None), strict=True):
        match block:
            case Heading(level=level, content=content):
                introduction.append(Text(style.markup(content), style.headings[level]))
                continue
            case Paragraph(content=content) if isinstance(following, Table | ListBlock):
                introduction.append(Text(style.markup(content), style.body))
                continue
            case Paragraph(content=content):
                yield from _together(introduction, [Text(style.markup(content), style.body)], style)
            case ListBlock(items=items, ordered=ordered):
                marks = (f"{number}." if ordered else "•" for number in range(1, len(items) + 1))
                texts = [Text(style.markup(item), style.item, bulletText=next(marks)) for item in items]
                yield from _together(introduction, [*texts, Spacer(1, 4)], style)
            case Table():
                yield from _with_table(introduction, _grid(block, style), style)
        introduction = []
    yield from introduction


def _together(introduction: list[Flowable], content: list[Flowable], style: _Style) -> Iterator[Flowable]:
    """Move to the next page or column unless the introduction and some lines of the content fit here."""
    beginning = min(content[0].wrap(style.width, _TEXT_HEIGHT)[1], _LINES_TOGETHER * style.body.leading)
    yield CondPageBreak(sum(_height(part, style.width) for part in introduction) + beginning)
    yield from introduction
    yield from content


def _with_table(introduction: list[Flowable], grid: Grid, style: _Style) -> Iterator[Flowable]:
    height = _height(grid, style.width)
    beginning = height if height <= _SHORT_TABLE else _TABLE_BEGINNING
    yield CondPageBreak(sum(_height(part, style.width) for part in introduction) + beginning)
    yield from (*introduction, grid, Spacer(1, 8))


def _grid(table: Table, style: _Style) -> Grid:
    size, widths = _fit(table, style)
    numeric = numeric_columns(table)
    cells = [
        [
            Text(style.markup(content), style.cell(size, head=number == 0, numeric=numeric[column]))
            for column, content in enumerate(row)
        ]
        for number, row in enumerate((table.header, *table.rows))
    ]
    return Grid(
        cells,
        colWidths=widths,
        hAlign="LEFT",
        repeatRows=1,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.4, _RULE),
            ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), _CELL_PADDING),
            ("RIGHTPADDING", (0, 0), (-1, -1), _CELL_PADDING),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def _fit(table: Table, style: _Style) -> tuple[float, list[float]]:
    """The largest size at which no word of the table is wider than its column, and the columns."""
    for size in _CELL_SIZES:
        widths = column_widths(table, style.width, 2 * _CELL_PADDING + 0.5, partial(style.measure, size))
        if widths is not None:
            return size, widths
    raise BuildError(f"{style.path}: the table headed {style.markup(table.header[0])!r} is too wide for its page.")
