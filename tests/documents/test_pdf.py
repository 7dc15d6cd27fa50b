from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pypdf
import pytest
from pypdf.generic import NameObject, StreamObject
from reportlab.pdfgen.canvas import Canvas

from assistant.documents.pdf import read_pdf
from assistant.documents.recognition import is_available
from assistant.errors import DocumentTooLarge, NoTextFound, PasswordProtected, UnreadableDocument
from tests.conftest import _pdf_file

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


# columns

LEFT = (
    "China mines most of the rare earths of\nthe world and refines nearly all of the\nheavy ones. The State Council published\n"
    "Decree 785 in June 2024, and it applies\nto mining and smelting in all provinces\nof the country. Penalties reach ten times\n"
    "the illegal gains in the worst of cases."
).split("\n")
RIGHT = (
    "Baotou is the centre of the light ones,\nwhile Ganzhou in the south is known for\nits ionic clays. Separation plants stand\n"
    "in both places, and two groups hold the\nquotas for mining and for smelting since\nthe year 2021. The quota rose to 270,000\n"
    "tonnes in 2024, which is more than ever."
).split("\n")


def drawn(lines: Sequence[tuple[float, float, str]]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    for x, y, line in lines:
        canvas.drawString(x, y, line)
    canvas.save()
    return buffer.getvalue()


def side_by_side(left: Sequence[str], right: Sequence[str]) -> list[tuple[float, float, str]]:
    """Lines in pairs, as a file draws them that goes from line to line across the page."""
    rows = enumerate(zip(left, right, strict=True))
    return [part for row, (one, two) in rows for part in ((50, 770 - 14 * row, one), (310, 770 - 14 * row, two))]


def test_of_two_columns_each_is_read_to_its_end() -> None:
    lines = [(50, 800, "The rare earths of China"), *side_by_side(LEFT, RIGHT), (50, 600, "Both went on to grow.")]
    for order in (lines, sorted(lines, key=lambda line: line[0])):
        text = read_pdf(drawn(order), "a.pdf").text
        assert "\n".join(LEFT) in text
        assert "\n".join(RIGHT) in text


def test_rows_of_a_table_stay_rows() -> None:
    terms = [f"Number {number} of the oxides listed" for number in range(8)]
    values = [f"{number}.5 tonnes in the year 2024" for number in range(8)]
    text = read_pdf(drawn(side_by_side(terms, values)), "a.pdf").text
    assert text.index(values[0]) < text.index(terms[1])


# pages that are garbled, pictures, or too many


def garbled(text: str) -> bytes:
    """A page that looks as it should, and says of its letters that they are none."""
    codes = "".join(f"<{code:02x}> <{0xE000 + code:04x}>\n" for code in range(33, 127))
    mapping = (
        "/CIDInit /ProcSet findresource begin begincmap /CMapName /X def\n1 begincodespacerange <00> <ff> "
        f"endcodespacerange\n94 beginbfchar\n{codes}endbfchar\nendcmap end"
    )
    whole = io.BytesIO(drawn([(50, 700 - 30 * row, line) for row, line in enumerate(text.split("\n"))]))
    writer = pypdf.PdfWriter(clone_from=whole)
    stream = StreamObject()
    stream.set_data(mapping.encode())
    for font in writer.pages[0]["/Resources"]["/Font"].values():
        font.get_object()[NameObject("/ToUnicode")] = writer._add_object(stream)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_page_whose_text_is_garbled_is_no_text() -> None:
    with pytest.raises(NoTextFound):
        read_pdf(garbled(FIRST), "a.pdf", recognise=False)


@pytest.mark.skipif(not is_available(), reason="the extra `ocr` is not installed")
def test_a_page_whose_text_is_garbled_is_recognised_and_known_as_such() -> None:
    extract = read_pdf(garbled(FIRST), "a.pdf")
    assert "State Council published Decree" in extract.text
    assert 0.5 < extract.recognised[1] <= 1


def test_pages_with_text_are_not_marked_as_recognised(pdf_bytes: PdfBytes) -> None:
    assert read_pdf(pdf_bytes([FIRST, SECOND]), "a.pdf").recognised == {}


@pytest.mark.parametrize(("kids", "depth"), [(30_000, 1), (10, 6), (100, 3)])
def test_a_tree_of_a_million_pages_is_refused(kids: int, depth: int) -> None:
    nodes = [f"<< /Type /Pages /Count {kids ** (depth - n)} /Kids [{f'{n + 3} 0 R ' * kids}] >>" for n in range(depth)]
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] >>"
    with pytest.raises(DocumentTooLarge, match="more than 20,000 pages"):
        read_pdf(_pdf_file(["<< /Type /Catalog /Pages 2 0 R >>", *nodes, page]), "a.pdf")
