from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.settings import Settings
from assistant.variants import AS_SET, VARIANTS, variants_of, varied
from tests.cli.conftest import Run, write_cases


def test_a_sweep_gives_one_table_with_differences_to_the_settings_as_they_are(
    run: Run, library: Path, tmp_path: Path
) -> None:
    write_cases(library.parent / "questions.jsonl")
    rows = json.loads(run("evaluate", "--sweep", "--retrieval-only", "--json").stdout)["rows"]
    ranking = [row for row in rows if row["name"] == "ndcg@10"]
    wanted = ["as set", "vectors alone", "keywords alone", "without glossary"]
    assert [row["variant"] for row in ranking] == [*wanted, "passages of 120 words", "passages of 300 words"]
    assert ranking[0]["difference"] is None
    assert ranking[0]["figure"] == {"value": 1.0, "n": 1, "low": 1.0, "high": 1.0}
    assert {"change", "low", "high", "p"} <= set(ranking[1]["difference"])
    assert not [row for row in rows if row["name"] == "answer_hit"]
    assert sorted(path.name for path in (tmp_path / "data" / "variants").iterdir()) == ["120-words", "300-words"]
    runs = json.loads(run("runs", "--json").stdout)["runs"]
    assert [each["selection"]["variant"] for each in reversed(runs)] == [None, *(row["variant"] for row in ranking[1:])]
    table = run("evaluate", "--sweep", "--retrieval-only").stdout
    assert "without glossary" in table
    assert run("evaluate", "--sweep", "--resume").exit_code == 2


def test_a_run_of_a_sweep_is_taken_up_under_its_own_variant(run: Run, library: Path, tmp_path: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    run("evaluate", "--sweep", "--retrieval-only")
    last = max((tmp_path / "data" / "runs").glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    last.write_bytes(b"\n".join(last.read_bytes().split(b"\n")[:2]) + b"\n")
    assert run("evaluate", "--resume", "--json").exit_code == 0


def test_every_variant_differs_from_the_settings() -> None:
    settings = Settings(passage_words=120, reranker_model="some")
    names = variants_of(settings)
    assert names[0] == AS_SET
    assert "passages of 120 words" not in names
    assert {"without reranker", "passages of 200 words"} <= set(names)
    assert all(varied(settings, name) != settings for name in names[1:])


def test_other_passages_have_an_index_of_their_own() -> None:
    settings = Settings(database_url="postgresql://server/db", chroma_url="http://server")
    assert varied(settings, "vectors alone").index == settings.index
    assert varied(settings, "vectors alone").database_url == settings.database_url
    longer = varied(settings, "passages of 300 words")
    assert longer.index != settings.index
    assert (longer.models, longer.documents) == (settings.models, settings.documents)
    assert (longer.database_url, longer.chroma_url) == (None, None)
    with pytest.raises(EvaluationError, match="no variant"):
        varied(settings, "upside down")


def test_variants_are_of_settings_that_there_are() -> None:
    assert {field for changes in VARIANTS.values() for field in changes} <= set(Settings.model_fields)
