from __future__ import annotations

import json
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from assistant.cli.app import app
from tests.answering.chat_server import ChatServer, Prompt, claims
from tests.cli.conftest import QUOTA, Run

COMMANDS = (
    *("ask", "add", "edit", "remove", "restore", "trash", "list", "show", "reindex", "sync", "check", "doctor"),
    *("conversations", "verify", "evaluate", "runs", "compare", "drafts", "serve"),
)

# help and misuse


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_on_itself_and_its_options(run: Run, command: str) -> None:
    overview, details = run("--help").stdout, run(command, "--help").stdout
    assert command in overview
    assert len(details.split()) > 20
    registered = next(each for each in app.registered_commands if command in {each.name, each.callback.__name__})  # type: ignore[union-attr]
    assert (registered.callback.__doc__ or "").strip()


def test_the_overview_lists_all_commands() -> None:
    assert {each.name or each.callback.__name__ for each in app.registered_commands} == set(COMMANDS)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "arguments",
    [
        ["unknown"],
        ["ask"],
        ["ask", ""],
        ["ask", "  ?! "],
        ["ask", "word " * 10_000],
        ["ask", "Why?", "--where", "colour=red"],
        ["ask", "Why?", "--where", "kind"],
        ["ask", "Why?", "--where", "from=yesterday"],
        ["ask", "Why?", "--as-of", "soon"],
        ["ask", "Why?", "--mode", "telepathic"],
        ["add"],
        ["add", "missing.md"],
        ["add", "empty-folder"],
        ["remove", "missing.md"],
        ["remove", "../outside.md"],
        ["add", "ftp://example.org/a.md"],
        ["add", "https://user:secret@example.org/"],
        ["restore", "missing.md"],
        ["show", "missing.md"],
        ["reindex", "missing.md"],
        ["reindex", "../outside.md"],
        ["restore", "../outside.md"],
        ["edit", "missing.md", "title=A"],
        ["edit", "missing.md"],
        ["edit", "missing.md", "title"],
        ["evaluate"],
        ["evaluate", "--corpus", "missing"],
        ["evaluate", "--questions", "missing.jsonl"],
        ["evaluate", "--sample", "0"],
        ["evaluate", "--gate", "missing"],
        ["evaluate", "--export", "report.pdf"],
        ["evaluate", "--resume"],
        ["evaluate", "--resume", "--tag", "en"],
        ["runs", "missing"],
        ["runs", "--export", "report.html"],
        ["compare"],
        ["compare", "missing"],
        ["serve", "--port", "0"],
        ["ask", "Why?", "--export", "answer.pdf"],
        ["conversations", "unknown"],
        ["conversations", "--export", "talk.md"],
        ["conversations", "unknown", "--export", "talk.pdf"],
        ["conversations", "unknown", "--search", "quota"],
        ["verify"],
        ["verify", "missing.md"],
        ["verify", "missing.pdf"],
    ],
)
def test_misuse_is_told_in_a_sentence_with_exit_code_2(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "empty-folder").mkdir()
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert not result.stdout
    assert "Traceback" not in result.stderr


def test_a_malformed_setting_is_misuse(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PASSAGE_WORDS", "many")
    result = run("list")
    assert result.exit_code == 2
    assert "ASSISTANT_PASSAGE_WORDS" in result.stderr


# the library


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.md", b"", "empty"),
        ("blank.txt", b" \n\n ", "empty"),
        ("without-text.md", b"---\ntitle: Nothing\n---\n", "no text"),
        ("picture.bin", b"\x89BIN", "type"),
        ("broken.pdf", b"%PDF-1.7 not really", "damaged"),
        ("large.txt", b"word " * 250_000, "limit of 1 MB"),
    ],
)
def test_files_that_cannot_be_indexed_are_named_and_the_others_are_indexed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, reason: str
) -> None:
    monkeypatch.setenv("ASSISTANT_MAX_FILE_MEGABYTES", "1")
    (tmp_path / name).write_bytes(content)
    (tmp_path / "quota.md").write_text(QUOTA)
    result = run("add", name, "quota.md")
    assert result.exit_code == 3
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith(name)
    assert reason in sentence
    listed = json.loads(run("list", "--json").stdout)
    assert [document["document"] for document in listed["documents"]] == ["quota.md"]
    assert [problem["path"] for problem in listed["problems"]] == [name]
    assert run("sync").exit_code == 3


@pytest.mark.usefixtures("run")
def test_a_text_on_stdin_becomes_a_document_of_its_title(library: Path) -> None:
    result = CliRunner().invoke(app, ["add", "-", "--title", "Terbium 2025"], input="Terbium makes green phosphors.")
    assert result.exit_code == 0
    assert "1 added" in result.stdout
    assert (library / "Terbium 2025.md").read_text() == "Terbium makes green phosphors."


def test_a_folder_is_added_with_all_it_holds(run: Run, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "quota.md").write_text(QUOTA)
    assert run("add", "desk").exit_code == 0
    assert "desk/quota.md" in run("list").stdout


def test_a_duplicate_is_told_but_is_no_failure(run: Run, library: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.md").write_text(QUOTA)
    result = run("add", "copy.md")
    assert result.exit_code == 0
    assert "same content" in result.stderr
    assert (library / "copy.md").exists()


def test_a_file_that_is_known_as_bad_is_told_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 not really")
    first, second = run("add", "broken.pdf"), run("add", "broken.pdf")
    assert first.exit_code == second.exit_code == 3
    assert first.stderr == second.stderr != ""


def test_an_archive_is_added_as_a_folder_or_refused_as_a_whole(run: Run, library: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "desk.zip", "w") as archive:
        archive.writestr("notes/terbium.md", "# Terbium\n\nTerbium makes green phosphors.\n")
    assert "1 added" in run("add", "desk.zip").stdout
    assert (library / "desk" / "notes" / "terbium.md").is_file()
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("good.md", "Good.")
        archive.writestr("../evil.md", "Evil.")
    result = run("add", "evil.zip")
    assert result.exit_code == 3
    assert "would lead out of its folder" in result.stderr
    assert not list(tmp_path.rglob("evil.md")) + list(tmp_path.rglob("good.md"))


@pytest.mark.parametrize("url", ["http://localhost:9/", "http://[::1]/", "http://169.254.169.254/latest/meta-data"])
def test_nothing_is_fetched_from_this_machine_or_its_network(run: Run, url: str) -> None:
    result = run("add", url)
    assert result.exit_code == 3
    assert "private network" in result.stderr


@pytest.mark.usefixtures("library")
def test_metadata_is_edited_and_cleared(run: Run) -> None:
    result = run("edit", "quota.md", "title=配额 = quota", "published=2024-08", "topics=mining, quota", "kind=")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "quota.md", "  title: 配额 = quota", "  language: en", "  published: 2024-08", "  topics: mining; quota"
    ]  # fmt: skip
    (_, quota) = json.loads(run("list", "--json").stdout)["documents"]
    assert (quota["title"], quota["published"], quota["kind"]) == ("配额 = quota", "2024-08", None)
    assert run("edit", "quota.md", "published=soon").exit_code == 2
    assert run("edit", "quota.md", "colour=red").exit_code == 2


def test_a_removed_document_is_neither_listed_nor_on_disk(run: Run, library: Path) -> None:
    assert run("remove", "quota.md").exit_code == 0
    assert not (library / "quota.md").exists()
    assert "quota.md" not in run("list").stdout


def test_a_removed_document_is_in_the_trash_until_it_is_restored(run: Run, library: Path) -> None:
    assert "quota.md" not in run("trash").stdout
    assert "assistant restore" in run("remove", "quota.md").stdout
    assert "quota.md" in run("trash").stdout
    (removed,) = json.loads(run("trash", "--json").stdout)["removed"]
    assert removed["document"] == "quota.md"
    (library / "quota.md").write_text("Another.")
    assert run("restore", "quota.md").exit_code == 2
    (library / "quota.md").unlink()
    assert run("restore", "quota.md").exit_code == 0
    assert (library / "quota.md").read_text() == QUOTA
    assert "quota.md" in run("list").stdout
    assert json.loads(run("trash", "--json").stdout) == {"removed": []}


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Lets Ctrl-C reach the processes of a test, also where the tests themselves run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("run", "ctrl_c")
def test_the_folder_is_followed_until_ctrl_c(library: Path) -> None:
    command = [sys.executable, "-m", "assistant.cli", "sync", "--watch"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as following:
        assert following.stdout
        assert following.stderr
        try:
            assert "2 as before" in following.stdout.readline()
            assert "Following" in following.stderr.readline()
            (library / ".hidden.md").write_text("Hidden.")
            (library / "terbium.md").write_text("# Terbium\n\nTerbium makes green phosphors.\n")
            assert "1 added, 2 as before" in following.stdout.readline()
            (library / "terbium.md").unlink()
            assert "1 removed, 2 as before" in following.stdout.readline()
            following.send_signal(signal.SIGINT)
            assert following.wait(30) == 0
            assert following.stderr.read().strip() == "Stopped."
            assert not following.stdout.read()
        finally:
            following.kill()


@pytest.mark.usefixtures("library")
def test_a_document_is_shown_with_its_text_or_passages(run: Run) -> None:
    shown = run("show", "quota.md").stdout
    assert "published: 2024-08-20" in shown
    assert "The 2024 mining quota was 270,000 tonnes." in shown
    assert "[0] Quotas" in run("show", "quota.md", "--passages").stdout
    data = json.loads(run("show", "quota.md", "--json").stdout)
    (passage,) = data["passages"]
    assert data["text"][passage["start"] : passage["end"]] == passage["text"]


def test_a_document_is_indexed_again_and_a_bad_file_tried_again(run: Run, library: Path) -> None:
    before = run("show", "quota.md", "--json").stdout
    assert "1 changed, 1 as before; 1 passages" in run("reindex", "quota.md").stdout
    assert json.loads(run("show", "quota.md", "--json").stdout)["passages"] == json.loads(before)["passages"]
    assert run("check").exit_code == 0
    (library / "bad.md").write_bytes(b"\0")
    result = run("reindex", "bad.md")
    assert result.exit_code == 1
    assert "bad.md is not text" in result.stderr
    assert run("reindex", "quota.md").exit_code == 0


@pytest.mark.usefixtures("run", "ctrl_c")
def test_adding_ends_in_good_order_at_ctrl_c(run: Run, library: Path, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    for number in range(40):
        (tmp_path / "desk" / f"{number}.md").write_text(f"# Mine {number}\n\n" + f"Mine {number} yields ore. " * 2000)
    command = [sys.executable, "-m", "assistant.cli", "add", "desk"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as adding:
        while not list(library.glob("desk/1*.md")):
            assert adding.poll() is None
        adding.send_signal(signal.SIGINT)
        stdout, stderr = adding.communicate(timeout=60)
    assert adding.returncode == 1
    assert "Stopping" in stderr
    assert "files are left, and `assistant sync` goes on" in stderr
    assert "2 as before" in stdout
    assert run("check").exit_code == 0


@pytest.mark.usefixtures("library")
def test_the_list_shows_what_is_known(run: Run) -> None:
    assert "2024-08-20" in run("list").stdout
    documents = json.loads(run("list", "--json").stdout)["documents"]
    assert [document["document"] for document in documents] == ["magnets.md", "quota.md"]
    assert documents[1]["kind"] == "statistics"
    assert documents[1]["passages"] == 1


def test_an_index_is_checked_verified_and_rebuilt(run: Run, library: Path) -> None:
    (library / "quota.md").write_text(QUOTA.replace("270,000", "280,000"))
    assert "1 changed" in run("sync", "--verify").stdout
    assert run("check").exit_code == 0
    assert run("check", "--repair").exit_code == 0
    assert "2 added" in run("sync", "--rebuild").stdout


# asking


@pytest.mark.usefixtures("library")
def test_an_answer_is_shown_with_numbered_sources(run: Run) -> None:
    result = run("ask", "What was the mining quota in 2024?")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("The 2024 mining quota was 270,000 tonnes. [1]")
    assert "[1] Quotas, 2024-08-20  quota.md" in lines
    assert "    “The 2024 mining quota was 270,000 tonnes.”" in lines
    assert not result.stderr


@pytest.mark.usefixtures("library")
def test_an_unsure_answer_says_so_first(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_REFUSAL_THRESHOLD", "0")
    result = run("ask", "What was the magnet quota in 2019?")
    assert result.stdout.startswith("No sentence of the library clearly answers this question.")


@pytest.mark.usefixtures("library")
def test_what_a_question_was_understood_as_is_told_first(run: Run) -> None:
    result = run("ask", "What was the minnig quota in 2024?")
    assert result.stdout.startswith("Understood as: What was the mining quota in 2024?\n")
    assert "270,000 tonnes" in result.stdout


def test_an_answer_as_json_is_all_there_is_on_stdout(run: Run, library: Path) -> None:
    answer = json.loads(run("ask", "What was the mining quota in 2024?", "--json", "--mode", "extractive").stdout)
    assert answer["status"] == "answered"
    assert answer["mode"] == "extractive"
    citation = answer["claims"][0]["citations"][0]
    assert citation["quote"] == "The 2024 mining quota was 270,000 tonnes."
    assert {"document", "title", "page", "start", "end", "published", "publisher"} <= set(citation)
    assert {"document", "title", "page", "start", "end", "text", "score", "dense", "keyword"} <= set(answer["hits"][0])
    assert {"question", "confidence", "searched_for", "notes", "seconds"} <= set(answer)
    assert (library / citation["document"]).is_file()


@pytest.mark.usefixtures("library")
def test_what_is_not_known_is_said_plainly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_REFUSAL_THRESHOLD", "1")
    result = run("ask", "Who painted the Mona Lisa?")
    assert result.exit_code == 0
    assert "does not answer" in result.stdout
    assert "Searched for: Who painted the Mona Lisa?" in result.stdout
    assert "no evidence" in result.stdout
    assert "Sources" not in result.stdout


@pytest.mark.usefixtures("library")
def test_filters_and_dates_narrow_the_search(run: Run) -> None:
    def documents(*options: str) -> set[str]:
        answer = json.loads(run("ask", "Which quota, which magnets?", "--json", *options).stdout)
        return {hit["document"] for hit in answer["hits"]}

    assert documents() == {"quota.md", "magnets.md"}
    assert documents("--where", "kind=statistics") == {"quota.md"}
    assert documents("--where", "document=quota.md", "--where", "document=magnets.md") == {"quota.md", "magnets.md"}
    assert documents("--as-of", "2024-01") == {"magnets.md"}
    assert documents("--where", "from=2025") == set()


def test_an_empty_index_is_pointed_out(run: Run) -> None:
    result = run("ask", "What was the mining quota in 2024?", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] == "unanswered"
    assert "assistant sync" in result.stderr


# starting


def test_nothing_heavy_is_loaded_for_help() -> None:
    heavy = {"ir_measures", "torch", "sentence_transformers", "streamlit", "langchain"}
    program = f"import sys, assistant.cli; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# chat models


def test_doctor_says_what_works_a_line_each(run: Run, library: Path) -> None:
    done = run("doctor")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert all(line.startswith("✓ ") for line in lines)
    for words in ("GB are free", "The index is sound", "files of the library", "Scanned pages", "No chat model is set"):
        assert any(words in line for line in lines)


def test_doctor_says_what_is_wrong_and_looks_on(run: Run, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_MODEL", "openai:tiny")
    monkeypatch.setenv("ASSISTANT_MODEL_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ASSISTANT_MODEL_SECONDS", "20")
    (library / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    run("sync")
    done = run("doctor")
    assert done.exit_code == 1
    wrong = [line for line in done.stdout.splitlines() if line.startswith("✗ ")]
    assert any("could not be indexed" in line for line in wrong)
    assert any("openai:tiny cannot be reached" in line for line in wrong)


def test_an_index_that_cannot_be_used_is_no_problem_of_files(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (library / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert run("sync").exit_code == 3
    monkeypatch.setenv("ASSISTANT_PASSAGE_WORDS", "150")
    refused = run("sync")
    assert refused.exit_code == 1
    assert "sync --rebuild" in refused.stderr


def test_doctor_tells_of_an_index_that_cannot_be_opened(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_PASSAGE_WORDS", "150")
    done = run("doctor")
    assert done.exit_code == 1
    assert "sync --rebuild" in done.stdout


def test_an_answer_of_a_model_tells_who_wrote_it_and_what_it_cost(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    quote = "The 2024 mining quota was 270,000 tonnes."

    def written(prompt: Prompt) -> str:
        if "ready" in prompt.text:
            return "ready"
        return claims(prompt, (quote, quote), ("The 2025 mining quota was 1 tonne.", quote))

    server = ChatServer(httpserver).says(written)
    monkeypatch.setenv("ASSISTANT_MODEL", "openai:tiny")
    monkeypatch.setenv("ASSISTANT_MODEL_URL", server.url)
    done = run("ask", "What was the mining quota in 2024?")
    assert done.exit_code == 0
    assert f"{quote} [1]" in done.stdout
    assert "Written by openai:tiny. 1 statement was left out" in done.stdout
    assert "200 tokens read, 40 written." in done.stdout
    assert "1; 200 tokens read, 40 written" in run("doctor").stdout
    data = json.loads(run("ask", "What was the mining quota in 2024?", "--json").stdout)
    assert (data["model"], data["unsupported"], data["uncovered"], data["cached"]) == ("openai:tiny", 1, [], False)
    assert data["usage"] == {"read": 200, "written": 40}
    extracted = run("ask", "What was the mining quota in 2024?", "--mode", "extractive").stdout
    assert "Written by" not in extracted


def test_without_a_model_a_written_answer_is_misuse(run: Run, library: Path) -> None:
    done = run("ask", "What was the mining quota in 2024?", "--mode", "generative")
    assert done.exit_code == 2
    assert "ASSISTANT_MODEL" in done.stderr


def test_a_part_that_is_not_covered_is_named(run: Run, library: Path) -> None:
    done = run("ask", "What was the mining quota in 2024, and how many moons does Jupiter have?")
    assert "Not covered by the library: how many moons does Jupiter have?" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODEL_URL", "localhost:8000"),
        ("MODEL_URL", "ftp://example.org"),
        ("MODEL_URL", "https://user:secret@example.org/v1"),
        ("MODEL_URL", "https://example.org/v1?key=secret"),
        ("MODEL_OUTPUT_TOKENS", "8000"),
        ("MODEL_SECONDS", "0"),
    ],
)
def test_a_setting_of_the_model_that_cannot_be_is_named_without_its_value(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ASSISTANT_{name}", value)
    done = run("list")
    assert done.exit_code == 2
    assert f"ASSISTANT_{name}" in done.stderr
    assert "secret" not in done.stderr
