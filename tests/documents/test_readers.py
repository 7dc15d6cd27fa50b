from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.documents.readers import SUFFIXES, digest_of, file_digest, metadata_file, read_document
from assistant.errors import DocumentTooLarge, EmptyDocument, NoTextFound, UnreadableDocument, UnsupportedType
from assistant.types import Document, Heading

if TYPE_CHECKING:
    from tests.conftest import PdfBytes

MB = 1_000_000


def read(folder: Path, path: str, content: str | bytes, *, max_bytes: int = MB) -> Document:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(folder, path, max_bytes=max_bytes)


def test_a_document_has_text_headings_metadata_and_a_digest_of_its_bytes(tmp_path: Path) -> None:
    content = "---\ntitle: Decree 785\n---\n# Scope\n\nIt applies to mining.\n"
    document = read(tmp_path, "policy/decree.md", content)
    assert document.path == "policy/decree.md"
    assert document.text == "# Scope\n\nIt applies to mining."
    assert document.headings == (Heading(0, 1, "Scope"),)
    assert document.metadata.title == "Decree 785"
    assert document.digest == hashlib.sha256(content.encode()).hexdigest()
    assert document.page_starts == ()
    assert document.page_at(0) is None


def test_content_tells_the_type_before_the_name_does(tmp_path: Path, pdf_bytes: PdfBytes) -> None:
    pdf = pdf_bytes(["The quota was 270,000 tonnes."])
    assert read(tmp_path, "a.txt", pdf).page_starts == (0,)
    assert read(tmp_path, "no-suffix", b"\n" + pdf).page_starts == (0,)
    page = (
        "<!DOCTYPE html><html><body><article><p>"
        + "The quota was 270,000 tonnes. " * 10
        + "</p></article></body></html>"
    )
    assert "<p>" not in read(tmp_path, "a.md", page).text


@pytest.mark.parametrize("name", ["a.md", "A.MD", "a.markdown", "a.txt", "a.text"])
def test_suffixes_are_read_in_either_case(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name, "Some words.").text == "Some words."


def test_an_unknown_type_names_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedType) as problem:
        read(tmp_path, "a.zip", b"PK")
    assert all(suffix in str(problem.value) for suffix in SUFFIXES)


@pytest.mark.parametrize("content", [b"", b" \n\t "])
def test_an_empty_file_says_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyDocument):
        read(tmp_path, "a.md", content)


def test_a_file_with_metadata_alone_holds_no_text(tmp_path: Path) -> None:
    with pytest.raises(NoTextFound):
        read(tmp_path, "a.md", "---\ntitle: Nothing\n---\n")


def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(DocumentTooLarge, match="ASSISTANT_MAX_FILE_MEGABYTES"):
        read(tmp_path, "a.md", "x" * 2000, max_bytes=1999)
    with pytest.raises(DocumentTooLarge):
        file_digest(tmp_path, "a.md", max_bytes=1999)


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
def test_bytes_under_the_name_of_a_text_say_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableDocument, match="not text"):
        read(tmp_path, name, b"\x7fELF\0\0\0\1")


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="cannot be opened"):
        read_document(tmp_path, "gone.md", max_bytes=MB)


def test_a_metadata_file_has_the_last_word(tmp_path: Path) -> None:
    metadata_file(tmp_path / "a.md").write_text("title: Edited\ntopics: [licensing]\n")
    document = read(tmp_path, "a.md", "---\ntitle: Own\npublished: 2024\n---\nText.")
    assert document.metadata.title == "Edited"
    assert document.metadata.topics == ("licensing",)
    assert document.metadata.published == "2024"


def test_the_digest_covers_the_metadata_file(tmp_path: Path) -> None:
    before = read(tmp_path, "a.md", "Text.").digest
    metadata_file(tmp_path / "a.md").write_text("title: Edited\n")
    after = read_document(tmp_path, "a.md", max_bytes=MB).digest
    assert before == digest_of(b"Text.")
    assert after == digest_of(b"Text.", b"title: Edited\n") != before
    assert file_digest(tmp_path, "a.md", max_bytes=MB) == after


def test_a_metadata_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    metadata_file(tmp_path / "a.md").write_text("title: [unclosed")
    with pytest.raises(UnreadableDocument, match=r"a\.md\.meta\.yaml"):
        read(tmp_path, "a.md", "Text.")
