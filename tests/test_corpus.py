"""The corpus and its test set hold what they promise."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest

from assistant.documents.library import Library
from assistant.documents.readers import read_document
from assistant.documents.recognition import is_available
from assistant.evaluation.cases import Case, load_cases
from assistant.text import fold, word_count
from assistant.types import Document

CORPUS = Path(__file__).parents[1] / "corpus"
KINDS = {"official-text summary", "statistics", "company note", "analysis", "chronology"}
SCANS = {"policy/watch-list-notice.pdf", "industry/baiyun-ebo-discovery-zh.pdf"}


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    root = CORPUS / "documents"
    paths = [path for path in Library(root).scan() if is_available() or path not in SCANS]
    return {path: read_document(root, path, max_bytes=10**8) for path in paths}


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_cases(CORPUS / "questions.jsonl")


def test_corpus_is_as_large_as_a_real_folder(documents):
    assert len(documents) >= 60
    assert sum(word_count(document.text) for document in documents.values()) >= 45_000


def test_corpus_holds_every_ordinary_format_and_both_languages(documents):
    suffixes = Counter(PurePosixPath(path).suffix for path in Library(CORPUS / "documents").scan())
    assert suffixes[".pdf"] >= 8
    assert suffixes[".docx"] >= 4
    assert suffixes[".html"] >= 4
    assert suffixes[".xlsx"] >= 2
    assert suffixes[".pptx"] >= 1
    languages = Counter(document.metadata.language for document in documents.values())
    assert languages["zh"] + languages["zh-Hant"] >= 10
    assert languages["zh-Hant"] >= 1
    assert max(len(document.page_starts) for document in documents.values()) >= 10


def test_every_document_carries_full_metadata(documents):
    for path, document in documents.items():
        metadata = document.metadata
        assert metadata.published, path
        assert metadata.published <= "2026-07-01", path
        assert metadata.kind in KINDS, path
        assert metadata.topics, path
        assert metadata.sources, path
        assert all(source.title for source in metadata.sources), path


def test_superseded_documents_exist(documents):
    named = [old for document in documents.values() for old in document.metadata.supersedes]
    assert len(named) >= 4
    assert set(named) <= set(documents)


def test_web_pages_come_without_navigation_and_comments(documents):
    for path, document in documents.items():
        if path.endswith(".html"):
            assert "leave a reply" not in document.text.lower(), path


def test_glossary_holds_specific_pairs():
    with (CORPUS / "glossary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 150
    assert all(row["english"] and row["simplified"] for row in rows)
    names = [fold(row["english"]) for row in rows]
    assert not {"china", "rare earths", "rare earth", "policy", "mine"} & set(names)
    assert len(set(names)) == len(names)


def test_every_evidence_quote_stands_in_its_document(documents, cases):
    missing = [
        (case.id, evidence.document, evidence.quote)
        for case in cases
        for evidence in case.evidence
        if evidence.document in documents
        and evidence.quote is not None
        and not _stands(documents[evidence.document], evidence.quote, evidence.page)
    ]
    assert not missing
    assert {evidence.document for case in cases for evidence in case.evidence} <= set(documents) | SCANS


def _stands(document: Document, quote: str, page: int | None) -> bool:
    start = document.text.find(quote)
    while start >= 0:
        if page is None or document.page_at(start) == page:
            return True
        start = document.text.find(quote, start + 1)
    return False


def test_cases_cover_what_staff_ask(cases):
    tags = Counter(tag for case in cases for tag in case.tags)
    assert len(cases) >= 320
    least = {
        "numeric": 40, "date": 40, "multi": 40, "disagree": 30, "as-of": 25, "zh": 30, "cross-lingual": 20,
        "follow-up": 25, "near": 40, "off-topic": 20, "misbehave": 10, "unanswerable": 60,
    }  # fmt: skip
    assert not {tag: tags[tag] for tag, count in least.items() if tags[tag] < count}
    assert sum(tags[tag] for tag in ("table", "spreadsheet", "scanned", "slides")) >= 20


def test_a_third_of_the_cases_is_kept_for_judging(cases):
    share = sum(case.split == "test" for case in cases) / len(cases)
    assert 0.3 <= share <= 0.37
