"""Long answers and long additions, on the running page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable

import pytest
from filelock import FileLock
from playwright.sync_api import Page, expect

from assistant import Settings
from assistant.documents.readers import read_document
from assistant.services.conversations import open_history
from assistant.types import Answer, Citation, Claim, Document, Mode, Status
from tests.browser.conftest import App, add_files, archive_of, ask, overflow, take_picture

pytestmark = pytest.mark.browser

OpenWindow = Callable[..., Page]

PUBLISHED = "When was Decree No. 785 published?"
SENTENCES = 60
WORDS = 50  # of a sentence
STOPPED = re.compile("^Stopped")


def long_answer(document: Document) -> Answer:
    """An answer of three thousand words, each sentence with a quote of its own."""

    def claim(number: int) -> Claim:
        start, end = number, number + 40
        quote = document.text[start:end]
        cited = Citation(document.path, document.metadata.title, None, start, end, quote, "", document.digest)
        return Claim(" ".join(f"word{number}-{each}" for each in range(WORDS - 1)) + " end.", (cited,))

    claims = tuple(map(claim, range(SENTENCES)))
    return Answer("What is to be said at length?", Status.ANSWERED, Mode.GENERATIVE, claims, (), 0.9, model="tiny")


@pytest.mark.parametrize("width", [1440, 390])
def test_an_answer_of_three_thousand_words_is_shown_and_its_last_mark_opens(
    open_window: OpenWindow, app: App, width: int
) -> None:
    document = read_document(app.documents, "decree.md", max_bytes=10_000)
    history = open_history(Settings(corpus=app.folder / "corpus", data=app.folder / "data"))
    kept = history.append("", long_answer(document))
    history.close()
    page = open_window(viewport={"width": width, "height": 844})
    page.goto(f"/?conversation={kept.conversation}")
    answer = page.locator(".st-key-exchange-0 .answer")
    expect(answer.locator(".sentence")).to_have_count(SENTENCES)
    assert len(" ".join(answer.locator(".sentence").all_inner_texts()).split()) >= SENTENCES * WORDS
    last = answer.locator(".mark").last
    last.scroll_into_view_if_needed()
    before = last.bounding_box()
    last.click()
    panel = page.locator(".st-key-panel")
    expect(panel.get_by_text(f"Citation {SENTENCES} of {SENTENCES}")).to_be_visible()
    expect(panel.locator("mark").first).to_be_in_viewport()
    after = last.bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] == pytest.approx(before["y"], abs=2)  # nothing jumps
    assert overflow(page) == 0
    take_picture(page, f"long-answer-{width}")


def test_a_question_is_answered_while_a_long_addition_goes_on(open_window: OpenWindow, app: App) -> None:
    page = open_window()
    add_files(page, "verdun.zip", "application/zip", archive_of("Verdun", 600))
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(ask(page, PUBLISHED).locator(".sentence").first).to_contain_text("29 June 2024")
    page.get_by_role("link", name="Library", exact=True).click()
    expect(stop).to_be_visible()  # it was not done before
    take_picture(page, "addition")
    stop.click()
    expect(page.get_by_text(STOPPED)).to_be_visible()
    shutil.rmtree(app.documents / "verdun")


def test_a_long_addition_is_stopped_and_gone_on_with_later(open_window: OpenWindow, app: App) -> None:
    page = open_window()
    page.goto("/library")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()  # the first look has been taken
    with FileLock(app.folder / "data" / "index" / "write.lock"):  # another process writes: no machine is too fast
        add_files(page, "arras.zip", "application/zip", archive_of("Arras", 20))
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Stopping")).to_be_visible()
    expect(page.get_by_text(STOPPED)).to_be_visible()
    take_picture(page, "stopped")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Added arras.")).to_be_visible()
    assert app.run("show", "arras/Arras-19.md").returncode == 0
