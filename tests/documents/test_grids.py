"""Tables of printed pages: rows stay rows, whatever the order of the file and however cells are wrapped."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from assistant.documents.passages import split_passages
from assistant.documents.pdf import read_pdf
from assistant.types import Document, Metadata

STYLE = getSampleStyleSheet()["BodyText"]
QUOTAS = [["Year", "Mining", "Smelting"], ["2022", "210,000", "202,000"], ["2023", "255,000", "243,850"]]
MARKDOWN = (
    "| Year | Mining | Smelting |\n| --- | --- | --- |\n| 2022 | 210,000 | 202,000 |\n| 2023 | 255,000 | 243,850 |"
)
BEFORE, AFTER = "The table shows the quotas in tonnes.", "Both quotas rose from year to year."
GRID = ("GRID", (0, 0), (-1, -1), 0.5, "black")


def printed(rows: Sequence[Sequence[str]], *styles: tuple[object, ...], widths: Sequence[int] | None = None) -> str:
    """The text of a page with a table between two sentences."""
    buffer = io.BytesIO()
    cells = [[Paragraph(cell, STYLE) if widths else cell for cell in row] for row in rows]
    table = Table(cells, style=styles, colWidths=widths)
    SimpleDocTemplate(buffer, pagesize=A4, invariant=True).build(
        [Paragraph(BEFORE, STYLE), table, Paragraph(AFTER, STYLE)]
    )
    return read_pdf(buffer.getvalue(), "a.pdf").text


def drawn(lines: Sequence[tuple[float, float, str]]) -> str:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    for x, y, line in lines:
        canvas.drawString(x, y, line)
    canvas.save()
    return read_pdf(buffer.getvalue(), "a.pdf").text


def test_a_table_with_all_its_rules() -> None:
    assert printed(QUOTAS, GRID) == f"{BEFORE}\n\n{MARKDOWN}\n\n{AFTER}"


def test_a_table_with_rules_between_its_rows_only() -> None:
    rules = [("LINEABOVE", (0, row), (-1, row), 0.5, "black") for row in range(3)]
    assert printed(QUOTAS, *rules, ("LINEBELOW", (0, 2), (-1, 2), 0.5, "black")) == f"{BEFORE}\n\n{MARKDOWN}\n\n{AFTER}"


def test_a_table_as_books_have_it() -> None:
    rules = [("LINEABOVE", (0, row), (-1, row), 0.5, "black") for row in range(2)]
    assert printed(QUOTAS, *rules, ("LINEBELOW", (0, 2), (-1, 2), 0.5, "black")) == f"{BEFORE}\n\n{MARKDOWN}\n\n{AFTER}"


def test_a_table_of_figures_without_any_rule() -> None:
    assert printed(QUOTAS) == f"{BEFORE}\n\n{MARKDOWN}\n\n{AFTER}"


def test_rows_that_are_told_by_their_colours() -> None:
    colours = [("BACKGROUND", (0, row), (-1, row), "silver" if row % 2 else "white") for row in range(3)]
    assert printed(QUOTAS, *colours) == f"{BEFORE}\n\n{MARKDOWN}\n\n{AFTER}"


def test_cells_that_go_over_several_lines_stay_whole() -> None:
    rows = [
        ["Instrument", "Subject", "Status at the end of 2025"],
        ["Announcement 55 of 2025", "superhard materials and what they are made with", "suspended to 10 November 2026"],
        ["Announcement 18 of 2025", "seven rare earths", "in force"],
    ]
    assert "\n".join(f"| {' | '.join(row)} |" for row in rows[1:]) in printed(rows, GRID, widths=[80, 90, 80])


def test_an_empty_cell_keeps_its_place() -> None:
    assert "| 2022 |  | 202,000 |" in printed([QUOTAS[0], ["2022", "", "202,000"], QUOTAS[2]], GRID)


def test_two_tables_with_words_between_them() -> None:
    buffer = io.BytesIO()
    parts = [Table(QUOTAS, style=[GRID]), Paragraph(AFTER, STYLE), Table(QUOTAS, style=[GRID])]
    SimpleDocTemplate(buffer, invariant=True).build(parts)
    assert read_pdf(buffer.getvalue(), "a.pdf").text == f"{MARKDOWN}\n\n{AFTER}\n\n{MARKDOWN}"


def test_a_frame_around_prose_is_no_table() -> None:
    words = "The State Council published the decree in June and it came into force in October of the same year."
    text = printed([[Paragraph(words, STYLE)], [Paragraph(words, STYLE)], [Paragraph(words, STYLE)]], GRID)
    assert "|" not in text


def test_two_columns_of_prose_are_no_table() -> None:
    left = [
        "China mines most of the rare earths of",
        "the world and refines nearly all of the",
        "heavy ones since 2021 in all provinces",
    ]
    right = [
        "Baotou is the centre of the light ones,",
        "while Ganzhou in the south is known for",
        "its ionic clays of 1969 and for plants",
    ]
    rows = [(50.0, 700.0 - 14 * n, line) for n, line in enumerate(left * 3)]
    rows += [(310.0, 700.0 - 14 * n, line) for n, line in enumerate(right * 3)]
    assert "|" not in drawn(sorted(rows, key=lambda row: -row[1]))
    assert "|" not in drawn(rows)


def test_a_row_far_down_a_long_table_is_found_under_its_header() -> None:
    rows = [QUOTAS[0], *([str(1900 + n), f"{n * 7 + 1},000", f"{n * 5 + 1},000"] for n in range(30))]
    text = printed(rows, GRID)
    passages = split_passages(Document("a.pdf", "d", text, Metadata("A")), words=40)
    (last,) = [passage for passage in passages if "| 1929 |" in passage.text]
    assert last.table_header is not None
    assert last.table_header.text == "| Year | Mining | Smelting |"
