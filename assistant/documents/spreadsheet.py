"""Excel, row by row: every sheet a heading, every row a table row under its header."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from assistant.documents.containers import ARCHIVE_FAILURES, open_office_archive
from assistant.documents.extract import Extract
from assistant.documents.metadata import Fields, iso_date, said
from assistant.documents.tables import cell_text, table_lines
from assistant.errors import NoTextFound, UnreadableDocument
from assistant.text import clean

_LAST_ROW = 1_048_576  # of any sheet in Excel; a forged row number would be counted up to otherwise


def read_spreadsheet(data: bytes, name: str) -> Extract:
    """Read the values of a workbook as Markdown tables.

    A row with one filled cell is a note above or between tables; the first row with more is the
    header of the rows below it.

    Raises:
        DocumentTooLarge: It expands to more than can be read.
        NoTextFound: The workbook is empty.
        UnreadableDocument: The file is damaged or is not an Excel file.
    """
    try:
        open_office_archive(data, name).close()
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        properties = workbook.properties
        lines = [line for sheet in workbook.worksheets for line in _sheet_lines(sheet, name)]
    except (*ARCHIVE_FAILURES, InvalidFileException, ParseError, AttributeError, TypeError) as error:
        raise UnreadableDocument(f"{name} is damaged or no modern Excel file; save it again and add that.") from error
    text = clean("\n".join(lines))
    if not any(c.isalnum() for c in text):
        raise NoTextFound(f"{name} holds no cells with values.")
    fields = Fields(
        title=said(properties.title),
        author=said(properties.creator),
        published=iso_date(properties.created) if properties.created else None,
    )
    return Extract(text, fields)


def _sheet_lines(sheet: ReadOnlyWorksheet, name: str) -> Iterator[str]:
    if not isinstance(sheet, ReadOnlyWorksheet):  # a sheet that is a chart
        return
    sheet.reset_dimensions()  # what a file says of its size may be wrong by millions of cells
    rows = itertools.islice(sheet.values, _LAST_ROW)
    lines = table_lines(([_cell(value) for value in row] for row in rows), name)
    for number, line in enumerate(lines):
        if number == 0:
            yield f"## {sheet.title}\n"
        yield line


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:.10g}"
    return cell_text(str(value))
