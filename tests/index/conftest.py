from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.documents.headings import find_headings
from assistant.documents.library import Stamp
from assistant.documents.passages import split_passages
from assistant.index.rows import Entry
from assistant.types import Document, Metadata

MakeEntry = Callable[..., Entry]


@pytest.fixture(scope="session")
def make_entry() -> MakeEntry:
    """A document ready to be stored, with vectors that depend on its passages' ids alone."""

    def make(path: str, text: str, title: str = "Title", **metadata: str) -> Entry:
        digest = hashlib.sha256(text.encode()).hexdigest()
        document = Document(path, digest, text, Metadata(title, **metadata), find_headings(text))
        passages = split_passages(document, words=40)
        return Entry(document, Stamp(len(text), 1), passages, [unit_vector(passage.id) for passage in passages])

    return make


def unit_vector(seed: str) -> list[float]:
    """A vector of length 1 that no other seed has."""
    numbers = [byte - 127.5 for byte in hashlib.sha256(seed.encode()).digest()[:8]]
    length = sum(number * number for number in numbers) ** 0.5
    return [number / length for number in numbers]


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Chroma server on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma-server")
    command = [
        Path(sys.executable).with_name("chroma"),
        "run",
        "--path",
        folder,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{url}/api/v2/heartbeat")
            yield url
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"No answer from {url}")
