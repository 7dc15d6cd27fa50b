from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Status
from assistant.answering.wording import in_reports_words
from tests.conftest import MakeAssistant

ROWS = list(csv.DictReader(files("assistant.answering").joinpath("wording.csv").read_text("utf-8").splitlines()))
QUOTAS = (
    "# Beta\n\nA law of 2021 bars the Beta deposit, since its ore holds uranium. The quota of Beta for 2024 was 40 tonnes."
    "\n\nThe export of mill technology has needed a licence since May 2024.\n"
)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Who runs Lynas?", "who is the chairman or chief executive of Lynas?"),
        ("how much oxide does Myanmar produce?", "what is Myanmar's output of oxide?"),
        ("Why did China ban dual-use exports to Japan?", "what triggered China's ban on dual-use exports to Japan?"),
        ("缅甸的矿山现在归谁管？", "缅甸的矿山现在由谁控制？"),
    ],
)
def test_everyday_words_become_those_of_reports(said: str, written: str) -> None:
    assert in_reports_words(said) == written


@pytest.mark.parametrize(
    "question", ["Who chairs Lynas?", "What did the permitting office say?", "Is a pitfall named?", "配额是多少？", ""]
)
def test_other_questions_stay_as_they_are(question: str) -> None:
    assert in_reports_words(question) == question


def test_no_row_says_twice_or_leads_to_another() -> None:
    said = [row["said"] for row in ROWS]
    assert len(said) == len(set(said)) == len({each.lower() for each in said})
    assert said == sorted(said)
    assert not [row for row in ROWS if "{" not in row["said"] and in_reports_words(row["written"]) != row["written"]]


@given(
    st.lists(st.sampled_from([row["said"] for row in ROWS if "{" not in row["said"]]), max_size=4), st.text(max_size=20)
)
def test_what_is_in_reports_words_stays(phrases: list[str], rest: str) -> None:
    once = in_reports_words(" ".join((rest, *phrases)))
    assert in_reports_words(once) == once


def test_a_question_is_answered_in_the_words_of_which_the_reader_is_surer(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"beta.md": QUOTAS})
    answer = assistant.ask("How much was Beta allowed to mine in 2024?")
    assert answer.status is Status.ANSWERED
    assert answer.question == "How much was Beta allowed to mine in 2024?"
    assert answer.understood == "what was Beta's mining quota in 2024?"
    assert "40 tonnes" in answer.claims[0].text
    assert assistant.ask("How high was the quota of Beta in 2024?").understood is None


def test_a_follow_up_in_everyday_words_is_answered_too(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"beta.md": QUOTAS})
    first = assistant.ask("Why is the Beta deposit barred?")
    answer = assistant.ask("And what was its allotment in 2024?", history=[first.turn])
    assert "40 tonnes" in answer.claims[0].text
    assert answer.turn.question == "And what was its allotment in 2024?"
    third = assistant.ask("and in what year was it barred?", history=[first.turn, answer.turn])
    assert str(third.understood).count("Why is the Beta deposit barred") == 1


def test_what_a_person_has_put_in_full_is_not_reworded(make_assistant: MakeAssistant) -> None:
    meant = "What was the allotment of Beta in 2024?"
    answer = make_assistant({"beta.md": QUOTAS}).ask("What was it in 2024?", resolved=meant)
    assert (answer.understood, answer.in_other_words) == (meant, "")


@pytest.mark.parametrize(
    "question",
    [
        "What is Boss Energy?",
        "What did the Tokyo Stock Exchange decide?",
        "Who is the boſs of Lynas?",
        "Who İnked the deal?",
        "企业由谁管理？",
        "中国有多少稀土发明专利？",
        "What is the turnover of staff at Lynas?",
        "What is the price ceiling for NdPr?",
    ],
)
def test_names_and_parts_of_words_stay_as_they_are(question: str) -> None:
    assert in_reports_words(question) == question


@given(st.text(max_size=200))
def test_any_question_can_be_reworded(question: str) -> None:
    assert isinstance(in_reports_words(question), str)
