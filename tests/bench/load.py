"""Many windows at once: how long an answer takes then, whether memory grows, and when the first page stands.

    python -m tests.bench.load [--windows 10] [--rounds 5] [--questions 500]

Starts a server over the project's own corpus and index, opens so many windows of a real browser,
and lets all of them ask at the same moment. Memory is that of the server, after a first hundred
questions and after all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from assistant import Assistant, Settings
from assistant.evaluation.cases import load_cases

ROOT = Path(__file__).parents[2]
_PATIENCE = 60_000  # milliseconds


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--questions", type=int, default=500)
    chosen = parser.parse_args()
    questions = [case.question for case in load_cases(Settings().questions) if not case.history]
    with _server() as (process, url):
        seconds, errors = asyncio.run(_in_windows(url, questions, chosen.windows, chosen.rounds))
        print(f"memory of the server after the windows: {_megabytes(process.pid):.0f} MB")  # noqa: T201
    ranked = sorted(seconds)
    print(f"{chosen.windows} windows, {len(seconds)} answers, {errors} errors")  # noqa: T201
    print(f"median {ranked[len(ranked) // 2]:.2f} s, p95 {ranked[int(0.95 * (len(ranked) - 1))]:.2f} s")  # noqa: T201
    _ask_many(questions, chosen.questions)


async def _in_windows(url: str, questions: list[str], windows: int, rounds: int) -> tuple[list[float], int]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        started = time.perf_counter()
        first = await browser.new_page(base_url=url)
        await first.goto("/")
        await first.get_by_role("link", name="Library").wait_for(timeout=_PATIENCE)
        print(f"first frame: {time.perf_counter() - started:.2f} s")  # noqa: T201
        await first.get_by_role("textbox", name="Ask about the documents").wait_for(timeout=_PATIENCE)
        print(f"field for the first question, of a server that has just started: {time.perf_counter() - started:.2f} s")  # noqa: T201
        await first.get_by_role("heading", name="Ask the library").wait_for(timeout=_PATIENCE)
        print(f"ready to answer: {time.perf_counter() - started:.2f} s")  # noqa: T201
        pages = await asyncio.gather(*(_open(browser, url) for _ in range(windows)))
        supply = cycle(questions)
        seconds: list[float] = []
        errors = 0
        for number in range(rounds):
            asked = list(islice(supply, windows))
            outcomes = await asyncio.gather(
                *(_ask(page, question, number) for page, question in zip(pages, asked, strict=True)),
                return_exceptions=True,
            )
            seconds += [each for each in outcomes if isinstance(each, float)]
            errors += sum(not isinstance(each, float) for each in outcomes)
        await browser.close()
        return seconds, errors


async def _open(browser: Browser, url: str) -> Page:
    page = await browser.new_page(base_url=url)
    await page.goto("/")
    await page.get_by_role("heading", name="Ask the library").wait_for(timeout=_PATIENCE)
    return page


async def _ask(page: Page, question: str, number: int) -> float:
    field = page.get_by_role("textbox", name="Ask about the documents")
    await expect(field).to_be_editable(timeout=_PATIENCE)
    await field.fill(question)
    started = time.perf_counter()
    await field.press("Enter")
    await page.locator(f".st-key-exchange-{number} .card").first.wait_for(timeout=_PATIENCE)
    return time.perf_counter() - started


def _ask_many(questions: list[str], count: int) -> None:
    """Memory of a process that answers many questions."""
    with Assistant(Settings()) as assistant:
        before = 0.0
        for number, question in enumerate(islice(cycle(questions), count)):
            assistant.ask(question)
            if number == min(100, count // 2):
                before = _megabytes(os.getpid())
        after = _megabytes(os.getpid())
    print(f"memory after {min(100, count // 2)} questions {before:.0f} MB, after {count} {after:.0f} MB")  # noqa: T201


@contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://localhost:{port}"
            _wait_for(f"{url}/_stcore/health")
            yield process, url
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("The server does not start.")


def _megabytes(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
