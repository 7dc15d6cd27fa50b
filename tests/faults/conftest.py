from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Settings
from assistant.documents.passages import split_passages
from assistant.documents.readers import read_document
from assistant.errors import DocumentError

ROOT = Path(__file__).parents[2]
Act = Callable[..., int]
Contents = dict[str, bytes]


@pytest.fixture(scope="session")
def act() -> Iterator[Act]:
    """Does something in a process of its own, and gives its exit status: 0 for a success, 1 for an expected error.

    Named arguments say what (``operation``, ``paths``) and how it ends (``moment``, ``largest_file``).
    """
    command = [sys.executable, Path(__file__).with_name("victim.py")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victim:

        def ask(settings: Settings, operation: str, **more: Any) -> int:
            chosen = settings.model_dump(mode="json", exclude_unset=True)
            assert victim.stdin
            assert victim.stdout
            print(json.dumps({"settings": chosen, "operation": operation, **more}), file=victim.stdin, flush=True)
            return int(victim.stdout.readline())

        yield ask
        victim.kill()


def contents(folder: Path) -> Contents:
    """What stands in a library, by path; hidden files are passed over."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    found = {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
    return {path: data for path, data in found.items() if not any(part.startswith(".") for part in Path(path).parts)}


def passages_of_a_fresh_index(folder: Path, words: int) -> dict[str, list[str]]:
    """The ids of the passages that the files of a library have, by the digest of their documents."""
    found = {}
    for path in contents(folder):
        if not path.endswith(".meta.yaml"):
            try:
                document = read_document(folder, path, max_bytes=10**8)
            except DocumentError:
                continue
            found[document.digest] = [passage.id for passage in split_passages(document, words=words)]
    return found


def assert_as_a_fresh_index(assistant: Assistant) -> None:
    """The index holds what its library holds, each content once, and all stores agree."""
    settings = assistant.settings
    fresh = passages_of_a_fresh_index(settings.documents, settings.passage_words)
    records = assistant.records()
    assert {record.digest: [passage.id for passage in assistant.passages(record.path)] for record in records} == fresh
    assert len(records) == len(fresh)
    for record in records:
        file = settings.documents / record.path
        assert hashlib.sha256(file.read_bytes()).hexdigest() == record.digest
    health = assistant.check()
    assert health.sound
    assert health.passages == sum(map(len, fresh.values()))


def copy_of(settings: Settings, folder: Path) -> Settings:
    """Settings for a copy of a library and its index, in another folder."""
    chosen = settings.model_copy(update={"corpus": folder / "corpus", "data": folder / "data"})
    shutil.copytree(settings.corpus, chosen.corpus)
    shutil.copytree(settings.data, chosen.data)
    return chosen
