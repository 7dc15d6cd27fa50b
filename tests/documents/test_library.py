from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.documents.library import Library
from assistant.documents.metadata import parse_fields
from assistant.documents.web import WebPage
from assistant.errors import LibraryError, MetadataError, StorageError, UnreadableDocument


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "documents")


def put(folder: Path, path: str, content: str = "Text.") -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return file


def zipped(members: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def contents(library: Library) -> dict[str, str]:
    return {path: (library.root / path).read_text() for path in library.scan()}


# scan


def test_a_library_that_is_not_there_yet_is_empty(library: Library) -> None:
    assert library.scan() == {}


def test_files_are_found_in_folders_and_hidden_ones_passed_over(library: Library) -> None:
    for path in ("b.md", "policy/a.md", ".hidden.md", ".git/c.md", "~$open.docx", "policy/.adding-x"):
        put(library.root, path)
    assert list(library.scan()) == ["b.md", "policy/a.md"]


def test_a_metadata_file_is_no_document_but_changes_its_stamp(library: Library) -> None:
    put(library.root, "a.md")
    before = library.scan()
    put(library.root, "a.md.meta.yaml", "title: Edited")
    put(library.root, "gone.md.meta.yaml", "title: Of nothing")
    after = library.scan()
    assert list(after) == ["a.md"]
    assert after["a.md"] != before["a.md"]


def test_a_name_that_is_not_unicode_is_spelt_out(library: Library) -> None:
    library.root.mkdir()
    Path(os.fsdecode(os.fsencode(library.root) + b"/\xd6\xd0.md")).write_text("Text.")
    (path,) = library.scan()
    assert path.encode()
    assert path.endswith(".md")


def test_links_to_nothing_are_passed_over(library: Library) -> None:
    library.root.mkdir()
    (library.root / "broken.md").symlink_to(library.root / "nothing.md")
    assert library.scan() == {}


# add


def test_a_file_is_copied_under_its_name(library: Library, tmp_path: Path) -> None:
    source = put(tmp_path, "decree.md", "Decree.")
    assert library.add(source) == ("decree.md",)
    assert contents(library) == {"decree.md": "Decree."}
    assert source.read_text() == "Decree."


def test_a_folder_is_copied_with_its_name_and_without_hidden_files(library: Library, tmp_path: Path) -> None:
    put(tmp_path, "policy/a.md")
    put(tmp_path, "policy/deep/b.md")
    put(tmp_path, "policy/.DS_Store")
    assert library.add(tmp_path / "policy") == ("policy/a.md", "policy/deep/b.md")


@pytest.mark.parametrize("name", [".", "../policy", "deep/.."])
def test_a_folder_by_any_name_ends_up_inside_the_library(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    put(tmp_path, "policy/deep/a.md")
    monkeypatch.chdir(tmp_path / "policy")
    assert library.add(Path(name)) == ("policy/deep/a.md",)
    assert list(library.scan()) == ["policy/deep/a.md"]


def test_metadata_files_come_along(library: Library, tmp_path: Path) -> None:
    for path in ("policy/a.md", "b.md"):
        put(tmp_path, path)
        put(tmp_path, f"{path}.meta.yaml", f"title: {path}")
    assert library.add(tmp_path / "policy") == ("policy/a.md",)
    assert library.add(tmp_path / "b.md") == ("b.md",)
    assert (library.root / "policy/a.md.meta.yaml").read_text() == "title: policy/a.md"
    assert (library.root / "b.md.meta.yaml").read_text() == "title: b.md"


def test_the_same_content_is_not_added_twice(library: Library, tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    assert library.add(tmp_path / "a.md") == library.add(tmp_path / "a.md") == ("a.md",)
    assert library.add_bytes("a.md", b"Text.") == "a.md"
    assert list(library.scan()) == ["a.md"]


def test_another_file_of_the_same_name_gets_a_number_and_keeps_its_metadata(library: Library, tmp_path: Path) -> None:
    put(library.root, "a.md", "First.")
    put(library.root, "a.md.meta.yaml", "title: First")
    put(tmp_path, "a.md", "Second.")
    put(tmp_path, "a.md.meta.yaml", "title: Second")
    assert library.add(tmp_path / "a.md") == ("a-2.md",)
    assert library.add_bytes("a.md", b"Third.") == "a-3.md"
    assert contents(library) == {"a.md": "First.", "a-2.md": "Second.", "a-3.md": "Third."}
    assert (library.root / "a.md.meta.yaml").read_text() == "title: First"
    assert (library.root / "a-2.md.meta.yaml").read_text() == "title: Second"


def test_a_file_of_the_library_itself_stays_where_it_is(library: Library) -> None:
    file = put(library.root, "policy/a.md")
    assert library.add(file) == ("policy/a.md",)
    assert library.add(library.root / "policy") == ("policy/a.md",)
    assert list(library.scan()) == ["policy/a.md"]


def test_what_is_not_there_cannot_be_added(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(LibraryError, match="no file or folder"):
        library.add(tmp_path / "gone.md")
    with pytest.raises(LibraryError, match="holds no files"):
        library.add(tmp_path / "empty")


def test_adding_leaves_no_temporary_files(library: Library) -> None:
    library.add_bytes("a.md", b"Text.")
    assert [file.name for file in library.root.iterdir()] == ["a.md"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("decree 785.md", "decree 785.md"),
        ("中国稀土政策.pdf", "中国稀土政策.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Li\\a.md", "a.md"),
        ("/absolute/a.md", "a.md"),
        (".hidden.md", "hidden.md"),
        ("~$open.docx", "open.docx"),
        ("a\nb\0.md", "ab.md"),
        ('what?<"quota">.md', "whatquota.md"),
    ],
)
def test_an_upload_gets_a_name_that_is_safe(library: Library, name: str, path: str) -> None:
    assert library.add_bytes(name, b"Text.") == path
    assert list(library.scan()) == [path]


@pytest.mark.parametrize("name", ["", "..", "...", "/", "\0", "~$"])
def test_a_name_that_is_none_is_refused(library: Library, name: str) -> None:
    with pytest.raises(LibraryError, match="not a name"):
        library.add_bytes(name, b"Text.")


@pytest.mark.parametrize("letter", ["x", "稀"])
def test_a_long_name_is_cut_so_that_it_can_be_stored(library: Library, letter: str) -> None:
    paths = [library.add_bytes(letter * 300 + ".md", content) for content in (b"First.", b"Second.")]
    assert list(library.scan()) == sorted(paths)
    assert all(path.endswith(".md") for path in paths)
    put(library.root, paths[0] + ".meta.yaml")


def test_a_disk_that_takes_nothing_is_told_in_a_sentence(library: Library) -> None:
    library.root.write_text("A file where the folder should be.")
    with pytest.raises(StorageError, match="cannot be stored"):
        library.add_bytes("a.md", b"Text.")


# look up, remove and bring back


def test_a_path_leads_to_its_file(library: Library) -> None:
    file = put(library.root, "policy/a.md")
    assert library.path_of("policy/a.md") == file


@pytest.mark.parametrize(
    "path", ["../secret.md", "/etc/passwd", "policy/../../secret.md", "gone.md", "", "policy", "a\0.md"]
)
def test_a_path_that_is_none_of_the_library_is_refused(library: Library, tmp_path: Path, path: str) -> None:
    put(tmp_path, "secret.md")
    put(library.root, "policy/a.md")
    with pytest.raises(LibraryError):
        library.path_of(path)
    with pytest.raises(LibraryError):
        library.remove(path)
    assert (tmp_path / "secret.md").exists()


def test_removing_takes_the_metadata_file_along(library: Library) -> None:
    put(library.root, "a.md")
    put(library.root, "a.md.meta.yaml", "title: A")
    put(library.root, "b.md")
    library.remove("a.md")
    assert [file.name for file in library.root.iterdir()] == ["b.md"]


def test_a_removed_document_comes_back_with_its_metadata_and_leaves_no_trace_in_the_trash(tmp_path: Path) -> None:
    library = Library(tmp_path / "documents", tmp_path / "trash")
    put(library.root, "policy/a.md", "Decree.")
    put(library.root, "policy/a.md.meta.yaml", "title: A")
    library.remove("policy/a.md")
    assert [each.path for each in library.removed()] == ["policy/a.md"]
    library.restore("policy/a.md")
    assert contents(library) == {"policy/a.md": "Decree."}
    assert (library.root / "policy/a.md.meta.yaml").read_text() == "title: A"
    assert library.removed() == ()
    assert list((tmp_path / "trash").iterdir()) == []


def test_of_several_removed_from_one_path_the_last_comes_back(library: Library) -> None:
    for content in ("First.", "Second.", "Third."):
        put(library.root, "a.md", content)
        library.remove("a.md")
    put(library.root, "b.md")
    library.remove("b.md")
    assert [each.path for each in library.removed()] == ["b.md", "a.md", "a.md", "a.md"]
    for content in ("Third.", "Second.", "First."):
        library.restore("a.md")
        assert contents(library) == {"a.md": content}
        (library.root / "a.md").unlink()


def test_nothing_is_overwritten_by_what_comes_back(library: Library) -> None:
    put(library.root, "a.md", "First.")
    library.remove("a.md")
    put(library.root, "a.md", "Second.")
    with pytest.raises(LibraryError, match="taken by another file"):
        library.restore("a.md")
    assert contents(library) == {"a.md": "Second."}
    assert [each.path for each in library.removed()] == ["a.md"]


@pytest.mark.parametrize("path", ["gone.md", "../a.md", "/a.md", ".hidden.md"])
def test_what_is_not_in_the_trash_does_not_come_back(library: Library, path: str) -> None:
    with pytest.raises(LibraryError):
        library.restore(path)


def test_a_removal_that_was_killed_between_document_and_metadata_can_be_undone(library: Library) -> None:
    put(library.root, "a.md", "Text.")
    library.remove("a.md")
    beside = put(library.root, "a.md.meta.yaml", "title: A")
    assert contents(library) == {}
    library.restore("a.md")
    assert contents(library) == {"a.md": "Text."}
    assert beside.read_text() == "title: A"


def test_files_of_others_in_the_trash_folder_are_left_alone(tmp_path: Path) -> None:
    library = Library(tmp_path / "documents", tmp_path / "trash")
    put(tmp_path / "trash", "mine/notes.md")
    put(tmp_path / "trash", "notes.md")
    assert library.removed() == ()


# metadata


def test_edits_are_kept_beside_the_file_and_merged(library: Library) -> None:
    put(library.root, "policy/a.md")
    library.edit("policy/a.md", {"title": "配额", "kind": "law"})
    library.edit("policy/a.md", {"published": "2024-06", "kind": ""})
    beside = library.root / "policy/a.md.meta.yaml"
    assert parse_fields(beside.read_text("utf-8"), where="a").model_dump(exclude_unset=True) == {
        "title": "配额",
        "kind": None,
        "published": "2024-06",
    }
    library.edit("policy/a.md", {"title": None})
    assert "title" not in beside.read_text("utf-8")


def test_an_edit_that_cannot_be_changes_nothing(library: Library) -> None:
    put(library.root, "a.md")
    for path, changes, error in (
        ("a.md", {"title": "New", "published": "soon"}, MetadataError),
        ("a.md", {"colour": "red"}, MetadataError),
        ("gone.md", {"title": "New"}, LibraryError),
        ("a.md.meta.yaml", {"title": "New"}, LibraryError),
    ):
        with pytest.raises(error):
            library.edit(path, changes)
    assert [file.name for file in library.root.iterdir()] == ["a.md"]


def test_when_no_edit_is_left_the_metadata_file_goes(library: Library) -> None:
    put(library.root, "a.md")
    library.edit("a.md", {"title": "New"})
    library.edit("a.md", {"title": ""})
    assert [file.name for file in library.root.iterdir()] == ["a.md"]


# archives


def test_an_archive_becomes_a_folder_named_after_it(library: Library, tmp_path: Path) -> None:
    archive = tmp_path / "desk notes.zip"
    archive.write_bytes(zipped({"a.md": "A", "deep/b.md": "B", "a.md.meta.yaml": "title: A"}))
    assert library.add(archive) == ("desk notes/a.md", "desk notes/deep/b.md")
    assert contents(library) == {"desk notes/a.md": "A", "desk notes/deep/b.md": "B"}
    assert library.add_bytes("desk notes.zip", archive.read_bytes()) == "desk notes"
    assert len(library.scan()) == 2
    assert library.add_bytes("desk notes.zip", zipped({"a.md": "Another"})) == "desk notes-2"


def test_archives_in_a_folder_are_unpacked_where_they_stand(library: Library, tmp_path: Path) -> None:
    (tmp_path / "desk" / "2024").mkdir(parents=True)
    (tmp_path / "desk" / "2024" / "june.zip").write_bytes(zipped({"a.md": "A"}))
    assert library.add(tmp_path / "desk") == ("desk/2024/june/a.md",)


def test_an_archive_that_is_refused_leaves_nothing(library: Library) -> None:
    for data in (zipped({"a.md": "A", "../b.md": "B"}), zipped({"a.md": "A"})[:-30], b"PK\x03\x04"):
        with pytest.raises(UnreadableDocument):
            library.add_bytes("a.zip", data)
    assert list(library.root.parent.rglob("*.md")) == []
    assert list(library.root.iterdir()) == []


def test_what_a_killed_process_left_is_swept_away_after_a_day(library: Library) -> None:
    for name in (".adding-file", ".adding-folder/a.md", ".adding-recent"):
        put(library.root, name)
    for name in (".adding-file", ".adding-folder"):
        os.utime(library.root / name, (1, 1))
    library.add_bytes("a.md", b"Text.")
    assert sorted(file.name for file in library.root.iterdir()) == [".adding-recent", "a.md"]


# pages from the web


def test_a_page_stands_beside_its_address(library: Library) -> None:
    page = WebPage("https://example.org/quota", "example.org-quota.html", b"<p>Quota</p>")
    assert library.add_page(page) == "example.org-quota.html"
    assert "https://example.org/quota" in (library.root / "example.org-quota.html.meta.yaml").read_text()


def test_a_page_that_is_fetched_again_replaces_itself_and_keeps_its_edits(library: Library) -> None:
    first = WebPage("https://example.org/quota", "example.org-quota.html", b"First")
    path = library.add_page(first)
    library.edit(path, {"title": "Edited"})
    assert library.add_page(replace(first, data=b"Second")) == path
    assert contents(library) == {path: "Second"}
    assert "Edited" in (library.root / f"{path}.meta.yaml").read_text()
    assert library.add_page(replace(first, url="https://example.org/quota/")) == "example.org-quota-2.html"


def test_a_page_does_not_replace_a_file_of_the_same_name(library: Library) -> None:
    put(library.root, "example.org.html", "Mine")
    assert library.add_page(WebPage("https://example.org", "example.org.html", b"Theirs")) == "example.org-2.html"
    assert contents(library)["example.org.html"] == "Mine"


def test_an_archive_from_the_web_is_unpacked(library: Library) -> None:
    page = WebPage("https://example.org/all.zip", "example.org-all.zip", zipped({"a.md": "A"}))
    assert library.add_page(page) == "example.org-all"
    assert contents(library) == {"example.org-all/a.md": "A"}


def test_two_that_add_other_files_under_one_name_at_once_lose_none(library: Library) -> None:
    contents = [f"note {number}".encode() for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda data: library.add_bytes("note.md", data), contents))
    assert len(set(paths)) == len(contents)
    assert [(library.root / path).read_bytes() for path in paths] == contents
