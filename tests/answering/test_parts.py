from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import Answer, Assistant, Mode, Status
from assistant.answering.partial import answer_parts
from assistant.answering.parts import Part, parts_named, says_no_more, split_question
from assistant.retrieval.retriever import Retrieval
from tests.conftest import MakeAssistant

CASES = Path(__file__).parents[2] / "corpus" / "questions.jsonl"


def texts(question: str) -> list[str]:
    return [part.text for part in split_question(question)]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who owns Lynas? Where is its plant?", ["Who owns Lynas?", "Where is its plant?"]),
        ("What is Decree 785, and who published it?", ["What is Decree 785", "who published it?"]),
        (
            "When did China suspend the controls, and until when?",
            ["When did China suspend the controls", "until when?"],
        ),
        ("How large is the quota; which firms hold it?", ["How large is the quota", "which firms hold it?"]),
        (
            "Does China have a stockpile of terbium and how big is it?",
            ["Does China have a stockpile of terbium", "how big is it?"],
        ),
        ("稀土总量控制指标是多少？由谁下达？", ["稀土总量控制指标是多少？", "由谁下达？"]),
        ("白云鄂博是谁发现的，储量有多大？", ["白云鄂博是谁发现的", "储量有多大？"]),
        ("why did Beijing suspend the controls and until when", ["why did Beijing suspend the controls", "until when"]),
        (
            "How does the 0.1% rule work, and does it apply to cars?",
            ["How does the 0.1% rule work", "does it apply to cars?"],
        ),
        (
            "how does the 0.1% rule work, does it apply to cars",
            ["how does the 0.1% rule work", "does it apply to cars"],
        ),
        (
            "Prices in 2025: what did buyers pay in China and what in Europe?",
            ["Prices in 2025: what did buyers pay in China", "what in Europe?"],
        ),
    ],
)
def test_a_question_of_several_parts_is_split(question: str, parts: list[str]) -> None:
    assert texts(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between what China announced and what it enforced?",
        "When and where did Ding Daoheng discover Bayan Obo?",
        "Which rare earths and magnets does Decree 785 name?",
        "What do Lynas, MP Materials and Iluka produce?",
        "Tell me about Lynas; it is an Australian company.",
        "When China cut its export quotas in 2010, what did importers do?",
        "When exports were restricted, how did Japan respond?",
        "Where licences are required, how long do they take?",
        "What if exports are banned, will they rise?",
        "What did MP Materials, the owner of Mountain Pass, do in 2023?",
        "What does Lynas, which is Australian, do in Malaysia?",
        "Which minerals were restricted in April, May and October 2025?",
        "Which elements are mined, are separated and are sold in China?",
        "May 2025 export data; how much was shipped to Japan?",
        "Could you help me understand Decree 785? What fine does it set?",
        "According to whom, what is the share of China?",
        "In 2024, after the merger, how much did China Rare Earth Group mine?",
        "2024年，中国稀土集团成立之后，开采了多少稀土？",
        "Who?",
        "and who",
        "；；；？？？",
        "A? " * 30,
    ],
)
def test_a_question_that_asks_for_one_thing_is_not(question: str) -> None:
    assert len(split_question(question)) == 1


def test_no_single_question_of_the_test_set_is_split() -> None:
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    wrong = [
        case["question"]
        for case in cases
        if {"single", "follow-up"} & set(case["tags"]) and len(split_question(case["question"])) > 1
    ]
    assert not wrong


def test_later_parts_carry_the_first() -> None:
    first, second = split_question("When did China suspend the controls, and until when?")
    assert first == Part("When did China suspend the controls", "When did China suspend the controls")
    assert (second.full, second.is_alone) == ("until when did China suspend the controls?", False)


@pytest.mark.parametrize(
    ("question", "full"),
    [
        ("Why was the group founded, and by whom?", "by whom was the group founded?"),
        ("What did Lynas build in Texas and for how much?", "What did Lynas build in Texas: for how much?"),
        ("Who suspended the controls, and when?", "Who suspended the controls: when?"),
        ("On what does the price depend, and why?", "On what does the price depend: why?"),
        ("In 2010 was it clear who would win, and why?", "In 2010 was it clear who would win: why?"),
        ("When did China restrict magnets, and which?", "When did China restrict magnets: which?"),
        ("What is Decree 785, and who published what?", "What is Decree 785: who published what?"),
        ("What is Decree 785, and who published it?", "Decree 785: who published it?"),
        ("When does Tanbreez come on stream, and what will it cost?", "Tanbreez: what will it cost?"),
        ("Yttrium in May 2025: who bought it, and what did they pay?", "Yttrium in May 2025: what did they pay?"),
        ("why was the plant planned and what happened to it", "why was the plant planned: what happened to it"),
        ("《条例》何时施行，其罚款是多少？", "《条例》何时施行: 其罚款是多少？"),
    ],
)
def test_a_later_part_is_asked_of_what_the_first_is_about(question: str, full: str) -> None:
    assert split_question(question)[1].full == full


# what a model names as parts


QUESTION = "When was Decree 785 published, and what fine does it set?"


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        (["What fine does it set?"], ("what fine does it set?",)),
        (["the fine"], ("what fine does it set?",)),
        (["![x](https://evil.example/?q=fine)"], ("what fine does it set?",)),
        (["Call +1 555 0100 to learn the truth."], ()),
        (["The ban has been lifted."], ()),
        ([], ()),
    ],
)
def test_a_part_is_shown_in_the_words_of_the_question_or_not_at_all(named: list[str], shown: tuple[str, ...]) -> None:
    assert parts_named(named, QUESTION, split_question(QUESTION)) == shown


def test_figures_and_words_from_elsewhere_are_more_than_was_said() -> None:
    assert says_no_more("the fine of Decree 785", QUESTION)
    assert not says_no_more("the fine of Decree 786", QUESTION)
    assert not says_no_more("the prison sentence", QUESTION)
    assert not says_no_more("?", QUESTION)


# answers


FILES = {
    "decree.md": "---\npublished: 2024\n---\n# Decree 785\n\nThe State Council published Decree 785 on 29 June 2024.\n",
    "quota.md": "---\npublished: 2023\n---\n# Quotas\n\nThe 2023 mining quota for rare earths was 255,000 tonnes.\n",
    "mine.md": "---\npublished: 2023\n---\n# Bayan Obo\n\nDing Daoheng discovered iron ore at Bayan Obo in July 1927.\n",
}


@pytest.fixture(scope="module")
def shared(make_shared_assistant: MakeAssistant) -> Assistant:
    return make_shared_assistant(FILES)


def said(answer: Answer) -> str:
    return " ".join(claim.text for claim in answer.claims)


def test_every_part_is_looked_for_and_answered(shared: Assistant) -> None:
    answer = shared.ask("When was Decree 785 published, and what was the mining quota for rare earths in 2023?")
    assert (answer.status, answer.mode) == (Status.ANSWERED, Mode.EXTRACTIVE)
    assert "29 June 2024" in said(answer)
    assert "255,000 tonnes" in said(answer)
    assert answer.uncovered == ()
    assert "parts" in answer.seconds


def test_a_part_that_the_library_does_not_answer_is_named(shared: Assistant) -> None:
    answer = shared.ask("Who discovered iron ore at Bayan Obo, and how many moons does Jupiter have?")
    assert answer.status is Status.ANSWERED
    assert "Ding Daoheng" in said(answer)
    assert answer.uncovered == ("how many moons does Jupiter have?",)


def test_of_an_answered_question_not_all_parts_are_named_as_not_answered(shared: Assistant) -> None:
    question = "Who discovered iron ore at Bayan Obo, and when?"
    whole = shared.ask("Who discovered iron ore at Bayan Obo?")
    nothing = shared.ask("How many moons does Jupiter have?")
    found = Retrieval(whole.hits, concepts=(), mentions=(), digests={}, families={})
    parts = split_question(question)
    answer = answer_parts(whole, found, parts, lambda _: (nothing, found), max_claims=6)
    assert (answer.claims, answer.uncovered) == (whole.claims, ())
    assert any("parts" in note for note in answer.notes)


def test_a_question_of_which_no_part_is_answered_is_refused(shared: Assistant) -> None:
    answer = shared.ask("Who won the football cup in 1974, and how many moons does Jupiter have?")
    assert (answer.status, answer.uncovered) == (Status.UNANSWERED, ())


def test_hits_of_the_whole_question_come_first(shared: Assistant) -> None:
    question = "Who discovered iron ore at Bayan Obo, and what was the mining quota in 2023?"
    whole = shared.retrieve(question)
    hits = shared.ask(question).hits
    assert hits[: len(whole)] == whole
    assert len({hit.passage.id for hit in hits}) == len(hits)
