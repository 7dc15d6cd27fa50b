from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.services.evaluation import corpus_settings, fingerprint
from assistant.settings import Settings


def test_the_settings_of_an_evaluation_leave_the_library_alone(tmp_path: Path) -> None:
    folder = tmp_path / "set" / "corpus"
    folder.mkdir(parents=True)
    settings = Settings(
        corpus=tmp_path, data=tmp_path / "data", database_url="postgresql://server/db", chroma_url="http://server"
    )
    other = corpus_settings(settings, folder)
    assert other.documents == folder
    assert other.questions == folder.parent / "questions.jsonl"
    assert other.models == settings.models
    assert other.index.is_relative_to(settings.data / "evaluations")
    assert (other.database_url, other.chroma_url) == (None, None)
    (tmp_path / "documents").mkdir()
    assert corpus_settings(settings, tmp_path / "documents") is settings
    with pytest.raises(EvaluationError):
        corpus_settings(settings, tmp_path / "missing")


def test_fingerprints_tell_parts_apart() -> None:
    assert fingerprint(["ab", "c"]) != fingerprint(["a", "bc"])
    assert fingerprint(["a"]) == fingerprint(["a"])
