"""Makes ``docs/chat.png``, ``docs/history.png`` and ``docs/library.png`` from the running page.

    assistant serve &
    python docs/screenshots.py [http://localhost:8501]

Needs playwright and Chromium (``apt-get install chromium``), and the project's own corpus.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

DOCS = Path(__file__).parent
QUESTION = "When did the WTO rule on rare earth export restrictions?"
DOCUMENT = "WTO case DS431"
MORE = ("Which rare earths were put under licence in April 2025?", "谁发现了白云鄂博铁矿？")


def main(url: str = "http://localhost:8501") -> None:
    """Take both pictures at the size of a laptop's window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
        page.set_default_timeout(600_000)  # a first start indexes the corpus
        _take_history(page, url)
        _take_chat(page, url)
        _take_library(page, url)
        browser.close()


def _ask(page: Page, url: str, question: str) -> None:
    page.goto(url)
    page.get_by_role("heading", name="Ask the library").wait_for()
    field = page.get_by_role("textbox", name="Ask about the documents")
    field.fill(question)
    field.press("Enter")
    page.locator(".st-key-exchange-0 .card").first.wait_for()


def _take_history(page: Page, url: str) -> None:
    """The foot of an answer: how it came about, what can be done with it, and how to go on."""
    for question in MORE:
        _ask(page, url, question)
    page.locator(".st-key-actions-1").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    page.screenshot(path=DOCS / "history.png")


def _take_chat(page: Page, url: str) -> None:
    _ask(page, url, QUESTION)
    page.get_by_role("button", name=re.compile(f"^Open citation [0-9]+: {DOCUMENT}")).first.click()
    page.locator('.st-key-panel [class*="st-key-page-zoom"] img').first.wait_for()
    page.wait_for_timeout(1000)  # the panel moves to the quote when the page image is there
    page.screenshot(path=DOCS / "chat.png")


def _take_library(page: Page, url: str) -> None:
    page.goto(f"{url}/library")
    page.get_by_label("Open a document").click()
    page.keyboard.type(DOCUMENT)
    page.keyboard.press("Enter")
    page.locator(".st-key-panel .passage").first.wait_for()
    page.wait_for_timeout(1000)  # the list is painted after it is there
    page.screenshot(path=DOCS / "library.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
