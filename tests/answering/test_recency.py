from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.answering.recency import apart_from_the_latest, asks_for_the_latest, told_up_to

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant


@pytest.mark.parametrize(
    "question",
    ["What is the latest price of terbium?", "Who is currently chairman?", "最新的配额是多少？", "现在谁是董事长？"],
)
def test_a_question_may_ask_for_the_newest_there_is(question: str) -> None:
    assert asks_for_the_latest(question)


@pytest.mark.parametrize(
    "question",
    [
        "What was the latest price in 2022?",
        "What is now called China Rare Earth?",
        "最近三年的配额是多少？",
        "Why?",
        "",
    ],
)
def test_other_questions_do_not(question: str) -> None:
    assert not asks_for_the_latest(question)


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("What is the latest price of terbium?", "What is the price of terbium?"),
        ("Who runs it now?", "Who runs it?"),
        ("最新的配额是多少？", "配额是多少？"),
        ("現在的稀土配額是多少？", "稀土配額是多少？"),
        ("What is today's price?", "What is price?"),
        ("When must they report at the latest?", "When must they report at the latest?"),
        ("What was the latest price in 2022?", "What was the latest price in 2022?"),
    ],
)
def test_what_is_asked_about_has_no_word_of_time(question: str, subject: str) -> None:
    assert apart_from_the_latest(question) == subject


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("It rose from 62 on 9 January 2025 to 84 on 12 February 2025.", (2025, 2, 12)),
        ("据报道，2025年1月16日为68.5，2月5日为74.7。", (2025, 2, 5)),
        ("In the third quarter of 2024 it was 50.", (2024, 9, 0)),
        ("It is to open in 2030, after a start in 2024.", (2024, 0, 0)),
        ("It opens in 2030.", (2025, 0, 0)),
        ("It is open.", (2025, 0, 0)),
    ],
)
def test_a_text_tells_up_to_its_latest_day_that_has_been(text: str, day: tuple[int, int, int]) -> None:
    assert told_up_to(text, "2025-06") == day


def test_without_any_date_nothing_is_known() -> None:
    assert told_up_to("It is open.", None) == (0, 0, 0)


def test_the_newest_answer_comes_first_where_it_is_asked_for(make_assistant: MakeAssistant) -> None:
    text = "The price of terbium oxide in China was {} yuan a kilogram in {}."
    files = {f"{year}.md": f"# Prices\n\n{text.format(year * 3, year)}\n" for year in range(2016, 2024)}
    assistant = make_assistant(files, refusal_threshold=0)
    claims = assistant.ask("What is the latest price of terbium oxide in China?").claims
    assert claims[0].citations[0].document == "2023.md"
    told = [citation.document for claim in claims for citation in claim.citations]
    assert told == sorted(told, reverse=True)


def test_the_newest_is_read_though_much_else_says_more_of_the_question(make_assistant: MakeAssistant) -> None:
    old = " ".join(f"The {year} price of terbium oxide was {year * 3}." for year in range(2000, 2020))
    text = f"# Terbium\n\n{old} In June 2025 terbium oxide sold at 9,000.\n"
    (claim, *_) = (
        make_assistant({"a.md": text}, refusal_threshold=0).ask("What is the latest price of terbium oxide?").claims
    )
    assert "June 2025" in claim.text
