from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from assistant.documents.similarity import signature_of
from assistant.errors import IndexMismatch, IndexStateError
from assistant.index import store
from assistant.index.keywords import Keywords
from assistant.index.store import Health, Index
from assistant.index.vectors import Vectors, open_embedded, open_server
from tests.index.conftest import unit_vector

if TYPE_CHECKING:
    from tests.index.conftest import MakeEntry

OpenIndex = Callable[..., Index]

DECREE = "# Decree\n\n" + "It applies to mining and smelting. " * 30
QUOTA = "# Quota\n\n" + "The quota for terbium was raised. " * 30


@pytest.fixture
def open_index(tmp_path: Path) -> Iterator[OpenIndex]:
    """Opens the index of this test."""
    with ExitStack() as opened:

        def open_it(**changed: Any) -> Index:
            index = Index(tmp_path / "index", **{"embedder": "model", "passage_words": 40, **changed})
            opened.callback(index.close)
            index.refresh()
            return index

        yield open_it


@pytest.fixture
def index(open_index: OpenIndex, make_entry: MakeEntry) -> Index:
    """An index of two documents."""
    filled = open_index()
    with filled.writing():
        filled.replace([make_entry("decree.md", DECREE), make_entry("quota.md", QUOTA)])
    filled.refresh()
    return filled


def documents_found(index: Index, make_entry: MakeEntry, path: str, text: str) -> tuple[set[str], set[str]]:
    """Paths of the documents that hold the nearest vector and the best keywords for a document."""
    entry = make_entry(path, text)
    nearest = [key for key, _ in index.search_vectors(entry.embeddings[0], 1)]
    best = [key for key, _ in index.search_keywords({"terbium": 1.0, "smelt": 1.0}, 100)]
    return set(index.catalogue.documents_of(nearest).values()), set(index.catalogue.documents_of(best).values())


# reading and writing


def test_an_empty_index_is_sound(open_index: OpenIndex) -> None:
    index = open_index()
    assert index.health() == Health(0, 0, 0, 0, 0)
    assert index.health().sound
    assert index.records == {}
    assert index.search_vectors([1.0, 0.0], 5) == index.search_keywords({"a": 1.0}, 5) == []


def test_stored_documents_are_found_either_way(index: Index, make_entry: MakeEntry) -> None:
    assert documents_found(index, make_entry, "quota.md", QUOTA) == ({"quota.md"}, {"quota.md", "decree.md"})
    assert list(index.records) == ["decree.md", "quota.md"]
    assert index.health().sound
    found, total = index.document_frequencies(["terbium", "graphite"])
    assert total == index.health().passages
    assert (found["terbium"] > 0, found["graphite"]) == (True, 0)


def test_a_new_version_leaves_nothing_of_the_old(index: Index, make_entry: MakeEntry) -> None:
    with index.writing():
        index.replace([make_entry("quota.md", "Nothing but graphite.")])
    assert index.health() == Health(len(make_entry("decree.md", DECREE).passages) + 1, 0, 0, 0, 0)
    assert index.search_keywords({"terbium": 1.0}, 5) == []
    document = index.document("quota.md")
    assert document is not None
    assert document.text == "Nothing but graphite."


def test_what_is_removed_is_found_neither_way(index: Index, make_entry: MakeEntry) -> None:
    (row,) = (known.id for known in index.catalogue.known() if known.path == "quota.md")
    with index.writing():
        index.remove([row])
        index.remove([])
    assert documents_found(index, make_entry, "quota.md", QUOTA) == ({"decree.md"}, {"decree.md"})
    assert list(index.records) == ["decree.md"]
    assert index.health().sound


def test_everything_is_there_when_opened_again(index: Index, open_index: OpenIndex) -> None:
    before = index.catalogue.ready_ids()
    index.close()
    again = open_index()
    assert again.catalogue.ready_ids() == before
    assert again.health().sound


def test_a_chroma_server_serves_as_well(open_index: OpenIndex, make_entry: MakeEntry, chroma_server: str) -> None:
    index = open_index(chroma_url=chroma_server, rebuild=True)
    with index.writing():
        index.replace([make_entry("decree.md", DECREE), make_entry("quota.md", QUOTA)])
    assert documents_found(index, make_entry, "decree.md", DECREE)[0] == {"decree.md"}
    assert index.health().sound
    server = Vectors(open_server(chroma_server))
    server.clear()
    server.close()
    with pytest.raises(IndexStateError, match="check --repair"):
        index.health()
    assert index.repair().sound


def test_a_chroma_server_that_was_emptied_is_filled_again(
    open_index: OpenIndex, make_entry: MakeEntry, chroma_server: str
) -> None:
    index = open_index(chroma_url=chroma_server, rebuild=True)
    with index.writing():
        index.replace([make_entry("decree.md", DECREE)])
    index.close()
    server = Vectors(open_server(chroma_server))
    server.clear()
    server.close()
    assert open_index(chroma_url=chroma_server).health().sound


# what an index was made with


def test_an_index_of_another_model_or_other_passages_is_refused(index: Index, open_index: OpenIndex) -> None:
    index.close()
    for changed in ({"embedder": "other"}, {"passage_words": 60}):
        with pytest.raises(IndexMismatch, match="--rebuild"):
            open_index(**changed)


def test_rebuilding_empties_an_index_whatever_it_was_made_with(
    index: Index, open_index: OpenIndex, make_entry: MakeEntry
) -> None:
    index.close()
    rebuilt = open_index(embedder="other", rebuild=True)
    assert rebuilt.records == {}
    assert rebuilt.health() == Health(0, 0, 0, 0, 0)
    entry = make_entry("decree.md", DECREE)
    with rebuilt.writing():
        rebuilt.replace([type(entry)(entry.document, entry.stamp, entry.passages, [[1.0, 0.0]] * len(entry.passages))])
    assert rebuilt.health().sound
    rebuilt.close()
    assert open_index(embedder="other").health().sound


def test_an_index_of_an_earlier_release_is_refused_until_it_is_rebuilt(index: Index, open_index: OpenIndex) -> None:
    index.catalogue.set_fact("fingerprint", "2/3/40/model")
    with index.catalogue._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE bands")
        connection.exec_driver_sql("DROP TABLE near_duplicates")
        connection.exec_driver_sql("ALTER TABLE documents DROP COLUMN signature")
    index.close()
    with pytest.raises(IndexMismatch, match="--rebuild"):
        open_index()
    assert open_index(rebuild=True).health().sound


# near-duplicates


def test_near_duplicates_are_one_family_in_whatever_order_they_come(
    open_index: OpenIndex, make_entry: MakeEntry
) -> None:
    index = open_index()
    words = [f"word{number}" for number in range(600)]
    entries = {}
    for number, path in enumerate(("c.md", "a.md", "d.md", "b.md")):  # each is like its neighbours only
        entry = make_entry(path, " ".join(words[number * 35 : number * 35 + 400]))
        entries[path] = replace(entry, signature=signature_of(entry.document.text))
    other = make_entry("other.md", DECREE)
    with index.writing():
        for path in ("a.md", "b.md", "c.md"):
            index.replace([entries[path]])
        index.replace([other])
    assert index.family("a.md") == index.family("c.md") == "a.md"
    assert (index.family("b.md"), index.family("other.md"), index.family("never.md")) == (
        "b.md",
        "other.md",
        "never.md",
    )
    with index.writing():
        index.replace([entries["d.md"]])
    assert {index.family(path) for path in entries} == {"a.md"}
    assert index.records["d.md"].near_duplicates == ("a.md", "b.md")
    with index.writing():
        index.remove([known.id for known in index.catalogue.known() if known.path == "a.md"])
    assert [index.family(path) for path in ("b.md", "c.md", "d.md")] == ["b.md", "c.md", "b.md"]


def test_of_many_that_are_all_alike_each_is_linked_with_some(open_index: OpenIndex, make_entry: MakeEntry) -> None:
    signature = signature_of(" ".join(f"word{number}" for number in range(100)))
    entries = [replace(make_entry(f"{number:03}.md", f"Form {number}."), signature=signature) for number in range(250)]
    index = open_index()
    with index.writing():
        index.replace(entries)
    assert {index.family(entry.document.path) for entry in entries} == {"000.md"}
    assert sum(len(record.near_duplicates) for record in index.records.values()) < 250 * 249 / 1.5


# damage


def test_what_differs_between_the_stores_is_seen_and_mended(
    index: Index, open_index: OpenIndex, tmp_path: Path
) -> None:
    lost = sorted(index.catalogue.ready_ids())
    index._stores.unseal()  # else the change is seen at once
    index.close()
    vectors = Vectors(open_embedded(tmp_path / "index" / "vectors-1"))
    vectors.delete(lost[:1])
    vectors.add(["stray"], [[1.0] * 8])
    vectors.close()
    keywords = Keywords(tmp_path / "index" / "keywords-1")
    keywords.delete(lost[:2])
    keywords.add([("stray", "words")])
    again = open_index()
    assert again.health() == Health(len(lost), 1, 2, 1, 1)
    assert not again.health().sound
    assert again.repair() == Health(len(lost), 0, 0, 0, 0)
    assert again.health().sound


def damage_files(folder: Path) -> None:
    for file in folder.iterdir():
        if file.is_file():
            file.write_bytes(b"torn" * 300)


@pytest.mark.parametrize("damage", [damage_files, shutil.rmtree])
@pytest.mark.parametrize("stores", [["vectors-1"], ["keywords-1"], ["vectors-1", "keywords-1"]])
def test_stores_that_are_torn_or_gone_come_back_from_the_catalogue(
    index: Index,
    open_index: OpenIndex,
    make_entry: MakeEntry,
    tmp_path: Path,
    stores: list[str],
    damage: Callable[[Path], None],
) -> None:
    index.close()
    for name in stores:
        damage(tmp_path / "index" / name)
    again = open_index()
    assert again.health().sound
    assert documents_found(again, make_entry, "quota.md", QUOTA) == ({"quota.md"}, {"quota.md", "decree.md"})
    again.close()
    assert open_index().health().sound


@pytest.fixture(scope="module")
def large_index(tmp_path_factory: pytest.TempPathFactory, make_entry: MakeEntry) -> tuple[Path, set[str]]:
    """The folder of an index with so many passages that Chroma has written its graph, and their ids."""
    folder = tmp_path_factory.mktemp("large") / "index"
    index = Index(folder, embedder="model", passage_words=40)
    with index.writing():
        index.replace(
            [make_entry("large.md", "The quota for terbium was raised again and again by the ministry. " * 6000)]
        )
    ready = index.catalogue.ready_ids()
    index.close()
    return folder, ready


def cut_short(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize(
    ("pattern", "damage"),
    [
        ("*/header.bin", cut_short),
        ("*/link_lists.bin", cut_short),
        ("*/data_level0.bin", cut_short),
        ("chroma.sqlite3", cut_short),
        ("*.store", cut_short),
        ("meta.json", Path.unlink),
    ],
)
def test_any_file_that_is_cut_short_or_gone_is_noticed(
    large_index: tuple[Path, set[str]],
    open_index: OpenIndex,
    tmp_path: Path,
    pattern: str,
    damage: Callable[[Path], None],
) -> None:
    folder, ready = large_index
    assert len(ready) > 1000
    shutil.copytree(folder, tmp_path / "index")
    damage(next(file for store in ("vectors-1", "keywords-1") for file in (tmp_path / "index" / store).glob(pattern)))
    again = open_index()
    assert again.health() == Health(len(ready), 0, 0, 0, 0)
    assert {key for key, _ in again.search_vectors(unit_vector(min(ready)), 1)} == {min(ready)}
    assert {key for key, _ in again.search_keywords({"terbium": 1.0}, len(ready))} == ready


def test_what_is_whole_is_left_alone(large_index: tuple[Path, set[str]], open_index: OpenIndex, tmp_path: Path) -> None:
    folder, ready = large_index
    shutil.copytree(folder, tmp_path / "index")
    for _ in range(3):
        index = open_index()
        assert index.search_vectors(unit_vector(min(ready)), 1)[0][0] == min(ready)
        assert index.search_keywords({"terbium": 1.0}, 1)
        index.close()
    assert {each.name for each in (tmp_path / "index").glob("*-*")} == {"vectors-1", "keywords-1"}


def test_an_index_that_is_deleted_is_empty_and_sound(index: Index, open_index: OpenIndex, tmp_path: Path) -> None:
    index.close()
    shutil.rmtree(tmp_path / "index")
    assert open_index().health() == Health(0, 0, 0, 0, 0)


def test_a_failure_while_writing_is_mended_by_the_next_writer(index: Index, make_entry: MakeEntry) -> None:
    def fail_half_way() -> None:
        with index.writing():
            index.catalogue.add_pending([make_entry("half.md", "Half of it.")])
            raise OSError

    with pytest.raises(OSError):
        fail_half_way()
    with index.writing():
        index.replace([make_entry("half.md", "Half of it.")])
    assert index.health().sound
    assert sorted(index.records) == ["decree.md", "half.md", "quota.md"]


# several processes


def write_elsewhere(folder: Path, entry: Any, dirty: Any) -> None:
    index = Index(folder, embedder="model", passage_words=40)
    with index.writing():
        index.replace([entry])
        if dirty:
            dirty.wait(60)
    index.close()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Callable[..., Any]:
    """Starts a process that stores a document; it holds the index until the given event is set."""
    context = multiprocessing.get_context("spawn")

    def start(entry: Any, until: Any = None) -> Any:
        process = context.Process(target=write_elsewhere, args=(tmp_path / "index", entry, until))
        process.start()
        return process

    return start


def test_what_another_process_writes_is_seen(
    index: Index, make_entry: MakeEntry, elsewhere: Callable[..., Any]
) -> None:
    graphite = make_entry("graphite.md", "Graphite and terbium.")
    before = index.generation
    process = elsewhere(graphite)
    process.join()
    assert process.exitcode == 0
    assert index.refresh() > before
    assert "graphite.md" in index.records
    assert index.search_vectors(graphite.embeddings[0], 1)[0][0] == graphite.passages[0].id
    assert documents_found(index, make_entry, "quota.md", QUOTA)[1] == {"quota.md", "decree.md", "graphite.md"}
    with index.writing():
        index.replace([make_entry("own.md", "Own words.")])
    assert index.health().sound
    assert sorted(index.records) == ["decree.md", "graphite.md", "own.md", "quota.md"]


def test_the_index_can_be_opened_and_asked_while_another_process_writes(
    index: Index, open_index: OpenIndex, make_entry: MakeEntry, elsewhere: Callable[..., Any]
) -> None:
    until = multiprocessing.get_context("spawn").Event()
    process = elsewhere(make_entry("graphite.md", "Graphite and terbium."), until)
    while not index.catalogue.fact("dirty"):
        assert process.is_alive()
    second = open_index()
    assert documents_found(second, make_entry, "quota.md", QUOTA)[0] == {"quota.md"}
    until.set()
    process.join()
    second.refresh()
    assert "graphite.md" in second.records
    assert second.health().sound


def test_a_second_writer_waits_and_then_says_why_it_cannot(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_WAIT_FOR_WRITER", 0.01)
    with (
        FileLock(tmp_path / "index" / "write.lock"),
        pytest.raises(IndexStateError, match="Another process"),
        index.writing(),
    ):
        pass
    with index.writing():
        pass
