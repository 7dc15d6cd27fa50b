from __future__ import annotations

import pytest

from assistant.answering.question_kind import QuestionKind, holds, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was the decree published?", QuestionKind.DATE),
        ("In what year did Molycorp fail?", QuestionKind.DATE),
        ("法令何时公布？", QuestionKind.DATE),
        ("白云鄂博矿是哪年发现的？", QuestionKind.DATE),
        ("How much did China export?", QuestionKind.NUMBER),
        ("What share of magnets comes from China?", QuestionKind.SHARE),
        ("重稀土占比是多少？", QuestionKind.SHARE),
        ("What price did terbium fetch?", QuestionKind.MONEY),
        ("How much did the Pentagon pay for its stake?", QuestionKind.MONEY),
        ("金力永磁2024年赚了多少钱？", QuestionKind.MONEY),
        ("配额是多少？", QuestionKind.NUMBER),
        ("Who discovered it?", QuestionKind.PERSON),
        ("谁发现了它？", QuestionKind.PERSON),
        ("Where is Bayan Obo?", QuestionKind.PLACE),
        ("Which country imports most?", QuestionKind.PLACE),
        ("矿在哪里？", QuestionKind.PLACE),
        ("Why did prices fall?", QuestionKind.REASON),
        ("价格为什么下降？", QuestionKind.REASON),
        ("What does the decree forbid?", QuestionKind.OTHER),
        ("Tell me about whole mines.", QuestionKind.OTHER),
    ],
)
def test_the_kind_of_a_question_is_told_by_its_words(question: str, kind: QuestionKind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("kind", "sentence", "question"),
    [
        (QuestionKind.DATE, "It was published on 29 June 2024.", "When was it published?"),
        (QuestionKind.DATE, "1927年7月发现铁矿。", "何时发现？"),
        (QuestionKind.NUMBER, "The quota was 270,000 tonnes.", "How large was the 2024 quota?"),
        (QuestionKind.NUMBER, "Three mines closed.", "How many mines closed?"),
        (QuestionKind.SHARE, "China makes 90% of them.", "What share comes from China?"),
        (QuestionKind.SHARE, "约占全国的百分之四十。", "占比是多少？"),
        (QuestionKind.MONEY, "The Pentagon paid $400 million.", "How much did the Pentagon pay?"),
        (QuestionKind.MONEY, "净利润为2.91亿元。", "赚了多少钱？"),
        (QuestionKind.PERSON, "It was found by Ding Daoheng.", "Who found it?"),
        (QuestionKind.PLACE, "The mine lies near Baotou.", "Where is the mine?"),
        (QuestionKind.REASON, "Prices fell because demand was weak.", "Why did prices fall?"),
    ],
)
def test_a_sentence_holds_what_is_asked_for(kind: QuestionKind, sentence: str, question: str) -> None:
    assert holds(kind, sentence, question)


@pytest.mark.parametrize(
    ("kind", "sentence", "question"),
    [
        (QuestionKind.DATE, "It was published in 2024.", "When in 2024 was it published?"),
        (QuestionKind.DATE, "It was published by the State Council.", "When was it published?"),
        (QuestionKind.NUMBER, "The 2024 quota was raised.", "How large was the 2024 quota?"),
        (QuestionKind.NUMBER, "Announcement No. 18 was issued on 4 April 2025.", "How many firms does it name?"),
        (QuestionKind.NUMBER, "2025年10月9日公布第61号公告。", "有多少家企业？"),
        (QuestionKind.SHARE, "China makes 240,000 tonnes.", "What share comes from China?"),
        (QuestionKind.MONEY, "The stake was bought on 10 July 2025.", "How much did the Pentagon pay?"),
        (QuestionKind.PERSON, "It was found by geologists.", "Who found it?"),
        (QuestionKind.PLACE, "It lies near Baotou.", "Where near Baotou does it lie?"),
        (QuestionKind.REASON, "Prices fell.", "Why did prices fall?"),
        (QuestionKind.OTHER, "It forbids mining in 2024 in Baotou.", "What does it forbid?"),
    ],
)
def test_what_the_question_says_itself_does_not_count(kind: QuestionKind, sentence: str, question: str) -> None:
    assert not holds(kind, sentence, question)


def test_the_units_of_a_row_may_stand_in_its_header() -> None:
    assert holds(QuestionKind.MONEY, "| 2023 | 6,688 |", "How much did it earn?", is_row=True)
    assert not holds(QuestionKind.MONEY, "| 2023 | 6,688 |", "How much did it earn?")
