"""What must hold whatever is in the library and whatever happens to it; the numbers are those of the design."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Assistant, Document, Metadata, Settings
from assistant.documents.extract import join_pages
from assistant.documents.headings import find_headings
from assistant.documents.metadata import Fields
from assistant.documents.passages import split_passages
from assistant.documents.plain_text import read_markdown
from assistant.documents.readers import read_document
from assistant.errors import DocumentError
from assistant.index.catalogue import Catalogue
from assistant.index.keywords import Keywords
from assistant.index.vectors import Vectors

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant, OpenAssistant, PdfBytes

with_stores = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# 1. Passages are spans that cover every visible character, in order.

ENGLISH = st.sampled_from(
    [
        "The quota for mining was 270,000 tonnes in 2024.", "Mr. Li of the U.S. firm (est. 1999) agreed.",
        "Why? Nobody knows!", "it went on without a stop", "Decree No. 785 applies to smelting, i.e. to separation.",
        "x" * 400, "https://example.org/?q=1&r=2", "…", "🙂 𠮷", "e\u0301",
    ]
)  # fmt: skip
CHINESE = st.sampled_from(
    [
        "国家对稀土开采实行总量调控管理。",
        "他问：“为什么？”",
        "产量为27万吨；价格上涨！",
        "稀" * 300,
        "（一）开采",
        "《条例》第785号，2024年公布。",
    ]
)
MARKS = st.sampled_from(
    [
        "# Heading",
        "### 第三章 监督",
        "- item of a list",
        "1. first",
        "| a | b |",
        "| --- | --- |",
        "| 2012 | 93,800 t |",
        "",
        "",
        "---",
    ]
)


def joined(line: st.SearchStrategy[str], size: int = 40) -> st.SearchStrategy[str]:
    return st.lists(st.tuples(line, st.sampled_from(["\n", "\n\n", " ", "\n\n\n"])), max_size=size).map(
        lambda parts: "".join(text + separator for text, separator in parts)
    )


TEXTS = joined(ENGLISH | MARKS) | joined(CHINESE | MARKS) | joined(st.text(max_size=60) | MARKS)


def assert_covered(document: Document, words: int) -> None:
    passages = split_passages(document, words=words)
    end = 0
    for number, passage in enumerate(passages):
        assert passage.text == document.text[passage.start : passage.end]
        assert passage.number == number
        assert passage.start >= end
        assert not document.text[end : passage.start].strip()
        assert passage.text.strip()
        assert passage.page == document.page_at(passage.start)
        assert document.page_at(passage.end - 1) == passage.page
        end = passage.end
    assert not document.text[end:].strip()
    assert len({passage.id for passage in passages}) == len(passages)


@given(TEXTS, st.integers(40, 250))
@settings(deadline=None)
def test_passages_cover_a_text_of_any_kind(text: str, words: int) -> None:
    extract = read_markdown(text.encode("utf-8", "replace"), "a.md")
    assert_covered(Document("a.md", "d", extract.text, Metadata("A"), find_headings(extract.text)), words)


@given(st.lists(st.just("") | joined(ENGLISH | CHINESE | MARKS, 15), max_size=6), st.integers(40, 250))
@settings(deadline=None)
def test_passages_cover_pages_and_cross_none(pages: list[str], words: int) -> None:
    extract = join_pages(pages, Fields())
    document = Document("a.pdf", "d", extract.text, Metadata("A"), find_headings(extract.text), extract.page_starts)
    assert len(extract.page_starts) == len(pages)
    assert_covered(document, words)
    for passage in split_passages(document, words=words):
        assert passage.page is not None
        assert "".join(passage.text.split()) in "".join(extract_of(pages[passage.page - 1]).split())


def extract_of(page: str) -> str:
    return join_pages([page], Fields()).text


# 2. Every quote is a slice of the stored text.

NAMES = ("Baotou", "Ganzhou", "Lynas", "Kvanefjeld", "包头", "赣州")
SENTENCES = st.builds(
    "{0} {1} {2} tonnes of {3} in {4}.".format,
    st.sampled_from(NAMES),
    st.sampled_from(["mined", "exported", "separated"]),
    st.integers(1, 999),
    st.sampled_from(["cerium", "terbium", "稀土"]),
    st.integers(2000, 2024),
) | st.builds("{0}在{1}年生产了{2}吨稀土。".format, st.sampled_from(NAMES), st.integers(2000, 2024), st.integers(1, 99))
TABLES = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 999)), min_size=1, max_size=30).map(
    lambda rows: (
        "\n\n| Place | Tonnes |\n| --- | --- |\n"
        + "\n".join(f"| {name} | {tonnes} |" for name, tonnes in rows)
        + "\n\n"
    )
)
DOCUMENTS = st.lists(SENTENCES | TABLES | MARKS, min_size=1, max_size=12).map("\n".join)


@given(
    files=st.dictionaries(st.sampled_from(["a.md", "b.txt", "deep/c.md", "报告.md"]), DOCUMENTS, min_size=1),
    places=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3),
)
@with_stores
def test_every_quote_is_a_slice_of_its_document(
    open_assistant: OpenAssistant, files: dict[str, str], places: list[str]
) -> None:
    with open_assistant(files, refusal_threshold=0, passage_words=40) as assistant:
        for place in places:
            for question in (f"How many tonnes did {place} mine?", f"{place}生产了多少吨稀土？"):
                assert_quotes_are_slices(assistant, question)


def assert_quotes_are_slices(assistant: Assistant, question: str) -> None:
    for claim in assistant.ask(question).claims:
        assert claim.citations
        for citation in claim.citations:
            document = assistant.document(citation.document)
            assert document is not None
            assert citation.quote == document.text[citation.start : citation.end]
            assert citation.quote.strip()


def test_quotes_from_pages_are_slices_too(make_assistant: MakeAssistant, pdf_bytes: PdfBytes) -> None:
    pages = [
        f"Page {number} says that Baotou mined {number * 7} tonnes of cerium in {1990 + number}."
        for number in range(1, 9)
    ]
    assistant = make_assistant({"report.pdf": pdf_bytes(pages)}, refusal_threshold=0)
    document = assistant.document("report.pdf")
    assert document is not None
    for number in (1, 4, 8):
        (citation, *_) = (
            assistant.ask(f"How many tonnes of cerium did Baotou mine in {1990 + number}?").claims[0].citations
        )
        assert citation.quote == document.text[citation.start : citation.end] == pages[number - 1]
        assert citation.page == number


# 3. The same corpus gives the same passages, whatever the order.

CORPUS = {f"{letter}.md": f"# {letter}\n\n" + f"The {letter} mine yields ore of cerium. " * 30 for letter in "abcde"}


@given(st.permutations(list(CORPUS)), st.integers(1, 5))
@settings(with_stores, max_examples=3)
def test_the_order_of_adding_changes_nothing(open_assistant: OpenAssistant, order: list[str], at_once: int) -> None:
    with open_assistant(CORPUS) as whole, open_assistant({}) as grown:
        for first in range(0, len(order), at_once):
            for path in order[first : first + at_once]:
                take(("write", path, CORPUS[path]), grown.settings.documents)
            grown.sync()
        assert [record.path for record in grown.records()] == [record.path for record in whole.records()]
        for path in CORPUS:
            assert grown.passages(path) == whole.passages(path)


# 4. The three stores hold the same passages, which are those of the files. 6. No file is ever changed.

MINES = [f"# {name}\n\n" + f"{name} mines ore. " * 60 for name in NAMES[:4]]
START = {"a.md": MINES[0], "b.md": MINES[1], "deep/c.md": MINES[2]}
PATHS = st.sampled_from([*START, "报告.txt"])
STEPS = st.one_of(
    st.tuples(st.just("write"), PATHS, st.sampled_from([*MINES, "", "\0"])),
    st.tuples(st.just("move"), PATHS, PATHS),
    st.tuples(st.just("copy"), PATHS, PATHS),
    st.tuples(st.just("describe"), PATHS, st.sampled_from(["", "title: Edited\n", "title: [torn\n"])),
    st.tuples(st.just("remove"), PATHS, st.just("")),
)


def take(step: tuple[str, str, str], folder: Path) -> None:
    """Do to the library what a person might do."""
    what, path, other = step
    file, target = folder / path, folder / other
    if what == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(other)
    elif what == "describe":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_name(f"{file.name}.meta.yaml").write_text(other)
    elif what == "remove":
        file.unlink(missing_ok=True)
    elif file.exists() and path != other:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, target) if what == "move" else shutil.copy(file, target)


def snapshot(folder: Path) -> dict[Path, tuple[bytes, int, int]]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file: (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_mode) for file in files}


def readable(folder: Path) -> dict[str, str]:
    """The digest of every file that can be read, by path."""
    digests = {}
    for file in folder.rglob("*"):
        path = file.relative_to(folder).as_posix()
        if file.is_file() and not path.endswith(".meta.yaml"):
            try:
                digests[path] = read_document(folder, path, max_bytes=10**8).digest
            except DocumentError:
                continue
    return digests


def assert_in_line(assistant: Assistant) -> None:
    """The index holds each content of the library once, under a path where it stands; and what it held of damaged files."""
    digests = readable(assistant.settings.documents)
    damaged = {problem.path for problem in assistant.problems() if problem.kind != "duplicate"}
    held = {record.path: record.digest for record in assistant.records() if record.path not in damaged}
    assert held.items() <= digests.items()
    assert set(held.values()) == set(digests.values())
    assert len(set(held.values())) == len(held)
    assert assistant.check().sound


@given(st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=2, max_size=4))
@settings(with_stores, max_examples=15)
def test_the_index_follows_the_library_whatever_is_done_to_it(
    open_assistant: OpenAssistant, changes: list[list[tuple[str, str, str]]]
) -> None:
    with open_assistant(START) as assistant:
        folder = assistant.settings.documents
        for steps in changes:
            for step in steps:
                take(step, folder)
            before = snapshot(folder)
            assistant.sync()
            assert snapshot(folder) == before
            assert_in_line(assistant)
            again = assistant.sync()
            assert again.added == again.changed == again.moved == again.removed == ()


# 5. Interrupted at any step, the next opening and sync converge; killed, tests/faults shows.

BEFORE = {
    name: f"# {name}\n\n" + f"The {name} mine yields ore. " * 60
    for name in ("stay", "change", "move", "swap-a", "swap-b", "gone")
}
STORE_STEPS = [
    (Catalogue, "forget_problems"), (Catalogue, "restamp"), (Catalogue, "record_problem"), (Catalogue, "move"),
    (Catalogue, "add_pending"), (Vectors, "add"), (Keywords, "add"), (Catalogue, "make_ready"), (Vectors, "delete"),
    (Keywords, "delete"), (Catalogue, "remove"), (Catalogue, "set_fact"),
]  # fmt: skip


class InterruptedHereError(Exception):
    """Raised where a test interrupts a sync."""


@pytest.fixture
def changed(make_assistant: MakeAssistant) -> Iterator[Assistant]:
    """An assistant whose library has changed in every way since the last sync."""
    assistant = make_assistant(
        {**{f"{name}.md": text for name, text in BEFORE.items()}, "bad.md": "\0", "worse.md": "\0"}
    )
    folder = assistant.settings.documents
    (folder / "stay.md").touch()
    (folder / "change.md").write_text("# Changed\n\nNow the mine yields terbium.\n")
    (folder / "move.md").rename(folder / "moved.md")
    (folder / "swap-a.md").write_text(BEFORE["swap-b"])
    (folder / "swap-b.md").write_text(BEFORE["swap-a"])
    (folder / "gone.md").unlink()
    (folder / "bad.md").unlink()
    (folder / "worse.md").write_text("\0 worse")
    (folder / "new.md").write_text("# New\n\nThe new mine yields yttrium.\n")
    yield assistant


def assert_converges(changed_settings: Settings) -> None:
    with Assistant(changed_settings) as again:
        assert again.check().sound
        again.sync()
        assert_in_line(again)
        paths = {"stay.md", "change.md", "moved.md", "swap-a.md", "swap-b.md", "new.md"}
        assert {record.path for record in again.records()} == paths
        assert [problem.path for problem in again.problems()] == ["worse.md"]
        cited = [
            citation.document
            for claim in again.ask("What does the new mine yield?").claims
            for citation in claim.citations
        ]
        assert "new.md" in cited


@pytest.mark.parametrize(
    ("store", "method", "moment"), [*((*step, "after") for step in STORE_STEPS), (Vectors, "add", "before")]
)
def test_a_sync_that_fails_at_any_step_converges_at_the_next_opening(
    changed: Assistant, monkeypatch: pytest.MonkeyPatch, store: type, method: str, moment: str
) -> None:
    original: Callable[..., object] = getattr(store, method)

    def interrupt(*arguments: object) -> object:
        if moment == "after":
            original(*arguments)
        raise InterruptedHereError

    with monkeypatch.context() as patch:
        patch.setattr(store, method, interrupt)
        with pytest.raises(InterruptedHereError):
            changed.sync()
    changed.close()
    assert_converges(changed.settings)
