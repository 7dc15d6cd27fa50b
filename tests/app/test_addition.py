"""Documents on their way into the library: stopped, taken up again, withdrawn; and looked at before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from assistant import Metadata, Settings
from assistant.types import Problem
from assistant.ui.desk import Desk
from assistant.ui.library.addition import Addition, Upload, begin_with_files, go_on, outcome_of

FILES = [Upload(f"note-{number}.md", f"# Note {number}\n\nMine {number} opened.".encode()) for number in range(3)]


@pytest.fixture
def desk(models: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk over an empty library."""
    (tmp_path / "corpus" / "documents").mkdir(parents=True)
    opened = Desk(Settings(corpus=tmp_path / "corpus", data=tmp_path / "data", models_folder=models))
    opened.first_look.result()
    yield opened
    opened.close()


def stopped(desk: Desk) -> Addition:
    """An addition that was stopped before anything was indexed."""
    begun = Event()
    desk.work(lambda _: begun.wait())  # holds the writer until the addition has been stopped
    addition = begin_with_files(desk, FILES)
    addition.stop.set()
    begun.set()
    addition.job.result()
    return addition


def test_what_is_not_indexed_when_an_addition_is_stopped_waits_and_is_taken_up_again(desk: Desk) -> None:
    addition = stopped(desk)
    outcome = outcome_of(desk, addition)
    assert (outcome.added, len(outcome.waiting), outcome.failures) == ((), 3, ())
    again = go_on(desk, addition)
    again.job.result()
    assert len(outcome_of(desk, again).added) == 3
    assert len(desk.assistant.records()) == 3


def test_a_folder_waits_until_all_of_its_files_are_indexed(desk: Desk) -> None:
    folder = desk.assistant.settings.documents / "notes"
    folder.mkdir()
    stop = Event()
    for file in FILES:
        (folder / file.name).write_bytes(file.data)
        job = desk.index(stop)
        job.result()
        stop.set()
    addition = Addition(("notes",), (), job, stop)
    assert len(desk.assistant.records()) == 1
    assert outcome_of(desk, addition).waiting == ("notes",)
    again = go_on(desk, addition)
    again.job.result()
    assert outcome_of(desk, again).added == ("notes",)


def test_what_waits_can_be_moved_to_the_trash_instead(desk: Desk) -> None:
    waiting = outcome_of(desk, stopped(desk)).waiting
    desk.withdraw(waiting).result()
    assert desk.assistant.records() == ()
    assert {each.path for each in desk.assistant.removed()} == set(waiting)


def test_details_that_were_corrected_before_adding_hold(desk: Desk) -> None:
    upload = Upload("note.md", b"# A note\n\nThe mine opened.", {"title": "The mine", "published": "2024-05-01"})
    begin_with_files(desk, [upload]).job.result()
    metadata = desk.assistant.records()[0].metadata
    assert (metadata.title, metadata.published) == ("The mine", "2024-05-01")


def test_files_say_what_they_are_before_they_are_added(desk: Desk) -> None:
    text = b"---\ntitle: Zorbia\npublisher: Desk\n---\n\nThe mine of Zorbia opened in 1994.\n"
    known, same_name, broken = desk.assistant.preview([("../a.md", text), ("a.md", text), ("tool.exe", b"MZ\0\0")])
    assert isinstance(known, Metadata)
    assert (known.title, known.publisher) == ("Zorbia", "Desk")
    assert same_name == known
    assert isinstance(broken, Problem)
    assert broken.path == "tool.exe"
    assert desk.assistant.records() == ()
    assert list(desk.assistant.settings.documents.iterdir()) == []


def test_a_document_is_indexed_anew_at_wish(desk: Desk) -> None:
    begin_with_files(desk, FILES[:1]).job.result()
    before = desk.assistant.passages("note-0.md")
    report = desk.reindex("note-0.md").result()
    assert report.problems == ()
    assert report.passages == len(before)
    assert desk.assistant.passages("note-0.md") == before
