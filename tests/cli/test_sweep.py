from __future__ import annotations

import json
from pathlib import Path

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
