from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from assistant import Settings
from assistant.services.conversations import open_history
from tests.cli.conftest import MAGNETS, Run
from tests.conversations import conftest as made

QUESTION = "What keeps neodymium magnets strong at high temperatures?"
QUOTE = "Dysprosium keeps neodymium magnets strong at high temperatures."


@pytest.fixture
def talks(run: Run, tmp_path: Path) -> dict[str, str]:
    """Ids of two kept conversations, and of one of a person who signed in, by title."""
    history = open_history(Settings(data=tmp_path / "data"))
    kept = (
        ("", made.answer("What do the controls cover?")),
        ("", made.refusal()),
        ("li@example.org", made.answer("Why?")),
    )
    ids = {answer.question: history.append(user, answer).conversation for user, answer in kept}
    history.append(
        "", made.answer("何时宣布的？", "中国宣布新的出口管制措施。"), conversation=ids["What do the controls cover?"]
    )
    history.close()
    return ids


# conversations


def test_conversations_are_listed_and_searched(run: Run, talks: dict[str, str]) -> None:
    listed = json.loads(run("conversations", "--json").stdout)["conversations"]
    assert [(each["title"], each["exchanges"]) for each in listed] == [
        ("What do the controls cover?", 2), ("Who painted the Mona Lisa?", 1),
    ]  # fmt: skip
    found = run("conversations", "--search", "出口管制").stdout
    assert talks["What do the controls cover?"] in found
    assert "Mona Lisa" not in found
    assert "Why?" in run("conversations", "--user", "li@example.org").stdout
    assert "1 more" in run("conversations", "--limit", "1").stderr
    assert "No conversation" in run("conversations", "--search", "nowhere").stderr


def test_without_any_conversation_it_says_so(run: Run) -> None:
    result = run("conversations")
    assert result.exit_code == 0
    assert "No conversation is kept yet" in result.stderr


def test_a_conversation_is_shown_and_exported(run: Run, talks: dict[str, str], tmp_path: Path) -> None:
    talk = talks["What do the controls cover?"]
    shown = run("conversations", talk).stdout
    assert made.QUOTE in shown
    assert "何时宣布的？" in shown
    assert (
        json.loads(run("conversations", talk, "--json").stdout)["exchanges"][1]["answer"]["question"] == "何时宣布的？"
    )
    for name in ("talk.md", "talk.docx", "talk.html", "talk.json"):
        result = run("conversations", talk, "--export", name)
        assert result.exit_code == 0
        assert "Written" in result.stderr
        assert (tmp_path / name).stat().st_size
    other = run("conversations", talks["Why?"])
    assert other.exit_code == 2
    assert "no such conversation" in other.stderr


def test_a_damaged_database_is_told_with_exit_code_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "history.db").write_bytes(b"not a database " * 100)
    result = run("conversations")
    assert result.exit_code == 1
    assert "backup" in result.stderr
    assert "Traceback" not in result.stderr


# asking, taking along, verifying


@pytest.mark.parametrize("name", ["answer.md", "answer.docx", "answer.html", "answer.json"])
def test_an_exported_answer_is_verified_until_its_source_says_otherwise(
    run: Run, library: Path, tmp_path: Path, name: str
) -> None:
    assert run("ask", QUESTION, "--export", name).exit_code == 0
    result = run("verify", name)
    assert result.exit_code == 0
    assert "unchanged" in result.stdout
    assert QUOTE in result.stdout

    (library / "magnets.md").write_text(f"A new preface.\n\n{MAGNETS}")
    run("sync")
    result = run("verify", name, "--json")
    assert result.exit_code == 0
    moved = json.loads(result.stdout)
    assert moved["stands"]
    assert "moved" in {quote["state"] for quote in moved["quotes"]}

    (library / "magnets.md").write_text(MAGNETS.replace("Dysprosium", "Terbium"))
    run("sync")
    result = run("verify", name)
    assert result.exit_code == 1
    assert "no longer there" in result.stdout


def test_a_moved_file_is_still_the_source_and_a_removed_one_is_not(run: Run, library: Path) -> None:
    run("ask", QUESTION, "--export", "answer.md")
    (library / "magnets.md").rename(library / "renamed.md")
    run("sync")
    assert run("verify", "answer.md").exit_code == 0
    run("remove", "renamed.md")
    result = run("verify", "answer.md")
    assert result.exit_code == 1
    assert "document gone" in result.stdout


def test_an_edited_export_is_told(run: Run, library: Path, tmp_path: Path) -> None:
    run("ask", QUESTION, "--export", "answer.md")
    file = tmp_path / "answer.md"
    file.write_text(re.sub("^Dysprosium", "Cheese", file.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    result = run("verify", "answer.md")
    assert result.exit_code == 1
    assert "changed since it was exported" in result.stdout


def test_a_refusal_is_exported_with_what_was_searched_for(run: Run, library: Path, tmp_path: Path) -> None:
    run("ask", "Who painted the Mona Lisa?", "--export", "no.md")
    text = (tmp_path / "no.md").read_text("utf-8")
    assert "The library does not answer this question." in text
    assert "Searched for: Who painted the Mona Lisa?" in text
    assert "newest document of 20 August 2024" in text
    assert run("verify", "no.md").exit_code == 0
