"""A page of a PDF as an image, with a quote marked in it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import UnreadableDocument
from assistant.ui.document.page_image import HIGHLIGHT, PageImage, is_pdf, letters_in, page_image

LINES = (
    "The quota of 2012 was set at 93,800 tonnes by the",
    "ministry; illegal mining went on in the south.",
    "Prices fell.",
)

MakePdf = Callable[..., Path]


@pytest.fixture
def make_pdf(tmp_path: Path) -> MakePdf:
    """Writes a PDF of two pages; the second holds the lines."""

    def make(rotation: int = 0) -> Path:
        stream = io.BytesIO()
        canvas = Canvas(stream, pagesize=A5)
        canvas.drawString(40, 500, "First page.")
        canvas.showPage()
        for number, line in enumerate(LINES):
            canvas.drawString(40, 500 - 20 * number, line)
        canvas.save()
        writer = pypdf.PdfWriter(clone_from=stream)
        for page in writer.pages:
            page.rotate(rotation)
        file = tmp_path / "quota.pdf"
        writer.write(file)
        return file

    return make


def highlighted(drawn: PageImage) -> tuple[int, tuple[int, int, int, int] | None]:
    """How many pixels are highlighted, and the box around them."""
    image = Image.open(io.BytesIO(drawn.png)).convert("RGB")
    mask = Image.new("L", image.size)
    mask.putdata([255 if pixel == HIGHLIGHT else 0 for pixel in image.get_flattened_data()])
    return mask.histogram()[255], mask.getbbox()


def test_the_quote_is_highlighted_where_it_stands(make_pdf: MakePdf) -> None:
    pixels, box = highlighted(page_image(make_pdf(), 2, "Prices fell."))
    assert pixels > 500
    assert box is not None
    left, top, right, bottom = box
    baseline = (A5[1] - 460) * 2
    assert left == pytest.approx(40 * 2, abs=6)
    assert right == pytest.approx((40 + stringWidth("Prices fell.", "Helvetica", 12)) * 2, abs=8)
    assert baseline - 30 < top < bottom < baseline + 14


def test_of_the_same_words_twice_on_a_page_those_that_were_quoted_are_marked(tmp_path: Path) -> None:
    file = tmp_path / "twice.pdf"
    canvas = Canvas(str(file), pagesize=A5)
    for number, line in enumerate(("Prices fell.", "Then they rose.", "Prices fell.")):
        canvas.drawString(40, 500 - 100 * number, line)
    canvas.save()
    first = page_image(file, 1, "Prices fell.")
    second = page_image(file, 1, "Prices fell.", near=letters_in("Prices fell. Then they rose."))
    assert first.marked_at == pytest.approx(1 - 510 / A5[1], abs=0.02)
    assert second.marked_at == pytest.approx(1 - 310 / A5[1], abs=0.02)


def test_a_page_can_be_drawn_larger(make_pdf: MakePdf) -> None:
    usual, large = (Image.open(io.BytesIO(page_image(make_pdf(), 2, "", zoom=zoom).png)) for zoom in (1, 2))
    assert large.width == pytest.approx(2 * usual.width, abs=2)


def test_a_quote_over_two_lines_is_highlighted_on_both(make_pdf: MakePdf) -> None:
    _, box = highlighted(page_image(make_pdf(), 2, "93,800 tonnes by the\nministry; illegal mining"))
    assert box is not None
    assert box[3] - box[1] > 40


def test_punctuation_and_hyphens_need_not_agree(make_pdf: MakePdf) -> None:
    assert highlighted(page_image(make_pdf(), 2, "illegal min-\ning — went on"))[0] > 500


def test_a_quote_that_goes_on_overleaf_is_highlighted_as_far_as_it_stands_here(make_pdf: MakePdf) -> None:
    assert highlighted(page_image(make_pdf(), 2, "illegal mining went on in the south. Then it"))[0] > 500


def test_a_page_without_the_quote_is_drawn_without_marks(make_pdf: MakePdf) -> None:
    assert highlighted(page_image(make_pdf(), 1, "Prices fell."))[0] == 0
    assert highlighted(page_image(make_pdf(), 2, ""))[0] == 0


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_marks_follow_a_turned_page(make_pdf: MakePdf, rotation: int) -> None:
    upright = highlighted(page_image(make_pdf(), 2, LINES[0]))[1]
    turned = highlighted(page_image(make_pdf(rotation), 2, LINES[0]))[1]
    assert upright is not None
    assert turned is not None
    size = sorted((upright[2] - upright[0], upright[3] - upright[1]))
    assert sorted((turned[2] - turned[0], turned[3] - turned[1])) == pytest.approx(size, abs=8)


def test_what_cannot_be_drawn_is_a_plain_error(make_pdf: MakePdf, tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="cannot be drawn"):
        page_image(make_pdf(), 99, "")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing more")
    assert is_pdf(broken)
    with pytest.raises(UnreadableDocument, match=r"broken\.pdf"):
        page_image(broken, 1, "")
