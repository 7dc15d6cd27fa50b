"""The running page in a real browser."""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from reportlab.pdfgen.canvas import Canvas

OpenWindow = Callable[..., Page]

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "test-artifacts"  # kept, for people to look at
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Read at once: no test sees the ASSISTANT_* variables of this machine.
_REQUIRED = os.environ.get("ASSISTANT_REQUIRE_BROWSER") == "1"
_WAIT = 60  # seconds for the server to answer

DECREE = """---
title: "Decree No. 785: the Rare Earth Management Regulations"
published: 2024-06-29
kind: analysis
publisher: Rare Earth Desk
---

# Decree No. 785

The State Council published Decree No. 785 on 29 June 2024. Decree No. 785 applies to mining, smelting and trade.
"""

HOSTILE = """---
title: "<img src=https://evil.example/t.png onerror=document.title=1> **Zorbia**"
published: 2024
---

# Zorbia

The <script>document.title = "taken"</script> Zorbia mine opened in 1994 ![p](https://evil.example/p.png).
"""

PDF_LINES = ("Minister Alvarez announced the Lisbon quota of 4,217", "tonnes on 3 May 2023.", "Prices fell afterwards.")


@dataclass(slots=True)
class App:
    """A running page: its address, its library folder, and the environment other processes need."""

    folder: Path
    port: int
    environment: dict[str, str]
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def documents(self) -> Path:
        return self.folder / "corpus" / "documents"

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(self.port)]
        with (self.folder / "server.log").open("a") as log:
            self.server = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        _wait_for(f"{self.url}/_stcore/health", self.server)

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the assistant, as another process."""
        command = [sys.executable, "-m", "assistant.cli", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without one the tests are skipped, or fail where a browser is required."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if found is None:
        explanation = "No Chromium on this machine; run `apt-get install chromium`."
        if _REQUIRED:
            pytest.fail(explanation)
        pytest.skip(explanation)
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def app(browser: Browser, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One server for all tests of a module; none of them may rely on what another has added."""
    assert browser.is_connected()  # without a browser there is no use in a server
    folder = tmp_path_factory.mktemp("app")
    documents = folder / "corpus" / "documents"
    documents.mkdir(parents=True)
    (documents / "decree.md").write_text(DECREE, "utf-8")
    (documents / "hostile.md").write_text(HOSTILE, "utf-8")
    (documents / "lisbon.pdf").write_bytes(pdf_of(*PDF_LINES))
    environment = os.environ | {
        "ASSISTANT_CORPUS": str(folder / "corpus"),
        "ASSISTANT_DATA": str(folder / "data"),
        "ASSISTANT_MODELS_FOLDER": str(models),
        "PYTHONPATH": str(ROOT),
    }
    running = App(folder, _free_port(), environment)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def open_window(browser: Browser, app: App) -> Iterator[OpenWindow]:
    """Opens an empty window; takes what Playwright knows of a window, such as its size."""
    with ExitStack() as opened:

        def open_it(**options: Any) -> Page:
            context = browser.new_context(base_url=app.url, **options)
            opened.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(30_000)
            return page

        yield open_it


@pytest.fixture
def open_desk(open_window: OpenWindow) -> OpenWindow:
    """Opens the first page in a window, ready for a question."""

    def open_it(**options: Any) -> Page:
        page = open_window(**options)
        page.goto("/")
        page.get_by_role("heading", name="Ask the library").wait_for()
        return page

    return open_it


def take_picture(page: Page, name: str) -> None:
    """Keep what the window shows, for people to look at."""
    PICTURES.mkdir(exist_ok=True)
    page.wait_for_timeout(300)  # what moves has come to rest
    page.screenshot(path=PICTURES / f"{name}.png")


def ask(page: Page, question: str, number: int = 0) -> Locator:
    """Ask, and return the exchange once it is drawn."""
    field = page.get_by_role("textbox", name="Ask about the documents")
    expect(field).to_be_editable()
    field.fill(question)
    field.press("Enter")
    exchange = page.locator(f".st-key-exchange-{number}")
    expect(exchange.get_by_role("heading", name=question)).to_be_visible()
    expect(exchange.locator(".card").first).to_be_visible()
    return exchange


def open_first_mark(page: Page, exchange: Locator) -> Locator:
    """Open the first citation, and return the panel."""
    exchange.get_by_role("button", name=re.compile("^Open citation 1")).first.click()
    panel = page.locator(".st-key-panel")
    expect(panel.get_by_text("Citation 1 of")).to_be_visible()
    return panel


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(
        page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.querySelector('.stMain').scrollWidth) - innerWidth"
        )
    )


def pdf_of(*lines: str) -> bytes:
    """A PDF with the lines on its second page."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.drawString(72, 700, "A first page without figures.")
    canvas.showPage()
    for number, line in enumerate(lines):
        canvas.drawString(72, 700 - 20 * number, line)
    canvas.save()
    return stream.getvalue()


def archive_of(name: str, documents: int) -> bytes:
    """A ZIP archive of so many documents, none like another."""
    words = [f"{name}{syllable}" for syllable in ("ar", "en", "il", "on", "um")]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(documents):
            lines = (
                f"Pit {line} of {words[line % 5]} {number} gave {number * 1000 + line} tonnes." for line in range(20)
            )
            archive.writestr(f"{name}-{number}.md", f"# {name} {number}\n\n" + "\n\n".join(lines))
    return packed.getvalue()


def add_files(page: Page, name: str, mime_type: str, content: bytes) -> None:
    """Choose a file on the Library page, and add it."""
    page.goto("/library")
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": mime_type, "buffer": content}])
    page.get_by_role("button", name="Add to the library").click()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _WAIT
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("The page does not start; see server.log in the folder of the test run.")
