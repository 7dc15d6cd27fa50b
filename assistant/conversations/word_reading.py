"""What an exported Word file says, and what it carries for programs; the file may come from anyone."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from assistant.conversations.word_export import NAMESPACE
from assistant.documents.containers import ARCHIVE_FAILURES, open_office_archive
from assistant.errors import DocumentError, ExportError

_WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"


@dataclass(frozen=True, slots=True)
class WordFile:
    """An exported Word file as it is read.

    Attributes:
        body: All words of the text, in order.
        data: Every text that the file carries for programs.
    """

    body: str
    data: tuple[str, ...]


def read_word(data: bytes, name: str) -> WordFile:
    """Read a Word file without trusting it.

    Raises:
        ExportError: It is damaged, too large or no Word file.
    """
    try:
        with open_office_archive(data, name) as archive:
            body = _parsed(archive, "word/document.xml")
            parts = [part for part in archive.namelist() if part.startswith("customXml/") and part.endswith(".xml")]
            carried = [root.text or "" for root in (_parsed(archive, part) for part in parts) if _is_ours(root)]
    except DocumentError as error:
        raise ExportError(str(error)) from error
    except (*ARCHIVE_FAILURES, ParseError, DefusedXmlException) as error:
        raise ExportError(f"{name} is damaged or no Word file; export it again.") from error
    return WordFile("".join(element.text or "" for element in body.iter(_WORDS)), tuple(carried))


def _parsed(archive: zipfile.ZipFile, part: str) -> Element:
    root: Element = ElementTree.fromstring(archive.read(part))
    return root


def _is_ours(root: Element) -> bool:
    return root.tag == f"{{{NAMESPACE}}}export"
