from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from assistant.assistant import Assistant
from assistant.evaluation.cases import load_cases
from assistant.services.conversations import open_history
from assistant.settings import Settings
from assistant.types import Feedback, Reason
from tests.cli.conftest import Run, write_cases

SENTENCE = "The ministry set the smelting quota of 2024 at 254,000 tonnes of rare-earth oxide."


def waiting(run: Run) -> list[dict[str, object]]:
    drafts: list[dict[str, object]] = json.loads(run("drafts", "--json").stdout)["drafts"]
    return drafts


def test_without_drafts_it_says_so(run: Run, library: Path) -> None:
    result = run("drafts")
    assert result.exit_code == 0
    assert "No draft waits" in result.stderr


def test_questions_from_a_document_wait_until_they_are_accepted(run: Run, library: Path) -> None:
    (library / "smelting.md").write_text(f"# Smelting\n\n{SENTENCE}\n")
    run("sync")
    assert "1 new draft" in run("drafts", "--propose", "smelting.md").stderr
    (draft,) = waiting(run)
    assert not (library.parent / "questions.jsonl").exists()
    assert str(draft["id"]) in run("drafts").stdout
    result = run("drafts", "--accept", draft["id"])
    assert result.exit_code == 0
    assert "generated-001" in result.stderr
    (case,) = load_cases(library.parent / "questions.jsonl")
    assert case.tags == ("generated", "en")
    assert case.answers == ("254,000",)
    assert "0 new drafts" in run("drafts", "--propose", "smelting.md").stderr
    assert run("evaluate", "--json").exit_code == 0


def test_a_rejected_draft_does_not_come_back(run: Run, library: Path) -> None:
    (library / "smelting.md").write_text(f"# Smelting\n\n{SENTENCE}\n")
    run("sync")
    run("drafts", "--propose", "smelting.md")
    (draft,) = waiting(run)
    assert run("drafts", "--reject", draft["id"]).exit_code == 0
    run("drafts", "--propose", "smelting.md")
    assert waiting(run) == []
    assert run("drafts", "--accept", draft["id"]).exit_code == 2


def test_feedback_becomes_a_case_once_it_has_an_answer(run: Run, library: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    with Assistant(Settings()) as assistant, closing(open_history(Settings())) as history:
        for helpful in (False, True):
            exchange = history.append("someone", assistant.ask("What was the 2024 mining quota?"))
            reasons = () if helpful else (Reason.INCOMPLETE,)
            history.give_feedback("someone", exchange.id, Feedback(helpful=helpful, reasons=reasons))
    (listed,) = waiting(run)
    assert waiting(run) == [listed]
    assert listed["like"] == "quota"
    assert "asks nearly the same as quota" in run("drafts").stdout
    lacking = run("drafts", "--accept", listed["id"])
    assert lacking.exit_code == 2
    assert "lacks an accepted answer" in lacking.stderr
    assert run("drafts", "--accept", listed["id"], "--answer", "270,000 tonnes").exit_code == 0
    accepted = load_cases(library.parent / "questions.jsonl")[-1]
    assert (accepted.id, accepted.answers) == ("feedback-001", ("270,000 tonnes",))
    assert accepted.evidence[0].document == "quota.md"


def test_evidence_that_is_gone_keeps_a_draft_out(run: Run, library: Path) -> None:
    (library / "smelting.md").write_text(f"# Smelting\n\n{SENTENCE}\n")
    run("sync")
    run("drafts", "--propose", "smelting.md")
    (library / "smelting.md").write_text("# Smelting\n\nNothing of the kind.\n")
    run("sync")
    (draft,) = waiting(run)
    result = run("drafts", "--accept", draft["id"])
    assert result.exit_code == 2
    assert "does not stand in smelting.md" in result.stderr


def test_misuse_gets_a_sentence(run: Run, library: Path) -> None:
    assert run("drafts", "--answer", "x").exit_code == 2
    assert "no document gone.md" in run("drafts", "--propose", "gone.md").stderr
