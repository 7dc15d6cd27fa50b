from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.structure import BlockKind, blocks, row_cells, sentences

TEXTS = st.text(st.sampled_from("aB1 .,!?\n#-|*()“”\t\u3000中国稀土。！（）的\u200b\r\u0301é"), max_size=200) | st.text(
    max_size=80
)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def kinds(text: str) -> list[tuple[BlockKind, str]]:
    return [(block.kind, text[block.start : block.end]) for block in blocks(text)]


# blocks


def test_markdown_is_parted_into_its_blocks() -> None:
    text = "# Title\n\nA paragraph\nof two lines.\n\n- one\n- two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n## Below"
    assert kinds(text) == [
        (BlockKind.HEADING, "# Title"),
        (BlockKind.PARAGRAPH, "A paragraph\nof two lines."),
        (BlockKind.ITEM, "- one"),
        (BlockKind.ITEM, "- two"),
        (BlockKind.ROW, "| a | b |"),
        (BlockKind.ROW, "| 1 | 2 |"),
        (BlockKind.HEADING, "## Below"),
    ]
    assert [block.level for block in blocks(text) if block.kind is BlockKind.HEADING] == [1, 2]


def test_a_short_line_above_running_text_is_a_heading_where_nothing_is_marked() -> None:
    body = "The world's mine production of rare earths rose to an estimated 390,000 tons in that year.\n" * 3
    first, second, *_ = blocks(f"World production\n{body}")
    assert (first.kind, second.kind) == (BlockKind.HEADING, BlockKind.PARAGRAPH)


@pytest.mark.parametrize("item", ["- a", "* a", "• a", "1. a", "(12) a", "（一）稀土", "(3)稀土"])
def test_list_items_of_either_language_stand_alone(item: str) -> None:
    assert kinds(f"Before.\n{item}\n{item}")[1:] == [(BlockKind.ITEM, item)] * 2


@given(TEXTS)
def test_blocks_are_in_order_and_leave_out_nothing_but_blanks_and_rules_of_tables(text: str) -> None:
    end = 0
    for block in blocks(text):
        between = text[end : block.start]
        assert block.start >= end
        assert not set(between) - set("|:- \t\n") or not between.strip()
        assert text[block.start : block.end].strip()
        end = block.end
    assert not set(text[end:]) - set("|:- \t\n") or not text[end:].strip()


# sentences


def test_a_line_is_as_wide_as_it_looks_a_han_character_being_two_letters() -> None:
    text = (
        "何作霖确认稀土\n1933年，丁道衡把矿石标本交给矿物学家何作霖研究。1935年，何作霖在《中国地质学\n"
        "会志》（Bulletin of the Geological Society of China)发表英文论文，第一次向世界说明白\n云鄂博矿石含有稀土矿物。\n"
    )
    heading, paragraph = blocks(text)
    assert (heading.kind, text[heading.start : heading.end]) == (BlockKind.HEADING, "何作霖确认稀土")
    assert paragraph.kind is BlockKind.PARAGRAPH
    assert len(sentences(text, paragraph.start, paragraph.end)) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("The U.S. imports it. Mr. Li sold 3.5 t.", ["The U.S. imports it.", "Mr. Li sold 3.5 t."]),
        ("Decree No. 785 holds. It binds.", ["Decree No. 785 holds.", "It binds."]),
        ("He said “Stop.” Then he left.", ["He said “Stop.”", "Then he left."]),
        ("中国停止出口。日本抗议！为什么？", ["中国停止出口。", "日本抗议！", "为什么？"]),
        ("他说：“停止。”然后离开。", ["他说：“停止。”", "然后离开。"]),
        ("是吗?不是。", ["是吗?", "不是。"]),
        (
            "See https://example.org/?q=1 for it. Yahoo!'s own.",
            ["See https://example.org/?q=1 for it.", "Yahoo!'s own."],
        ),
        ("no stop at all", ["no stop at all"]),
        ("  \n ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_a_sentence_without_end_is_cut_at_its_lines() -> None:
    lines = [f"row {number} of a table without stops" for number in range(40)]
    assert split("\n".join(lines)) == lines


@given(TEXTS, st.integers(0, 50), st.integers(0, 200))
def test_sentences_hold_every_visible_character_once_and_in_order(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    spans = sentences(text, start, end)
    assert all(start <= first < last <= end for first, last in spans)
    assert [last for _, last in spans[:-1]] <= [first for first, _ in spans[1:]]
    assert "".join("".join(text[first:last].split()) for first, last in spans) == "".join(text[start:end].split())
    assert all(text[first:last] == text[first:last].strip() for first, last in spans)


# rows


def test_cells_of_a_row_keep_their_places() -> None:
    assert row_cells("| Year | Quota |") == ["Year", "Quota"]
    assert row_cells("|  | 2012 |") == ["", "2012"]
    assert row_cells("||2012||") == ["", "2012", ""]
