"""A folder of difficult files other than PDFs: each is read, or refused with a sentence of its own."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.documents.readers import read_document
from assistant.documents.recognition import is_available
from assistant.errors import (
    DocumentError,
    DocumentTooLarge,
    NoTextFound,
    PasswordProtected,
    UnreadableDocument,
    UnsupportedType,
)
from tests.documents import make_files as make
from tests.documents.make_files import CHINESE, OFFICE, QUOTA

LIMIT = 100_000_000
TRADITIONAL = "中國對稀土實施出口管制，並且管制磁鐵的出口，這是國家的規定。"
LEVELS = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
BOMB = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{LEVELS}]>'
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SHEET = f'<?xml version="1.0"?><worksheet xmlns="{OFFICE}/spreadsheetml/2006/main">%s</worksheet>'
CELL = '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'
TABLE = "Year,Product,Tonnes\n2023,Oxide,255000\n2024,Oxide,270000\n"


@dataclass(frozen=True)
class Case:
    """A file and what reading it gives: words of its text, or the kind of its problem."""

    name: str
    make: Callable[[], bytes]
    outcome: str | type[DocumentError]
    without: str = "\0"


def text(content: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: content.encode(encoding)


def hidden_sheet() -> bytes:
    """A sheet that calls itself as large as can be, with a row beyond the last there can be."""
    rows = '<dimension ref="A1:XFD1048576"/><sheetData><row r="1">%s%s</row><row r="999999999">%s</row></sheetData>'
    cells = CELL % ("A1", "Year"), CELL % ("B1", "Quota"), CELL % ("A999999999", "far")
    return make.with_part(make.workbook([["x"]]), "xl/worksheets/sheet1.xml", SHEET % (rows % cells))


def word_bomb() -> bytes:
    return make.archive({**make.word_parts(), "word/media/zeros.bin": bytes(60_000_000)})


def entity_bomb() -> bytes:
    return make.archive({**make.word_parts(), "docProps/core.xml": f"{BOMB}<x><title>&i;</title></x>"})


def deep_mail() -> bytes:
    head = b"From: a@example.org\nMIME-Version: 1.0\n"
    layers = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000))
    return head + b"".join(layers) + b"Content-Type: text/plain\n\ndeep\n"


def mail_in_mail(depth: int) -> bytes:
    data = make.mail("Innermost", "The innermost words.")
    for number in range(depth):
        data = make.mail(f"Layer {number}", f"Words of layer {number}.", files={"inner.eml": data})
    return data


CASES = [
    # text in the encodings of the world
    Case("utf8-mark.txt", text(CHINESE, "utf-8-sig"), CHINESE, without="\ufeff"),
    Case("utf16-mark.txt", text(CHINESE, "utf-16"), CHINESE),
    Case("utf16-le.txt", text(CHINESE, "utf-16-le"), CHINESE),
    Case("utf16-be-english.txt", text(QUOTA, "utf-16-be"), QUOTA),
    Case("gb18030.txt", text(CHINESE, "gb18030"), CHINESE),
    Case("gb18030-short.txt", text("稀土配额", "gb18030"), "稀土配额"),
    Case("gb18030-torn.txt", lambda: (CHINESE * 5).encode("gb18030")[:-1], CHINESE * 4),
    Case("big5.txt", text(TRADITIONAL, "big5"), TRADITIONAL),
    Case("big5-short.md", text("# 稀土出口", "big5"), "# 稀土出口"),
    Case("cp1252.txt", text("Le café de Besançon “était” fermé.", "cp1252"), "café de Besançon “était” fermé"),
    Case("cp1251.txt", text("Китай ограничил экспорт.", "cp1251"), "Китай ограничил экспорт."),
    Case("cp1250.txt", text("Źródło: Ministerstwo Środowiska", "cp1250"), "Źródło: Ministerstwo Środowiska"),
    Case("noise.txt", lambda: random.Random(2).randbytes(5000), UnreadableDocument),
    # names that are wrong or missing
    Case("README", text(f"# Quota\n\n{QUOTA}"), QUOTA),
    Case("Notice No. 61", text(CHINESE, "gb18030"), CHINESE),
    Case("word.doc", make.word, QUOTA),
    Case("word.txt", make.word, QUOTA),
    Case("word", make.word, QUOTA),
    Case("book.zip", lambda: make.epub(f"<html><body><p>{QUOTA}</p></body></html>"), QUOTA),
    Case("workbook.csv", lambda: make.workbook([["Year", "Quota"], [2024, 270000]]), "| 2024 | 270000 |"),
    Case("page.xls", text(make.page()), QUOTA, without="<p>"),
    Case("export.xls", text(TABLE.replace(",", "\t")), "| 2024 | Oxide | 270000 |"),
    Case("text.docx", text(f"{QUOTA} {QUOTA}"), QUOTA),
    Case("message.txt", make.mail, QUOTA, without="Message-ID"),
    Case("page.html", lambda: make.web_archive(make.page()), QUOTA, without="Snapshot"),
    Case("picture.pdf", make.vast_picture, DocumentTooLarge if is_available() else NoTextFound),
    # types that cannot be read
    Case("old.doc", lambda: OLD_OFFICE, UnsupportedType),
    Case("old.xls", lambda: OLD_OFFICE, UnsupportedType),
    Case("new.ppt", lambda: OLD_OFFICE, UnsupportedType),
    Case("locked.docx", lambda: OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), PasswordProtected),
    Case("rich.doc", lambda: rb"{\rtf1\ansi Quota}", UnsupportedType),
    Case("about.md", text(f"Every PDF begins with %PDF-1.7. {QUOTA}"), QUOTA),
    Case("folder.zip", lambda: make.archive({"word/a.md": QUOTA, "xl/b.pdf": "%PDF-1.4"}), UnsupportedType),
    Case("files.zip", lambda: make.archive({"a.md": QUOTA}), UnsupportedType),
    Case(
        "open.odt",
        lambda: make.archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
        UnsupportedType,
    ),
    Case("program.exe", lambda: b"MZ\0\0" * 50, UnsupportedType),
    Case("program.md", lambda: b"\x7fELF\0\0\0\1" * 50, UnreadableDocument),
    # tables
    Case("comma.csv", text(TABLE), "| Year | Product | Tonnes |\n| --- | --- | --- |\n| 2023 | Oxide | 255000 |"),
    Case("semicolon.csv", text("Jahr;Wert\n2023;1,5\n2024;2,5\n", "utf-16"), "| 2024 | 2,5 |"),
    Case("gaps.csv", text("Prices\n\nYear,NdPr,Dy\n2023,,\n2024,55,\n"), "| 2023 |  |  |\n| 2024 | 55 |  |"),
    Case("quoted.tsv", text('a\tb\n"x | y\nz"\t2\n'), "| x / y z | 2 |"),
    Case("open-quote.csv", text('a,b\n"never closed,2\n' + "1,2\n" * 50_000), '| "never closed | 2 |'),
    Case("vast-cell.csv", text("a,b\n1," + "x" * 10_000_000), UnreadableDocument),
    Case("nothing.csv", text(",,,\n,,,\n"), NoTextFound),
    Case("vast-sheet.xlsx", hidden_sheet, "| Year | Quota |"),
    # records
    Case(
        "records.jsonl",
        lambda: b'{"title": "Quota", "year": 2024, "tags": ["Nd", "Pr"], "text": "It rose."}\n\n{"title": "Tor',
        "## Quota\n\nyear: 2024\ntags: Nd, Pr\n\nIt rose.",
    ),
    Case(
        "list.json", lambda: json.dumps([{"a": {"b": None, "c": True}}]).encode(), "## Record 1\n\na: b: null; c: true"
    ),
    Case("deep.json", lambda: b"[" * 100_000, UnreadableDocument),
    Case("deep-sound.json", lambda: b'{"a":' * 200 + b"1" + b"}" * 200, UnreadableDocument),
    Case("vast-number.jsonl", lambda: b'{"a": ' + b"9" * 10_000 + b"}", UnreadableDocument),
    Case("words.json", text(QUOTA), UnreadableDocument),
    # books
    Case(
        "book.epub",
        lambda: make.epub(
            "<html><head><title>Mining</title></head><body><p>One</p></body></html>",
            f"<html><body><h1>Quota</h1><p>{QUOTA}</p><script>alert()</script></body></html>",
        ),
        f"# Mining\n\nOne\n\n# Quota\n\n{QUOTA}",
        without="alert",
    ),
    Case(
        "bomb.epub",
        lambda: make.archive({**make.epub_parts("<p>x</p>"), "OEBPS/book.opf": BOMB + "<package>&i;</package>"}),
        UnreadableDocument,
    ),
    Case(
        "vast.epub", lambda: make.archive({**make.epub_parts("x"), "OEBPS/a.css": bytes(60_000_000)}), DocumentTooLarge
    ),
    Case(
        "protected.epub",
        lambda: make.archive({**make.epub_parts("<p>x</p>"), "META-INF/rights.xml": "<rights/>"}),
        PasswordProtected,
    ),
    Case("no-package.epub", lambda: make.archive({"mimetype": "application/epub+zip"}), UnreadableDocument),
    # Office
    Case("zip-bomb.docx", word_bomb, DocumentTooLarge),
    Case(
        "macro.docm",
        lambda: make.archive({**make.word_parts(), "word/vbaProject.bin": b"Shell(1)"}),
        QUOTA,
        without="Shell",
    ),
    Case("entities.docx", entity_bomb, UnreadableDocument),
    Case("torn.docx", lambda: make.word()[:-100], UnreadableDocument),
    # mail
    Case("mail.eml", lambda: make.mail("稀土 Quota"), "# 稀土 Quota\n\nFrom: Li Wei <li@example.org>\n"),
    Case(
        "raw-header.eml",
        lambda: "Subject: 稀土出口管制的规定\nFrom: a@b.c\n\n中国的稀土".encode("gb18030"),
        "# 稀土出口管制的规定",
    ),
    Case("html.eml", lambda: make.mail(html=f"<p>{QUOTA}</p><script>evil()</script>"), QUOTA, without="evil"),
    Case(
        "attachments.eml",
        lambda: make.mail(
            files={"quota.docx": make.word("In the attachment"), "x.exe": b"MZ\0", "t.csv": TABLE.encode()}
        ),
        "## quota.docx\n\nIn the attachment\n\nAttachment that could not be read: x.exe\n\n## t.csv\n\n| Year |",
    ),
    Case("mail-in-mail.eml", lambda: mail_in_mail(1), "### Innermost\n"),
    Case(
        "mails-in-mail.eml",
        lambda: mail_in_mail(5),
        "Attachment that could not be read: inner.eml",
        without="Innermost",
    ),
    Case("deep.eml", deep_mail, UnreadableDocument),
    Case(
        "many-parts.eml",
        lambda: b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
        UnreadableDocument,
    ),
    Case("many-addresses.eml", lambda: b"From: " + b"a@b.c, " * 50_000 + b"\n\nThe words.", "The words."),
    # pages
    Case(
        "scripts.html",
        text(make.page(head="<script>evil()</script>").replace("<p>", '<p onclick="evil()">')),
        QUOTA,
        without="evil",
    ),
    Case("deep.html", text("<html><body>" + "<div>" * 200_000 + QUOTA), NoTextFound),
    Case(
        "table.html",
        text(make.page("<table><tr><th>Year</th><th>t</th></tr><tr><td>2024</td><td>9</td></tr></table>")),
        "| 2024 | 9 |",
    ),
    Case("declared.html", text(make.page(f"<p>{CHINESE}</p>", '<meta charset="gb2312">'), "gb18030"), CHINESE),
    Case("wide.html", text(make.page(f"<p>{QUOTA}</p>"), "utf-16"), QUOTA),
    Case("saved.mhtml", lambda: make.web_archive(make.page()), QUOTA),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("difficult")
    for case in CASES:
        (folder / case.name).write_bytes(case.make())
    return folder


def test_the_folder_is_large_enough() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_is_read_or_refused_with_a_sentence_of_its_own(folder: Path, case: Case) -> None:
    if isinstance(case.outcome, str):
        document = read_document(folder, case.name, max_bytes=LIMIT)
        assert case.outcome in document.text
        assert case.without not in document.text
    else:
        with pytest.raises(case.outcome) as problem:
            read_document(folder, case.name, max_bytes=LIMIT)
        assert type(problem.value) is case.outcome
        assert case.name in str(problem.value)
        assert str(problem.value).endswith(".")
        assert len(str(problem.value)) < 500


# damage

SEEDS = {
    "a.md": f"---\ntitle: Quota\n---\n# Quota\n\n{QUOTA}\n".encode(),
    "a.txt": CHINESE.encode("gb18030"),
    "a.csv": TABLE.encode(),
    "a.jsonl": b'{"title": "Quota", "tags": ["a"], "text": "It rose."}\n{"id": 2}\n',
    "a.html": make.page(head='<meta charset="gb2312">').encode(),
    "a.docx": make.word(),
    "a.xlsx": make.workbook([["Year", "Quota"], [2024, 270000]]),
    "a.epub": make.epub(f"<html><body><h1>Quota</h1><p>{QUOTA}</p></body></html>", metadata="<dc:date>2024</dc:date>"),
    "a.eml": make.mail("稀土", html=f"<p>{QUOTA}</p>", files={"a.csv": TABLE.encode(), "b.docx": make.word()}),
    "a.mhtml": make.web_archive(make.page()),
    "a.pdf": make.pdf_with_table([["Year", "Quota"], ["2023", "255,000"], ["2024", "270,000"]]),
    "a.pptx": make.deck("Quota", QUOTA),
    "a.png": make.picture("Quota"),
}


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    damaged = bytearray(SEEDS[name])
    places = st.integers(0, len(damaged) - 1)
    for place, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=20)):
        damaged[place] = byte
    if data.draw(st.booleans()):
        start, length = data.draw(places), data.draw(st.integers(0, 200))
        damaged[start : start + length] = data.draw(st.binary(max_size=20))
    if data.draw(st.booleans()):
        del damaged[data.draw(places) :]
    folder = tmp_path_factory.getbasetemp()
    (folder / name).write_bytes(damaged)
    try:
        document = read_document(folder, name, max_bytes=LIMIT, recognise=False)
    except DocumentError as problem:
        assert name in str(problem)
    else:
        assert document.text.strip()
