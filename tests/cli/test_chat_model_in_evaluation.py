"""A scripted server stands for the chat model, which cannot run here; the wire to it is real."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.answering.chat_server import ChatServer
from tests.cli.conftest import Run, write_cases


@pytest.fixture
def model(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> ChatServer:
    server = ChatServer(httpserver)
    monkeypatch.setenv("ASSISTANT_MODEL", "openai:scripted")
    monkeypatch.setenv("ASSISTANT_MODEL_URL", server.url)
    monkeypatch.setenv("ASSISTANT_MODEL_KEY", "none")
    return server


def test_a_chat_model_proposes_questions_of_which_those_with_a_verbatim_quote_are_drafted(
    run: Run, library: Path, model: ChatServer
) -> None:
    good = {
        "question": "How high was the mining quota of 2024?",
        "answer": "270,000 tonnes",
        "quote": "The 2024 mining quota was 270,000 tonnes.",
    }
    model.says(json.dumps([good, {**good, "question": "Which quota is this?", "quote": "The quota: 270,000 tonnes"}]))
    assert "1 new draft" in run("drafts", "--propose", "quota.md").stderr
    (draft,) = json.loads(run("drafts", "--json").stdout)["drafts"]
    assert draft["case"]["question"] == good["question"]
    assert "openai:scripted" in draft["note"]
    assert "The 2024 mining quota" in model.prompts[0].text


def test_judgements_stand_beside_the_figures_with_their_spread(run: Run, library: Path, model: ChatServer) -> None:
    write_cases(library.parent / "questions.jsonl")
    grades = cycle(('{"correct": 1, "supported": 1}', '{"correct": 0, "supported": 1}'))
    model.says(lambda prompt: next(grades) if "You grade" in prompt.text else "I write no answers.")
    figures = json.loads(run("evaluate", "--judge", "2", "--tag", "en", "--json").stdout)["figures"]
    assert figures["judged_correct"]["value"] == 0.5
    assert figures["judged_correct_spread"]["value"] == 0.5
    assert figures["judged_supported"]["value"] == 1.0
    assert figures["answer_hit"]["value"] == 1.0


def test_the_sources_own_words_are_measured_where_a_chat_model_is_set(
    run: Run, library: Path, model: ChatServer
) -> None:
    write_cases(library.parent / "questions.jsonl")
    model.says("I write no answers.")
    assert run("evaluate", "--mode", "extractive", "--tag", "en").exit_code == 0
    assert not model.prompts
    run("evaluate", "--tag", "en")
    assert model.prompts
    later, earlier = json.loads(run("runs", "--json").stdout)["runs"]
    assert (earlier["selection"]["mode"], later["selection"]["mode"]) == ("extractive", None)
    assert "tag en, extractive answers" in run("runs").stdout
    comparison = json.loads(run("compare", earlier["id"], later["id"], "--json").stdout)
    assert comparison["changed"] == [{"what": "answers", "before": "extractive", "after": "generative"}]


def test_a_run_that_was_broken_off_goes_on_in_its_mode(
    run: Run, library: Path, model: ChatServer, tmp_path: Path
) -> None:
    write_cases(library.parent / "questions.jsonl")
    run("evaluate", "--mode", "extractive")
    (file,) = (tmp_path / "data" / "runs").iterdir()
    file.write_bytes(b"\n".join(file.read_bytes().split(b"\n")[:2]) + b"\n")
    assert run("evaluate", "--resume", "--mode", "extractive").exit_code == 2
    assert run("evaluate", "--resume").exit_code == 0
    assert not model.prompts


def test_without_a_chat_model_no_run_of_its_answers_begins(run: Run, library: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    result = run("evaluate", "--mode", "generative")
    assert result.exit_code in {1, 2}
    assert "No chat model is set" in result.stderr
    assert json.loads(run("runs", "--json").stdout)["runs"] == []


def test_without_a_chat_model_nothing_is_judged(run: Run, library: Path) -> None:
    write_cases(library.parent / "questions.jsonl")
    result = run("evaluate", "--judge", "1")
    assert result.exit_code in {1, 2}
    assert "No chat model is set" in result.stderr
