from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import CASES, QUOTA, Run, write_cases

ONE = {"value": 1.0, "n": 1, "low": 1.0, "high": 1.0}


def kept(run: Run) -> list[dict[str, object]]:
    runs: list[dict[str, object]] = json.loads(run("runs", "--json").stdout)["runs"]
    return runs


def test_the_own_test_set_is_evaluated_without_arguments(run: Run, library: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    report = json.loads(run("evaluate", "--json").stdout)
    assert report["figures"]["recall@5"] == ONE
    assert report["figures"]["quotes_verbatim"]["value"] == 1.0
    assert report["figures"]["answer_hit"] == ONE
    assert report["figures"]["seconds_p50"]["n"] == 2
    assert set(report["by_tag"]) == {"en", "off-topic"}
    table = run("evaluate", "--retrieval-only").stdout
    assert "recall@5" in table
    assert "answer_hit" not in table


def test_any_folder_is_evaluated_with_an_index_of_its_own_that_is_kept(run: Run, library: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "corpus"
    other.mkdir(parents=True)
    (other / "quota.md").write_text(QUOTA)
    write_cases(other.parent / "questions.jsonl")
    first = json.loads(run("evaluate", "--corpus", other, "--json").stdout)
    (kept,) = (tmp_path / "data" / "evaluations").iterdir()
    stored = {file.name: file.stat().st_mtime_ns for file in kept.rglob("*.idx")}
    second = json.loads(run("evaluate", "--corpus", other, "--json").stdout)
    assert first["figures"]["recall@5"] == second["figures"]["recall@5"] == ONE
    assert stored == {file.name: file.stat().st_mtime_ns for file in kept.rglob("*.idx")} != {}
    assert len(json.loads(run("list", "--json").stdout)["documents"]) == len(list(library.iterdir()))


def test_an_evaluation_under_other_settings_makes_its_index_anew(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "quota.md").write_text(QUOTA)
    questions = write_cases(tmp_path / "set.jsonl")
    assert run("evaluate", "--corpus", other, "--questions", questions).exit_code == 0
    monkeypatch.setenv("ASSISTANT_PASSAGE_WORDS", "50")
    assert run("evaluate", "--corpus", other, "--questions", questions).exit_code == 0


def test_cases_are_drawn_by_split_tag_and_number(run: Run, library: Path) -> None:
    write_cases(library.parent / "questions.jsonl")

    def count(*options: str) -> int:
        report = json.loads(run("evaluate", "--retrieval-only", "--json", *options).stdout)
        return int(report["figures"]["seconds_p50"]["n"])

    assert (count(), count("--split", "test"), count("--tag", "off-topic"), count("--sample", "1")) == (2, 1, 1, 1)
    assert run("evaluate", "--tag", "fr").exit_code == 2


def test_a_failing_case_is_told_and_counted(run: Run, library: Path) -> None:
    failing = {"id": "bad", "question": "?!", "answerable": True, "evidence": [{"document": "quota.md"}]}
    (library.parent / "questions.jsonl").write_text(json.dumps(failing))
    result = run("evaluate", "--json")
    assert json.loads(result.stdout)["figures"]["recall@5"] == {**ONE, "value": 0.0, "low": 0.0, "high": 0.0}
    assert "Case bad failed" in result.stderr


# runs


def test_every_evaluation_is_kept_and_listed(run: Run, library: Path) -> None:
    assert "No run" in run("runs").stderr
    write_cases(library.parent / "questions.jsonl")
    first = run("evaluate", "--json")
    run("evaluate", "--retrieval-only", "--tag", "en")
    second, earlier = kept(run)
    assert earlier["selection"]["tag"] is None  # type: ignore[index]
    assert second["selection"]["tag"] == "en"  # type: ignore[index]
    assert second["selection"]["retrieval_only"]  # type: ignore[index]
    assert earlier["total"] == 2
    assert earlier["circumstances"]["documents"] == 2  # type: ignore[index]
    assert not [name for name in earlier["circumstances"]["settings"] if "folder" in name or name in {"corpus", "data"}]  # type: ignore[index]
    assert json.loads(run("runs", earlier["id"], "--json").stdout) == json.loads(first.stdout)
    table = run("runs").stdout
    assert str(earlier["id"]) in table
    assert "tag en, retrieval only" in table


def test_runs_outlive_the_index(run: Run, library: Path, tmp_path: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    run("evaluate", "--retrieval-only")
    shutil.rmtree(tmp_path / "data" / "index")
    assert len(kept(run)) == 1


def test_a_killed_run_is_taken_up_where_it_was(run: Run, library: Path, tmp_path: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    whole = json.loads(run("evaluate", "--tag", "en", "--json").stdout)
    (file,) = (tmp_path / "data" / "runs").iterdir()
    file.write_bytes(b"\n".join(file.read_bytes().split(b"\n")[:2])[:-9])  # within the first result
    assert "broken off" in run("runs").stdout
    resumed = run("evaluate", "--resume", "--json")
    assert json.loads(resumed.stdout)["figures"]["answer_hit"] == whole["figures"]["answer_hit"]
    assert len(kept(run)) == 1
    assert run("evaluate", "--resume").exit_code == 2


def test_a_run_is_not_taken_up_over_another_library(run: Run, library: Path, tmp_path: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    run("evaluate", "--retrieval-only")
    (file,) = (tmp_path / "data" / "runs").iterdir()
    file.write_bytes(b"\n".join(file.read_bytes().split(b"\n")[:2]) + b"\n")
    (library / "new.md").write_text("# New\n\nSomething new.\n")
    result = run("evaluate", "--resume")
    assert result.exit_code == 2
    assert "have changed since" in result.stderr


def test_two_runs_are_compared(run: Run, library: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    run("evaluate")
    (library / "quota.md").unlink()
    run("evaluate")
    second, first = (each["id"] for each in kept(run))
    data = json.loads(run("compare", first, "--json").stdout)
    assert (data["before"], data["after"], data["cases"]) == (first, second, 2)
    assert data["differences"]["answer_hit"]["change"] == -1.0
    assert data["passes"]  # one case of two is no proof
    assert [flip["case"] for flip in data["flips"]] == ["quota"]
    assert [each["what"] for each in data["changed"]] == ["corpus"]
    table = run("compare", first, second).stdout
    assert "answer_hit" in table
    assert "quota: right →" in table
    assert "by more than chance" in table


def test_a_significant_drop_fails_the_gate(run: Run, library: Path, tmp_path: Path) -> None:
    questions = library.parent / "questions.jsonl"
    questions.write_text("\n".join(json.dumps({**CASES[0], "id": f"quota-{number}"}) for number in range(12)))
    baseline = tmp_path / "baseline.json"
    assert run("evaluate", "--retrieval-only", "--export", baseline).exit_code == 0
    passed = run("evaluate", "--retrieval-only", "--gate", baseline, "--json")
    assert passed.exit_code == 0
    assert "figures" in json.loads(passed.stdout)
    (library / "quota.md").unlink()
    failed = run("evaluate", "--retrieval-only", "--gate", baseline)
    assert failed.exit_code == 1
    assert "ndcg@10 1.000 → 0.000" in failed.stderr
    assert run("evaluate", "--retrieval-only", "--gate", "latest").exit_code == 0


def test_runs_are_exported(run: Run, library: Path, tmp_path: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    assert run("evaluate", "--export", "report.html").exit_code == 0
    assert run("runs", "latest", "--export", "cases.csv").exit_code == 0
    assert "What was the mining quota in 2024?" in (tmp_path / "report.html").read_text("utf-8")
    assert (tmp_path / "cases.csv").read_text("utf-8").startswith("case,question")
