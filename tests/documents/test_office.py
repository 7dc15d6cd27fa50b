from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest
from pptx import Presentation

from assistant.documents.office import read_office
from assistant.documents.spreadsheet import read_spreadsheet
from assistant.errors import NoTextFound, UnreadableDocument

_OFFICE = "http://schemas.openxmlformats.org"
_CONTENT_TYPES = f"""<?xml version="1.0"?><Types xmlns="{_OFFICE}/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = f"""<?xml version="1.0"?><Relationships xmlns="{_OFFICE}/package/2006/relationships">
<Relationship Id="r1" Type="{_OFFICE}/officeDocument/2006/relationships/officeDocument"
 Target="word/document.xml"/></Relationships>"""
_CORE = f"""<?xml version="1.0"?><cp:coreProperties xmlns:cp="{_OFFICE}/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Quota note</dc:title>
<dc:creator>Rare Earth Desk</dc:creator><dcterms:created>2024-08-20T10:00:00Z</dcterms:created></cp:coreProperties>"""


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def word(body: str, core: str = _CORE) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        document = f'<w:document xmlns:w="{_OFFICE}/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", f'<?xml version="1.0"?>{document}')
        archive.writestr("docProps/core.xml", core)
    return buffer.getvalue()


def excel(sheets: dict[str, list[list[object]]]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def slides(*texts: tuple[str, str]) -> bytes:
    deck = Presentation()
    for title, body in texts:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


# Word


def test_word_keeps_headings_and_tables() -> None:
    body = paragraph("Quota", "Heading1") + paragraph("It rose in 2024.") + table(("Year", "Quota"), ("2012", "93,800"))
    assert read_office(word(body), "a.docx").text == (
        "# Quota\n\nIt rose in 2024.\n\n| Year | Quota |\n| --- | --- |\n| 2012 | 93,800 |"
    )


def test_word_says_who_wrote_it_and_when() -> None:
    fields = read_office(word(paragraph("Text.")), "a.docx").fields
    assert (fields.title, fields.author, fields.published) == ("Quota note", "Rare Earth Desk", "2024-08-20")


def test_an_attack_by_xml_entities_is_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x><title>&a;</title></x>'
    with pytest.raises(UnreadableDocument):
        read_office(word(paragraph("Text."), core=bomb), "a.docx")


# PowerPoint


def test_slides_are_pages() -> None:
    extract = read_office(slides(("First", "Mining in Baotou"), ("Second", "Magnets from Ningbo")), "a.pptx")
    assert extract.text == "# First\nMining in Baotou\n\n# Second\nMagnets from Ningbo"
    assert extract.page_starts == (0, extract.text.index("# Second"))


# Excel


def test_sheets_are_headings_and_rows_are_rows() -> None:
    rows: list[list[object]] = [
        ["Oxide prices"],
        [],
        ["Date", "Oxide", "USD/kg"],
        [datetime.datetime(2024, 1, 31), "NdPr", 55.5],  # noqa: DTZ001 - Excel knows no time zones
        ["2024-02", None, 50],
    ]
    assert read_spreadsheet(excel({"Prices": rows, "Empty": []}), "a.xlsx").text == (
        "## Prices\n\nOxide prices\n\n| Date | Oxide | USD/kg |\n| --- | --- | --- |\n"
        "| 2024-01-31 | NdPr | 55.5 |\n| 2024-02 |  | 50 |"
    )


def test_a_workbook_without_values_says_so() -> None:
    with pytest.raises(NoTextFound):
        read_spreadsheet(excel({"Sheet": []}), "a.xlsx")


# damage


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04junk", b"junk", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"PK\x05\x06" + bytes(18)]
)
@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx"])
def test_a_damaged_file_says_so(data: bytes, name: str) -> None:
    read = read_spreadsheet if name.endswith("xlsx") else read_office
    with pytest.raises(UnreadableDocument, match=f"{name} is damaged"):
        read(data, name)


def test_a_document_without_words_says_so() -> None:
    with pytest.raises(NoTextFound):
        read_office(word(paragraph(" ")), "a.docx")
