"""What a person does over more than one page, window or day."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import App, ask, open_first_mark, pdf_of, take_picture

pytestmark = pytest.mark.browser

OpenWindow = Callable[..., Page]

PUBLISHED = "When was Decree No. 785 published?"
LISBON = "What was the Lisbon quota announced by Minister Alvarez?"
CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8")


def settled(page: Page) -> None:
    """Wait until the server has done its work."""
    expect(page.locator('[data-testid="stStatusWidget"]')).to_have_count(0, timeout=30_000)


def test_a_follow_up_is_understood_and_another_is_suggested(open_desk: OpenWindow) -> None:
    desk = open_desk()
    ask(desk, PUBLISHED)
    follow_up = ask(desk, "And what does it apply to?", 1)
    expect(follow_up.get_by_text(re.compile("^Understood as “When was Decree No. 785 published"))).to_be_visible()
    expect(follow_up.get_by_text("mining, smelting and trade").first).to_be_visible()
    settled(desk)
    expect(follow_up.get_by_role("heading", name="And what does it apply to?")).to_be_in_viewport()
    take_picture(desk, "follow-up")


def test_a_question_is_edited_and_its_new_answer_takes_the_old_ones_place(open_desk: OpenWindow) -> None:
    desk = open_desk()
    exchange = ask(desk, PUBLISHED)
    exchange.get_by_role("button", name="Edit the question").click()
    field = desk.get_by_role("textbox", name="Ask about the documents")
    expect(field).to_have_value(PUBLISHED)
    field.fill(LISBON)
    field.press("Enter")
    expect(exchange.get_by_role("heading", name=LISBON)).to_be_visible()
    expect(exchange.locator(".sentence").first).to_contain_text("4,217")
    expect(desk.get_by_role("heading", name=PUBLISHED)).to_have_count(0)


def test_feedback_is_kept_with_its_reasons(open_desk: OpenWindow, app: App) -> None:
    desk = open_desk()
    exchange = ask(desk, LISBON)
    exchange.get_by_role("radio", name="Thumbs down").click()
    exchange.get_by_text("Out of date").click()
    exchange.get_by_label("What would have been right?").fill("It was raised to 5,000 tonnes in 2024.")
    take_picture(desk, "feedback")
    exchange.get_by_role("button", name="Send").click()
    expect(exchange.get_by_text("kept for the evaluation")).to_be_visible()
    with sqlite3.connect(app.folder / "data" / "history.db") as database:
        rows = database.execute("SELECT feedback FROM exchanges WHERE feedback IS NOT NULL").fetchall()
    assert [json.loads(row[0]) for row in rows] == [
        {"helpful": False, "reasons": ["out of date"], "right_answer": "It was raised to 5,000 tonnes in 2024."}
    ]


def test_a_conversation_looks_the_same_after_a_restart_and_its_citations_open(
    open_desk: OpenWindow, open_window: OpenWindow, app: App
) -> None:
    desk = open_desk()
    exchange = ask(desk, PUBLISHED)
    settled(desk)
    before, address = exchange.locator(".answer").inner_text(), desk.url
    assert "conversation=" in address
    app.stop()
    app.start()
    again = open_window()
    again.goto(address)
    reopened = again.locator(".st-key-exchange-0")
    expect(reopened.locator(".card").first).to_be_visible()
    assert reopened.locator(".answer").inner_text() == before
    expect(open_first_mark(again, reopened).locator("mark")).to_be_visible()
    take_picture(again, "after-a-restart")


def test_conversations_are_found_renamed_and_deleted(open_desk: OpenWindow) -> None:
    desk = open_desk()
    ask(desk, "When did the Zorbia mine open?")
    margin = desk.get_by_test_id("stSidebar")
    margin.get_by_role("button", name="More").click()
    name = desk.get_by_label("Name", exact=True)
    name.fill("Opening of Zorbia")
    name.press("Enter")
    desk.keyboard.press("Escape")
    expect(margin.get_by_role("button", name="Opening of Zorbia")).to_be_visible()
    desk.get_by_role("button", name="New conversation").click()
    expect(desk.get_by_role("heading", name="Ask the library")).to_be_visible()
    margin.get_by_label("Search conversations").fill("zorbia")
    found = margin.get_by_role("button", name="Opening of Zorbia")
    found.click()
    expect(desk.get_by_role("heading", name="When did the Zorbia mine open?")).to_be_visible()
    take_picture(desk, "history")
    margin.get_by_role("button", name="More").click()
    desk.get_by_role("button", name="Delete the conversation").click()
    expect(found).to_have_count(0)
    expect(desk.get_by_role("heading", name="Ask the library")).to_be_visible()


def test_on_a_phone_the_list_of_conversations_makes_room_for_the_chosen_one(open_desk: OpenWindow) -> None:
    desk = open_desk(viewport={"width": 390, "height": 844})
    ask(desk, LISBON)
    desk.get_by_role("button", name="New conversation").click()
    expect(desk.get_by_role("heading", name="Ask the library")).to_be_visible()
    desk.get_by_test_id("stExpandSidebarButton").click()
    margin = desk.get_by_test_id("stSidebar")
    margin.get_by_role("button", name=LISBON).first.click()
    expect(desk.get_by_role("heading", name=LISBON)).to_be_in_viewport()
    expect(margin.get_by_label("Search conversations")).not_to_be_in_viewport()


def test_an_exported_answer_is_verified_against_the_library(open_desk: OpenWindow, app: App, tmp_path: Path) -> None:
    desk = open_desk()
    exchange = ask(desk, LISBON)
    exchange.get_by_role("button", name="Export").click()
    take_picture(desk, "export")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Word").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.suffix == ".docx"
    verified = app.run("verify", str(file))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_an_answer_is_copied_as_markdown(open_desk: OpenWindow) -> None:
    desk = open_desk(permissions=["clipboard-read", "clipboard-write"])
    exchange = ask(desk, LISBON)
    exchange.get_by_role("button", name="Copy", exact=True).click()
    expect(exchange.get_by_role("button", name="Copied")).to_be_visible()
    copied = str(desk.evaluate("navigator.clipboard.readText()"))
    assert LISBON in copied
    assert "4,217" in copied


def test_an_uploaded_pdf_is_asked_about_and_lists_the_answers_that_cite_it(open_window: OpenWindow) -> None:
    page = open_window()
    page.goto("/library")
    pdf = pdf_of("Minister Ximenez announced the Madrid quota of 3,900 tonnes on 4 June 2024.")
    page.locator("input[type=file]").set_input_files(
        [{"name": "madrid.pdf", "mimeType": "application/pdf", "buffer": pdf}]
    )
    expect(page.get_by_text("madrid.pdf")).to_be_visible()
    page.get_by_role("button", name="Check their details first").click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(2)  # their details, and the list
    take_picture(page, "upload")
    page.get_by_role("button", name="Add to the library").click()
    expect(page.get_by_text("Added madrid.pdf.")).to_be_visible()
    page.get_by_role("link", name="Ask", exact=True).click()
    answered = ask(page, "Which quota did Minister Ximenez announce?")
    expect(answered.locator(".sentence").first).to_contain_text("Madrid")
    page.get_by_role("link", name="Library", exact=True).click()
    page.get_by_label("Open a document").click()
    page.keyboard.type("madrid")
    page.keyboard.press("Enter")
    panel = page.locator(".st-key-panel")
    panel.get_by_text(re.compile("^Answers that cite it")).click()
    expect(panel.get_by_role("link", name="Which quota did Minister Ximenez announce?")).to_be_visible()
    panel.get_by_role("radio", name="Pages").click()
    expect(panel.get_by_role("img", name="Page 1", exact=True)).to_be_visible()
    take_picture(page, "library-document")
    panel.get_by_role("link", name="Which quota did Minister Ximenez announce?").click()
    expect(page.locator(".st-key-exchange-0 .sentence").first).to_contain_text("Madrid")


def test_a_run_of_the_test_set_ends_with_its_figures(open_window: OpenWindow, app: App) -> None:
    questions = app.documents.parent / "questions.jsonl"
    quote = "The State Council published Decree No. 785 on 29 June 2024."
    case = {
        "id": "1",
        "question": PUBLISHED,
        "answerable": True,
        "evidence": [{"document": "decree.md", "quote": quote}],
    }
    questions.write_text(json.dumps(case), "utf-8")
    page = open_window()
    page.goto("/evaluate")
    page.get_by_role("button", name="Start a run").click()
    expect(page.get_by_text("has ended: 1 case.")).to_be_visible(timeout=30_000)
    take_picture(page, "evaluation")
    questions.unlink()


def test_everything_is_reached_with_the_keyboard_alone(open_desk: OpenWindow) -> None:
    desk = open_desk()
    _tab_to(desk, desk.get_by_role("textbox", name="Ask about the documents"))
    desk.keyboard.type(PUBLISHED)
    desk.keyboard.press("Enter")
    mark = desk.get_by_role("button", name=re.compile("^Open citation 1"))
    expect(mark).to_be_visible()
    settled(desk)
    _tab_to(desk, mark, "Shift+Tab")
    desk.keyboard.press("Enter")
    close = desk.locator(".st-key-panel").get_by_role("button", name="Close")
    expect(close).to_be_visible()
    settled(desk)
    _tab_to(desk, close)
    take_picture(desk, "keyboard")
    desk.keyboard.press("Enter")
    expect(close).to_have_count(0)


def _tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    for _ in range(60):
        if target.evaluate("element => element.getRootNode().activeElement === element"):
            return
        page.keyboard.press(key)
    pytest.fail("The keyboard does not get there.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(open_desk: OpenWindow, scheme: Any) -> None:
    desk = open_desk(color_scheme=scheme)
    assert _faint(desk) == []
    open_first_mark(desk, ask(desk, PUBLISHED))
    assert _faint(desk) == []
    take_picture(desk, f"answer-{scheme}")


def _faint(page: Page) -> list[str]:
    """Texts that do not stand out, once everything has faded in."""
    found: list[str] = []
    for _ in range(20):
        found = page.evaluate(CONTRAST)
        if not found:
            break
        page.wait_for_timeout(500)
    return found
