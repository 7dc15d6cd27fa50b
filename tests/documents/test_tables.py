from __future__ import annotations

import pytest

from assistant.documents.tables import delimiter_of, read_table, table_lines


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["a,b,c", "1,2,3"], ","),
        (["a;b", "1,5;2,5"], ";"),
        (["a\tb", "1, 2\t3"], "\t"),
        (["a|b", "1|2"], "|"),
        (['"x;y",b', '"z;w",d'], ","),
        (["Prices in 2024; by month", "", "a,b", "1,2", "3,4"], ","),
        (["one column", "of words"], ","),
    ],
)
def test_the_delimiter_is_told_by_the_lines(lines: list[str], delimiter: str) -> None:
    assert delimiter_of(lines) == delimiter


def test_notes_above_a_table_are_not_its_header() -> None:
    text = read_table("Oxide prices\n\nDate,NdPr\n2024-01,55\n2024-02,\n".encode("utf-16"), "a.csv").text
    assert text == "Oxide prices\n\n| Date | NdPr |\n| --- | --- |\n| 2024-01 | 55 |\n| 2024-02 |  |"


def test_in_a_workbook_a_single_cell_ends_a_table() -> None:
    rows = [["a", "b", ""], ["1", "2"], ["Note"], ["c", "d"], ["3", ""]]
    assert "\n".join(table_lines(rows, "a.xlsx")).split("\n") == [
        "| a | b |", "| --- | --- |", "| 1 | 2 |", "", "Note", "", "| c | d |", "| --- | --- |", "", "3", "",
    ]  # fmt: skip
