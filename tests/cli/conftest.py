"""Commands as a person types them, over a small library in an empty folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.cli.app import app

QUOTA = "---\npublished: 2024-08-20\nkind: statistics\n---\n# Quotas\n\nThe 2024 mining quota was 270,000 tonnes.\n"
MAGNETS = "# Magnets\n\nDysprosium keeps neodymium magnets strong at high temperatures.\n"
CASES = (
    {"id": "quota", "question": "What was the mining quota in 2024?", "answerable": True,
     "answers": ["270000 tonnes"], "evidence": [{"document": "quota.md"}], "tags": ["en"], "split": "test"},
    {"id": "mona", "question": "Who painted the Mona Lisa?", "answerable": False, "tags": ["off-topic"]},
)  # fmt: skip

Run = Callable[..., Result]


@pytest.fixture
def run(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder, with a library of its own in ``corpus/documents``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSISTANT_CORPUS", "corpus")
    monkeypatch.setenv("ASSISTANT_DATA", "data")
    monkeypatch.setenv("ASSISTANT_MODELS_FOLDER", str(models))
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def library(run: Run, tmp_path: Path) -> Path:
    """A library of two documents that are indexed."""
    documents = tmp_path / "corpus" / "documents"
    documents.mkdir(parents=True)
    (documents / "quota.md").write_text(QUOTA)
    (documents / "magnets.md").write_text(MAGNETS)
    assert run("sync").exit_code == 0
    return documents


def write_cases(path: Path) -> Path:
    path.write_text("\n".join(json.dumps(case) for case in CASES))
    return path
