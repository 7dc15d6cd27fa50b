from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from assistant.documents.passages import split_passages
from assistant.documents.readers import read_document
from assistant.documents.reading import Orders, Reading, WorkerProcess
from assistant.documents.similarity import signature_of
from assistant.errors import AssistantError
from assistant.types import Problem, Progress

if TYPE_CHECKING:
    from tests.conftest import PdfBytes

ROOT = Path(__file__).parents[2]
linux_only = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


def make_orders(root: Path, **changed: float) -> Orders:
    return Orders(**{"root": str(root), "passage_words": 40, "max_bytes": 10**7, **changed})  # type: ignore[arg-type]


def outcomes(root: Path, *paths: str, **changed: float) -> list[str]:
    """The text of every document read, and the kind of every problem."""
    read = WorkerProcess(make_orders(root, **changed)).read(paths)
    return [each.document.text if isinstance(each, Reading) else each.kind for each in read]


def children(parent: int) -> Iterator[int]:
    """The workers that a process has started and that still run."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, started_by, *_ = stat.read_text().rsplit(")", 1)[1].split()
            command = stat.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if int(started_by) == parent and state != "Z" and b"assistant.documents.worker" in command:
            yield int(stat.parent.name)


def child_of(parent: int) -> int:
    (child,) = children(parent)
    return child


def test_a_file_is_read_as_it_would_be_here(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(300))
    (tmp_path / "法令.md").write_text(
        f"---\ntitle: 法令\nsources: [{{title: 785}}]\n---\n# 总则\n\n稀土🙂。\n\n{words}\n"
    )
    (reading,) = WorkerProcess(make_orders(tmp_path)).read(["法令.md"])
    document = read_document(tmp_path, "法令.md", max_bytes=10**7)
    assert reading == Reading(document, split_passages(document, words=40), signature_of(document.text))


def test_files_come_back_in_the_order_asked_for_and_problems_in_their_place(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Alpha")
    (tmp_path / "b.md").write_bytes(b"\0")
    (tmp_path / "c.md").write_text("Gamma")
    assert outcomes(tmp_path, "c.md", "b.md", "gone.md", "a.md") == [
        "Gamma", "UnreadableDocument", "UnreadableDocument", "Alpha",
    ]  # fmt: skip
    assert outcomes(tmp_path) == []


def test_more_is_read_than_a_pipe_holds(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text(f"{number} " + "cerium and terbium " * 10_000)
    found = outcomes(tmp_path, *(f"{number}.txt" for number in range(30)))
    assert [text.split()[0] for text in found] == [str(number) for number in range(30)]


def test_a_file_that_hangs_its_reader_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "hangs.txt")  # opening it waits for somebody to write
    (tmp_path / "a.md").write_text("Alpha")
    first, problem, last = WorkerProcess(make_orders(tmp_path, seconds=0.5)).read(["a.md", "hangs.txt", "a.md"])
    assert first == last
    assert isinstance(problem, Problem)
    assert (problem.path, problem.kind) == ("hangs.txt", "DocumentTooLarge")
    assert "ASSISTANT_READ_SECONDS" in problem.reason


@linux_only
def test_a_file_that_eats_all_memory_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "bomb.txt").symlink_to("/dev/zero")
    (tmp_path / "a.md").write_text("Alpha")
    read = WorkerProcess(make_orders(tmp_path, max_memory=300_000_000)).read(["a.md", "bomb.txt", "a.md"])
    first, problem, last = read
    assert first == last
    assert isinstance(problem, Problem)
    assert (problem.path, problem.kind) == ("bomb.txt", "DocumentTooLarge")
    assert "ASSISTANT_READ_MEGABYTES" in problem.reason


@linux_only
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_a_file_that_brings_its_reader_down_is_given_up(tmp_path: Path, number: int) -> None:
    os.mkfifo(tmp_path / "hangs.txt")
    (tmp_path / "a.md").write_text("Alpha")
    read = WorkerProcess(make_orders(tmp_path)).read(["hangs.txt", "a.md"])

    def kill_while_it_reads() -> None:
        with (tmp_path / "hangs.txt").open("wb"):  # waits for somebody to read
            os.kill(child_of(os.getpid()), number)

    killer = Thread(target=kill_while_it_reads)
    killer.start()
    problem, after = read
    killer.join()
    assert isinstance(problem, Problem)
    assert (problem.path, problem.kind) == ("hangs.txt", "UnreadableDocument")
    assert isinstance(after, Reading)


@linux_only
def test_a_worker_that_dies_later_is_replaced_and_no_file_is_blamed_without_a_second_try(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"{number} " + "cerium and terbium " * 100_000)
    read = WorkerProcess(make_orders(tmp_path)).read([f"{number}.txt" for number in range(3)])
    found = [next(read)]
    os.kill(child_of(os.getpid()), signal.SIGKILL)
    found += read
    assert all(isinstance(each, Reading) for each in found)
    assert len(found) == 3


@linux_only
def test_the_worker_ends_with_the_reading(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Alpha")
    read = WorkerProcess(make_orders(tmp_path)).read(["a.md", "a.md"])
    assert not list(children(os.getpid()))
    next(read)
    assert list(children(os.getpid()))
    read.close()
    assert not list(children(os.getpid()))


@linux_only
def test_the_worker_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "hangs.txt")
    code = (
        "import sys; from assistant.documents.reading import Orders, WorkerProcess\n"
        "list(WorkerProcess(Orders(sys.argv[1], 40, 10**7)).read(['hangs.txt']))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT) as parent, (tmp_path / "hangs.txt").open("wb"):
        worker = child_of(parent.pid)
        parent.kill()
    while Path(f"/proc/{worker}").exists() and " Z " not in Path(f"/proc/{worker}/stat").read_text():
        time.sleep(0.01)


def test_reading_is_stopped_in_the_middle_of_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "hangs.txt")
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: list(WorkerProcess(make_orders(tmp_path)).read(["hangs.txt"], stop=stop)))
        with (tmp_path / "hangs.txt").open("wb"):  # waits for somebody to read
            stop.set()
            assert reading.result() == []


def test_the_pages_of_a_long_file_are_counted(tmp_path: Path, pdf_bytes: PdfBytes) -> None:
    (tmp_path / "long.pdf").write_bytes(pdf_bytes(["The mine yields cerium and terbium. " * 80] * 1500))
    steps: list[Progress] = []
    (reading,) = WorkerProcess(make_orders(tmp_path)).read(["long.pdf"], steps.append)
    assert isinstance(reading, Reading)
    assert {(step.total, step.detail) for step in steps} <= {(1500, "long.pdf")}
    assert [step.done for step in steps] == sorted({step.done for step in steps})


def test_a_worker_that_cannot_start_is_no_fault_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(AssistantError, match="cannot start"):
        outcomes(tmp_path, "a.md")
