"""Answers that a chat model writes, on the page; the model is a scripted server on loopback."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pytest_httpserver import HTTPServer
from streamlit.testing.v1 import AppTest

from assistant.types import Mode
from tests.answering.chat_server import ChatServer, claims

OpenPage = Callable[..., AppTest]
PUBLISHED = "When was Decree No. 785 published?"
QUOTE = "The State Council published Decree No. 785 on 29 June 2024."
WRITTEN = "Decree No. 785 was published on 29 June 2024."


@pytest.fixture
def server(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> ChatServer:
    """A model that is set for the page."""
    served = ChatServer(httpserver)
    for name, value in {"MODEL": "openai:tiny", "MODEL_URL": served.url, "MODEL_KEY": "none"}.items():
        monkeypatch.setenv(f"ASSISTANT_{name}", value)
    return served


def ask(page: AppTest, question: str) -> None:
    page.chat_input[0].set_value(question).run()
    assert not page.exception


def captions(page: AppTest) -> str:
    return "\n".join(re.sub(r"[\\\u2060]", "", each.value) for each in page.caption)


def test_a_written_answer_names_its_model_and_what_was_left_out(open_page: OpenPage, server: ChatServer) -> None:
    server.says(lambda prompt: claims(prompt, (WRITTEN, QUOTE), ("Decree No. 785 was repealed in 2031.", QUOTE)))
    page = open_page()
    ask(page, PUBLISHED)
    answer = page.session_state["exchanges"][-1].answer
    assert [claim.text for claim in answer.claims] == [WRITTEN]
    assert "Written by openai:tiny · 1 of 2 sentences verified" in captions(page)
    assert any("1 statement of the model left out" in str(each.value) for each in page.html)
    next(button for button in page.button if button.label == "New conversation").click().run()
    ask(page, PUBLISHED)
    assert "answered before" in captions(page)
    asked = len(server.prompts)
    next(button for button in page.button if button.label == "Ask again").click().run()
    assert "answered before" not in captions(page)
    assert len(server.prompts) > asked


def test_the_extracted_answer_can_be_chosen_instead(open_page: OpenPage, server: ChatServer) -> None:
    server.says(lambda prompt: claims(prompt, (WRITTEN, QUOTE)))
    page = open_page()
    assert "openai:tiny: not asked yet today" in captions(page)
    page.radio[0].set_value(Mode.EXTRACTIVE).run()
    ask(page, PUBLISHED)
    assert page.session_state["exchanges"][-1].answer.mode is Mode.EXTRACTIVE
    assert not server.prompts
    page.radio[0].set_value(Mode.GENERATIVE).run()
    ask(page, PUBLISHED)
    assert "openai:tiny today: 1 question" in captions(page)


def test_without_a_model_there_is_no_choice(open_page: OpenPage) -> None:
    assert not open_page().radio


def test_what_was_made_of_a_follow_up_can_be_corrected(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    ask(page, "And what does it fine?")
    meant = "What does Decree No. 785 fine illegal mining?"
    next(area for area in page.text_area if area.label == "The question in full").set_value(meant)
    next(button for button in page.button if button.label == "Ask this").click().run()
    assert not page.exception
    answers = [each.answer for each in page.session_state["exchanges"]]
    assert [answer.question for answer in answers] == [PUBLISHED, "And what does it fine?"]
    assert answers[1].searched_for[0] == meant
