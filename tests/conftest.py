"""Fixtures that build a real assistant over a tiny library."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Settings
from assistant.index.embedding import DEFAULT_MODEL, Embedder, load_embedder

Files = Mapping[str, str | bytes]
MakeAssistant = Callable[..., Assistant]
OpenAssistant = Callable[..., AbstractContextManager[Assistant]]
PdfBytes = Callable[[Sequence[str]], bytes]


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_this_machine() -> Iterator[None]:
    """Neither a stray ``.env`` nor ``ASSISTANT_*`` variables reach a test that does not set them itself."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("ASSISTANT_")]:
            patch.delenv(name)
        patch.setitem(Settings.model_config, "env_file", None)
        yield


@pytest.fixture(scope="session")
def models(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the exported models: the checkout's own if there is one, or made once for all tests."""
    folder = pytestconfig.rootpath / ".assistant" / "models"
    if not any(folder.glob("*.onnx")):
        folder = tmp_path_factory.mktemp("models")
        load_embedder(DEFAULT_MODEL, folder)
    return folder


@pytest.fixture(scope="session")
def embedder(models: Path) -> Embedder:
    """The default embedding model."""
    return load_embedder(DEFAULT_MODEL, models)


@pytest.fixture(scope="session")
def open_assistant(models: Path, tmp_path_factory: pytest.TempPathFactory) -> OpenAssistant:
    """Opens an assistant over a library of the given files, by path and content, all indexed; a context manager."""

    @contextmanager
    def open_it(files: Files, **settings: Any) -> Iterator[Assistant]:
        folder = tmp_path_factory.mktemp("assistant")
        chosen = {"corpus": folder / "corpus", "data": folder / "data", "models_folder": models, **settings}
        with Assistant(Settings(**chosen)) as assistant:
            write_files(assistant.settings.documents, files)
            assistant.sync()
            yield assistant

    return open_it


def write_files(folder: Path, files: Files) -> None:
    """Write files by path and content."""
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def make_assistant(open_assistant: OpenAssistant) -> Iterator[MakeAssistant]:
    """The same without a ``with``: closed when the test ends."""
    with ExitStack() as opened:
        yield lambda files, **settings: opened.enter_context(open_assistant(files, **settings))


@pytest.fixture(scope="module")
def make_shared_assistant(open_assistant: OpenAssistant) -> Iterator[MakeAssistant]:
    """The same for assistants that the tests of a module share and do not change."""
    with ExitStack() as opened:
        yield lambda files, **settings: opened.enter_context(open_assistant(files, **settings))


@pytest.fixture(scope="session")
def pdf_bytes() -> PdfBytes:
    """Makes a small PDF with one page per text, line by line; an empty text is a page without any."""
    return _pdf_bytes


def _pdf_bytes(pages: Sequence[str]) -> bytes:
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        lines = [line.translate(str.maketrans({c: f"\\{c}" for c in "\\()"})) for line in page.splitlines()]
        stream = "BT /F1 11 Tf 14 TL 50 780 Td\n" + "".join(f"({line}) Tj T*\n" for line in lines) + "ET"
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>",
            f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream",
        ]
    return _pdf_file(objects)


def _pdf_file(objects: Sequence[str]) -> bytes:
    """Objects numbered from 1 with the cross-reference table that ISO 32000-1, 7.5.4 asks for."""
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + end.encode()
