"""Measures how documents come in: speed against embedding alone, memory, text recognition.

    python -m tests.bench.bars --only ingest

Every figure is a ratio within this one run, or has a bar of its own.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from math import nan
from pathlib import Path
from threading import Event, Thread

import numpy as np
import openpyxl
from reportlab.pdfgen.canvas import Canvas

from assistant import Assistant, Settings
from assistant.documents.library import Library
from assistant.documents.passages import split_passages
from assistant.documents.plain_text import read_markdown
from assistant.documents.readers import read_document
from assistant.evaluation.metrics import Measure
from assistant.evaluation.statistics import ratio
from assistant.evaluation.uncertainty import Bootstrap
from assistant.index.context import embedding_text
from assistant.index.embedding import load_embedder
from tests.bench.measuring import MODELS, SETS, Row

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus" / "documents"
WORDS = Path(__file__).read_text("utf-8").split()
_UNSEEN = re.compile(r"[\s|#*]|-{3}")  # blanks, and marks of Markdown, which no scan shows
REPEATS = 3
SCANS = (
    ("English", "policy/watch-list-notice.pdf", 0.95),
    ("Chinese", "industry/baiyun-ebo-discovery-zh.pdf", 0.90),
)


def measure_ingest(documents: int | None = None, only: str = "") -> Iterator[Row]:
    """All of it.

    Args:
        documents: So many of SciFact; all by default.
        only: One of ``speed``, ``pdf``, ``memory`` and ``scan``.
    """
    parts: dict[str, Callable[[Path], Iterator[Row]]] = {
        "speed": lambda data: _overhead(data, documents),
        "pdf": _long_pdf,
        "memory": _memory,
        "scan": _recognition,
    }
    with tempfile.TemporaryDirectory() as scratch:
        for name, measure in parts.items():
            if only in {"", name}:
                yield from measure(Path(scratch) / name)


def _overhead(data: Path, documents: int | None) -> Iterator[Row]:
    """Reading, splitting and storing beside the embedding of the same passages, on SciFact."""
    whole = SETS / "scifact" / "corpus"
    if not whole.is_dir():
        return
    files = [whole / path for path in itertools.islice(Library(whole).scan(), documents)]
    share = _added(data, files)
    yield _row(f"added to embedding alone, {len(files):,} documents", share, "<= 0.20", met=share <= 0.20)


def _added(data: Path, files: Sequence[Path]) -> float:
    """What indexing files takes beyond the embedding of their passages, as a share of that."""
    with Assistant(_settings(data)) as assistant:
        folder = assistant.settings.documents
        for file in files:
            (folder / file.name).symlink_to(file)
        started = time.perf_counter()
        assistant.sync()
        indexing = time.perf_counter() - started
    texts = []
    for path in Library(folder).scan():
        document = read_document(folder, path, max_bytes=10**8)
        texts += [embedding_text(each, document.metadata.title) for each in split_passages(document, words=200)]
    embedder = load_embedder("default", MODELS)
    started = time.perf_counter()
    embedder.embed_documents(texts)
    return indexing / (time.perf_counter() - started) - 1


def _long_pdf(data: Path) -> Iterator[Row]:
    """How long a text PDF of 300 pages takes beyond its embedding."""
    seconds = []
    for part in range(REPEATS):
        with Assistant(_settings(data / str(part))) as assistant:
            _write_pdf(assistant.settings.documents / "long.pdf", pages=300)
            started = time.perf_counter()
            report = assistant.sync()
            seconds.append(time.perf_counter() - started - report.seconds["embed"])
            assert report.added
    yield _repeated("300-page PDF beyond its embedding, seconds", seconds, 60)


def _memory(data: Path) -> Iterator[Row]:
    """The most memory that `assistant add` and its worker hold together."""
    data.mkdir()
    _write_pdf(data / "thousand.pdf", pages=1000)
    _write_workbook(data / "rows.xlsx", rows=100_000)
    for name in ("thousand.pdf", "rows.xlsx"):
        environment = {**os.environ, "ASSISTANT_CORPUS": str(data / "corpus"), "ASSISTANT_DATA": str(data)}
        environment |= {"ASSISTANT_MODELS_FOLDER": str(MODELS.resolve()), "ASSISTANT_OCR": "false"}
        started = time.perf_counter()
        command = [sys.executable, "-m", "assistant.cli", "add", str(data / name)]
        with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            peak = _peak_of_tree(process)
        assert process.returncode == 0
        seconds = time.perf_counter() - started
        yield _row(f"memory while {name} is added, GB", peak / 1e9, "<= 1.5", met=peak <= 1.5e9)
        yield _row(f"  {name}, seconds", seconds, "", met=True)


def _recognition(_: Path) -> Iterator[Row]:
    """Characters of the scans of the corpus that are right, held against the text that was printed for them."""
    for language, path, bar in SCANS:
        source = ROOT / "corpus" / "sources" / f"{path}.md"
        printed = read_markdown(source.read_bytes(), source.name).text
        read = read_document(CORPUS, path, max_bytes=10**8)
        assert len(read.recognised) == len(read.page_starts)
        lines = [_UNSEEN.sub("", line) for line in printed.splitlines()]
        expected, found = "".join(lines), _UNSEEN.sub("", read.text)
        is_right = np.zeros(len(expected))
        for piece in SequenceMatcher(None, expected, found, autojunk=False).get_matching_blocks():
            is_right[piece.a : piece.a + piece.size] = 1
        ends = np.cumsum([len(line) for line in lines])
        right = np.diff(np.concatenate([[0.0], is_right.cumsum()])[np.concatenate([[0], ends])])
        share = Measure("characters", (right, np.array([len(line) for line in lines], float)), ratio, "")
        low, high = Bootstrap(len(lines)).interval(share)
        figure = f"characters right in a scan, {language}"
        yield Row("ingest", figure, share.value(), low, high, len(expected), f">= {bar:.2f}", share.value() >= bar)


def _settings(data: Path) -> Settings:
    (data / "corpus" / "documents").mkdir(parents=True, exist_ok=True)
    return Settings(corpus=data / "corpus", data=data, models_folder=MODELS)


def _write_pdf(file: Path, *, pages: int) -> None:
    """Pages of text, no two alike."""
    words = itertools.cycle(WORDS)
    canvas = Canvas(str(file))
    for page in range(pages):
        for line in range(45):
            text = " ".join(itertools.islice(words, 10))
            canvas.drawString(50, 800 - 16 * line, f"{page}.{line} {text}"[:100])
        canvas.showPage()
    canvas.save()


def _write_workbook(file: Path, *, rows: int) -> None:
    words = itertools.cycle(WORDS)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Exports")
    sheet.append(["Month", "Product", "Country", "Tonnes", "Value", "Remark"])
    for row in range(rows):
        sheet.append([f"2024-{row % 12 + 1:02}", next(words), next(words), row, row / 7, next(words)])
    book.save(file)


def _peak_of_tree(process: subprocess.Popen[bytes]) -> int:
    """The most bytes of memory that a process and all below it hold at one time, until it ends."""
    peak = 0
    done = Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.1):
            peak = max(peak, _resident(process.pid))

    watcher = Thread(target=watch)
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    return peak


def _resident(parent: int) -> int:
    """Resident bytes of a process and all below it; pages that they share count for each."""
    try:
        pages = int(Path(f"/proc/{parent}/statm").read_text().split()[1])
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(_resident(int(child)) for child in children)


def _repeated(figure: str, values: Sequence[float], at_most: float) -> Row:
    """The median of repetitions, with their least and greatest."""
    middle = float(np.median(values))
    return Row("ingest", figure, middle, min(values), max(values), len(values), f"<= {at_most:g}", middle <= at_most)


def _row(figure: str, value: float, bar: str, *, met: bool) -> Row:
    return Row("ingest", figure, value, nan, nan, 1, bar, met)
