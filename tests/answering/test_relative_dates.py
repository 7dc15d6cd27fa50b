from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Filters, Turn
from assistant.answering.relative_dates import in_calendar_dates

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31)).map(date.isoformat)
EXPORTS = (
    "# Exports\n\nMagnet exports to the United States reached 7,341 tonnes in 2024. "
    "Magnet exports to the United States reached 5,933 tonnes in 2025. "
    "Magnet exports to Japan reached 1,188 tonnes in 2025.\n"
)


@pytest.mark.parametrize(
    ("asked", "put"),
    [
        ("What were exports last year?", "What were exports in 2025?"),
        ("What were exports in last year?", "What were exports in 2025?"),
        ("Has this year begun well, and what about last year?", "Has 2026 begun well, and what about 2025?"),
        ("Did it exceed 2000 tonnes last year?", "Did it exceed 2000 tonnes in 2025?"),
        ("Was last year better than this year?", "Was 2025 better than 2026?"),
        ("What is this year's quota?", "What is 2026's quota?"),
        ("What changed last month?", "What changed in December 2025?"),
        ("Did prices rise last quarter?", "Did prices rise in the fourth quarter of 2025?"),
        ("What is due next month?", "What is due in February 2026?"),
        ("去年出口到美国多少？", "2025年出口到美国多少？"),
        ("今年上半年比去年同期增长多少？", "2026年上半年比2025年同期增长多少？"),
        ("上个月的价格", "2025年12月的价格"),
        ("上季度出口", "2025年第四季度出口"),
        ("日本上个月从中国进口多少？", "日本2025年12月从中国进口多少？"),
        ("前年的配额", "2024年的配额"),
    ],
)
def test_dates_are_seen_from_the_day_of_asking(asked: str, put: str) -> None:
    assert in_calendar_dates(asked, "2026-01-31") == put


@pytest.mark.parametrize(
    "question",
    [
        "How have exports grown over the last year?",
        "What happened in the last quarter of the plan?",
        "Was the quota of 2023 larger than last year?",
        "When did the decree last change?",
        "What did he do in his last year as minister?",
        "What was Lynas's last quarter like?",
        "What is due at this year-end?",
        "目前年产量是多少？",
        "以上月份有哪些？",
        "以下月份有哪些？",
        "日本月度进口量是多少？",
        "日本季度进口额是多少？",
        "停产前年产量是多少？",
        "提前年限是多少？",
        "昆明年产量是多少？",
        "成本月报里有什么？",
    ],
)
def test_what_is_no_date_of_the_calendar_or_leans_on_a_named_year_is_left(question: str) -> None:
    assert in_calendar_dates(question, "2026-01-31") == question


@given(DAYS, st.sampled_from(["last year", "next quarter", "this month", "去年", "下个月", "本季度"]))
def test_what_is_put_names_a_year_and_is_put_once(day: str, words: str) -> None:
    put = in_calendar_dates(f"exports {words}", day)
    assert any(str(int(day[:4]) + after) in put for after in (-1, 0, 1))
    assert in_calendar_dates(put, day) == put


@given(st.text(), st.text())
def test_any_text_is_taken(question: str, day: str) -> None:
    assert isinstance(in_calendar_dates(question, day), str)


def test_last_year_is_answered_as_of_the_day_and_the_question_stays_as_asked(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"exports.md": EXPORTS})
    asked = "How many tonnes of magnets were exported to the United States last year?"
    for as_of, tonnes in (("2025-06-30", "7,341"), ("2026-06-30", "5,933")):
        answer = assistant.ask(asked, filters=Filters(as_of=as_of))
        assert answer.question == asked
        assert answer.searched_for[0] == asked.replace("last year", f"in {int(as_of[:4]) - 1}")
        assert tonnes in answer.claims[0].text
    assert answer.turn.question == answer.understood
    follow_up = assistant.ask("And to Japan?", history=[Turn(asked, "5,933")], filters=Filters(as_of="2026-06-30"))
    assert "in 2025" in follow_up.searched_for[0]


def test_the_last_year_of_a_follow_up_leans_on_the_year_before_it(make_assistant: MakeAssistant) -> None:
    history = [Turn("How many tonnes of magnets were exported in 2024?", "7,341")]
    answer = make_assistant({"exports.md": EXPORTS}).ask("How does that compare with last year?", history=history)
    assert answer.searched_for[0].endswith("How does that compare with last year?")
    assert "2024" in answer.searched_for[0]


def test_without_such_a_day_it_is_today(make_assistant: MakeAssistant) -> None:
    found = make_assistant({"exports.md": EXPORTS}).ask("What were exports this year?").searched_for[0]
    assert found == f"What were exports in {datetime.now(UTC).astimezone().year}?"
