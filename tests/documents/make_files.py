"""Small files of every kind, sound and hostile, as the tests of the readers need them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from email.message import EmailMessage

import openpyxl
import pptx
from PIL import Image, ImageDraw
from reportlab.platypus import SimpleDocTemplate, Table

OFFICE = "http://schemas.openxmlformats.org"
QUOTA = "The quota for rare earths rose to 270,000 tonnes in 2024, more than in the year before."
CHINESE = "中国对稀土实施出口管制，这是国家的规定，在2024年和2025年都有效。"


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for path, content in parts.items():
            file.writestr(path, content)
    return buffer.getvalue()


def word_parts(text: str = QUOTA) -> dict[str, str | bytes]:
    content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{OFFICE}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{content_type}"/></Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{OFFICE}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument/2006/relationships/officeDocument"'
        ' Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<?xml version="1.0"?><w:document xmlns:w="{OFFICE}/wordprocessingml/2006/main"><w:body>'
        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>",
    }


def word(text: str = QUOTA) -> bytes:
    return archive(word_parts(text))


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def pdf_with_table(rows: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    table = Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])
    SimpleDocTemplate(buffer, invariant=True, pageCompression=0).build([table])
    return buffer.getvalue()


def deck(title: str, text: str) -> bytes:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = title, text
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def with_part(data: bytes, path: str, content: str | bytes) -> bytes:
    """The same container with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        parts: dict[str, str | bytes] = {each: file.read(each) for each in file.namelist()}
    return archive({**parts, path: content})


def epub_parts(*chapters: str, metadata: str = "") -> dict[str, str | bytes]:
    numbers = range(len(chapters))
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in numbers)
    spine = "".join(f'<itemref idref="c{n}"/>' for n in numbers)
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
        **{f"OEBPS/c{n}.xhtml": f'<?xml version="1.0"?><!DOCTYPE html>{chapters[n]}' for n in numbers},
    }


def epub(*chapters: str, metadata: str = "") -> bytes:
    return archive(epub_parts(*chapters, metadata=metadata))


def mail(
    subject: str = "Quota", body: str = QUOTA, html: str | None = None, files: Mapping[str, bytes] | None = None
) -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Li Wei <li@example.org>"
    message["To"] = "Desk <desk@example.org>"
    message["Date"] = "Tue, 20 Aug 2024 10:00:00 +0800"
    message["Message-ID"] = "<1@example.org>"
    message.set_content(body)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for name, data in (files or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def page(body: str = f"<article><h1>Quota</h1><p>{QUOTA}</p><p>{QUOTA}</p></article>", head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>Quota</title>{head}</head><body>{body}</body></html>"


def web_archive(html: str) -> bytes:
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/quota\r\nSubject: Quota set\r\n"
        b"Date: Tue, 20 Aug 2024 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--B--"\r\n\r\n'
        b"----B--\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n"
        b"Content-Location: https://example.org/quota\r\n\r\n" + html.encode() + b"\r\n"
        b"----B--\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n----B----\r\n"
    )


def picture(text: str = "") -> bytes:
    image = Image.new("RGB", (900, 500) if text else (100, 100), "white")
    ImageDraw.Draw(image).text((20, 40), text, fill="black", font_size=44)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def vast_picture() -> bytes:
    """A PNG of a few bytes that declares 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
