from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.documents.library import Library
from assistant.errors import LibraryError


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "documents")


def put(folder: Path, path: str, content: str = "Text.") -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return file


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


# look up and remove


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
