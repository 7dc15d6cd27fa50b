"""Killed at any instant, the next opening is sound and the next sync converges; nothing is lost, doubled or half there."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant import Assistant, Settings
from tests.faults.conftest import Act, assert_as_a_fresh_index, contents, copy_of

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant

BEFORE = {
    f"{name}.md": f"# {name}\n\n" + f"The {name} mine yields ore. " * 60
    for name in ("stay", "change", "move", "swap-a", "swap-b", "gone")
}
NEW = {"new.md": "# New\n\nThe new mine yields yttrium.\n", "newer.md": "# Newer\n\nThe newer mine yields erbium.\n"}
REPLACED = "# Change\n\nNow the mine yields terbium.\n"


@pytest.fixture(scope="module")
def prepared(make_shared_assistant: MakeAssistant) -> Settings:
    """A library that is indexed, and closed."""
    assistant = make_shared_assistant({**BEFORE, "bad.md": "\0", "worse.md": "\0"}, refusal_threshold=0)
    assistant.close()
    return assistant.settings


def change_everything(folder: Path) -> None:
    """What people may do to a library between two syncs."""
    (folder / "stay.md").touch()
    (folder / "change.md").write_text(REPLACED)
    (folder / "move.md").rename(folder / "moved.md")
    (folder / "swap-a.md").write_text(BEFORE["swap-b.md"])
    (folder / "swap-b.md").write_text(BEFORE["swap-a.md"])
    (folder / "gone.md").unlink()
    (folder / "bad.md").unlink()
    (folder / "worse.md").write_text("\0 worse")
    for name, text in NEW.items():
        (folder / name).write_text(text)


def assert_converges(settings: Settings) -> None:
    """Nothing half done is seen at the next opening, and the next sync is as good as a fresh index."""
    with Assistant(settings) as again:
        assert again.check().sound
        for record in again.records():
            assert len(again.passages(record.path)) == record.passages
        again.sync()
        assert_as_a_fresh_index(again)
        for citation in (c for claim in again.ask("What does the mine yield?").claims for c in claim.citations):
            document = again.document(citation.document)
            assert document is not None
            assert document.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("moment", [2, 12, 26, 28, 30, 32, 38, 46])
def test_a_sync_that_is_killed(act: Act, prepared: Settings, tmp_path: Path, moment: int) -> None:
    settings = copy_of(prepared, tmp_path)
    change_everything(settings.documents)
    before = contents(settings.documents)
    assert act(settings, "sync", moment=moment) == -signal.SIGKILL
    assert contents(settings.documents) == before
    assert_converges(settings)


@pytest.mark.parametrize("moment", [10, 12, 16, 18])
def test_a_replacement_that_is_killed(act: Act, prepared: Settings, tmp_path: Path, moment: int) -> None:
    settings = copy_of(prepared, tmp_path)
    (settings.documents / "change.md").write_text(REPLACED)
    assert act(settings, "sync", moment=moment) == -signal.SIGKILL
    with Assistant(settings) as again:
        assert [record.path for record in again.records()].count("change.md") == 1
        document = again.document("change.md")
        assert document is not None
        assert document.text.strip() in {BEFORE["change.md"].strip(), REPLACED.strip()}  # the one or the other, whole
    assert_converges(settings)


@pytest.mark.parametrize("moment", [2, 4, 8, 26])
def test_adding_that_is_killed(act: Act, prepared: Settings, tmp_path: Path, moment: int) -> None:
    settings = copy_of(prepared, tmp_path)
    (tmp_path / "desk").mkdir()
    for name, text in NEW.items():
        (tmp_path / "desk" / name).write_text(text)
    before = contents(settings.documents)
    paths = [str(tmp_path / "desk" / name) for name in NEW]
    assert act(settings, "add", paths=paths, moment=moment) == -signal.SIGKILL
    after = contents(settings.documents)
    assert before.items() <= after.items()
    assert {path: after[path] for path in after.keys() - before.keys()}.items() <= contents(tmp_path / "desk").items()
    assert_converges(settings)


@pytest.mark.parametrize("moment", [2, 12, 14, 20])
def test_a_removal_that_is_killed(act: Act, prepared: Settings, tmp_path: Path, moment: int) -> None:
    settings = copy_of(prepared, tmp_path)
    before = contents(settings.documents)
    assert act(settings, "remove", paths=["gone.md"], moment=moment) == -signal.SIGKILL
    kept = [file for file in settings.data.rglob("gone.md") if file.is_file()]  # in the trash
    after = contents(settings.documents)
    assert after == before or (after == {p: d for p, d in before.items() if p != "gone.md"} and kept)
    assert_converges(settings)


def test_who_asks_throughout_is_never_given_what_is_removed_or_half_there(
    act: Act, prepared: Settings, tmp_path: Path
) -> None:
    settings = copy_of(prepared, tmp_path)
    with Assistant(settings) as reader:
        for number, moment in enumerate((4, 10, 13, 16)):
            (settings.documents / "change.md").write_text(f"# Change\n\nNow the change mine yields element {number}.\n")
            (settings.documents / "gone.md").unlink(missing_ok=True)
            assert act(settings, "sync", moment=moment) == -signal.SIGKILL
            answer = reader.ask("What does the change mine yield?")
            known = {record.path: record.digest for record in reader.records()}
            for citation in (citation for claim in answer.claims for citation in claim.citations):
                document = reader.document(citation.document)
                assert document is not None
                assert known[citation.document] == citation.digest == document.digest
                assert document.text[citation.start : citation.end] == citation.quote
            assert {hit.passage.document for hit in answer.hits} <= known.keys()
        reader.sync()
        assert_as_a_fresh_index(reader)
        assert "gone.md" not in {hit.passage.document for hit in reader.ask("What does the gone mine yield?").hits}
