"""Excel: one sheet for each section, notes above a header row, numbers as numbers."""

from __future__ import annotations

import io
import re
from math import ceil
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from corpus.builder.archive import reproducible
from corpus.builder.source import Block, BuildError, Heading, ListBlock, Paragraph, Source, Table, plain

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

_WHOLE = re.compile(r"[-−]?(?:\d+|\d{1,3}(?:,\d{3})+)")
_DECIMAL = re.compile(r"([-−]?(?:\d+|\d{1,3}(?:,\d{3})+))\.(\d+)")
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
_NARROWEST, _WIDEST = 8, 42  # of a column, in characters
_TYPEFACE, _POINTS, _LINE_POINTS = "Calibri", 11, 15
_HEADER_FILL = PatternFill("solid", fgColor="DCE6F1")
_LINE = Side(style="thin", color="A6A6A6")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def write_workbook(source: Source) -> bytes:
    """Write a workbook.

    Raises:
        BuildError: Something stands above the first section, or a section's title is no sheet name.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet: Worksheet | None = None
    for block in source.blocks:
        if isinstance(block, Heading):
            sheet = _add_sheet(book, plain(block.content), source.path)
        elif sheet is None:
            raise BuildError(f"{source.path}: everything in a workbook must stand below a '## Sheet name'.")
        else:
            _append(sheet, block)
    properties = book.properties
    properties.title, properties.creator, properties.language = source.title, source.publisher, source.language
    properties.created = properties.modified = source.moment
    data = io.BytesIO()
    book.save(data)
    return reproducible(data.getvalue(), source.published)


def _add_sheet(book: Workbook, title: str, path: str) -> Worksheet:
    if len(title) > _LONGEST_NAME or _FORBIDDEN_IN_NAMES.search(title):
        raise BuildError(f"{path}: {title!r} is no sheet name (at most 31 characters, none of []:*?/\\).")
    sheet: Worksheet = book.create_sheet(title)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, one page wide
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def _append(sheet: Worksheet, block: Block) -> None:
    match block:
        case Paragraph(content=content):
            for line in plain(content, line_break="\n").splitlines():
                _note(sheet, line)
        case ListBlock(items=items):
            for item in items:
                _note(sheet, plain(item))
        case Table():
            _append_table(sheet, block)


def _note(sheet: Worksheet, text: str) -> None:
    sheet.append([text])
    sheet.cell(sheet.max_row, 1).font = Font(_TYPEFACE, _POINTS, italic=True)


def _append_table(sheet: Worksheet, table: Table) -> None:
    texts = [[plain(content) for content in row] for row in (table.header, *table.rows)]
    widths = [_width(column) for column in zip(*texts, strict=True)]
    first = sheet.max_row + 1 if sheet.cell(1, 1).value else 1
    for number, row in enumerate(texts, first):
        lines = max(ceil(_length(text) / (width - 1)) for text, width in zip(row, widths, strict=True))
        sheet.row_dimensions[number].height = _LINE_POINTS * max(lines, 1)
        for column, text in enumerate(row, 1):
            _fill(sheet.cell(number, column), text, is_head=number == first)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{first + 1}"


def _width(texts: tuple[str, ...]) -> int:
    """Width of a column: its longest cell, where a long header may wrap between words."""
    longest = max(map(_length, (*texts[0].split(), *texts[1:])), default=0)
    return min(max(longest, _NARROWEST) + 2, _WIDEST)


def _length(text: str) -> int:
    """Length in columns of a terminal or sheet: a Chinese character takes two."""
    return sum(2 if character >= "\u2e80" else 1 for character in text)


def _fill(cell: Cell | MergedCell, text: str, *, is_head: bool) -> None:
    """Set a cell; a number keeps the decimals and thousands separators of the source as its format."""
    cell.border, cell.alignment = _BOX, Alignment(wrap_text=True, vertical="top")
    cell.font = Font(_TYPEFACE, _POINTS, bold=is_head)
    if is_head:
        cell.fill = _HEADER_FILL
    bare = text.replace(",", "").replace("−", "-")
    grouped = "#,##0" if "," in text else "0"
    if _WHOLE.fullmatch(text):
        cell.value, cell.number_format = int(bare), grouped
    elif decimal := _DECIMAL.fullmatch(text):
        cell.value, cell.number_format = float(bare), f"{grouped}.{'0' * len(decimal[2])}"
    elif text:
        cell.value = text
        cell.data_type = "s"  # a text such as "=..." or "#N/A" stays a text
