"""The page on which people ask."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant.types import Answer, Mode, Status
from assistant.ui.ask.state import OpenPlace
from tests.app.conftest import DECREE

OpenPage = Callable[..., AppTest]
PUBLISHED = "When was Decree No. 785 published?"
PUBLISHED_SENTENCE = "The State Council published Decree No. 785 on 29 June 2024."

HOSTILE = """---
title: '<img src=x onerror=alert(1)> **bold** [x](https://evil.example)'
---

The <script>alert(2)</script> mine of Zorbia opened in 1994 ![pixel](https://evil.example/p.png).
"""


def ask(page: AppTest, question: str) -> Answer:
    """Type a question, and return the answer that the page now keeps."""
    page.chat_input[0].set_value(question).run()
    assert not page.exception
    answer: Answer = page.session_state["exchanges"][-1].answer
    return answer


def drawn(page: AppTest, number: int = 0) -> dict[str, Any]:
    """What the script that draws an answer was given."""
    component = next(each for each in page.get("bidi_component") if each.key == f"answer-{number}")
    view: dict[str, Any] = json.loads(component.proto.json)
    return view


def status_line(page: AppTest) -> str:
    """How the last answer came about."""
    return next(each.value for each in reversed(page.caption) if "·" in each.value)


def written(page: AppTest) -> str:
    """All HTML of the page."""
    return "\n".join(str(each.value) for each in page.html)


def above_the_answer(page: AppTest) -> str:
    """The HTML before the first answer."""
    elements = [each for each in page.main if each.type in ("html", "bidi_component")]
    before = takewhile(lambda each: each.type == "html", elements)
    return "\n".join(str(each.value) for each in before)


def open_place(page: AppTest, number: int, exchange: int = 0) -> None:
    """Open a citation, as a click on its mark does."""
    page.session_state["open_place"] = OpenPlace(exchange, number)
    page.run()
    assert not page.exception


def marked(page: AppTest) -> str:
    """The highlighted words."""
    return html.unescape("".join(re.findall(r"<mark>(.*?)</mark>", written(page), re.DOTALL)))


def test_first_visit_explains_itself_and_suggests_questions_from_the_library(open_page: OpenPage) -> None:
    page = open_page()
    assert [each.value for each in page.title] == ["Ask the library"]
    assert "2 documents" in page.text[0].value
    assert len(page.pills[0].options) == 2
    assert page.chat_input[0].placeholder


def test_a_suggestion_is_asked_when_clicked(open_page: OpenPage) -> None:
    page = open_page()
    page.pills[0].set_value("What does the library say about “Decree No. 785”?").run()
    assert not page.exception
    assert not page.title
    page.run()
    asked = [exchange.answer.question for exchange in page.session_state["exchanges"]]
    assert asked == ["What does the library say about “Decree No. 785”?"]


def test_an_empty_library_says_where_to_add_documents(open_page: OpenPage) -> None:
    page = open_page(files={})
    assert "Library page" in page.text[0].value
    assert not page.pills


def test_an_answer_shows_its_sentences_with_marks_and_a_card_for_each_source(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    view = drawn(page)
    assert view["claims"][0] == {"text": PUBLISHED_SENTENCE, "marks": [1]}
    assert [card["title"] for card in view["cards"]] == ["Decree No. 785"]
    assert view["cards"][0]["details"] == "Rare Earth Desk · 29 June 2024 · English · analysis"
    assert view["places"][0]["quote"] == f"“{PUBLISHED_SENTENCE}”"
    assert "Extracted word for word" in status_line(page)
    assert f"{len(view['places'])} citation" in status_line(page)


@pytest.mark.parametrize(
    ("confidence", "mode", "is_noted"),
    [(0.3, Mode.EXTRACTIVE, True), (0.8, Mode.EXTRACTIVE, False), (0.3, Mode.GENERATIVE, False)],
)
def test_only_an_unsure_extracted_answer_says_first_that_nothing_clearly_answers(
    open_page: OpenPage, confidence: float, mode: Mode, *, is_noted: bool
) -> None:
    page = open_page()
    answer = replace(ask(page, PUBLISHED), confidence=confidence, mode=mode)
    page.session_state["exchanges"] = [replace(page.session_state["exchanges"][-1], answer=answer)]
    page.run()
    assert ("No sentence of the library clearly answers this question." in above_the_answer(page)) is is_noted


def test_a_part_that_the_library_does_not_answer_is_named_above_the_answer(open_page: OpenPage) -> None:
    page = open_page()
    answer = replace(ask(page, PUBLISHED), uncovered=("who wrote it", "why it was published?"))
    page.session_state["exchanges"] = [replace(page.session_state["exchanges"][-1], answer=answer)]
    page.run()
    assert "The library does not say: who wrote it; why it was published." in above_the_answer(page)


def test_an_open_citation_shows_exactly_its_words_marked_in_their_surroundings(open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, PUBLISHED)
    open_place(page, 1)
    assert marked(page) == answer.claims[0].citations[0].quote == PUBLISHED_SENTENCE
    assert "applies to mining, smelting and trade" in written(page)
    page.button(key="close").click().run()
    assert not marked(page)


def test_next_and_previous_walk_through_the_citations(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "When was Decree No. 785 published, and what does Decree No. 785 apply to?")
    open_place(page, 1)
    assert page.button(key="previous").disabled
    page.button(key="next").click().run()
    assert page.session_state["open_place"] == OpenPlace(0, 2)
    page.button(key="previous").click().run()
    assert page.session_state["open_place"] == OpenPlace(0, 1)


def test_originals_are_linked_only_where_they_are_web_addresses(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    open_place(page, 1)
    assert re.findall(r'href="(.*?)"', written(page)) == ["https://example.org/decree"]
    assert "A trap" in written(page)


def test_an_unanswered_question_says_so_and_keeps_the_nearest_passages_apart(open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, "Who won the football world cup in 1998?")
    assert answer.status is Status.UNANSWERED
    assert "does not answer this question" in written(page)
    assert "Searched for" in written(page)
    view = drawn(page)
    assert view["claims"] == []
    assert not view["evidence"]
    assert "not an answer" in view["heading"]
    open_place(page, 1)
    assert not marked(page)


def test_a_chinese_question_is_answered_from_a_chinese_source(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "谁在白云鄂博发现铁矿？")
    assert "丁道衡" in drawn(page)["claims"][0]["text"]
    assert "January 2025 · Chinese" in drawn(page)["cards"][0]["details"]


def test_a_follow_up_is_understood_through_the_question_before_it(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    understood = ask(page, "And what does it fine?").searched_for[0]
    assert PUBLISHED.rstrip("?") in understood
    assert f"Understood as “{html.escape(understood)}”" in written(page)


def test_a_new_conversation_forgets_the_old_one(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    open_place(page, 1)
    next(button for button in page.button if button.label == "New conversation").click().run()
    assert not page.exception
    assert page.title[0].value == "Ask the library"


def test_filters_are_read_from_the_address_and_named_beside_the_answer(open_page: OpenPage) -> None:
    page = open_page(query={"language": "Chinese", "from": "2024-01-01"})
    assert page.multiselect(key="language").value == ["Chinese"]
    assert page.date_input(key="from").value == date(2024, 1, 1)
    ask(page, PUBLISHED)
    assert {place["language"] for place in drawn(page)["places"]} <= {"zh"}
    assert any("only Chinese, from 1 January 2024" in each.value.replace("\\", "") for each in page.caption)


def test_filters_can_be_cleared(open_page: OpenPage) -> None:
    page = open_page()
    page.multiselect(key="kind").select("analysis")
    page.date_input(key="as_of").set_value(date(2024, 1, 1)).run()
    page.button(key="clear_filters").click().run()
    assert not page.exception
    assert page.multiselect(key="kind").value == []
    assert page.date_input(key="as_of").value is None


def test_a_question_without_words_gets_one_plain_sentence(open_page: OpenPage) -> None:
    page = open_page()
    page.chat_input[0].set_value("???").run()
    assert not page.exception
    assert len(page.error) == 1
    assert "question is empty" in page.error[0].value


def test_a_source_that_changed_or_left_is_not_passed_off_as_the_cited_one(open_page: OpenPage, library: Path) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    cited = library / "decree.md"
    cited.write_text(cited.read_text("utf-8").replace("29 June", "30 June"), "utf-8")
    sync(page)
    open_place(page, 1)
    assert "has changed since" in written(page)
    assert PUBLISHED_SENTENCE in written(page)
    assert not marked(page)
    cited.unlink()
    sync(page)
    page.run()
    assert "no longer in the library" in written(page)


def sync(page: AppTest) -> None:
    """Look for changes, as the button of the library page does."""
    other = AppTest.from_string("from assistant.ui.desk import open_desk\nopen_desk().index().result()").run(timeout=60)
    assert not other.exception
    assert not page.exception


def test_a_source_that_another_document_replaces_says_so(open_page: OpenPage) -> None:
    newer = "---\ntitle: Decree No. 900\nsupersedes: [decree.md]\n---\n\nDecree No. 900 is about something else.\n"
    page = open_page(files={"decree.md": DECREE, "newer.md": newer})
    ask(page, PUBLISHED)
    assert [card["warning"] for card in drawn(page)["cards"]] == ["Replaced by “Decree No. 900”"]


def test_a_filter_is_taken_off_by_its_chip(open_page: OpenPage) -> None:
    page = open_page(query={"kind": "analysis", "as_of": "2025-01-01"})
    assert [button.label for button in page.button if str(button.key).startswith("chip-")] == [
        "analysis",
        "as of 1 January 2025",
    ]
    page.button(key="chip-kind-analysis").click().run()
    assert not page.exception
    assert page.multiselect(key="kind").value == []
    assert page.date_input(key="as_of").value == date(2025, 1, 1)


def test_a_document_can_be_shown_from_end_to_end(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    open_place(page, 1)
    page.segmented_control[0].set_value("Whole document").run()
    assert not page.exception
    assert marked(page) == PUBLISHED_SENTENCE
    assert "fines illegal mining" in written(page)


def test_words_that_moved_in_a_changed_source_are_marked_where_they_stand_now(
    open_page: OpenPage, library: Path
) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    cited = library / "decree.md"
    cited.write_text(cited.read_text("utf-8").replace("## Scope", "A new paragraph.\n\n## Scope"), "utf-8")
    sync(page)
    open_place(page, 1)
    assert "still stand in it" in written(page)
    assert marked(page) == PUBLISHED_SENTENCE


def test_what_documents_say_never_becomes_markup(open_page: OpenPage) -> None:
    page = open_page(files={"hostile.md": HOSTILE})
    pill = page.pills[0].options[0]
    assert "\\<img" in pill
    assert "\\*\\*bold" in pill
    ask(page, "When did the mine of Zorbia open?")
    open_place(page, 1)
    assert "<script" not in written(page)
    assert "<img" not in written(page)
    assert "<script>" in marked(page)


def test_an_index_made_under_other_settings_is_made_anew_from_the_page(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(open_page(), PUBLISHED)
    st.cache_resource.clear()
    monkeypatch.setenv("ASSISTANT_PASSAGE_WORDS", "60")
    page = open_page()
    assert page.title[0].value == "The index is out of date"
    assert not page.error
    next(each for each in page.button if each.label == "Index the documents anew").click().run()
    assert [claim.text for claim in ask(page, PUBLISHED).claims] == [PUBLISHED_SENTENCE]
