from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.definitions import says_what_is, thing_asked_for
from assistant.text import fold


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("What is the Watch List?", "watch list"),
        ("what's project vault", "project vault"),
        ("What are ion-adsorption clays?", "ion-adsorption clays"),
        ("What is Order No. 71", "order no. 71"),
        ("什么是关注名单？", "关注名单"),
        ("总量控制指标是什么意思？", "总量控制指标"),
    ],
)
def test_a_question_may_ask_what_a_thing_is(question: str, thing: str) -> None:
    assert thing_asked_for(fold(question)).rstrip(".") == fold(thing).rstrip(".")


@pytest.mark.parametrize(
    "question",
    [
        "What is the price of terbium?",
        "What is the largest deposit?",
        "What is needed for a licence?",
        "What does Decree 785 forbid?",
        "What is the Watch List, and who is on it?",
        "What is it that makes the heavy rare earths so hard to replace?",
        "稀土的价格是多少？",
        "",
    ],
)
def test_what_asks_for_something_about_a_thing_does_not(question: str) -> None:
    assert thing_asked_for(fold(question)) == ""


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        ("project vault", "Project Vault, announced on 2 February 2026, is a civilian reserve of minerals."),
        ("order 71", "Order No. 71, issued by three ministries, is the rule book for quotas."),
        ("decree 834", "State Council Decree No. 834 is China's first regulation on supply chains."),
        ("watch list", "Watch List (关注名单) names entities that may be supplied only under single licences."),
        ("forge", "In February Washington launched FORGE, the Forum on Resource Geostrategic Engagement."),
        ("ion-adsorption clays", "Ion-adsorption clay is a weathered ore from which rare earths are leached."),
        ("总量控制指标", "总量控制指标是国家每年下达的开采和冶炼分离上限。"),
        ("关注名单", "Watch List (关注名单) names entities that may be supplied only under single licences."),
    ],
)
def test_a_sentence_may_say_what_a_thing_is(thing: str, sentence: str) -> None:
    assert says_what_is(fold(thing), fold(sentence))


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        ("project vault", "Project Vault is built on a loan of $10 billion."),
        ("watch list", "On 24 February 2026 the ministry used the Watch List for the first time."),
        ("order 71", "Announcement No. 71 is a notice on fisheries."),
        ("eneabba", "The cost of Eneabba is put at A$1.7 billion."),
        ("关注名单", "同日另有20家列入关注名单，这是关注名单首次启用。"),
    ],
)
def test_a_sentence_that_merely_names_it_does_not(thing: str, sentence: str) -> None:
    assert not says_what_is(fold(thing), fold(sentence))


@given(st.text(max_size=60), st.text(max_size=120))
def test_any_text_can_be_asked(question: str, sentence: str) -> None:
    assert isinstance(says_what_is(thing_asked_for(fold(question)) or "x", fold(sentence)), bool)
