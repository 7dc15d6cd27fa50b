"""Measures the assistant on its own and the public sets, and against peers: figures, intervals, bars, ratios.

    python -m tests.bench.bars [--only SET ...] [--json FILE]

Everything is measured in this one run on this one machine. What is a sample says so in its name. A
figure over cases has its 95% interval by drawing cases; a repeated timing its least and greatest.
Exit code 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import isnan
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from assistant.answering.reader import Reader
from assistant.documents.readers import read_document
from assistant.errors import DocumentError, NoTextFound, PasswordProtected, UnreadableDocument
from assistant.evaluation.cases import load_cases
from assistant.evaluation.metrics import Measure
from assistant.evaluation.statistics import ratio
from assistant.evaluation.store import RunStore
from assistant.evaluation.uncertainty import Bootstrap
from assistant.index.embedding import DEFAULT_MODEL, load_embedder
from assistant.retrieval.word_for_word import load_words
from tests.bench.against import measure_peers
from tests.bench.held_out import is_held_out
from tests.bench.ingest import measure_ingest
from tests.bench.measuring import MODELS, SETS, PeerRow, Row, run
from tests.bench.speed import index_scifact, measure_speed

OWN = "rare earths"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One call of ``assistant evaluate``.

    Attributes:
        against_peers: Whether the peers are asked the same cases.
        held_out: Only the cases that the reader was not taught.
    """

    set: str
    variant: str = ""
    options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    against_peers: bool = False
    held_out: bool = False

    @property
    def name(self) -> str:
        """The set and what is particular."""
        return f"{self.set} {self.variant}".strip()


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure must reach, and what others reach."""

    evaluation: Evaluation
    figure: str
    at_least: float | None = None
    at_most: float | None = None
    tag: str | None = None
    peer: str = ""

    def is_met(self, value: float) -> bool:
        """Whether a value reaches the bar."""
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)


RARE_EARTHS = Evaluation(OWN)
KEYWORDS = Evaluation("scifact", "keywords alone", ("--retrieval-only",), {"ASSISTANT_DENSE_WEIGHT": "0"})
DENSE = Evaluation("scifact", "dense alone", ("--retrieval-only",), {"ASSISTANT_DENSE_WEIGHT": "1"})
SCIFACT = Evaluation("scifact", against_peers=True)
XQUAD_ZH = Evaluation("xquad-zh", options=("--retrieval-only",), against_peers=True)
XQUAD_EN = Evaluation("xquad-en", options=("--retrieval-only",), against_peers=True)
NORTHWIND = Evaluation("northwind", against_peers=True)
CLAPNQ = Evaluation("clapnq", against_peers=True)
SQUAD = Evaluation("squad2-halfdev", "not taught", against_peers=True, held_out=True)

BARS = (
    Bar(RARE_EARTHS, "ndcg@10"),
    Bar(RARE_EARTHS, "passage_hit@5"),
    Bar(RARE_EARTHS, "answer_hit"),
    Bar(RARE_EARTHS, "citation_precision_quote"),
    Bar(RARE_EARTHS, "quotes_verbatim", at_least=1.0),
    Bar(RARE_EARTHS, "refusal_auroc"),
    Bar(RARE_EARTHS, "refused_unanswerable"),
    Bar(RARE_EARTHS, "refused_answerable"),
    Bar(RARE_EARTHS, "seconds of the whole run", at_most=120),
    Bar(KEYWORDS, "ndcg@10", at_least=0.675, peer="BM25 .687"),
    Bar(DENSE, "ndcg@10", at_least=0.635, peer="all-MiniLM-L6-v2 .645"),
    Bar(SCIFACT, "ndcg@10", at_least=0.72, peer="bge-small-en .713, bge-base-en .744"),
    Bar(XQUAD_ZH, "ndcg@10", at_least=0.94, peer="bigram BM25 .962, OpenAI 3-small .916"),
    Bar(XQUAD_EN, "ndcg@10", at_least=0.97, peer="BM25 .965, all-MiniLM-L6-v2 .944"),
    Bar(NORTHWIND, "page_recall@5_within_1", at_least=0.92, peer="BM25 over pages .900"),
    Bar(NORTHWIND, "citation_recall_within_1", at_least=0.62, tag="ground_truth", peer="hosted hybrid + GPT .57-.62"),
    Bar(NORTHWIND, "citation_precision_within_1", tag="ground_truth", peer="hosted hybrid + GPT .30-.40"),
    Bar(NORTHWIND, "refused_unanswerable", at_least=25 / 27),
    Bar(NORTHWIND, "refused_answerable", at_most=0.08),
    Bar(NORTHWIND, "quotes_verbatim", at_least=1.0),
    Bar(CLAPNQ, "refusal_auroc", at_least=0.78, peer="BM25 score .746"),
    Bar(CLAPNQ, "quote_f1", at_least=0.58, peer="top three sentences .562"),
    Bar(SQUAD, "first_claim_hit", at_least=0.75, peer="best sentence by cosine .68"),
    Bar(SQUAD, "refusal_auroc", at_least=0.70, peer="zero-shot .64"),
    Bar(SCIFACT, "seconds_p50", at_most=0.120),
    Bar(SCIFACT, "seconds_p95", at_most=0.300),
)


def measure(only: Sequence[str]) -> tuple[list[Row], list[PeerRow]]:
    """Everything, or some sets: every evaluation once, its figures against the bars and the peers."""
    load_embedder(DEFAULT_MODEL, MODELS)  # exported once, as the reader is; no part of what is timed
    Reader(MODELS, load_words().in_english)
    rows: list[Row] = []
    peers: list[PeerRow] = []
    indexing = index_scifact() if not only or "speed" in only else None
    wanted = [bar for bar in BARS if not only or bar.evaluation.set in only]
    with tempfile.TemporaryDirectory() as folder:
        for number, evaluation in enumerate({bar.evaluation.name: bar.evaluation for bar in wanted}.values()):
            export = Path(folder) / f"{number}.json"
            seconds, megabytes = _evaluate(evaluation, export)
            bars = [bar for bar in wanted if bar.evaluation is evaluation]
            rows += _rows(bars, json.loads(export.read_text("utf-8")), seconds)
            if evaluation.against_peers:
                results = RunStore(Path(folder)).read(str(export)).results
                known = indexing if evaluation is SCIFACT else None
                peers += measure_peers(evaluation.set, results, export, known, megabytes)
    if not only or "difficult-pdfs" in only:
        rows.append(_difficult_pdfs())
    if indexing is not None:
        rows += measure_speed(indexing)
    if not only or "ingest" in only:
        rows += measure_ingest(documents=1000)
    return rows, peers


def _evaluate(evaluation: Evaluation, export: Path) -> tuple[float, float]:
    """Write a run to a file; its wall-clock seconds with the index in place, and the most memory it held."""
    folder = SETS / evaluation.set
    questions = folder / "questions.jsonl"
    if evaluation.held_out:
        questions = _held_out(questions, export.with_suffix(".jsonl"))
    chosen = ("--corpus", str(folder / "corpus"), "--questions", str(questions))
    command = ["assistant.cli", "evaluate", "--export", str(export), *evaluation.options]
    if evaluation.set == OWN:
        run(["assistant.cli", "sync", "--rebuild"], evaluation.environment)
        done = run(command, evaluation.environment)
    else:
        done = run([*command, *chosen], evaluation.environment)
    return done.seconds, done.megabytes


def _held_out(questions: Path, chosen: Path) -> Path:
    """Write the cases that the reader was not taught to a file of their own."""
    wanted = {case.id for case in load_cases(questions) if is_held_out(case)}
    lines = questions.read_text("utf-8").splitlines()
    chosen.write_text("\n".join(line for line in lines if json.loads(line)["id"] in wanted), "utf-8")
    return chosen


def _rows(bars: Sequence[Bar], report: Mapping[str, Mapping], seconds: float) -> Iterator[Row]:
    whole = {"value": seconds, "low": float("nan"), "high": float("nan"), "n": 1}
    for bar in bars:
        figures = report["by_tag"][bar.tag] if bar.tag else report["figures"]
        figure = {**figures, "seconds of the whole run": whole}[bar.figure]
        name = " ".join(part for part in (bar.evaluation.name, bar.tag) if part)
        yield Row(name, bar.figure, **figure, bar=_words(bar), met=bar.is_met(figure["value"]), peer=bar.peer)


def _words(bar: Bar) -> str:
    if bar.at_least is not None:
        return f">= {bar.at_least:.3g}"
    return f"<= {bar.at_most:.3g}" if bar.at_most is not None else ""


def _difficult_pdfs() -> Row:
    """Every rule of the set: text where there is text, an error of its own kind where not."""
    folder = SETS / "difficult-pdfs"
    expected = {"no_text": NoTextFound, "password": PasswordProtected, "unreadable": UnreadableDocument}
    kept = []
    for entry in json.loads((folder / "manifest.json").read_text("utf-8")):
        try:
            document = read_document(folder / "corpus", entry["file"], max_bytes=10**9, recognise=False)
            kept.append(entry["expect"] == "text" and len(document.text) >= entry["ref_chars"] / 2)
        except DocumentError as error:
            kept.append(entry["expect"] != "text" and type(error) is expected[entry["expect"]])
    share = Measure("files", (np.array(kept, dtype=float), np.ones(len(kept))), ratio, "")
    low, high = Bootstrap(len(kept)).interval(share)
    return Row("difficult-pdfs", "files by their rule", share.value(), low, high, len(kept), ">= 1", all(kept))


# what is shown and stored


def _tables(rows: Sequence[Row], peers: Sequence[PeerRow]) -> Iterator[Table]:
    table = Table("set", "figure", "value", "95% interval", "n", "bar", "met", "peer, as published")
    for row in rows:
        interval = "" if isnan(row.low) else f"{row.low:.3f} to {row.high:.3f}"
        met = "yes" if row.met else "NO"
        table.add_row(row.set, row.figure, f"{row.value:.3f}", interval, str(row.n), row.bar, met, row.peer)
    yield table
    ratios = Table("set", "figure", "peer, measured here", "ours", "theirs", "ratio", "95% interval")
    for each in peers:
        interval = "" if isnan(each.low) else f"{each.low:.3f} to {each.high:.3f}"
        numbers = (f"{each.ours:.3f}", f"{each.theirs:.3f}", f"{each.ratio:.3f}", interval)
        ratios.add_row(each.set, each.figure, each.peer, *numbers)
    if peers:
        yield ratios


def _stored(rows: Sequence[Row], peers: Sequence[PeerRow], seconds: float) -> str:
    """All of it, with the date, the command and the commit; what is no number is null, as JSON wants it."""

    def plain(row: Row | PeerRow) -> dict[str, object]:
        return {name: None if value != value else value for name, value in asdict(row).items()}  # noqa: PLR0124 - NaN

    about = {
        "date": datetime.now(UTC).date().isoformat(),
        "command": " ".join(["python -m tests.bench.bars", *sys.argv[1:]]),
        "commit": _commit(),
        "cores": os.cpu_count(),
        "minutes": round(seconds / 60, 1),
    }
    data = {"about": about, "rows": [plain(row) for row in rows], "peers": [plain(row) for row in peers]}
    return json.dumps(data, indent=1) + "\n"


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short=10", "HEAD") + (" with changes" if changed else "")


def main() -> int:
    """Measure, print, and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="*", default=[], help=f"sets: a public one, `{OWN}`, `speed`, `difficult-pdfs`, `ingest`"
    )
    parser.add_argument("--json", type=Path, help="file for the rows")
    arguments = parser.parse_args()
    if not SETS.is_dir():
        Console().print(f"There are no benchmarks at {SETS}.")
        return 2
    started = time.perf_counter()
    rows, peers = measure(arguments.only)
    seconds = time.perf_counter() - started
    if arguments.json:
        arguments.json.write_text(_stored(rows, peers, seconds), "utf-8")
    return show(rows, peers, seconds)


def show(rows: Sequence[Row], peers: Sequence[PeerRow], seconds: float) -> int:
    """Print the tables; 1 if a bar is missed, for an exit code."""
    console = Console(width=170)
    for table in _tables(rows, peers):
        console.print(table)
    console.print(f"Measured in {seconds / 60:.1f} minutes.")
    return int(not all(row.met for row in rows))


if __name__ == "__main__":
    sys.exit(main())
