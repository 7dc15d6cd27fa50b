from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.disagreement import disagreement
from assistant.types import Passage


def passage(text: str, headings: tuple[str, ...] = (), start: int = 0) -> Passage:
    return Passage("p", "a.md", 0, start, start + len(text), text, headings)


def said_of(told: str, text: str, *, title: str = "Deposits", headings: tuple[str, ...] = ()) -> str | None:
    start = 100 + text.index(told)
    return disagreement(passage(text, headings, 100), title, start, start + len(told))


@pytest.mark.parametrize(
    "sentence",
    [
        "The size of the fall is disputed: Alpha gives 31%, Beta 10%.",
        "Sources disagree on the mineral mined at Gamma.",
        "Beijing denied an embargo, and research disagrees.",
        "The cost and the timetable of the mine are in dispute.",
        "Two readings of the data give 67% and 56%.",
        "是否有过禁运，至今说法不一。",
        "该矿的储量有三种说法。",
    ],
)
def test_a_sentence_that_is_told_may_say_that_sources_disagree(sentence: str) -> None:
    assert said_of(sentence, f"The mine opened in 2010. {sentence} It has two shafts.") == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "The two mines differ in grade, at 5% and 7%.",
        "The dispute over the islands began on 7 September 2010.",
        "Output was 210,000 tonnes in 2022 and 240,000 tonnes in 2023.",
        "The table gives the four dates of the decree.",
        "Reports of the ministry appear monthly. The two grades of ore differ.",
        "中国稀土产量2022年为21万吨。",
    ],
)
def test_figures_and_disputes_of_another_kind_are_none(sentence: str) -> None:
    assert said_of(sentence, sentence) is None


def test_what_introduces_a_paragraph_holds_for_what_follows() -> None:
    text = "Sources disagree on the cost of Beta. The bank gives $290 million.\n\nAlpha costs $120 million."
    assert said_of("The bank gives $290 million.", text) == "Sources disagree on the cost of Beta."
    assert said_of("Alpha costs $120 million.", text) is None


def test_what_follows_in_a_paragraph_does_not() -> None:
    text = "The boat sank on 7 September. Whether exports stopped is disputed."
    assert said_of("The boat sank on 7 September.", text) is None


def test_what_stands_above_a_list_holds_for_its_items() -> None:
    text = "The accounts of the sale conflict:\n\n- The seller says 2014.\n- The buyer says 2015.\n\nThe price was paid in 2016."
    assert said_of("The buyer says 2015.", text) == "The accounts of the sale conflict:"
    assert said_of("The price was paid in 2016.", text) is None


def test_the_nearest_heading_and_the_title_count() -> None:
    text = "The city gives 43.5 Mt."
    assert said_of(text, text, headings=("The mines", "Its size is disputed")) == "Its size is disputed"
    assert said_of(text, text, headings=("Its size is disputed", "The mines")) is None
    assert said_of(text, text, title="Disputed figures") == "Disputed figures"
    assert said_of(text, text, title="储量数字的争议") == "储量数字的争议"


@given(st.text(alphabet="ab.。:：-| \n#", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_any_place_of_any_text_can_be_asked(text: str, start: int, length: int) -> None:
    assert disagreement(passage(text), "Title", start, start + length) is None
