"""What happens around a sync while it runs: a full disk, files that come and go, others who write."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from assistant import Assistant, Settings
from tests.faults.conftest import ROOT, Act, assert_as_a_fresh_index, contents, copy_of

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant


def text(name: str, size: int = 60) -> str:
    return f"# {name}\n\n" + f"The {name} mine yields ore. " * size


@pytest.fixture(scope="module")
def prepared(make_shared_assistant: MakeAssistant) -> Settings:
    """A library that is indexed, and closed."""
    assistant = make_shared_assistant({f"{name}.md": text(name) for name in ("alpha", "beta", "gamma")})
    assistant.close()
    return assistant.settings


# a full disk


@pytest.mark.parametrize("largest_file", [10_000, 60_000, 200_000])
def test_a_disk_that_fills_up_is_an_error_with_a_sentence_and_harms_nothing(
    act: Act, prepared: Settings, tmp_path: Path, largest_file: int
) -> None:
    settings = copy_of(prepared, tmp_path)
    (tmp_path / "large.md").write_text(text("large", 800))
    before = contents(settings.documents)
    assert act(settings, "add", paths=[str(tmp_path / "large.md")], largest_file=largest_file) == 1
    after = contents(settings.documents)
    assert after in (before, {**before, "large.md": (tmp_path / "large.md").read_bytes()})
    with Assistant(settings) as again:
        assert again.check().sound
        again.sync()
        assert_as_a_fresh_index(again)


# files that come and go


def test_files_that_vanish_and_change_while_they_are_read(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({})
    folder = assistant.settings.documents
    folder.mkdir(parents=True)
    done = Event()

    def disturb() -> None:
        chance = random.Random(785)
        count = 0
        while not done.wait(0.002):
            count += 1
            file, other = (folder / f"{letter}.md" for letter in chance.choices("abcdefgh", k=2))
            what = chance.choice(["write", "write", "grow", "unlink", "move"])
            if what == "write":
                file.write_text(text(f"mine-{count}", 300))
            elif what == "grow" and file.exists():
                with file.open("a") as open_file:
                    open_file.write(f"\n\nIn addition, {count} tonnes.")
            elif what == "unlink":
                file.unlink(missing_ok=True)
            elif file.exists():
                file.replace(other)

    disturber = Thread(target=disturb)
    disturber.start()
    try:
        for _ in range(4):
            assistant.sync()
            assert assistant.check().sound
    finally:
        done.set()
        disturber.join()
    assistant.sync()
    assert_as_a_fresh_index(assistant)
    assert not any(problem.kind != "duplicate" for problem in assistant.problems())


# others who write


def test_processes_that_add_at_once_lose_nothing(make_assistant: MakeAssistant, tmp_path: Path) -> None:
    assistant = make_assistant({})
    settings = assistant.settings
    code = (
        "import sys\nfrom pathlib import Path\nfrom assistant import Assistant, Settings\n"
        "with Assistant(Settings(corpus=sys.argv[1], data=sys.argv[2], models_folder=sys.argv[3])) as assistant:\n"
        "    assistant.add(sorted(Path(sys.argv[4]).iterdir()))\n"
        "    assert assistant.check().sound\n"
    )
    added = {}
    processes = []
    for number in range(2):
        desk = tmp_path / str(number)
        desk.mkdir()
        for file in range(4):
            added[f"{number}-{file}.md"] = text(f"mine {number}-{file}").encode()
            (desk / f"{number}-{file}.md").write_bytes(added[f"{number}-{file}.md"])
        folders = [str(folder) for folder in (settings.corpus, settings.data, settings.models, desk)]
        processes.append(subprocess.Popen([sys.executable, "-c", code, *folders], cwd=ROOT))
    assert [process.wait() for process in processes] == [0, 0]
    assert contents(settings.documents) == added
    assert {record.path for record in assistant.records()} == added.keys()
    assert_as_a_fresh_index(assistant)
