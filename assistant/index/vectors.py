"""Vectors in Chroma: our own embeddings, cosine distance, ids and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import chromadb
import httpx
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

from assistant.errors import IndexStateError

_COLLECTION = "passages"
_BATCH = 4000


@contextmanager
def _explained(*more: type[Exception]) -> Iterator[None]:
    expected: tuple[type[Exception], ...] = (ChromaError, httpx.HTTPError, *more)
    try:
        yield
    except expected as error:
        raise IndexStateError(
            f"The vectors cannot be reached ({error}); start the Chroma server if one is set, see that the disk "
            "is not full, or run `assistant check --repair`."
        ) from error


@_explained()
def open_embedded(folder: Path) -> Client:
    """A Chroma that lives in a folder, with telemetry off.

    Raises:
        IndexStateError: Its files are damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("chromadb").setLevel(logging.ERROR)
    settings = ChromaSettings(anonymized_telemetry=False)
    return cast("Client", chromadb.PersistentClient(str(folder), settings=settings))


@_explained(ValueError)
def open_server(url: str) -> Client:
    """A Chroma server at an address such as ``http://localhost:8000``.

    Raises:
        IndexStateError: It cannot be reached.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    client = chromadb.HttpClient(
        parts.hostname or "localhost",
        parts.port or (443 if secure else 8000),
        ssl=secure,
        settings=ChromaSettings(anonymized_telemetry=False),
    )
    return cast("Client", client)


class Vectors:
    """The vectors of all passages, found by cosine similarity.

    Every method raises an ``IndexStateError`` where Chroma cannot be reached or its files are damaged.
    """

    @_explained()
    def __init__(self, client: Client) -> None:
        self._client = client
        self._collection = self._open()

    def _open(self) -> Collection:
        return self._client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 200}}
        )

    def close(self) -> None:
        """Release the client; an embedded Chroma lets go of its files."""
        self._client.close()

    @_explained()
    def clear(self) -> None:
        """Forget all vectors, and their dimension."""
        self._client.delete_collection(_COLLECTION)
        self._collection = self._open()

    @_explained()
    def add(self, ids: Sequence[str], embeddings: Sequence[Sequence[float]]) -> None:
        """Store vectors under passage ids; an id that is there already is replaced."""
        for first in range(0, len(ids), _BATCH):
            batch: Any = embeddings[first : first + _BATCH]
            self._collection.upsert(list(ids[first : first + _BATCH]), embeddings=batch)

    @_explained()
    def delete(self, ids: Sequence[str]) -> None:
        """Forget vectors; unknown ids are passed over."""
        for first in range(0, len(ids), _BATCH):
            self._collection.delete(list(ids[first : first + _BATCH]))

    @_explained()
    def search(self, embedding: Sequence[float], limit: int) -> list[tuple[str, float]]:
        """Passage ids with their cosine similarity to a vector, best first."""
        limit = min(limit, self._collection.count())
        if not limit:
            return []
        query: Any = [list(embedding)]
        found = self._collection.query(query_embeddings=query, n_results=limit, include=["distances"])
        distances = (found["distances"] or [[]])[0]
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], distances, strict=True)]

    @_explained()
    def count(self) -> int:
        """How many vectors there are."""
        return self._collection.count()

    @_explained()
    def ids(self) -> set[str]:
        """The ids of all vectors."""
        return set(self._collection.get(include=[])["ids"])

    @_explained()
    def any_vector(self) -> list[float] | None:
        """Some stored vector, or None where there is none."""
        embeddings = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
        return None if embeddings is None or not len(embeddings) else list(map(float, embeddings[0]))
