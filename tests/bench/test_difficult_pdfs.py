"""Files that break PDF readers: each is read, or refused with an error of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.documents.readers import read_document
from assistant.errors import NoTextFound, PasswordProtected, UnreadableDocument

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant

FOLDER = Path(__file__).parents[3] / "shared" / "benchmarks" / "difficult-pdfs"
REFUSALS = {"no_text": NoTextFound, "password": PasswordProtected, "unreadable": UnreadableDocument}
LIMIT = 100_000_000

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/benchmarks/difficult-pdfs is absent"),
]


def cases() -> list[dict[str, Any]]:
    manifest = FOLDER / "manifest.json"
    return json.loads(manifest.read_text()) if manifest.is_file() else []


def name(case: dict[str, Any]) -> str:
    return str(case["file"])


@pytest.mark.parametrize("case", [case for case in cases() if case["expect"] == "text"], ids=name)
def test_text_is_read(case: dict[str, Any]) -> None:
    document = read_document(FOLDER / "corpus", case["file"], max_bytes=LIMIT, recognise=False)
    assert len(document.text) >= case["ref_chars"] / 2
    assert len(document.page_starts) == case["ref_pages"]


@pytest.mark.parametrize("case", [case for case in cases() if case["expect"] in REFUSALS], ids=name)
def test_what_cannot_be_read_is_refused_with_an_error_of_its_own(case: dict[str, Any]) -> None:
    with pytest.raises(REFUSALS[case["expect"]]) as refusal:
        read_document(FOLDER / "corpus", case["file"], max_bytes=LIMIT, recognise=False)
    assert case["file"] in str(refusal.value)


def test_all_of_them_together_stop_nothing(make_assistant: MakeAssistant) -> None:
    files = {file.name: file.read_bytes() for file in (FOLDER / "corpus").iterdir()}
    assistant = make_assistant({**files, "last.md": "The last file is read too."}, ocr=False)
    problems = {problem.path: problem.kind for problem in assistant.problems()}
    expected = {case["file"]: REFUSALS[case["expect"]].__name__ for case in cases() if case["expect"] in REFUSALS}
    assert {path: kind for path, kind in problems.items() if kind != "duplicate"} == expected
    indexed = {record.path for record in assistant.records()}
    assert indexed == files.keys() - problems.keys() | {"last.md"}
    assert assistant.check().sound
