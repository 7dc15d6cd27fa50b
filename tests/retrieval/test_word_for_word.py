from __future__ import annotations

import csv
from importlib.resources import files
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.word_for_word import FINGERPRINT, WordForWord, load_words
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


def test_another_dictionary_has_another_name() -> None:
    """Vectors made by one dictionary do not go with another: who changes the file changes the name."""
    checksum = crc32(files("assistant.retrieval").joinpath("dictionary.csv").read_bytes())
    assert (FINGERPRINT, checksum) == ("words-1", 2903628395)


@pytest.mark.parametrize(
    ("question", "name", "other"),
    [
        ("Did Chinese purchases rise?", "purchases", "购买"),
        ("费用是多少？", "费用", "expense"),
        ("有色金属的产量", "有色金属", "nonferrous metal"),
        ("出口额与出口", "出口额", "export value"),
    ],
)
def test_everyday_words_are_mentioned_as_they_are_written(
    words: WordForWord, question: str, name: str, other: str
) -> None:
    found = {mention.name: mention for mention in words.mentions(question, ())}
    assert other in found[name].others
    assert found[name].everyday


def test_words_that_hold_a_sentence_together_and_single_characters_are_no_mentions(words: WordForWord) -> None:
    assert list(words.mentions("什么时候的？ 云", ())) == []
