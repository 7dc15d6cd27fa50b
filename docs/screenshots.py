"""Makes ``docs/chat.png`` and ``docs/library.png`` from the running page.

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


def main(url: str = "http://localhost:8501") -> None:
    """Take both pictures at the size of a laptop's window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
        page.set_default_timeout(600_000)  # a first start indexes the corpus
        _take_chat(page, url)
        _take_library(page, url)
        browser.close()


def _take_chat(page: Page, url: str) -> None:
    page.goto(url)
    field = page.get_by_role("textbox", name="Ask about the documents")
    field.fill(QUESTION)
    field.press("Enter")
    page.get_by_role("button", name=re.compile(f"^Open citation [0-9]+: {DOCUMENT}")).first.click()
    page.locator(".st-key-panel mark").first.wait_for()
    page.wait_for_timeout(1000)  # the page image is drawn after the text
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
