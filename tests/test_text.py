from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import (
    clean,
    content_tokens,
    flatten,
    fold,
    han_share,
    is_telling_han_word,
    language_of,
    numbers,
    tokens,
    word_count,
)

TEXTS = st.text(st.sampled_from("aB1 .,!?\n#-|*()“”\t\u3000中国稀土。！（）的\u200b\r\u0301é"), max_size=200) | st.text(
    max_size=80
)


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


@pytest.mark.parametrize("word", ["显微镜", "营业额", "深圳", "丁道衡", "处罚"])
def test_a_word_of_han_may_say_what_a_question_is_about(word: str) -> None:
    assert is_telling_han_word(word)


@pytest.mark.parametrize("word", ["那个", "因为", "四种", "案判", "企签", "国从", "财", "最多"])
def test_what_holds_a_sentence_together_or_was_cut_wrongly_says_nothing(word: str) -> None:
    assert not is_telling_han_word(word)


def test_content_tokens_leave_out_what_every_question_says() -> None:
    assert content_tokens("What does the decree forbid?") == ["decre", "forbid"]
    assert content_tokens("稀土的配额是多少？") == ["稀土", "配额"]
    assert content_tokens("条例何时生效，究竟为何？") == ["条例", "生效"]
    assert "何处" in content_tokens("未经任何处理")
    assert content_tokens("pls tell me exactly what it forbids") == ["forbid"]
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


# numbers


def test_numbers_are_compared_without_separators() -> None:
    assert numbers("93,800 t in 2012 and ３.５%") == {"93800", "2012", "3.5"}
    assert numbers("none") == frozenset()
