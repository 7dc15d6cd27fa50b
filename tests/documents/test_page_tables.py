"""Tables that go over pages: rows overleaf are read under the header of their table."""

from __future__ import annotations

import io
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table

from assistant.documents.page_tables import Sheet, with_tables
from assistant.documents.passages import split_passages
from assistant.documents.pdf import read_pdf
from assistant.documents.places import Box
from assistant.types import Document, Metadata, Passage

STYLE = getSampleStyleSheet()["BodyText"]
GRID = ("GRID", (0, 0), (-1, -1), 0.5, "black")
HEADER = ["Quota year", "Mining", "Smelting"]
LONG = [[str(1950 + n), f"{n * 7 + 1},000", f"{n * 5 + 1},000"] for n in range(60)]


def printed(*parts: Flowable, titles: bool = False) -> Document:
    """A document of printed pages, with running titles and page numbers if wanted."""

    def margins(canvas: Canvas, template: SimpleDocTemplate) -> None:
        if titles:
            canvas.drawString(72, 800, "Quotas of rare earths")
            canvas.drawString(300, 30, f"Page {template.page}")

    buffer = io.BytesIO()
    template = SimpleDocTemplate(buffer, invariant=True)
    template.build(list(parts), onFirstPage=margins, onLaterPages=margins)
    extract = read_pdf(buffer.getvalue(), "a.pdf")
    return Document("a.pdf", "d", extract.text, Metadata("A"), page_starts=extract.page_starts)


def table(*rows: Sequence[str], ruled: bool = True, repeat: int = 0) -> Table:
    return Table(rows, style=[GRID] if ruled else [], colWidths=[140, 140, 140], repeatRows=repeat)


def overleaf(document: Document, page: int = 2) -> list[Passage]:
    return [passage for passage in split_passages(document, words=40) if passage.page == page]


def headers(document: Document, page: int = 2) -> set[str | None]:
    return {passage.table_header.text if passage.table_header else None for passage in overleaf(document, page)}


def assert_goes_on(document: Document, page: int = 2) -> None:
    """All passages of a page are read under the header that stands on the first, and only there."""
    assert headers(document, page) == {"| Quota year | Mining | Smelting |"}
    assert document.text.count("| --- |\n") == 1
    for passage in overleaf(document, page):
        header = passage.table_header
        assert header is not None
        assert document.text[header.start : header.end] == header.text
        assert header.page == document.page_at(header.start) == 1
        assert document.text[passage.start : passage.end] == passage.text


def test_rows_overleaf_are_read_under_the_header_of_their_table() -> None:
    document = printed(table(HEADER, *LONG))
    assert_goes_on(document)
    assert overleaf(document)[-1].text.endswith("| 2009 | 414,000 | 296,000 |")


def test_a_table_without_rules_goes_on_too() -> None:
    assert_goes_on(printed(table(HEADER, *LONG, ruled=False)))


def test_a_table_goes_on_over_several_pages_whatever_stands_in_their_margins() -> None:
    document = printed(table(HEADER, *LONG, *LONG), titles=True)
    assert_goes_on(document)
    assert_goes_on(document, page=3)


def test_a_table_with_its_own_header_is_another() -> None:
    other = [["Grade", "Stock", "Price"], ["5", "1,200", "31"], ["6", "1,300", "32"]]
    document = printed(table(HEADER, *LONG[:36]), PageBreak(), table(*other))
    assert headers(document) == {None}
    assert "| Grade | Stock | Price |\n| --- |" in document.text


def test_a_header_that_is_repeated_stays_a_header() -> None:
    document = printed(table(HEADER, *LONG, repeat=1))
    assert document.text.count("| Quota year | Mining | Smelting |\n| --- |") == 2


def test_a_table_that_ends_above_a_sentence_does_not_go_on() -> None:
    end = Paragraph("Both quotas rose.", STYLE)
    document = printed(table(HEADER, *LONG[:34]), end, PageBreak(), table(*LONG[34:50]))
    assert headers(document) == {None, "| 1984 | 239,000 | 171,000 |"}


def test_other_columns_are_another_table() -> None:
    document = printed(table(HEADER, *LONG[:36]), PageBreak(), Table(LONG[36:], style=[GRID], colWidths=[60, 60, 300]))
    assert headers(document) == {None, "| 1986 | 253,000 | 181,000 |"}


def test_years_in_a_header_are_no_figures_below_it() -> None:
    head = ["Country", "2022", "2023"]
    rows = [[f"Country {'abcdefghijklmnopqrstuvwxyz'[n % 26]}", f"{n}.1", f"{n}.2"] for n in range(60)]
    document = printed(table(head, *rows))
    assert headers(document) == {"| Country | 2022 | 2023 |"}
    other = printed(table(head, *rows[:36]), PageBreak(), table(["Province", "2024", "2025"], *rows[36:]))
    assert "| Country | 2022 | 2023 |" not in headers(other)


box = st.builds(
    lambda left, bottom, width, height, text: Box(left, bottom, left + width, bottom + height, text),
    st.floats(-100, 700),
    st.floats(-100, 900),
    st.floats(0, 700),
    st.floats(0, 900),
    st.text("ab 1\n", max_size=5),
)


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(box, max_size=20), st.lists(box, max_size=20), st.lists(box, max_size=20))
def test_wherever_things_stand_no_word_is_lost_or_said_twice(
    words: list[Box], overleaf: list[Box], shapes: list[Box]
) -> None:
    before = None
    for page in (words, overleaf):
        numbered = [Box(word.left, word.bottom, word.right, word.top, word.text, n) for n, word in enumerate(page)]
        text = "\n".join(word.text for word in numbered)
        found, before = with_tables(text, Sheet(numbered, shapes, 0, 800), before)
        assert sorted(c for c in found if c in "ab1") == sorted(c for c in text if c in "ab1")
