from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.case_file import CaseFile
from assistant.evaluation.cases import Case, Evidence, load_cases
from assistant.types import Turn

FIRST = '{"id": "a-1",   "question": "第一?", "answerable": true, "answers": ["one"], "checked": "twice"}'
SECOND = '{"id": "b-7", "question": "Second?", "answerable": false}'
NEW = Case(
    "",
    "Third?",
    answerable=True,
    answers=("three",),
    evidence=(Evidence("a.md", quote="three 镝"), Evidence("b.pdf", 2)),
    history=(Turn("Second?", "No."),),
    as_of="2025-01-31",
    tags=("feedback",),
    split="dev",
)


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    (tmp_path / "questions.jsonl").write_text(f"{FIRST}\n\n{SECOND}\n", "utf-8")
    return CaseFile(tmp_path / "questions.jsonl", tmp_path / "data" / "lock")


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_an_added_case_gets_an_id_of_its_own_and_changes_no_other_line(file: CaseFile, tmp_path: Path) -> None:
    assert file.add(NEW, "feedback").id == "feedback-001"
    assert file.add(NEW, "b").id == "b-008"
    first, second, third, _ = lines(tmp_path / "questions.jsonl")
    assert (first, second) == (FIRST, SECOND)
    assert json.loads(third)["evidence"] == [
        {"document": "a.md", "quote": "three 镝"},
        {"document": "b.pdf", "page": 2},
    ]
    assert load_cases(tmp_path / "questions.jsonl")[2] == replace(NEW, id="feedback-001")


def test_the_first_case_makes_the_file(tmp_path: Path) -> None:
    made = CaseFile(tmp_path / "corpus" / "questions.jsonl", tmp_path / "lock")
    assert made.cases() == ()
    made.add(NEW, "feedback")
    assert [case.id for case in made.cases()] == ["feedback-001"]


def test_a_case_is_rewritten_and_keeps_what_is_beyond_the_format(file: CaseFile, tmp_path: Path) -> None:
    first = file.cases()[0]
    file.rewrite(replace(first, answers=("one", "1")))
    stored = json.loads(lines(tmp_path / "questions.jsonl")[0])
    assert stored["answers"] == ["one", "1"]
    assert stored["checked"] == "twice"
    with pytest.raises(EvaluationError, match="no case"):
        file.rewrite(replace(first, id="gone"))


def test_a_retired_case_is_asked_no_more_and_its_id_is_never_given_again(file: CaseFile, tmp_path: Path) -> None:
    file.retire("b-7")
    assert [case.id for case in file.cases()] == ["a-1"]
    assert lines(tmp_path / "questions.retired.jsonl") == [SECOND]
    assert file.add(NEW, "b").id == "b-008"
    file.retire("b-008")
    with pytest.raises(EvaluationError, match="only case"):
        file.retire("a-1")


def test_what_is_no_case_is_not_written(file: CaseFile, tmp_path: Path) -> None:
    before = (tmp_path / "questions.jsonl").read_bytes()
    with pytest.raises(EvaluationError, match="although answerable is false"):
        file.add(replace(NEW, answerable=False), "x")
    with pytest.raises(EvaluationError, match="must not be empty"):
        file.rewrite(replace(file.cases()[0], question=" "))
    assert (tmp_path / "questions.jsonl").read_bytes() == before


def test_a_test_set_with_a_malformed_line_is_not_changed(file: CaseFile, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(f"{FIRST}\nhalf a fi")
    with pytest.raises(EvaluationError, match="Line 2"):
        file.add(NEW, "x")


def test_changes_at_the_same_time_are_all_kept(file: CaseFile) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: file.add(NEW, "x").id, range(16)))
    assert sorted(added) == [f"x-{number:03}" for number in range(1, 17)]
    assert len(file.cases()) == 18
