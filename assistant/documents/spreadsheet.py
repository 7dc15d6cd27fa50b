"""Excel, row by row: every sheet a heading, every row a table row under its header."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from assistant.documents.extract import Extract
from assistant.documents.metadata import Fields, iso_date
from assistant.errors import NoTextFound, UnreadableDocument
from assistant.text import clean, flatten


def read_spreadsheet(data: bytes, name: str) -> Extract:
    """Read the values of a workbook as Markdown tables.

    A row with one filled cell is a note above or between tables; the first row with more is the
    header of the rows below it.

    Raises:
        NoTextFound: The workbook is empty.
        UnreadableDocument: The file is damaged or is not an Excel file.
    """
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        properties = workbook.properties
        lines = [line for sheet in workbook.worksheets for line in _sheet_lines(sheet)]
    except (zipfile.BadZipFile, InvalidFileException, ParseError, LookupError, ValueError, OSError) as error:
        raise UnreadableDocument(f"{name} is damaged or no modern Excel file; save it again and add that.") from error
    text = clean("\n".join(lines))
    if not any(c.isalnum() for c in text):
        raise NoTextFound(f"{name} holds no cells with values.")
    fields = Fields(
        title=properties.title,
        author=None if properties.creator == "openpyxl" else properties.creator,
        published=iso_date(properties.created) if properties.created else None,
    )
    return Extract(text, fields)


def _sheet_lines(sheet: Worksheet) -> Iterator[str]:
    is_empty = True
    in_table = False
    for row in sheet.iter_rows(values_only=True):
        cells = [_cell(value) for value in row]
        filled = sum(bool(cell) for cell in cells)
        if filled and is_empty:
            yield f"## {sheet.title}\n"
            is_empty = False
        if filled > 1:
            yield f"| {' | '.join(cells)} |"
            if not in_table:
                yield f"|{' --- |' * len(cells)}"
            in_table = True
        else:
            yield f"\n{next((cell for cell in cells if cell), '')}\n"
            in_table = False


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:.10g}"
    return flatten(str(value)).replace("|", "/")
