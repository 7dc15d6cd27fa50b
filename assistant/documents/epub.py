"""EPUB: the chapters of a book in reading order, each under its heading."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from assistant.documents.containers import ARCHIVE_FAILURES, open_archive
from assistant.documents.extract import Extract
from assistant.documents.html import decode_html, text_of
from assistant.documents.metadata import Fields, iso_date
from assistant.errors import NoTextFound, PasswordProtected, UnreadableDocument
from assistant.text import clean, flatten

_CONTAINER = "META-INF/container.xml"  # EPUB Open Container Format 3.3, 4.2.6.3.1
_RIGHTS = "META-INF/rights.xml"  # there only where chapters are encrypted for one reader
_CHAPTERS = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,300})</title", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)


def read_epub(data: bytes, name: str) -> Extract:
    """Read a book by its spine, with what its package says of it.

    Raises:
        DocumentTooLarge: It expands to more than can be read.
        PasswordProtected: It is protected against copying.
        NoTextFound: Its chapters hold no text.
        UnreadableDocument: It is damaged.
    """
    try:
        with open_archive(data, name) as archive:
            if _RIGHTS in archive.namelist():
                raise PasswordProtected(f"{name} is protected against copying; get a copy without protection.")
            container = ElementTree.fromstring(archive.read(_CONTAINER))
            package_path = next(each.attrib["full-path"] for each in _inside(container, "rootfile"))
            package = ElementTree.fromstring(archive.read(package_path))
            chapters = list(_chapters(archive, package, posixpath.dirname(package_path), name))
    except (*ARCHIVE_FAILURES, ParseError, DefusedXmlException, StopIteration) as error:
        raise UnreadableDocument(f"{name} is damaged or no EPUB book; get a fresh copy.") from error
    text = clean("\n\n".join(chapters))
    if not any(c.isalnum() for c in text):
        raise NoTextFound(f"{name} holds no text.")
    return Extract(text, _fields(package))


def _chapters(archive: zipfile.ZipFile, package: Element, folder: str, name: str) -> Iterator[str]:
    """The chapters as Markdown; one without a heading has its title for one. What is missing is passed over."""
    items = {item.get("id"): item for item in _inside(package, "item")}
    names = frozenset(archive.namelist())
    seen: set[str] = set()
    for reference in _inside(package, "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _CHAPTERS or "nav" in item.get("properties", "").split():
            continue
        path = posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "").partition("#")[0])))
        if path not in names or path in seen:
            continue
        seen.add(path)  # a spine that names one chapter a million times is no book
        page = decode_html(archive.read(path), name)
        text = text_of(page)
        title = _TITLE.search(page)
        if text and title and not _HEADING.search(text):
            text = f"# {flatten(title.group(1))}\n\n{text}"
        yield text


def _fields(package: Element) -> Fields:
    """Dublin Core elements of the package (EPUB 3.3, 5.5)."""

    def first(tag: str) -> str | None:
        return next((each.text for each in _inside(package, tag) if each.text and each.text.strip()), None)

    date = first("date")
    return Fields(
        title=first("title"),
        author=first("creator"),
        publisher=first("publisher"),
        language=first("language"),
        published=iso_date(date) if date else None,
    )


def _inside(element: Element, tag: str) -> Iterator[Element]:
    return (each for each in element.iter() if isinstance(each.tag, str) and each.tag.rsplit("}", 1)[-1] == tag)
