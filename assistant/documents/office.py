"""Word and PowerPoint, through markitdown: structure becomes Markdown, tables stay tables."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree.ElementTree import ParseError

import markitdown
from defusedxml import ElementTree

from assistant.documents.containers import ARCHIVE_FAILURES, open_office_archive
from assistant.documents.extract import Extract, join_pages
from assistant.documents.metadata import Fields, iso_date, said
from assistant.documents.plain_text import strip_inline_markup
from assistant.errors import NoTextFound, UnreadableDocument
from assistant.text import clean

_SLIDE = re.compile(r"^<!-- Slide number: \d+ -->$", re.MULTILINE)
# Word seldom marks a table's header; markitdown then writes an empty one above the first row.
_NO_HEADER = re.compile(r"^\|[ |]*\|\n(\| ?---.*\|)\n(\|.*\|)\n", re.MULTILINE)
_CORE_PROPERTIES = "docProps/core.xml"


def read_office(data: bytes, name: str) -> Extract:
    """Read a Word or PowerPoint file; the slides of a deck count as pages.

    Raises:
        DocumentTooLarge: It expands to more than can be read.
        NoTextFound: The file opens but is empty.
        UnreadableDocument: The file is damaged or is not an Office file.
    """
    try:
        with open_office_archive(data, name) as archive:
            is_deck = any(member.startswith("ppt/") for member in archive.namelist())
            fields = _core_properties(archive)
        converted = markitdown.MarkItDown(enable_plugins=False).convert_stream(
            io.BytesIO(data), file_extension=".pptx" if is_deck else ".docx"
        )
    except (*ARCHIVE_FAILURES, markitdown.MarkItDownException, ParseError, AttributeError, TypeError) as error:
        raise UnreadableDocument(f"{name} is damaged or no modern Office file; save it again and add that.") from error
    slides = _SLIDE.split(converted.markdown)
    if len(slides) > 1:
        extract = join_pages([strip_inline_markup(slide) for slide in slides[1:]], fields)
    else:
        extract = Extract(clean(strip_inline_markup(_NO_HEADER.sub(r"\2\n\1\n", converted.markdown))), fields)
    if not extract.text.strip():
        raise NoTextFound(f"{name} holds no text.")
    return extract


def _core_properties(archive: zipfile.ZipFile) -> Fields:
    """Title, author and date as ECMA-376 Part 2 keeps them."""
    if _CORE_PROPERTIES not in archive.namelist():
        return Fields()
    root = ElementTree.fromstring(archive.read(_CORE_PROPERTIES))
    values = {element.tag.rsplit("}", 1)[-1]: element.text for element in root}
    return Fields(
        title=said(values.get("title")),
        author=said(values.get("creator")),
        published=iso_date(values["created"]) if values.get("created") else None,
    )
