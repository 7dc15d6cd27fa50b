from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import (
    BlockKind,
    blocks,
    clean,
    content_tokens,
    flatten,
    fold,
    han_share,
    language_of,
    numbers,
    row_cells,
    sentences,
    tokens,
    word_count,
)

TEXTS = st.text(st.sampled_from("aB1 .,!?\n#-|*()“”\t\u3000中国稀土。！（）的\u200b\r\u0301é"), max_size=200) | st.text(
    max_size=80
)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def kinds(text: str) -> list[tuple[BlockKind, str]]:
    return [(block.kind, text[block.start : block.end]) for block in blocks(text)]


# clean and flatten


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("a \t\u3000\nb\u00a0", "a\nb"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("\n\na\n\n", "a"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("a\x00b\u200bc\ufeffd\u202ee", "abcde"),
        ("  indented stays", "  indented stays"),
        ("a\ud800b", "a?b"),
    ],
)
def test_clean_gives_the_canonical_form(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(TEXTS)
def test_clean_text_is_clean_already(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\n\n\n" not in once
    assert not any(line != line.rstrip(" \t\u00a0\u3000") for line in once.split("\n"))


def test_a_long_run_of_blanks_is_cleaned_as_any_other_text() -> None:
    assert clean("a" + " " * 300_000 + "b" + " " * 300_000) == "a" + " " * 300_000 + "b"


def test_flatten_joins_lines_by_a_blank_and_han_by_nothing() -> None:
    assert flatten(" rare\n  earths ") == "rare earths"
    assert flatten("中国的\n稀土，\n  很多") == "中国的稀土，很多"
    assert flatten("产量\n270") == "产量 270"


# fold and tokens


def test_fold_makes_equal_what_readers_hold_equal() -> None:
    assert fold("Ｒare EARTHS") == fold("rare earths")
    assert fold("Besançon") == "besancon"
    assert fold("稀土釹鐵硼") == fold("稀土钕铁硼")


def test_tokens_are_stems_numbers_and_bigrams() -> None:
    assert tokens("Controls on exporting magnets") == ["control", "on", "export", "magnet"]
    assert tokens("1,234.5 tonnes in 2024") == ["1234.5", "tonn", "in", "2024"]
    assert tokens("稀土管制") == ["稀土", "土管", "管制"]
    assert tokens("稀土2024年") == ["稀土", "2024", "年"]
    assert tokens("China's and China’s") == ["china", "and", "china"]
    assert tokens("“…” — ?!") == []


@given(TEXTS)
def test_tokens_hold_no_blanks_so_that_a_blank_can_part_them(text: str) -> None:
    assert all(token and not any(c.isspace() for c in token) for token in tokens(text))


@given(TEXTS)
def test_content_tokens_are_among_the_tokens_of_a_text_without_han(text: str) -> None:
    latin = "".join(c for c in text if not han_share(c))
    assert set(content_tokens(latin)) <= set(tokens(latin))


def test_content_tokens_leave_out_what_every_question_says() -> None:
    assert content_tokens("What does the decree forbid?") == ["decre", "forbid"]
    assert content_tokens("稀土的配额是多少？") == ["稀土", "配额"]
    assert content_tokens("What is it?") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Rare earths are seventeen metals.", "en"),
        ("中国对稀土实施出口管制。", "zh"),
        ("中國對稀土實施出口管制，並規定開採總量。", "zh-Hant"),
        ("Decree No. 785 (国令第785号) was published in June 2024 by the State Council.", "en"),
        ("", "en"),
    ],
)
def test_language_is_told_by_script(text: str, language: str) -> None:
    assert language_of(text) == language


def test_two_han_characters_count_as_a_word() -> None:
    assert word_count("rare earths") == 2
    assert word_count("稀土管制") == 2
    assert word_count("MP Materials 公司") == 3
    assert word_count("") == 0


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


# numbers and rows


def test_numbers_are_compared_without_separators() -> None:
    assert numbers("93,800 t in 2012 and ３.５%") == {"93800", "2012", "3.5"}
    assert numbers("none") == frozenset()


def test_cells_of_a_row_keep_their_places() -> None:
    assert row_cells("| Year | Quota |") == ["Year", "Quota"]
    assert row_cells("|  | 2012 |") == ["", "2012"]
    assert row_cells("||2012||") == ["", "2012", ""]
