from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from assistant.conversations.export import Format, write_export
from assistant.conversations.sealing import opened, seal_of
from assistant.conversations.standing import State
from assistant.conversations.verify import Verification, verify
from assistant.errors import ExportError
from assistant.types import Citation, Document, Metadata
from tests.conversations import conftest as made
from tests.conversations.test_export import EVIL, conversation, exchange, hostile

FALSE = "They cover terbium."


def library(text: str = made.TEXT, digest: str = "d1") -> Callable[[Citation], Document | None]:
    known = Document(path="policy/controls.md", digest=digest, text=text, metadata=Metadata("Export controls"))
    return lambda citation: known if citation.document == known.path else None


@pytest.fixture(params=Format)
def exported(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"talk{request.param.value}"
    write_export("My talk", conversation(), path)
    return path


def states(found: Verification) -> set[State]:
    return {verdict.state for verdict in found.verdicts}


def test_an_export_of_an_unchanged_library_stands(exported: Path) -> None:
    found = verify(exported, library())
    assert found.stands
    assert found.title == "My talk"
    assert [(each.exchange, each.number) for each in found.verdicts] == [(1, 1), (1, 2), (3, 1)]
    assert found.counts == {State.UNCHANGED: 3, State.MOVED: 0, State.CHANGED: 0, State.GONE: 0}


@pytest.mark.parametrize(
    ("text", "digest", "state", "stands"),
    [
        ("A new preface.\n\n" + made.TEXT, "d2", State.MOVED, True),
        ("All is new.", "d2", State.CHANGED, False),
    ],
)
def test_a_changed_document_is_told(exported: Path, text: str, digest: str, state: State, stands: bool) -> None:
    found = verify(exported, library(text, digest))
    assert states(found) == {state}
    assert found.stands is stands
    assert found.whole


def test_a_document_that_is_gone_is_told(exported: Path) -> None:
    found = verify(exported, lambda _: None)
    assert states(found) == {State.GONE}
    assert not found.stands


def test_an_export_without_quotes_stands(tmp_path: Path) -> None:
    write_export("", [exchange(made.refusal())], tmp_path / "a.html")
    assert verify(tmp_path / "a.html", library()).stands


@pytest.mark.parametrize("form", Format)
def test_hostile_words_are_verified_like_others(tmp_path: Path, form: Format) -> None:
    path = tmp_path / f"a{form.value}"
    write_export(EVIL, hostile(), path)
    found = verify(path, lambda _: None)
    assert found.whole
    assert found.verdicts[0].citation.quote == EVIL


# tampering


def _rewrite(path: Path, change: Callable[[str, str], str]) -> None:
    """Change an export's parts; the change gets the name of a part and its text."""
    if path.suffix != ".docx":
        path.write_text(change("", path.read_text("utf-8")), "utf-8")
        return
    data = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(data, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name in {"word/document.xml", "customXml/item9.xml"}:
                content = change(name, content.decode()).encode()
            after.writestr(name, content)
    path.write_bytes(data.getvalue())


def _data_of(part: str, text: str) -> tuple[int, int]:
    """Where the data for programs stand in a part of an export."""
    if part:
        return (0, len(text)) if "customXml" in part else (0, 0)
    start = max(
        text.find(mark) for mark in ("<!-- assistant-export", '<meta name="assistant-export"', '"verification"')
    )
    end = text.find("</head>", start) if text.startswith("<!DOCTYPE") else len(text)
    return start, end


def _edit(path: Path, old: str, new: str, *, data: bool) -> None:
    def change(part: str, text: str) -> str:
        start, end = _data_of(part, text)
        if data:
            return text[:start] + text[start:end].replace(old, new) + text[end:]
        return text[:start].replace(old, new) + text[start:end] + text[end:].replace(old, new)

    before = path.read_bytes()
    _rewrite(path, change)
    assert path.read_bytes() != before


def test_a_quote_that_was_edited_for_readers_alone_is_noticed(exported: Path) -> None:
    _edit(exported, made.QUOTE, FALSE, data=False)
    found = verify(exported, library())
    assert not found.whole
    assert not found.stands


def test_a_quote_that_was_edited_for_programs_alone_is_noticed(exported: Path) -> None:
    _edit(exported, made.QUOTE, FALSE, data=True)
    found = verify(exported, library())
    assert not found.whole
    assert State.CHANGED in states(found)


@pytest.mark.parametrize("data", [True, False])
def test_a_page_or_a_sentence_that_was_edited_is_noticed(exported: Path, data: bool) -> None:
    if data:
        _edit(exported, "policy/controls.md", "policy/controls2.md", data=True)
    else:
        _edit(exported, "China announced controls.", "China denied controls.", data=False)
    assert not verify(exported, library()).stands


def test_both_edited_alike_still_meet_the_library(exported: Path) -> None:
    _edit(exported, made.QUOTE, FALSE, data=True)
    _edit(exported, made.QUOTE, FALSE, data=False)
    found = verify(exported, library())
    assert not found.whole
    assert State.CHANGED in states(found)


def test_data_taken_from_another_export_are_noticed(tmp_path: Path) -> None:
    honest, false = tmp_path / "a.md", tmp_path / "b.md"
    write_export("", [exchange(made.answer())], honest)
    write_export("", [exchange(made.answer("What?", FALSE))], false)
    comment = re.compile(r"<!-- assistant-export .*? -->")
    (data,) = comment.findall(honest.read_text("utf-8"))
    false.write_text(comment.sub(lambda _: data, false.read_text("utf-8")), "utf-8")
    assert not verify(false, library()).whole


def test_other_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    for form in (Format.MARKDOWN, Format.HTML, Format.JSON):
        path = tmp_path / f"a{form.value}"
        write_export("", conversation(), path)
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        assert verify(path, library()).stands


def test_a_word_file_that_was_opened_and_saved_again_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    write_export("", conversation(), path)
    file = docx.Document(str(path))
    file.core_properties.author = "Somebody"
    file.save(str(path))
    assert verify(path, library()).stands
    file.paragraphs[3].runs[0].text += " Not so."
    file.save(str(path))
    assert not verify(path, library()).whole


def test_an_export_of_a_later_release_with_more_fields_is_still_whole(tmp_path: Path) -> None:
    # A field that this release does not know is covered by the seal as it stands in the file.
    data = {"format": 1, "title": "", "exported": "", "quotes": [], "mood": "glad", "seal": ""}
    data["seal"] = seal_of(data, "body")
    assert opened(json.dumps(data), "body", "a.md")[1]
    assert not opened(json.dumps({**data, "mood": "sad"}), "body", "a.md")[1]


# files that are none


def _bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b"0" * 60_000_000 + b"</a>")
    return data.getvalue()


def _entities() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", b"# Some text"),
        ("a.md", b"\xff\xfe\x00"),
        ("a.md", b""),
        ("a.md", b"<!-- assistant-export {} -->"),
        ("a.md", b'<!-- assistant-export {"format": 2, "title": "", "exported": "", "quotes": []} -->'),
        ("a.md", b'<!-- assistant-export {"a": 1} -->\n<!-- assistant-export {"a": 1} -->'),
        ("a.html", b"<p>Hello</p>"),
        ("a.html", b'<meta name="assistant-export" content="nonsense">'),
        ("a.json", b"{"),
        ("a.json", b"[]"),
        ("a.json", b'{"verification": 3}'),
        ("a.json", b'{"verification": {}}'),
        ("a.json", b"[" * 100_000),
        ("a.json", b'{"verification":' + b'{"a":' * 5000 + b"1" + b"}" * 5001),
        ("a.docx", b"no archive"),
        ("a.docx", _entities()),
        ("a.pdf", b"%PDF"),
    ],
)
def test_a_file_that_is_no_export_is_told_in_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ExportError, match=re.escape(name)):
        verify(tmp_path / name, library())


def test_a_bomb_and_a_missing_file_are_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(_bomb())
    for name in ("a.docx", "missing.md", "folder.md"):
        (tmp_path / "folder.md").mkdir(exist_ok=True)
        with pytest.raises(ExportError, match=re.escape(name)):
            verify(tmp_path / name, library())
