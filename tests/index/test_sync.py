from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from assistant import Assistant
from assistant.documents import progress
from assistant.errors import AssistantError
from assistant.types import Progress

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant, PdfBytes

ALPHA = "# Alpha\n\nThe Alpha mine yields cerium.\n"
BETA = "# Beta\n\nThe Beta plant makes magnets.\n"
GAMMA = "# Gamma\n\nThe Gamma port exports terbium.\n"
ROOT = Path(__file__).parents[2]


def put(assistant: Assistant, path: str, content: str | bytes) -> Path:
    file = assistant.settings.documents / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def indexed(assistant: Assistant) -> dict[str, str]:
    """The text of every document that can be asked, by path; the stores must agree."""
    assert assistant.check().sound
    texts = {}
    for record in assistant.records():
        document = assistant.document(record.path)
        assert document is not None
        texts[record.path] = document.text + "\n"
    return texts


def problems(assistant: Assistant) -> dict[str, str]:
    return {problem.path: problem.kind for problem in assistant.problems()}


# one change at a time


def test_new_files_are_indexed_and_a_second_look_finds_nothing_to_do(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({})
    put(assistant, "a.md", ALPHA)
    put(assistant, "deep/b.md", BETA)
    report = assistant.sync()
    assert (report.added, report.unchanged, report.passages) == (("a.md", "deep/b.md"), 0, 2)
    generation = assistant.ask("What does the Alpha mine yield?").generation
    again = assistant.sync()
    assert (again.added, again.changed, again.unchanged, again.passages) == ((), (), 2, 0)
    assert assistant.ask("What does the Alpha mine yield?").generation == generation
    assert indexed(assistant) == {"a.md": ALPHA, "deep/b.md": BETA}


def test_a_changed_file_takes_the_place_of_its_earlier_version(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA, "b.md": BETA})
    put(assistant, "a.md", GAMMA)
    report = assistant.sync()
    assert (report.changed, report.added, report.unchanged) == (("a.md",), (), 1)
    assert indexed(assistant) == {"a.md": GAMMA, "b.md": BETA}


def test_a_deleted_file_is_forgotten(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA, "b.md": BETA})
    (assistant.settings.documents / "a.md").unlink()
    assert assistant.sync().removed == ("a.md",)
    assert indexed(assistant) == {"b.md": BETA}


def test_a_moved_file_is_followed_and_not_embedded_again(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA})
    before = assistant.passages("a.md")
    (assistant.settings.documents / "deep").mkdir()
    (assistant.settings.documents / "a.md").rename(assistant.settings.documents / "deep/a.md")
    report = assistant.sync()
    assert (report.moved, report.added, report.removed, report.passages) == (("deep/a.md",), (), (), 0)
    assert [passage.id for passage in assistant.passages("deep/a.md")] == [passage.id for passage in before]
    assert indexed(assistant) == {"deep/a.md": ALPHA}


def test_a_title_from_the_file_name_follows_the_file(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"old_name.txt": "Cerium comes from the mine."})
    (assistant.settings.documents / "old_name.txt").rename(assistant.settings.documents / "new_name.txt")
    assert assistant.sync().moved == ("new_name.txt",)
    (record,) = assistant.records()
    assert (record.path, record.metadata.title) == ("new_name.txt", "new name")
    assert [hit.passage.document for hit in assistant.retrieve("new name")] == ["new_name.txt"]
    assert assistant.check().sound


def test_a_touched_file_is_not_indexed_again(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA})
    os.utime(assistant.settings.documents / "a.md", (1, 1))
    report = assistant.sync()
    assert (report.changed, report.unchanged, report.passages) == ((), 1, 0)


def test_a_change_that_keeps_size_and_time_is_found_by_verifying(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA})
    file = assistant.settings.documents / "a.md"
    stat = file.stat()
    file.write_text(ALPHA.replace("cerium", "yttria"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert assistant.sync().changed == ()
    assert assistant.sync(verify=True).changed == ("a.md",)
    assert assistant.sync(verify=True).unchanged == 1


def test_metadata_beside_a_file_is_part_of_it(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA})
    put(assistant, "a.md.meta.yaml", "title: Edited\npublished: 2024-06\n")
    assert assistant.sync().changed == ("a.md",)
    assert [(record.metadata.title, record.metadata.published) for record in assistant.records()] == [
        ("Edited", "2024-06")
    ]
    (assistant.settings.documents / "a.md.meta.yaml").unlink()
    assert assistant.sync().changed == ("a.md",)
    assert [record.metadata.title for record in assistant.records()] == ["Alpha"]


# several changes at once


@pytest.mark.parametrize(("old", "new"), [("a.md", "z.md"), ("z.md", "a.md")])
def test_a_file_that_is_renamed_and_written_anew_is_there_twice(
    make_assistant: MakeAssistant, old: str, new: str
) -> None:
    assistant = make_assistant({old: ALPHA})
    (assistant.settings.documents / old).rename(assistant.settings.documents / new)
    put(assistant, old, BETA)
    report = assistant.sync()
    assert (report.changed, report.moved, report.problems) == ((old,), (new,), ())
    assert indexed(assistant) == {old: BETA, new: ALPHA}


def test_files_that_exchange_their_contents(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA, "b.md": BETA, "c.md": GAMMA})
    put(assistant, "a.md", BETA)
    put(assistant, "b.md", GAMMA)
    put(assistant, "c.md", ALPHA)
    assert assistant.sync().changed == ("a.md", "b.md", "c.md")
    assert indexed(assistant) == {"a.md": BETA, "b.md": GAMMA, "c.md": ALPHA}
    assert problems(assistant) == {}


def test_a_file_is_moved_onto_another(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA, "b.md": BETA})
    (assistant.settings.documents / "a.md").replace(assistant.settings.documents / "b.md")
    assistant.sync()
    assert indexed(assistant) == {"b.md": ALPHA}


# duplicates


def test_a_second_file_of_the_same_content_is_named_and_not_indexed(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA, "b.md": ALPHA})
    assert indexed(assistant) == {"a.md": ALPHA}
    (problem,) = assistant.problems()
    assert (problem.path, problem.kind) == ("b.md", "duplicate")
    assert "a.md" in problem.reason
    assert assistant.sync().problems == ()


def test_a_file_that_becomes_a_copy_of_another_loses_its_own_content(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA, "b.md": BETA})
    put(assistant, "a.md", BETA)
    assistant.sync()
    assert indexed(assistant) == {"b.md": BETA}
    assert problems(assistant) == {"a.md": "duplicate"}


@pytest.mark.parametrize("change", [Path.unlink, lambda file: file.write_text(GAMMA)])
def test_a_duplicate_is_indexed_when_the_first_is_gone_or_says_something_else(
    make_assistant: MakeAssistant, change: Callable[[Path], object]
) -> None:
    assistant = make_assistant({"a.md": ALPHA, "b.md": ALPHA})
    change(assistant.settings.documents / "a.md")
    assistant.sync()
    assert indexed(assistant)["b.md"] == ALPHA
    assert problems(assistant) == {}


def test_of_two_equal_files_the_one_that_can_be_read_is_indexed(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.unknown": ALPHA, "b.md": ALPHA})
    assert indexed(assistant) == {"b.md": ALPHA}
    assert problems(assistant) == {"a.unknown": "UnsupportedType"}


# problems


def test_one_bad_file_does_not_stop_the_others(make_assistant: MakeAssistant) -> None:
    files = {
        "a.md": ALPHA,
        "b.pdf": b"%PDF-1.4 torn",
        "c.md": "",
        "d.zip": b"PK",
        "e.docx": b"PK\x03\x04",
        "f.html": "<html></html>",
        "g.md": "---\ntitle: [torn\n---\nText.",
        "h.md": "x" * 1_000_001,
        "z.md": BETA,
    }
    assistant = make_assistant(files, max_file_megabytes=1)
    assert indexed(assistant) == {"a.md": ALPHA, "z.md": BETA}
    assert problems(assistant) == {
        "b.pdf": "UnreadableDocument",
        "c.md": "EmptyDocument",
        "d.zip": "UnsupportedType",
        "e.docx": "UnreadableDocument",
        "f.html": "NoTextFound",
        "g.md": "UnreadableDocument",
        "h.md": "DocumentTooLarge",
    }
    assert all(problem.path in problem.reason for problem in assistant.problems())
    again = assistant.sync()
    assert (again.problems, again.unchanged) == ((), len(files))


def test_a_name_that_is_not_unicode_is_a_problem_of_its_own(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA})
    Path(os.fsdecode(os.fsencode(assistant.settings.documents) + b"/\xd6\xd0.md")).write_text(BETA)
    assert len(assistant.sync().problems) == 1
    assert assistant.sync().problems == ()
    assert indexed(assistant) == {"a.md": ALPHA}


def test_a_problem_ends_with_its_file(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": b"\0", "b.md": b"\0\0"})
    assert list(problems(assistant)) == ["a.md", "b.md"]
    (assistant.settings.documents / "a.md").unlink()
    put(assistant, "b.md", BETA)
    assistant.sync()
    assert problems(assistant) == {}
    assert indexed(assistant) == {"b.md": BETA}


def test_a_file_that_is_damaged_for_a_while_keeps_its_last_good_version(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA})
    put(assistant, "a.md", b"\0 torn")
    assert [problem.path for problem in assistant.sync().problems] == ["a.md"]
    assert indexed(assistant) == {"a.md": ALPHA}
    put(assistant, "a.md", ALPHA)
    assert assistant.sync().passages == 0
    assert problems(assistant) == {}
    assert indexed(assistant) == {"a.md": ALPHA}


def test_the_last_good_version_of_a_damaged_file_may_turn_up_under_another_name(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA})
    put(assistant, "a.md", b"\0 torn")
    assistant.sync()
    put(assistant, "rescued.md", ALPHA)
    assistant.sync()
    assert indexed(assistant) == {"rescued.md": ALPHA}
    assert list(problems(assistant)) == ["a.md"]


# the rest


def test_progress_counts_every_file(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({})
    for path, content in (("a.md", ALPHA), ("deep/b.md", BETA), ("c.md", b"\0")):
        put(assistant, path, content)
    steps: list[Progress] = []
    report = assistant.sync(steps.append)
    assert [(step.done, step.total) for step in steps] == [(1, 3), (2, 3), (3, 3)]
    assert {step.detail for step in steps} == {"a.md", "b.md", "c.md"}
    assert {"scan", "read", "embed", "store", "total"} <= report.seconds.keys()


def test_more_passages_than_a_batch(make_assistant: MakeAssistant) -> None:
    section = "## Mine {0}\n\nMine {0} had a quota for cerium and another one for its separation that year.\n\n"
    files = {f"{part}.md": "".join(section.format(f"{part}x{number}") for number in range(360)) for part in range(3)}
    assistant = make_assistant(files, passage_words=40)
    assert sum(record.passages for record in assistant.records()) == assistant.check().passages > 1024
    assert assistant.check().sound


def test_the_index_can_be_deleted_and_comes_back_the_same(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA, "b.md": BETA})
    before = {record.path: assistant.passages(record.path) for record in assistant.records()}
    assistant.close()
    shutil.rmtree(assistant.settings.index)
    with Assistant(assistant.settings) as again:
        again.sync()
        assert {record.path: again.passages(record.path) for record in again.records()} == before


def test_rebuilding_indexes_everything_again_with_other_settings(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"a.md": ALPHA + "The mine is old. " * 40})
    count = assistant.check().passages
    assistant.close()
    with Assistant(assistant.settings.model_copy(update={"passage_words": 40}), rebuild=True) as again:
        assert again.records() == ()
        again.sync()
        assert again.check().passages > count
        assert again.check().sound


def test_processes_that_sync_at_once_share_the_work(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({})
    for number in range(20):
        put(assistant, f"{number}.md", f"# Number {number}\n\nMine {number} yields cerium.\n")
    assistant.close()
    shutil.rmtree(assistant.settings.index)
    code = (
        "import sys\nfrom assistant import Assistant, Settings\n"
        "with Assistant(Settings(corpus=sys.argv[1], data=sys.argv[2], models_folder=sys.argv[3])) as assistant:\n"
        "    print(len(assistant.sync().added), len(assistant.records()), assistant.check().sound)\n"
    )
    settings = assistant.settings
    command = [sys.executable, "-c", code, str(settings.corpus), str(settings.data), str(settings.models)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outputs = [process.communicate()[0].split() for process in started]
    assert sorted(added for added, *_ in outputs) == ["0", "0", "20"]
    assert all(rest == ["20", "True"] for _, *rest in outputs)


# near-duplicates

ARTICLE = "# Article\n\n" + " ".join(
    f"In {1900 + n} the mine number {n} yielded {n * 7} tonnes of cerium." for n in range(90)
)


def near_duplicates(assistant: Assistant) -> dict[str, tuple[str, ...]]:
    return {record.path: record.near_duplicates for record in assistant.records() if record.near_duplicates}


def test_near_duplicates_are_indexed_and_linked(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(
        {"wire.md": ARTICLE, "paper.md": ARTICLE + "\n\nReported by our own staff.", "other.md": ALPHA}
    )
    assert near_duplicates(assistant) == {"paper.md": ("wire.md",), "wire.md": ("paper.md",)}
    put(assistant, "later.md", "# A later copy\n\n" + ARTICLE)
    assistant.sync()
    assert near_duplicates(assistant)["paper.md"] == ("later.md", "wire.md")


def test_links_follow_files_and_go_with_them(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"wire.md": ARTICLE, "paper.md": ARTICLE + "\n\nReported by our own staff."})
    (assistant.settings.documents / "wire.md").rename(assistant.settings.documents / "moved.md")
    assistant.sync()
    assert near_duplicates(assistant) == {"moved.md": ("paper.md",), "paper.md": ("moved.md",)}
    put(assistant, "paper.md", BETA)
    assistant.sync()
    assert near_duplicates(assistant) == {}


# files that their reader does not survive


def test_a_file_that_takes_too_much_memory_is_a_problem_and_the_others_are_indexed(
    make_assistant: MakeAssistant,
) -> None:
    files = {"a.md": ALPHA, "b.txt": b"cerium " * 14_000_000, "c.md": BETA}
    assistant = make_assistant(files, read_megabytes=300)
    assert indexed(assistant) == {"a.md": ALPHA, "c.md": BETA}
    assert problems(assistant) == {"b.txt": "DocumentTooLarge"}
    assert assistant.sync().problems == ()


def test_no_reader_is_started_where_there_is_nothing_to_read(
    make_assistant: MakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = make_assistant({"a.md": ALPHA, "b.md": b"\0"})
    os.utime(assistant.settings.documents / "a.md", (1, 1))
    monkeypatch.setattr(sys, "executable", shutil.which("false"))  # one that is started would fail
    assert assistant.sync().unchanged == 2
    assert assistant.sync().unchanged == 2
    assert assistant.ask("What does the Alpha mine yield?").claims
    put(assistant, "d.md", BETA)
    with pytest.raises(AssistantError, match="cannot start"):
        assistant.sync()


# jobs that are stopped


def stop_at(stage: str, stop: Event) -> Callable[[Progress], None]:
    """Sets an event when a job tells of a stage."""

    def look(step: Progress) -> None:
        if step.stage == stage:
            stop.set()

    return look


def test_a_stopped_job_keeps_what_is_stored_and_the_next_one_goes_on(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"gone.md": GAMMA, "old.md": ALPHA})
    folder = assistant.settings.documents
    (folder / "gone.md").unlink()
    (folder / "old.md").rename(folder / "zz-moved.md")
    texts = {f"{number:02}.md": f"# Mine {number}\n\nMine {number} yields cerium.\n" for number in range(6)}
    for path, content in texts.items():
        put(assistant, path, content)
    stop = Event()
    report = assistant.sync(stop_at("indexing", stop), stop=stop)
    assert report.left == 7
    assert (report.added, report.moved, report.removed) == ((), (), ("gone.md",))
    assert indexed(assistant) == {"old.md": ALPHA}  # its file may be one of those that wait
    assert assistant.ask("What does the Alpha mine yield?").claims
    report = assistant.sync()
    assert (report.added, report.moved, report.left) == (tuple(texts), ("zz-moved.md",), 0)
    assert indexed(assistant) == {**texts, "zz-moved.md": ALPHA}


def test_a_job_is_stopped_while_passages_are_embedded(
    make_assistant: MakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = make_assistant({"a.md": ALPHA}, passage_words=40)
    put(
        assistant, "b.md", "\n\n".join(f"Mine {number} had a quota for cerium that year. " * 5 for number in range(300))
    )
    monkeypatch.setattr(progress, "_PAUSE", 0)
    stop = Event()
    report = assistant.sync(stop_at("embedding", stop), stop=stop)
    assert (report.left, report.added) == (1, ())
    assert indexed(assistant) == {"a.md": ALPHA}
    assert assistant.sync().added == ("b.md",)


def test_a_long_job_tells_of_every_stage(
    make_assistant: MakeAssistant, monkeypatch: pytest.MonkeyPatch, pdf_bytes: PdfBytes
) -> None:
    assistant = make_assistant({})
    put(assistant, "a.pdf", pdf_bytes([f"Mine {number} yields cerium and terbium." for number in range(5)]))
    monkeypatch.setattr(progress, "_PAUSE", 0)
    steps: list[Progress] = []
    assistant.sync(steps.append)
    assert {step.stage for step in steps} >= {"checking", "indexing", "embedding"}
    assert all(0 < step.done <= step.total for step in steps)
