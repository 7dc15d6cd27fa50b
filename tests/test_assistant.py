from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from assistant import Answer, Assistant, Filters, Status, Turn
from assistant.documents.web import Fetcher
from assistant.errors import AddressError, LibraryError, QuestionError

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant, PdfBytes

ROOT = Path(__file__).parents[1]
FILES = {
    "policy/decree.md": "---\ntitle: Decree 785\nkind: law\npublished: 2024-06-29\n---\n# Decree 785\n\n"
    "The State Council published Decree 785 on 29 June 2024. Illegal mining is fined up to ten times the illegal gains.\n",
    "quota-2023.md": "---\nkind: statistics\npublished: 2023-12\n---\n# Quota 2023\n\nThe 2023 mining quota was 255,000 tonnes.\n",
    "quota-2024.md": "---\nkind: statistics\npublished: 2024-08\n---\n# Quota 2024\n\nThe 2024 mining quota was 270,000 tonnes.\n",
    "zh.md": "---\ntitle: 白云鄂博\n---\n丁道衡于1927年7月在白云鄂博发现铁矿。\n",
}


@pytest.fixture(scope="module")
def shared(make_shared_assistant: MakeAssistant) -> Assistant:
    return make_shared_assistant(FILES, max_question_words=20)


def cited(answer: Answer) -> set[str]:
    return {citation.document for claim in answer.claims for citation in claim.citations}


def words(answer: Answer) -> str:
    return " ".join(claim.text for claim in answer.claims)


# ask


@pytest.mark.parametrize(
    ("question", "document", "answer"),
    [
        ("When was Decree 785 published by the State Council?", "policy/decree.md", "29 June 2024"),
        ("What was the mining quota in 2023?", "quota-2023.md", "255,000 tonnes"),
        ("丁道衡在哪一年发现了白云鄂博铁矿？", "zh.md", "1927年"),
    ],
)
def test_a_question_is_answered_with_a_citation(shared: Assistant, question: str, document: str, answer: str) -> None:
    found = shared.ask(question)
    assert found.status is Status.ANSWERED
    assert found.claims[0].citations[0].document == document
    assert answer in found.claims[0].text


def test_what_the_library_does_not_know_is_not_answered(shared: Assistant) -> None:
    for question in ("Who won the football cup in 1974?", "How many moons does Jupiter have?"):
        assert shared.ask(question).status is Status.UNANSWERED


def test_a_citation_from_a_pdf_names_the_page(make_assistant: MakeAssistant, pdf_bytes: PdfBytes) -> None:
    pages = [
        "Contents of the annual report on minerals and ores.",
        "The harbour of Lianyungang ships bastnaesite to Malaysia.",
        "Index",
    ]
    assistant = make_assistant({"report.pdf": pdf_bytes(pages)}, refusal_threshold=0)
    (citation, *_) = assistant.ask("Which harbour ships bastnaesite?").claims[0].citations
    assert (citation.page, citation.quote) == (2, pages[1])


def test_a_follow_up_is_understood_through_the_turn_before(shared: Assistant) -> None:
    history = (Turn("Who published Decree 785?", "The State Council published Decree 785."),)
    answer = shared.ask("And when was it published?", history=history)
    assert answer.question == "And when was it published?"
    assert cited(answer) == {"policy/decree.md"}
    assert "29 June 2024" in words(answer)
    assert shared.retrieve("And when?", history=history)[0].passage.document == "policy/decree.md"


def test_filters_hold_for_answers_and_for_hits(shared: Assistant) -> None:
    question = "What was the mining quota of the year?"
    filters = Filters(kinds=("statistics",), as_of="2024-01-31")
    assert {hit.passage.document for hit in shared.ask(question, filters=filters).hits} == {"quota-2023.md"}
    assert [hit.passage.document for hit in shared.retrieve(question, filters=filters)] == ["quota-2023.md"]
    assert cited(shared.ask(question, filters=filters)) <= {"quota-2023.md"}
    assert shared.ask(question, filters=Filters(kinds=("none",))).status is Status.UNANSWERED


@pytest.mark.parametrize("question", ["", "  \n", "?!", "……"])
def test_an_empty_question_is_refused(shared: Assistant, question: str) -> None:
    for use in (shared.ask, shared.retrieve, shared.evidence):
        with pytest.raises(QuestionError, match="empty"):
            use(question)


@pytest.mark.parametrize("question", ["word " * 21, "稀土" * 21])
def test_a_question_without_end_is_refused(shared: Assistant, question: str) -> None:
    with pytest.raises(QuestionError, match="more than 20 words"):
        shared.ask(question)


@pytest.mark.parametrize(
    "question",
    ["'; DROP TABLE documents; --", 'quota:*^~"(]', "\0 quota?", "🙂 quota 🙂", "quota " * 20, "a", "2023", "的"],
)
def test_any_question_gets_an_answer_and_no_error(shared: Assistant, question: str) -> None:
    assert shared.ask(question).status in Status


def test_the_stages_are_told_while_they_go(shared: Assistant) -> None:
    stages: list[str] = []
    answer = shared.ask("What was the mining quota in 2023?", report_stage=stages.append)
    assert stages == ["Searching the library", f"Reading {len(answer.hits)} passages"]


def test_hits_are_limited_as_asked(shared: Assistant) -> None:
    assert len(shared.retrieve("quota", limit=2)) == 2
    assert len(shared.retrieve("quota", limit=4, per_document=1)) == 4


# add, remove, look


def test_files_and_folders_are_added_and_can_be_asked_at_once(make_assistant: MakeAssistant, tmp_path: Path) -> None:
    assistant = make_assistant({})
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.md").write_text("# Mine\n\nThe mine of Kvanefjeld holds steenstrupine.\n")
    (tmp_path / "port.md").write_text("# Port\n\nThe port of Gladstone ships monazite.\n")
    report = assistant.add([tmp_path / "notes", tmp_path / "port.md"])
    assert report.added == ("notes/mine.md", "port.md")
    assert cited(assistant.ask("Which mine holds steenstrupine?")) == {"notes/mine.md"}
    assert assistant.add([tmp_path / "port.md"]).added == ()


def test_nothing_is_added_where_one_path_is_missing(make_assistant: MakeAssistant, tmp_path: Path) -> None:
    assistant = make_assistant({})
    (tmp_path / "a.md").write_text("Text.")
    with pytest.raises(LibraryError, match=r"gone\.md"):
        assistant.add([tmp_path / "a.md", tmp_path / "gone.md"])
    assert assistant.sync().added == ()


def test_an_upload_is_indexed_by_the_next_sync(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({})
    assert assistant.add_upload("稀土 report.md", b"# Port\n\nGladstone ships monazite.\n") == "稀土 report.md"
    assert assistant.sync().added == ("稀土 report.md",)
    assert assistant.file("稀土 report.md").read_bytes().startswith(b"# Port")


def test_what_is_removed_is_neither_asked_nor_found(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    assert assistant.remove("quota-2023.md").removed == ("quota-2023.md",)
    assert not (assistant.settings.documents / "quota-2023.md").exists()
    assert "quota-2023.md" not in cited(assistant.ask("What was the mining quota in 2023?"))
    assert "quota-2023.md" not in {hit.passage.document for hit in assistant.retrieve("2023 mining quota", limit=50)}
    assert assistant.document("quota-2023.md") is None
    for path in ("quota-2023.md", "../decree.md"):
        with pytest.raises(LibraryError):
            assistant.remove(path)


def test_what_is_restored_can_be_asked_again(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    before = assistant.records()
    assistant.edit_metadata("quota-2023.md", {"publisher": "Desk"})
    assistant.remove("quota-2023.md")
    assert [removed.path for removed in assistant.removed()] == ["quota-2023.md"]
    assert assistant.restore("quota-2023.md").added == ("quota-2023.md",)
    assert assistant.removed() == ()
    assert [record.path for record in assistant.records()] == [record.path for record in before]
    assert assistant.records()[1].metadata.publisher == "Desk"
    assert cited(assistant.ask("What was the mining quota in 2023?")) >= {"quota-2023.md"}


def test_the_trash_is_never_indexed_and_outlives_the_index(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    assistant.remove("quota-2023.md")
    assistant.close()
    shutil.rmtree(assistant.settings.index)
    with Assistant(assistant.settings) as again:
        again.sync()
        assert "quota-2023.md" not in {record.path for record in again.records()}
        assert again.restore("quota-2023.md").added == ("quota-2023.md",)


def test_edits_are_searched_by_at_once_and_survive_reindexing(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    edits = {"title": "Quota of 2023", "published": "2023-09-25", "kind": "", "topics": ["quota"]}
    assert assistant.edit_metadata("quota-2023.md", edits).changed == ("quota-2023.md",)
    assert assistant.settings.documents.joinpath("quota-2023.md").read_text() == FILES["quota-2023.md"]

    def hits(**filters: tuple[str, ...]) -> set[str]:
        return {hit.passage.document for hit in assistant.retrieve("quota", filters=Filters(**filters))}

    assert hits(topics=("quota",)) == {"quota-2023.md"}
    assert hits(kinds=("statistics",)) == {"quota-2024.md"}
    assistant.close()
    with Assistant(assistant.settings, rebuild=True) as again:
        again.sync()
        metadata = next(record.metadata for record in again.records() if record.path == "quota-2023.md")
    assert (metadata.title, metadata.published, metadata.kind) == ("Quota of 2023", "2023-09-25", None)


def test_an_archive_is_added_with_all_it_holds(make_assistant: MakeAssistant, tmp_path: Path) -> None:
    assistant = make_assistant({})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mine.md", "# Mine\n\nThe mine of Kvanefjeld holds steenstrupine.\n")
        archive.writestr("empty.md", "")
    (tmp_path / "desk.zip").write_bytes(file.getvalue())
    report = assistant.add([tmp_path / "desk.zip"])
    assert (report.added, [problem.path for problem in report.problems]) == (("desk/mine.md",), ["desk/empty.md"])
    assert cited(assistant.ask("Which mine holds steenstrupine?")) == {"desk/mine.md"}
    assert assistant.add_upload("desk.zip", file.getvalue()) == "desk"


def test_what_is_refused_becomes_a_problem_and_the_others_are_added(
    make_assistant: MakeAssistant, tmp_path: Path
) -> None:
    assistant = make_assistant({})
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "b.zip").write_bytes(b"PK\x03\x04 torn")
    (tmp_path / "desk" / "c.md").write_text("# Mine\n\nThe mine of Mountain Pass.")
    (tmp_path / "a.md").write_text("# Mine\n\nText.")
    report = assistant.add([tmp_path / "desk", "http://127.0.0.1:9/", tmp_path / "a.md"])
    assert report.added == ("a.md", "desk/c.md")
    assert [problem.path for problem in report.problems] == [str(tmp_path / "desk" / "b.zip"), "http://127.0.0.1:9/"]
    assert assistant.problems() == ()
    with pytest.raises(AddressError):
        assistant.add([tmp_path / "a.md", "ftp://example.org/a.md"])


def test_a_file_that_is_known_as_bad_is_told_whenever_it_is_added(
    make_assistant: MakeAssistant, tmp_path: Path
) -> None:
    assistant = make_assistant({"other.md": ""})
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 torn")
    first, second = assistant.add([tmp_path / "bad.pdf"]), assistant.add([tmp_path / "bad.pdf"])
    assert [problem.reason for problem in first.problems] == [problem.reason for problem in second.problems]
    assert [problem.path for problem in second.problems] == ["bad.pdf"]
    assert second.unchanged == 1


PAGE = b"""<!DOCTYPE html><html lang="en"><head><title>Quota for 2025</title>
<meta property="og:title" content="Quota for 2025"><meta property="og:site_name" content="Mining Daily">
<meta property="article:published_time" content="2025-06-30T08:00:00Z"></head>
<body><nav>Home</nav><article><h1>Quota for 2025</h1>
<p>The ministry of the province set the quota for the mine of Maoniuping at 40,000 tonnes for the year 2025.</p>
<p>It did so without a public notice, and no volume for the second half of the year has been published since.</p>
</article></body></html>"""


@pytest.fixture
def site(pdf_bytes: PdfBytes) -> Iterator[str]:
    """A web server on this machine with a page and a PDF."""
    answers = {
        "/news/quota-2025": ("text/html", PAGE),
        "/report": ("application/pdf", pdf_bytes(["The harbour of Lianyungang ships bastnaesite to Malaysia."])),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, data = answers[self.path]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_web_page_is_added_with_title_publisher_date_and_address(make_assistant: MakeAssistant, site: str) -> None:
    settings = make_assistant({}, refusal_threshold=0).settings
    fetcher = Fetcher(max_bytes=1_000_000, private_addresses=frozenset({"127.0.0.1"}))
    with Assistant(settings, fetcher=fetcher) as assistant:
        (path,) = assistant.add_url(f"{site}/news/quota-2025").added
        (metadata,) = (record.metadata for record in assistant.records())
        assert (metadata.title, metadata.publisher) == ("Quota for 2025", "Mining Daily")
        assert (metadata.published, metadata.url) == ("2025-06-30", f"{site}/news/quota-2025")
        assert assistant.add_url(f"{site}/news/quota-2025").added == ()
        assert cited(assistant.ask("What is the quota of the Maoniuping mine?")) == {path}
        assistant.add([f"{site}/report"])
        (citation, *_) = assistant.ask("Which harbour ships bastnaesite?").claims[0].citations
        assert (citation.page, citation.document.endswith("report.pdf")) == (1, True)


def test_no_setting_lets_a_page_of_this_machine_in(make_assistant: MakeAssistant, site: str) -> None:
    assistant = make_assistant({})
    with pytest.raises(AddressError, match="private network"):
        assistant.add_url(f"{site}/report")
    assert assistant.sync().added == ()


def test_the_library_can_be_looked_at(shared: Assistant) -> None:
    assert [record.path for record in shared.records()] == sorted(FILES)
    record = shared.records()[0]
    document = shared.document(record.path)
    assert document is not None
    assert (record.metadata.title, record.digest, record.characters) == (
        "Decree 785",
        document.digest,
        len(document.text),
    )
    assert record.passages == len(shared.passages(record.path))
    assert shared.file(record.path).read_text() == FILES[record.path]
    assert (shared.document("gone.md"), shared.passages("gone.md"), shared.problems()) == (None, (), ())
    with pytest.raises(LibraryError):
        shared.file("gone.md")
    assert shared.check().sound
    assert shared.check(repair=True).sound


def test_the_generation_tells_which_state_was_asked(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": "The mine yields cerium."})
    first = assistant.ask("What does the mine yield?").generation
    assistant.add_upload("b.md", b"The port ships monazite.")
    assistant.sync()
    assert assistant.ask("What does the mine yield?").generation > first


# many at once

_WRITER = """
import sys
from assistant import Assistant, Settings
with Assistant(Settings(corpus=sys.argv[1], data=sys.argv[2], models_folder=sys.argv[3])) as assistant:
    for number in range(4):
        name = f"zorbium-{number}.md"
        assistant.add_upload(name, f"# Zorbium {number}\\n\\nThe zorbium mine yields {number + 7} tonnes of ore.\\n".encode())
        assistant.sync()
        print(name, flush=True)
        input()
        assistant.remove(name)
        print(name, flush=True)
        input()
"""


def test_many_may_ask_while_another_process_adds_and_removes(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES, refusal_threshold=0)
    zorbium, quota = "How much does the zorbium mine yield?", "What was the mining quota in 2023?"
    removed: set[str] = set()
    done = Event()

    def ask_until_done(number: int) -> int:
        count = 0
        while not done.is_set():
            gone = set(removed)
            answer = assistant.ask(quota if number % 2 else zorbium)
            assert not (cited(answer) | {hit.passage.document for hit in answer.hits}) & gone
            assert (cited(answer) >= {"quota-2023.md"}) or not number % 2
            count += 1
        return count

    settings = assistant.settings
    command = [sys.executable, "-c", _WRITER, str(settings.corpus), str(settings.data), str(settings.models)]
    with (
        ThreadPoolExecutor(8) as pool,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer,
    ):
        assert writer.stdin
        assert writer.stdout
        asking = [pool.submit(ask_until_done, number) for number in range(8)]
        try:
            for step, line in enumerate(writer.stdout):
                if step % 2:
                    removed.add(line.strip())
                assert cited(assistant.ask(zorbium)).isdisjoint(removed)
                assert (line.strip() in cited(assistant.ask(zorbium))) == (step % 2 == 0)
                writer.stdin.write("\n")
                writer.stdin.flush()
        finally:
            done.set()
            writer.stdin.close()
        assert all(each.result() for each in asking)
    assert len(removed) == 4
    assert assistant.check().sound
    assert [record.path for record in assistant.records()] == sorted(FILES)


def test_many_may_ask_while_the_same_assistant_indexes(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES, refusal_threshold=0)
    done = Event()

    def ask_until_done(_: int) -> int:
        count = 0
        while not done.is_set():
            assert assistant.ask("What was the mining quota in 2023?").claims
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask_until_done, number) for number in range(4)]
        for number in range(5):
            assistant.add_upload(f"new-{number}.md", f"# New {number}\n\nThe new mine {number} yields ore.\n".encode())
            assistant.sync()
        assistant.remove("new-0.md")
        done.set()
        assert all(each.result() for each in asking)
    assert assistant.check().sound
    assert len(assistant.records()) == len(FILES) + 4
