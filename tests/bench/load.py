"""Many windows at once: how long an answer takes then, whether memory grows, and when the first page stands.

    python -m tests.bench.load [--windows 10] [--rounds 5] [--questions 500]

Starts a server over the project's own corpus and index, and lets so many windows ask at the same
moment: first sessions that draw nothing, as people's browsers take no time of the server, then
windows of a real browser on the server's own cores, which draw for longer than the server answers.
Memory is that of a process which has answered every question of the test set once, and of the same
after so many more.
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
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from itertools import cycle, islice
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from assistant import Assistant, Settings
from assistant.evaluation.cases import load_cases
from tests.bench.sessions import Session

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
        asyncio.run(_first_visit(url))
        _tell(
            f"{chosen.windows} sessions that draw nothing", _in_sessions(url, questions, chosen.windows, chosen.rounds)
        )
        windows = asyncio.run(_in_windows(url, questions, chosen.windows, chosen.rounds))
        _tell(f"{chosen.windows} windows of a browser beside the server", windows)
        print(f"memory of the server after the windows: {_megabytes(process.pid):.0f} MB")  # noqa: T201
    _ask_many(questions, chosen.questions)


def _tell(what: str, outcomes: Sequence[float | BaseException]) -> None:
    seconds = sorted(each for each in outcomes if isinstance(each, float))
    median, p95 = seconds[len(seconds) // 2], seconds[int(0.95 * (len(seconds) - 1))]
    errors = len(outcomes) - len(seconds)
    print(f"{what}: {len(seconds)} answers, {errors} errors, median {median:.2f} s, p95 {p95:.2f} s")  # noqa: T201


def _in_sessions(url: str, questions: Sequence[str], windows: int, rounds: int) -> list[float | BaseException]:
    sessions = [Session(url) for _ in range(windows)]
    supply = cycle(questions)
    outcomes: list[float | BaseException] = []
    with ThreadPoolExecutor(windows) as pool:
        for _ in range(rounds):
            asked = [pool.submit(session.ask, next(supply)) for session in sessions]
            outcomes += [each.exception() or each.result() for each in asked]
    for session in sessions:
        session.close()
    return outcomes


async def _first_visit(url: str) -> None:
    async with _browser() as browser:
        started = time.perf_counter()
        page = await browser.new_page(base_url=url)
        await page.goto("/")
        await page.get_by_role("link", name="Library").wait_for(timeout=_PATIENCE)
        print(f"first frame: {time.perf_counter() - started:.2f} s")  # noqa: T201
        await page.get_by_role("textbox", name="Ask about the documents").wait_for(timeout=_PATIENCE)
        print(f"field for the first question, of a server that has just started: {time.perf_counter() - started:.2f} s")  # noqa: T201
        await page.get_by_role("heading", name="Ask the library").wait_for(timeout=_PATIENCE)
        print(f"ready to answer: {time.perf_counter() - started:.2f} s")  # noqa: T201


async def _in_windows(url: str, questions: Sequence[str], windows: int, rounds: int) -> list[float | BaseException]:
    async with _browser() as browser:
        pages = await asyncio.gather(*(_open(browser, url) for _ in range(windows)))
        supply = cycle(questions)
        outcomes: list[float | BaseException] = []
        for number in range(rounds):
            asked = list(islice(supply, windows))
            outcomes += await asyncio.gather(
                *(_ask(page, question, number) for page, question in zip(pages, asked, strict=True)),
                return_exceptions=True,
            )
        return outcomes


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        await browser.close()


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


def _ask_many(questions: Sequence[str], count: int) -> None:
    """Memory of a process that answers many questions: each of them once, then so many more."""
    with Assistant(Settings()) as assistant:
        for question in questions:  # what is loaded when it is first needed, such as for Chinese, is no growth
            assistant.ask(question, fresh=True)
        before = _megabytes(os.getpid())
        for question in islice(cycle(questions), count):
            assistant.ask(question, fresh=True)
        after = _megabytes(os.getpid())
    print(f"memory after {len(questions)} questions {before:.0f} MB, after {count} more {after:.0f} MB")  # noqa: T201


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
