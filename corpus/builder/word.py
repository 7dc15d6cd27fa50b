"""Word: real heading and list styles, tables with a repeated header row, core properties."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from corpus.builder.archive import reproducible
from corpus.builder.source import Heading, Inline, ListBlock, Paragraph, Source, Table, flowed
from corpus.builder.tables import numeric_columns

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle
    from docx.table import _Row
    from docx.text.paragraph import Paragraph as WordParagraph

_CHINESE_FONT = "Microsoft YaHei"
_TABLE_POINTS = 9


def write_word(source: Source) -> bytes:
    """Write a Word document; the title is its Heading 1."""
    document = docx.Document()
    _set_up(document, source)
    document.add_heading(source.title, level=1)
    document.add_paragraph(source.byline, style="Subtitle")
    for block in source.blocks:
        match block:
            case Heading(level=level, content=content):
                _write(document.add_heading(level=level), content)
            case Paragraph(content=content):
                _write(document.add_paragraph(), content)
            case ListBlock(items=items, ordered=ordered):
                for item in items:
                    _write(document.add_paragraph(style="List Number" if ordered else "List Bullet"), item)
            case Table():
                _add_table(document, block)
    data = io.BytesIO()
    document.save(data)
    return reproducible(data.getvalue(), source.published)


def _set_up(document: Document, source: Source) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    normal: ParagraphStyle = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE_FONT)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = source.title, source.publisher, source.publisher
    properties.created = properties.modified = source.moment
    properties.language, properties.comments = source.language, ""


def _write(paragraph: WordParagraph, content: Inline) -> None:
    for part in content:
        run = paragraph.add_run(flowed(part.text))
        run.bold, run.italic = part.bold or None, part.italic or None


def _add_table(document: Document, table: Table) -> None:
    grid = document.add_table(rows=0, cols=len(table.header), style="Table Grid")
    numeric = numeric_columns(table)
    for number, cells in enumerate((table.header, *table.rows)):
        row = grid.add_row()
        if number == 0:
            _mark_as_header(row)
        for column, (cell, content) in enumerate(zip(row.cells, cells, strict=True)):
            paragraph = cell.paragraphs[0]
            _write(paragraph, content)
            paragraph.paragraph_format.space_after = Pt(1)
            if numeric[column]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for run in paragraph.runs:
                run.font.size = Pt(_TABLE_POINTS)
                run.bold = number == 0 or run.bold
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _mark_as_header(row: _Row) -> None:
    """Word repeats a row so marked on every page (ECMA-376 Part 1, 17.4.78)."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no public name for it
    properties.append(OxmlElement("w:tblHeader"))
    for cell in row.cells:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "DCE6F1")
        cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - as above
