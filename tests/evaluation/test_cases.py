from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.cases import Case, Evidence, load_cases, select_cases
from assistant.types import Filters, Turn

FULL = {
    "id": "c1",
    "question": "How much was it?",
    "answerable": True,
    "answers": ["270,000 tonnes"],
    "reference": "It was 270,000 tonnes.",
    "evidence": [{"document": "a/quota.pdf", "page": 3, "quote": "270,000 tonnes"}],
    "history": [{"question": "Was there a quota?", "answer": "Yes."}],
    "as_of": "2024-06-30",
    "tags": ["en", "follow-up"],
    "split": "test",
}


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def case(key: str, *tags: str, split: str | None = None) -> Case:
    return Case(key, "Why?", answerable=True, tags=tags, split=split)


def test_every_field_is_read(tmp_path: Path) -> None:
    (loaded,) = load_cases(write(tmp_path / "questions.jsonl", FULL))
    assert loaded == Case(
        id="c1",
        question="How much was it?",
        answerable=True,
        answers=("270,000 tonnes",),
        reference="It was 270,000 tonnes.",
        evidence=(Evidence("a/quota.pdf", 3, "270,000 tonnes"),),
        history=(Turn("Was there a quota?", "Yes."),),
        as_of="2024-06-30",
        tags=("en", "follow-up"),
        split="test",
    )
    assert loaded.filters == Filters(as_of="2024-06-30")


def test_only_id_question_and_answerable_are_needed(tmp_path: Path) -> None:
    short = {"id": "c1", "question": "为什么？", "answerable": False, "note": "unknown fields are ignored"}
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b"\xef\xbb\xbf\r\n" + json.dumps(short, ensure_ascii=False).encode() + b"\r\n\r\n")
    assert load_cases(path) == (Case("c1", "为什么？", answerable=False),)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{not json", "Invalid JSON"),
        ([], "object"),
        ({key: value for key, value in FULL.items() if key != "answerable"}, "answerable: Field required"),
        (FULL | {"id": "c2", "answerable": "yes"}, "answerable: "),
        (FULL | {"id": "c2", "evidence": [{"document": "a.pdf", "page": "3"}]}, "evidence.0.page: "),
        (FULL | {"id": "c2", "evidence": [{"document": "a.pdf", "page": 0}]}, "pages count from 1"),
        (FULL | {"id": "c2", "question": " "}, "must not be empty"),
        (FULL | {"id": "c2", "as_of": "30 June 2024"}, "ISO date"),
        (FULL | {"id": "c2", "answerable": False}, "answerable is false"),
        (FULL, "repeats the id c1 of line 1"),
    ],
)
def test_a_malformed_line_is_named_with_its_fault(tmp_path: Path, line: object, fault: str) -> None:
    path = write(tmp_path / "questions.jsonl", FULL, "", line)
    with pytest.raises(EvaluationError, match=r"^Line 3 of questions\.jsonl ") as raised:
        load_cases(path)
    assert fault in str(raised.value)
    assert raised.value.misuse


def test_a_file_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="holds no cases"):
        load_cases(write(tmp_path / "questions.jsonl", ""))
    with pytest.raises(EvaluationError, match="cannot be opened"):
        load_cases(tmp_path / "missing.jsonl")
    with pytest.raises(EvaluationError, match="cannot be opened"):
        load_cases(tmp_path)
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe9"}')
    with pytest.raises(EvaluationError, match="UTF-8"):
        load_cases(tmp_path / "latin.jsonl")


def test_cases_are_selected_by_split_and_tag() -> None:
    cases = (case("a", "en", split="dev"), case("b", "en", "pdf", split="test"), case("c", "zh", split="test"))
    assert [each.id for each in select_cases(cases, split="test")] == ["b", "c"]
    assert [each.id for each in select_cases(cases, split="test", tag="en")] == ["b"]
    with pytest.raises(EvaluationError, match=r"splits dev, test and the tags en, pdf, zh"):
        select_cases(cases, tag="de")


def test_a_sample_is_the_same_every_time_and_keeps_the_order() -> None:
    cases = [case(f"{number:03}") for number in range(100)]
    drawn = select_cases(cases, sample=10)
    assert len(set(drawn)) == 10
    assert drawn == select_cases(cases, sample=10)
    assert [each.id for each in drawn] == sorted(each.id for each in drawn)
    assert select_cases(cases, sample=1000) == tuple(cases)


@pytest.mark.benchmark
def test_public_test_sets_are_read() -> None:
    folder = Path(__file__).parents[3] / "shared" / "benchmarks"
    if not folder.is_dir():
        pytest.skip("the public test sets are not beside the project")
    for path in folder.glob("*/questions.jsonl"):
        assert len(load_cases(path)) == sum(1 for line in path.read_text("utf-8").split("\n") if line.strip())
