from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.reader import Reader, Sentence, Tokens
from assistant.index.onnx_model import bundled_model
from assistant.retrieval.word_for_word import load_words

HEADINGS = "Quarry Lane Mining: results of 2023 > Output"
SENTENCES = [
    Sentence(HEADINGS, "", "Quarry Lane Mining dug 14,300 tonnes of tungsten ore in 2023, a fifth more than in 2022."),
    Sentence(HEADINGS, "", "Its chairman, Ada Thornbury, stepped down in March 2024 after a dispute over pay."),
    Sentence(HEADINGS, "", "The company sells two thirds of its concentrate to a smelter in Austria."),
]


@pytest.fixture(scope="module")
def reader(models: Path) -> Reader:
    return Reader(models, load_words().in_english)


@pytest.mark.parametrize(
    ("question", "answering"),
    [
        ("How many tonnes of ore did Quarry Lane dig in 2023?", 0),
        ("Who left the chair of Quarry Lane Mining?", 1),
        ("Why did Thornbury resign?", 1),
        ("Where does most of the concentrate go?", 2),
    ],
)
def test_the_sentence_that_answers_is_told_from_those_beside_it(reader: Reader, question: str, answering: int) -> None:
    odds = reader.read(question, SENTENCES)
    assert odds[answering] == max(odds)
    assert odds[answering] > 0


@pytest.mark.parametrize(
    "question",
    [
        "What did Quarry Lane Mining earn in 2023?",
        "Who succeeded Ada Thornbury as chairman?",
        "What does the smelter in Austria pay for a tonne of concentrate?",
    ],
)
def test_a_near_miss_is_not_taken_for_an_answer(reader: Reader, question: str) -> None:
    assert max(reader.read(question, SENTENCES)) < 0


def test_a_sentence_is_read_alike_in_whatever_company(reader: Reader) -> None:
    question = "How much ore did Quarry Lane produce in 2023?"
    alone = [reader.read(question, [each])[0] for each in SENTENCES]
    together = reader.read(question, [*SENTENCES, Sentence("", "", "word " * 300)])
    assert together[: len(alone)] == alone
    assert reader.read(question, []) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=400), min_size=4, max_size=4))
def test_any_text_can_be_read(models: Path, texts: list[str]) -> None:
    question, *sentence = texts
    (odds,) = Reader(models, load_words().in_english).read(question, [Sentence(*sentence)])
    assert math.isfinite(odds)


@given(st.text(max_size=3000), st.text(max_size=3000), st.text(max_size=3000), st.text(max_size=3000))
@settings(max_examples=50, deadline=None)
def test_what_is_too_long_is_cut_and_the_end_of_the_sentence_before_is_kept(
    question: str, headings: str, before: str, text: str
) -> None:
    tokens = Tokens(bundled_model() / "tokenizer.json")
    ids, types = tokens.encode(question, Sentence(headings, before, text))
    assert len(ids) == len(types) <= 256
    assert sorted(types) == types
    short = tokens.encode("q", Sentence("h", f"{before} xylophone", text))[0]
    assert set(tokens.encode("xylophone", Sentence("", "", ""))[0]) <= {*short, 101, 102}
