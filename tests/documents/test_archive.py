from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.archive import Limits, is_archive, unpack
from assistant.documents.library import Library
from assistant.errors import AssistantError, DocumentTooLarge, EmptyDocument, PasswordProtected, UnreadableDocument

Members = Mapping[str, str | bytes]


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name) if name.endswith("/") else name, content)
    return file.getvalue()


def renamed(data: bytes, old: bytes, new: bytes, *, flags: int = 0) -> bytes:
    """An archive with another name of the same length in it, as no careful program writes it."""
    assert len(old) == len(new)
    changed = bytearray(data.replace(old, new))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            struct.pack_into("<H", changed, at + offset, flags)
            at = changed.find(signature, at + 4)
    return bytes(changed)


def unpacked(data: bytes, folder: Path, **limits: int) -> dict[str, str]:
    folder.mkdir(exist_ok=True)
    unpack(io.BytesIO(data), "all.zip", folder, Limits(**limits))
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


# what is an archive


def test_archives_are_told_from_documents_in_the_form_of_one() -> None:
    plain = zipped({"a.md": "A"})
    for name, data, expected in (
        ("a.zip", plain, True),
        ("A.ZIP", plain, True),
        ("download", plain, True),
        ("a.zip", zipped({}), True),
        ("a.docx", zipped({"[Content_Types].xml": "", "word/document.xml": ""}), False),
        ("a.zip", zipped({"[Content_Types].xml": "", "word/document.xml": ""}), False),
        ("a.zip", zipped({"mimetype": "application/epub+zip"}), False),
        ("a.key", plain, False),
        ("a.zip", b"%PDF-1.7", False),
        ("a.zip", b"", False),
    ):
        assert is_archive(io.BytesIO(data), name) == expected, name


# what comes out


def test_members_keep_their_folders(tmp_path: Path) -> None:
    members = {"a.md": "A", "policy/": "", "policy/deep/b.md": "B", "./c.md": "C", "win\\d.md": "D"}
    assert unpacked(zipped(members), tmp_path) == {"a.md": "A", "policy/deep/b.md": "B", "c.md": "C", "win/d.md": "D"}


def test_junk_and_hidden_files_stay_behind(tmp_path: Path) -> None:
    members = {
        "a.md": "A", "__MACOSX/._a.md": "", ".DS_Store": "", "policy/.DS_Store": "", ".git/config": "",
        "~$open.docx": "", "Thumbs.db": "", "policy/desktop.ini": "",
    }  # fmt: skip
    assert unpacked(zipped(members), tmp_path) == {"a.md": "A"}


def test_names_are_made_safe(tmp_path: Path) -> None:
    long = "稀" * 200 + ".md"
    names = list(unpacked(zipped({"what?<a>|b.md": "A", f"deep/{long}": "B", "tab\there.md": "C"}), tmp_path))
    assert "whatab.md" in names
    assert "tabhere.md" in names
    assert all(len(part.encode()) <= 200 for name in names for part in name.split("/"))


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("稀土/配额 2024.md", "gb18030"),
        ("稀土/配额 2024.md", "utf-8"),
        ("朱镕基讲话.md", "gbk"),
        ("Fähre/Größe é.md", "cp437"),
        ("año ñandú.md", "cp437"),
    ],
)
def test_names_in_old_encodings_are_understood(tmp_path: Path, name: str, encoding: str) -> None:
    raw = name.encode(encoding)
    data = renamed(zipped({"x" * len(raw): "Text."}), b"x" * len(raw), raw)
    assert unpacked(data, tmp_path) == {name: "Text."}


def test_names_marked_as_utf8_are_left_alone(tmp_path: Path) -> None:
    assert unpacked(zipped({"Ä稀.md": "A"}), tmp_path) == {"Ä稀.md": "A"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_the_same_name_are_numbered(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for content in ("First", "Second"):
            archive.writestr("a.md", content)
    assert unpacked(file.getvalue(), tmp_path) == {"a.md": "First", "a-2.md": "Second"}


def test_archives_within_are_unpacked_into_folders_of_their_own(tmp_path: Path) -> None:
    inner = zipped({"b.md": "B", "more.zip": zipped({"c.md": "C"})})
    data = zipped({"a.md": "A", "year/2024/x.md": "X", "year/2024.zip": inner, "book": inner})
    assert unpacked(data, tmp_path) == {
        "a.md": "A",
        "year/2024/x.md": "X",
        "year/2024-2/b.md": "B",
        "year/2024-2/more/c.md": "C",
        "book (unpacked)/b.md": "B",
        "book (unpacked)/more/c.md": "C",
    }


def test_documents_in_the_form_of_archives_stay_whole(tmp_path: Path) -> None:
    docx = zipped({"[Content_Types].xml": "<Types/>"})
    unpack(io.BytesIO(zipped({"a.docx": docx})), "all.zip", tmp_path)
    assert (tmp_path / "a.docx").read_bytes() == docx


# what is refused


@pytest.mark.parametrize(
    "name",
    [
        "../a.md", "policy/../../a.md", "..\\a.md", "/etc/a.md", "\\a.md", "C:\\a.md", "c:a.md", "//server/a.md",
        "NUL", "con.md", "policy/COM1.txt", "lpt9", "aux .md", "..",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableDocument, match=r"all\.zip is refused"):
        unpacked(zipped({"good.md": "Good.", name: "Evil."}), tmp_path / "within")
    assert not list((tmp_path / "within").iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["within"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    link = zipfile.ZipInfo("a.md")
    link.external_attr = (kind | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnreadableDocument, match="link or device"):
        unpacked(file.getvalue(), tmp_path)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    assert len(unpacked(zipped({f"{number}.md": "" for number in range(5)}), tmp_path / "5", files=5)) == 5
    for members in (
        {f"{number}.md": "" for number in range(6)},
        {"a.md": "", "b.zip": zipped({f"{number}.md": "" for number in range(5)})},
    ):
        with pytest.raises(DocumentTooLarge, match="more than 5 files"):
            unpacked(zipped(members), tmp_path / "6", files=5)


def test_a_directory_without_end_is_refused_unread(tmp_path: Path) -> None:
    entries = b"PK\x01\x02" * 100_001
    with pytest.raises(DocumentTooLarge, match="too many files"):
        is_archive(io.BytesIO(b"PK\x03\x04" + entries), "all.zip")


def test_archives_nested_too_deep_are_refused(tmp_path: Path) -> None:
    data = zipped({"a.md": "A"})
    for _ in range(3):
        data = zipped({"inner.zip": data})
    assert unpacked(data, tmp_path / "3", depth=3) == {"inner/inner/inner/a.md": "A"}
    with pytest.raises(DocumentTooLarge, match="more than 2 deep"):
        unpacked(data, tmp_path / "2")


def test_what_expands_too_far_is_refused(tmp_path: Path) -> None:
    stored = zipped({"a.md": "x" * 2000, "b.md": "x" * 2000}, zipfile.ZIP_STORED)
    assert len(unpacked(stored, tmp_path / "4", expanded=4000)) == 2
    with pytest.raises(DocumentTooLarge, match="expands to more"):
        unpacked(stored, tmp_path / "3", expanded=3999)


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    bomb = zipped({f"{number}.md": bytes(4_000_000) for number in range(3)})
    assert len(bomb) * 100 < 12_000_000
    with pytest.raises(DocumentTooLarge, match="expands to more than 10 MB"):
        unpacked(bomb, tmp_path)
    nested = zipped({"a.zip": bomb, "b.zip": bomb})
    with pytest.raises(DocumentTooLarge, match="expands to more than 10 MB"):
        unpacked(nested, tmp_path)


def test_a_size_that_is_not_so_helps_nobody(tmp_path: Path) -> None:
    data = zipped({"a.md": bytes(12_000_000)}).replace(struct.pack("<I", 12_000_000), struct.pack("<I", 100))
    with pytest.raises((DocumentTooLarge, UnreadableDocument)):
        unpacked(data, tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 10_000_000


def test_protected_and_unusual_archives_are_refused(tmp_path: Path) -> None:
    protected = renamed(zipped({"a.md": "A"}), b"a.md", b"a.md", flags=1)
    with pytest.raises(PasswordProtected):
        unpacked(protected, tmp_path)
    with pytest.raises(UnreadableDocument, match="unusual"):
        unpacked(zipped({"a.md": "A"}, zipfile.ZIP_LZMA), tmp_path)


@pytest.mark.parametrize("members", [{}, {"folder/": ""}, {".DS_Store": ""}])
def test_an_archive_of_nothing_is_empty(tmp_path: Path, members: Members) -> None:
    with pytest.raises(EmptyDocument):
        unpacked(zipped(members), tmp_path)


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="a file and a folder of the same name"):
        unpacked(zipped({"a": "A", "a/b.md": "B"}), tmp_path)


# all or nothing, whatever comes


@given(st.data())
def test_a_damaged_archive_leaves_nothing_behind(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    library = Library(tmp_path_factory.mktemp("corpus") / "documents")
    whole = zipped({"a.md": "The quota rose. " * 50, "policy/b.md": "B", "c.zip": zipped({"d.md": "D"})})
    torn = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 5))):
        torn[data.draw(st.integers(4, len(torn) - 1))] = data.draw(st.integers(0, 255))
    try:
        library.add_bytes("all.zip", bytes(torn))
    except AssistantError as error:
        assert "all.zip" in str(error) or "not a name" in str(error)
        assert not list(library.root.glob("*")) + list(library.root.glob(".*"))
    else:
        assert all(path.startswith("all") for path in library.scan())
    assert {path.name for path in library.root.parent.iterdir()} <= {"documents"}
