from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.disagreement import disagreement, is_disputed
from assistant.types import Passage


def passage(text: str, headings: tuple[str, ...] = (), start: int = 0) -> Passage:
    return Passage("p", "a.md", 0, start, start + len(text), text, headings)


def said_of(told: str, text: str, *, question: str = "", headings: tuple[str, ...] = ()) -> str | None:
    start = 100 + text.index(told)
    return disagreement(passage(text, headings, 100), start, start + len(told), question)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Supply fell, but the size of the fall is disputed: Alpha gives 31%.", "the size of the fall is disputed"),
        (
            "Sources disagree on the mineral mined at Gamma.",
            "Sources disagree on the mineral mined at Gamma",
        ),
        ("Beijing denied an embargo, and research disagrees.", "research disagrees"),
        ("The cost and the timetable are in dispute.", "The cost and the timetable are in dispute"),
        ("Two readings of the data give 67% and 56%.", "Two readings of the data give 67% and 56%"),
        ("The cost of the plant is reported differently.", "The cost of the plant is reported differently"),
        ("Four values circulate: 38,000 and 43,000 tonnes among them.", "Four values circulate"),
        ("是否有过禁运，至今说法不一。", "至今说法不一"),
        ("该矿的储量有三种说法。", "该矿的储量有三种说法"),
    ],
)
def test_a_sentence_that_is_told_may_say_that_sources_disagree(sentence: str, words: str) -> None:
    assert said_of(sentence, f"The mine opened in 2010. {sentence} It has two shafts.") == words


@pytest.mark.parametrize(
    "sentence",
    [
        "The two mines differ in grade, at 5% and 7%.",
        "The dispute over the islands began on 7 September 2010.",
        "Output was 210,000 tonnes in 2022 and 240,000 tonnes in 2023.",
        "The table gives the four dates of the decree.",
        "Reports of the ministry appear monthly. The two grades of ore differ.",
        "The two reports do not contradict each other.",
        "中国稀土产量2022年为21万吨。",
    ],
)
def test_figures_and_disputes_of_another_kind_are_none(sentence: str) -> None:
    assert said_of(sentence, sentence) is None


def test_what_introduces_a_paragraph_holds_for_what_follows() -> None:
    text = "Sources disagree on the cost of Beta. The bank gives a cost of $290 million.\n\nAlpha costs $120 million."
    assert said_of("The bank gives a cost of $290 million.", text) == "Sources disagree on the cost of Beta"
    assert said_of("Alpha costs $120 million.", text) is None


def test_what_introduces_a_paragraph_counts_only_on_what_is_asked_or_told() -> None:
    text = "The number of shafts is disputed. The bank gives $290 million."
    told = "The bank gives $290 million."
    assert said_of(told, text, question="What will the mine cost?") is None
    assert said_of(told, text, question="How many shafts are there in number?") == "The number of shafts is disputed"


def test_what_follows_in_a_paragraph_does_not_count() -> None:
    text = "The boat sank on 7 September. Whether the boat sank is disputed."
    assert said_of("The boat sank on 7 September.", text) is None


def test_what_stands_above_a_list_holds_for_its_items() -> None:
    text = "Accounts of the sale conflict:\n\n- The sale was in 2014.\n- The sale was in 2015.\n\nThe sale was paid in 2016."
    assert said_of("The sale was in 2015.", text) == "Accounts of the sale conflict"
    assert said_of("The sale was paid in 2016.", text) is None


def test_the_nearest_heading_counts() -> None:
    text = "The city gives a size of 43.5 Mt."
    assert said_of(text, text, headings=("The mines", "Its size is disputed")) == "Its size is disputed"
    assert said_of(text, text, headings=("Its size is disputed", "The mines")) is None


@pytest.mark.parametrize(
    ("title", "block", "disputed"),
    [
        ("Disputed figures", "One page says 1934, another 1935.", True),
        ("储量数字的争议", "一说36%，一说60%。", True),
        ("Disputed figures", "One page says 1934. The second figure is right.", False),
        ("Mine output", "One page says 1934, another 1935.", False),
    ],
)
def test_a_document_may_be_about_disputes_by_its_title(title: str, block: str, *, disputed: bool) -> None:
    text = f"It is settled that one is right.\n\n{block}"
    assert is_disputed(passage(text, start=50), title, 50 + text.index(block)) is disputed


@given(st.text(alphabet="ab.。:：-| \n#", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_any_place_of_any_text_can_be_asked(text: str, start: int, length: int) -> None:
    assert disagreement(passage(text), start, start + length, "Why?") is None
    assert is_disputed(passage(text), "Disputed", start)
