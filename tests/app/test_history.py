"""Conversations on the page: kept, opened again, found, renamed and deleted; and what is said of answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from assistant.conversations.records import GivenFeedback
from assistant.conversations.store import History
from assistant.types import Answer, Mode, Reason, Status

OpenPage = Callable[..., AppTest]
PUBLISHED = "When was Decree No. 785 published?"

SECTIONS = """# Decree No. 785

## Publication and entry into force

The State Council published Decree No. 785 on 29 June 2024.
"""


def history_of(library: Path) -> History:
    """The history that the page writes to."""
    data = library.parents[1] / "data"
    data.mkdir(exist_ok=True)
    return History(f"sqlite:///{data / 'history.db'}")


def ask(page: AppTest, question: str) -> None:
    page.chat_input[0].set_value(question).run()
    assert not page.exception


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label.replace("\\", "") == label).click().run()
    assert not page.exception


def asked(page: AppTest) -> list[str]:
    return [each.answer.question for each in page.session_state["exchanges"]]


def fill(history: History, count: int) -> None:
    """Keep so many conversations of one question each."""
    for number in range(count):
        history.append("", Answer(f"Question {number}?", Status.UNANSWERED, Mode.EXTRACTIVE, (), (), 0.1))


def test_the_address_names_the_conversation_and_opens_it_again(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    answer = page.session_state["exchanges"][0].answer
    address = page.query_params["conversation"]
    reopened = open_page(query={"conversation": address[0] if isinstance(address, list) else address})
    assert not reopened.exception
    assert reopened.session_state["exchanges"][0].answer.claims == answer.claims


def test_a_conversation_that_is_no_more_is_explained(open_page: OpenPage) -> None:
    page = open_page(query={"conversation": "nowhere"})
    assert not page.exception
    assert "no such conversation" in page.error[0].value
    assert page.title[0].value == "Ask the library"


def test_of_three_hundred_conversations_a_few_are_listed_and_all_are_found(open_page: OpenPage, library: Path) -> None:
    fill(history_of(library), 300)
    page = open_page()
    listed = [button for button in page.sidebar.button if str(button.key).startswith("open-")]
    assert len(listed) == 20
    press(page, "Show older")
    assert len([button for button in page.sidebar.button if str(button.key).startswith("open-")]) == 40
    page.sidebar.text_input[0].set_value("QUESTION 299?").run()
    assert [button.label for button in page.sidebar.button if str(button.key).startswith("open-")] == [
        "Question 299\\?"
    ]


def test_a_conversation_is_opened_renamed_and_deleted(open_page: OpenPage, library: Path) -> None:
    history = history_of(library)
    fill(history, 1)
    page = open_page()
    press(page, "Question 0?")
    assert asked(page) == ["Question 0?"]
    next(each for each in page.sidebar.text_input if each.label == "Name").set_value("Quotas").run()
    assert [each.title for each in history.conversations("")] == ["Quotas"]
    press(page, "Delete the conversation")
    assert history.conversations("") == ()
    assert page.title[0].value == "Ask the library"


def test_asking_again_replaces_the_answer_in_the_history_too(open_page: OpenPage, library: Path) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    press(page, "Ask again")
    assert asked(page) == [PUBLISHED]
    assert [each.exchanges for each in history_of(library).conversations("")] == [1]


def test_an_edited_question_takes_the_place_of_the_old_one(open_page: OpenPage, library: Path) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    ask(page, "What does Decree No. 785 fine?")
    press(page, "Edit the question")
    assert page.chat_input[0].proto.value == "What does Decree No. 785 fine?"
    ask(page, "What does Decree No. 785 apply to?")
    assert asked(page) == [PUBLISHED, "What does Decree No. 785 apply to?"]
    assert [each.exchanges for each in history_of(library).conversations("")] == [2]


def test_a_question_that_fails_is_offered_again(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "???")
    assert "question is empty" in page.error[0].value
    press(page, "Edit the question")
    assert page.chat_input[0].proto.value == "???"
    ask(page, PUBLISHED)
    assert asked(page) == [PUBLISHED]
    assert not page.error


def test_questions_to_go_on_with_are_asked_when_clicked(open_page: OpenPage) -> None:
    page = open_page(files={"decree.md": SECTIONS})
    ask(page, PUBLISHED)
    suggested = next(pills for pills in page.pills if pills.label == "To go on")
    suggested.set_value(suggested.options[0].replace("\\", "")).run()
    assert not page.exception
    assert len(asked(page)) == 2


def said(library: Path) -> tuple[GivenFeedback, ...]:
    return history_of(library).feedback_given()


def test_a_thumb_is_kept_at_once_and_reasons_with_the_right_answer_when_sent(
    open_page: OpenPage, library: Path
) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    page.feedback[0].set_value(0).run()
    assert [each.feedback.helpful for each in said(library)] == [False]
    next(pills for pills in page.pills if "wrong" in pills.label).set_value([Reason.INCOMPLETE])
    page.text_area[0].set_value("On 22 June 2024.")
    press(page, "Send")
    assert said(library)[0].feedback.reasons == (Reason.INCOMPLETE,)
    assert said(library)[0].feedback.right_answer == "On 22 June 2024."
    page.feedback[0].set_value(1).run()
    assert said(library)[0].feedback.helpful
    assert not said(library)[0].feedback.reasons


def test_files_to_take_along_are_offered_for_an_answer(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    names = [each.proto.label for each in page.get("download_button")]
    assert names.count("Word") == 2  # of the answer, and of the conversation


def test_a_conversation_that_goes_on_in_another_window_is_taken_up_from_there(open_page: OpenPage) -> None:
    one = open_page()
    ask(one, PUBLISHED)
    address = one.query_params["conversation"]
    other = open_page(query={"conversation": address[0] if isinstance(address, list) else address})
    ask(one, "What does Decree No. 785 fine?")
    ask(other, "What does Decree No. 785 apply to?")
    assert [each.number for each in other.session_state["exchanges"]] == [1, 2, 3]
    assert asked(other)[1] == "What does Decree No. 785 fine?"


def test_a_conversation_that_another_window_deletes_begins_anew(open_page: OpenPage, library: Path) -> None:
    page = open_page()
    ask(page, PUBLISHED)
    history = history_of(library)
    history.delete("", history.conversations("")[0].id)
    ask(page, "What does Decree No. 785 fine?")
    assert len(page.session_state["exchanges"]) == 2
    ask(page, "What does Decree No. 785 apply to?")
    assert [each.number for each in page.session_state["exchanges"]] == [1]
    assert [each.exchanges for each in history.conversations("")] == [1]
