from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.word_for_word import WordForWord, load_words
from assistant.text import fold, han_share

WORDS = WordForWord({"稀土": "rare earth", "稀": "thin", "土": "soil", "开采": "mining", "配额": "quota", "的": ""})


@pytest.fixture(scope="module")
def words() -> WordForWord:
    return load_words()


def test_each_word_is_said_in_english_and_the_rest_stays() -> None:
    assert WORDS.in_english("2024年的稀土开采配额: 270,000 t") == "2024 年 rare earth mining quota : 270,000 t"


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    assert WORDS.in_english("稀土開採配額") == "rare earth mining quota"


def test_the_fewest_words_are_taken() -> None:
    words = WordForWord({"研究": "study", "研究生": "postgraduate", "生命": "life", "命": "fate", "起源": "origin"})
    assert words.in_english("研究生命起源") == "study life origin"


def test_names_go_before_words() -> None:
    assert WORDS.with_names([("稀土开采", "REE mining")]).in_english("稀土开采") == "REE mining"
    assert WORDS.in_english("稀土开采") == "rare earth mining"


def test_lines_stay_lines() -> None:
    assert WORDS.in_english("稀土\n配额 开采") == "rare earth\nquota mining"


@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=200))
def test_a_text_without_chinese_is_not_touched(text: str) -> None:
    assert WORDS.in_english(text) == text


@given(st.text("稀土的年月abc 1。\n", max_size=60))
def test_what_is_known_is_said_and_what_is_not_stays(text: str) -> None:
    said = WORDS.in_english(text)
    assert (said.count("年"), said.count("月")) == (text.count("年"), text.count("月"))
    assert han_share(said.replace("年", "").replace("月", "")) == 0


def test_the_words_that_ship_are_in_the_form_in_which_they_are_looked_up() -> None:
    rows = list(csv.DictReader(files("assistant.retrieval").joinpath("dictionary.csv").read_text("utf-8").splitlines()))
    chinese = [row["chinese"] for row in rows]
    assert len(chinese) > 30_000
    assert chinese == sorted({fold(each) for each in chinese})
    assert not any(han_share(row["english"]) for row in rows)


def test_a_sentence_of_a_report_is_understood(words: WordForWord) -> None:
    assert words.in_english("出口额同比下降12%。").split() == ["export", "value", "year-on-year", "decline", "12%."]
