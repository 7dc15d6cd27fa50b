"""Fixtures that build a real assistant over a tiny library."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant import Assistant, Settings
from assistant.index.embedding import DEFAULT_MODEL, load_embedder

MakeAssistant = Callable[[Mapping[str, str | bytes]], Assistant]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the exported embedding model, which is made once for all tests."""
    folder = tmp_path_factory.mktemp("models")
    load_embedder(DEFAULT_MODEL, folder)
    return folder


@pytest.fixture
def make_assistant(models: Path, tmp_path: Path) -> Iterator[MakeAssistant]:
    """Builds an assistant whose library holds the given files, by path and content, all indexed."""
    with ExitStack() as opened:

        def make(files: Mapping[str, str | bytes]) -> Assistant:
            settings = Settings(corpus=tmp_path / "corpus", data=tmp_path / "data", models_folder=models)
            for path, content in files.items():
                file = settings.documents / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content.encode() if isinstance(content, str) else content)
            assistant = opened.enter_context(Assistant(settings))
            assistant.sync()
            return assistant

        yield make
