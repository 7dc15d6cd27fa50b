"""Conversations over a real library that goes on changing."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Settings
from assistant.conversations.encoding import earlier_passage
from assistant.conversations.export import Format, write_export
from assistant.conversations.standing import State, citation_state, present_span
from assistant.errors import StorageError
from assistant.services.conversations import as_exchange, newest_published, open_history, present_document, verify
from assistant.types import Filters
from tests.conftest import MakeAssistant, write_files

CONTROLS = (
    "---\ntitle: Export controls\npublished: 2025-10-09\n---\n# Export controls\n\nOn 9 October 2025 China announced "
    "new controls. They add holmium, erbium and thulium to the list of rare earths under licence.\n"
)
OTHER = "---\npublished: 2026\n---\n# Quotas\n\nThe mining quota of 2024 was 270,000 tonnes.\n"
QUESTION = "Which rare earths did China add to the list under licence in October 2025?"


def test_an_old_citation_opens_whatever_became_of_its_document(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"controls.md": CONTROLS, "quota.md": OTHER})
    history = open_history(assistant.settings)
    talk = history.append("", assistant.ask(QUESTION)).conversation
    (kept,) = history.exchanges("", talk)
    citation = kept.answer.claims[0].citations[0]
    earlier = earlier_passage(kept.answer, citation.passage)
    assert earlier is not None
    assert earlier.text[citation.start - earlier.start :].startswith(citation.quote)
    folder = assistant.settings.documents

    def now() -> tuple[State, str | None]:
        assistant.sync()
        document = present_document(assistant, citation)
        span = present_span(document.text, citation) if document else None
        return citation_state(document, citation), document.text[slice(*span)] if document and span else None

    assert now() == (State.UNCHANGED, citation.quote)
    write_files(folder, {"controls.md": CONTROLS.replace("# Export", "# News\n\nA new paragraph.\n\n# Export")})
    assert now() == (State.MOVED, citation.quote)
    write_files(folder, {"controls.md": CONTROLS.replace("holmium", "gallium")})
    assert now() == (State.CHANGED, None)
    (folder / "controls.md").unlink()
    assert now() == (State.GONE, None)
    write_files(folder, {"elsewhere/renamed.md": CONTROLS})
    assert now() == (State.UNCHANGED, citation.quote)
    history.close()


def test_an_answer_exported_in_each_format_is_verified_against_the_library(
    make_assistant: MakeAssistant, tmp_path: Path
) -> None:
    assistant = make_assistant({"controls.md": CONTROLS, "quota.md": OTHER})
    exchange = as_exchange(assistant.ask(QUESTION), Filters(), newest_published(assistant))
    assert exchange.newest == "2026"
    for form in Format:
        path = tmp_path / f"answer{form.value}"
        write_export("", (exchange,), path)
        assert verify(assistant, path).stands
    (assistant.settings.documents / "controls.md").unlink()
    assistant.sync()
    found = verify(assistant, path)
    assert found.whole
    assert not found.stands


def test_conversations_outlive_the_index(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"controls.md": CONTROLS})
    history = open_history(assistant.settings)
    kept = history.append("", assistant.ask(QUESTION))
    history.close()
    assert not list(assistant.settings.index.glob("*history*"))
    again = open_history(assistant.settings)
    assert again.exchanges("", kept.conversation) == (kept,)
    again.close()


def test_another_database_can_be_named(tmp_path: Path) -> None:
    history = open_history(Settings(data=tmp_path / "data", history_url=f"sqlite:///{tmp_path / 'other.db'}"))
    assert history.count("") == 0
    history.close()
    assert (tmp_path / "other.db").exists()
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="data folder"):
        open_history(Settings(data=tmp_path / "file" / "data"))
