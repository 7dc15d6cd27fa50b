"""Questions to begin with."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.types import DocumentRecord, Metadata
from assistant.ui.ask.suggestions import load_cases_if_any, suggest


def record(title: str, language: str = "en") -> DocumentRecord:
    return DocumentRecord(f"{title}.md", "digest", Metadata(title, language=language), None, 1, 100, "2026-01-01")


def test_they_come_from_the_test_set_where_there_is_one(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    cases = [
        {"id": "1", "question": "What is answerable?", "answerable": True},
        {"id": "2", "question": "What is not?", "answerable": False},
        {"id": "3", "question": "And what of a follow-up?", "answerable": True,
         "history": [{"question": "Q", "answer": "A"}]},
        {"id": "4", "question": "What " + "very " * 30 + "long question is this?", "answerable": True},
    ]  # fmt: skip
    questions.write_text("\n".join(map(json.dumps, cases)), "utf-8")
    assert suggest(load_cases_if_any(questions), [record("Title")]) == ("What is answerable?",)


def test_otherwise_they_are_made_from_titles_spread_over_the_library(tmp_path: Path) -> None:
    suggested = suggest((), [record(f"Title {n}: more of it") for n in range(40)])
    assert len(suggested) == 4
    assert suggested[0] == "What does the library say about “Title 5”?"


def test_chinese_titles_make_chinese_questions(tmp_path: Path) -> None:
    assert suggest((), [record("白云鄂博", "zh")]) == ("关于“白云鄂博”，资料库怎么说？",)


def test_a_malformed_test_set_is_no_reason_to_fail(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text("{", "utf-8")
    assert load_cases_if_any(questions) == ()
