"""Exchanges as a Word file, through python-docx; Chinese in a Chinese font, whatever the machine's language."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from assistant.conversations.sheet import Quoted, Section, Sentence, Sheet

NAMESPACE = "urn:rare-earth-assistant:export"
"""Of the part that carries data; Word keeps the part under any name it likes."""

_DATA_PART = "/customXml/item9.xml"
_LATIN, _HAN = "Calibri", "Microsoft YaHei"
_QUIET = RGBColor(0x55, 0x55, 0x55)
_STYLES = ("Normal", "Title", "Heading 1", "Heading 2", "Quote")


def word(sheet: Sheet, data: str = "") -> bytes:
    """A sheet as a Word file.

    Args:
        sheet: What it says.
        data: Carried in a part of its own, which Word keeps and does not show; ASCII without markup.
    """
    document = docx.Document()
    _set_styles(document)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", sheet.title[:255], ""
    properties.created = properties.modified = datetime.now(UTC)
    document.add_heading(sheet.title, 0)
    _quiet(document.add_paragraph(sheet.exported))
    for section in sheet.sections:
        _section(document, section)
    if data:
        carried = f'<export xmlns="{NAMESPACE}">{data}</export>'.encode("ascii")
        part = Part(PackURI(_DATA_PART), "application/xml", carried, document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_styles(document: Any) -> None:
    for name in _STYLES:
        style = document.styles[name]
        style.font.name = _LATIN
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)  # a theme's font would win over the one that is named
        fonts.set(qn("w:eastAsia"), _HAN)
    document.styles["Normal"].font.size = Pt(11)
    quote = document.styles["Quote"]
    quote.font.italic, quote.paragraph_format.left_indent = False, Pt(14)  # Han has no italics


def _section(document: Any, section: Section) -> None:
    if section.question:
        document.add_heading(section.question, 1)
    _quiet(document.add_paragraph("\n".join(f"{name}: {value}" for name, value in section.facts)))
    for line in section.reservations:
        document.add_paragraph(line)
    for sentence in section.sentences:
        _sentence(document.add_paragraph(), sentence)
    for note in section.notes:
        document.add_paragraph(f"Note: {note}")
    if section.quotes:
        document.add_heading(section.heading, 2 if section.question else 1)
    for quoted in section.quotes:
        _quoted(document, quoted)


def _sentence(paragraph: Any, sentence: Sentence) -> None:
    paragraph.add_run(sentence.text)
    for mark in sentence.marks:
        paragraph.add_run(f"[{mark}]").font.superscript = True


def _quoted(document: Any, quoted: Quoted) -> None:
    mark = "" if quoted.number is None else f"[{quoted.number}] "
    source = document.add_paragraph(f"{mark}{quoted.reference}")
    quote = document.add_paragraph(f"“{quoted.quote}”", style="Quote")
    for paragraph in (source, quote):
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Pt(2)
    _quiet(document.add_paragraph(quoted.identity))


def _quiet(paragraph: Any) -> None:
    for run in paragraph.runs:
        run.font.size, run.font.color.rgb = Pt(8.5), _QUIET
