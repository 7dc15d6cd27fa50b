from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdf
import pytest

from assistant.documents.pdf import read_pdf
from assistant.errors import NoTextFound, PasswordProtected, UnreadableDocument

if TYPE_CHECKING:
    from tests.conftest import PdfBytes

FIRST = "The State Council published Decree No. 785.\nIt applies to mining and smelting."
SECOND = "Penalties reach ten times the illegal gains (Article 30)."


def locked(data: bytes, *, user: str, owner: str = "owner") -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(user, owner, algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def with_properties(data: bytes, properties: dict[str, str]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.add_metadata(properties)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_pages_are_read_in_order_and_known_by_where_they_begin(pdf_bytes: PdfBytes) -> None:
    extract = read_pdf(pdf_bytes([FIRST, SECOND]), "a.pdf")
    assert extract.text == f"{FIRST}\n\n{SECOND}"
    assert extract.page_starts == (0, len(FIRST) + 2)


def test_pages_without_text_keep_their_number(pdf_bytes: PdfBytes) -> None:
    extract = read_pdf(pdf_bytes(["", FIRST, "", SECOND, ""]), "a.pdf", recognise=False)
    start = len(FIRST) + 2
    assert extract.text == f"{FIRST}\n\n{SECOND}"
    assert extract.page_starts[:4] == (0, 0, start, start)
    assert len(extract.page_starts) == 5


def test_what_the_file_says_of_itself_becomes_metadata(pdf_bytes: PdfBytes) -> None:
    properties = {"/Title": "Decree 785", "/Author": "Desk", "/CreationDate": "D:20240629120000+08'00'"}
    fields = read_pdf(with_properties(pdf_bytes([FIRST]), properties), "a.pdf").fields
    assert (fields.title, fields.author, fields.published) == ("Decree 785", "Desk", "2024-06-29")


@pytest.mark.parametrize("title", ["report_final.docx", "Microsoft Word - draft", "untitled", "  "])
def test_a_title_that_a_program_made_up_is_none(pdf_bytes: PdfBytes, title: str) -> None:
    assert read_pdf(with_properties(pdf_bytes([FIRST]), {"/Title": title}), "a.pdf").fields.title is None


def test_a_file_that_opens_with_a_password_only_says_so(pdf_bytes: PdfBytes) -> None:
    with pytest.raises(PasswordProtected, match="a copy without one"):
        read_pdf(locked(pdf_bytes([FIRST]), user="secret"), "a.pdf")


def test_a_file_that_only_restricts_printing_is_read(pdf_bytes: PdfBytes) -> None:
    assert read_pdf(locked(pdf_bytes([FIRST]), user=""), "a.pdf").text == FIRST


def test_pages_without_any_text_say_so(pdf_bytes: PdfBytes) -> None:
    with pytest.raises(NoTextFound, match=r"2 page\(s\) but no text"):
        read_pdf(pdf_bytes(["", ""]), "a.pdf", recognise=False)


@pytest.mark.parametrize("data", [b"%PDF-1.4\nnothing", b"%PDF-", b"%PDF-1.7\n" + bytes(range(256)) * 8])
def test_a_damaged_file_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="damaged"):
        read_pdf(data, "a.pdf")


@pytest.mark.parametrize("place", ["1", "99999999"])
def test_a_cross_reference_table_that_is_not_where_it_should_be_is_no_hindrance(
    pdf_bytes: PdfBytes, place: str
) -> None:
    whole = pdf_bytes([FIRST, SECOND])
    torn = whole[: whole.rindex(b"startxref")] + f"startxref\n{place}\n%%EOF\n".encode()
    assert read_pdf(torn, "a.pdf").text == f"{FIRST}\n\n{SECOND}"
