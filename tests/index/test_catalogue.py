from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.documents.library import Stamp
from assistant.documents.metadata import complete, parse_fields
from assistant.errors import IndexStateError
from assistant.index.catalogue import Catalogue
from assistant.index.context import context_of
from assistant.index.rows import Entry
from assistant.types import Document, Heading, Metadata, Passage, Problem, Source, TableHeader

if TYPE_CHECKING:
    from tests.index.conftest import MakeEntry

TEXT = "# Decree\n\n" + "It applies to mining 𠮷稀土🙂. " * 40 + "\n\n## Penalties\n\n" + "Fines reach ten times. " * 40
STAMP = Stamp(1, 2, 3, 4)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    yield opened
    opened.close()


def store(catalogue: Catalogue, *entries: Entry) -> list[str]:
    return catalogue.make_ready(catalogue.add_pending(entries))


def ids(entry: Entry) -> list[str]:
    return [passage.id for passage in entry.passages]


def paths(catalogue: Catalogue) -> list[str]:
    return [record.path for record in catalogue.records()]


def test_a_document_comes_back_as_it_went_in(catalogue: Catalogue) -> None:
    document = Document(
        path="policy/decree.md",
        digest="d" * 64,
        text=TEXT,
        metadata=complete(
            "a",
            "",
            parse_fields(
                "title: 法令\nsources: [{title: Decree, date: 2024}]\nsupersedes: old.md\ntags: a, b", where="a"
            ),
        ),
        headings=(Heading(0, 1, "Decree"),),
        page_starts=(0, 12),
    )
    header = TableHeader(0, 8, TEXT[:8], 1)
    passage = Passage("id-1", document.path, 0, 10, 60, TEXT[10:60], ("Decree",), 2, header)
    store(catalogue, Entry(document, STAMP, (passage,), [[1.0, 0.0]]))
    assert catalogue.document("policy/decree.md") == document
    assert catalogue.document_passages("policy/decree.md") == [passage]
    assert catalogue.passages(["id-1"]) == {"id-1": (passage, document.metadata, document.digest)}
    (record,) = catalogue.records()
    assert (record.metadata, record.digest) == (document.metadata, document.digest)
    assert (record.pages, record.passages, record.characters) == (2, 1, len(TEXT))
    (known,) = catalogue.known()
    assert (known.path, known.digest, known.stamp) == (document.path, document.digest, STAMP)


def test_passages_are_cut_from_the_text_by_characters_whatever_their_script(
    catalogue: Catalogue, make_entry: MakeEntry
) -> None:
    entry = make_entry("a.md", TEXT)
    store(catalogue, entry)
    assert len(entry.passages) > 2
    assert catalogue.document_passages("a.md") == list(entry.passages)


def test_what_is_pending_is_nowhere_to_be_found(catalogue: Catalogue, make_entry: MakeEntry) -> None:
    entry = make_entry("a.md", TEXT)
    catalogue.add_pending([entry])
    assert catalogue.document("a.md") is None
    assert catalogue.passages(ids(entry)) == {}
    assert catalogue.documents_of(ids(entry)) == {}
    assert catalogue.document_passages("a.md") == []
    assert (catalogue.records(), catalogue.known(), catalogue.ready_ids()) == ([], [], set())
    assert list(catalogue.stored(ids(entry))) == []
    catalogue.drop_pending()
    assert store(catalogue, entry) == []
    assert catalogue.ready_ids() == set(ids(entry))


def test_a_new_version_takes_the_place_of_the_old_in_one_step(catalogue: Catalogue, make_entry: MakeEntry) -> None:
    old, new, other = make_entry("a.md", TEXT), make_entry("a.md", "New text."), make_entry("b.md", "Other text.")
    store(catalogue, old, other)
    rows = catalogue.add_pending([new])
    found = catalogue.document("a.md")
    assert found is not None
    assert found.text == TEXT
    assert sorted(catalogue.make_ready(rows)) == sorted(ids(old))
    assert catalogue.ready_ids() == {*ids(new), *ids(other)}
    assert paths(catalogue) == ["a.md", "b.md"]


def test_what_is_removed_is_forgotten(catalogue: Catalogue, make_entry: MakeEntry) -> None:
    entry, other = make_entry("a.md", TEXT), make_entry("b.md", "Other text.")
    store(catalogue, entry, other)
    row = next(known.id for known in catalogue.known() if known.path == "a.md")
    assert sorted(catalogue.remove([row])) == sorted(ids(entry))
    assert paths(catalogue) == ["b.md"]
    assert catalogue.passages(ids(entry)) == {}
    assert store(catalogue, entry) == []


def test_a_moved_document_keeps_its_passages(catalogue: Catalogue, make_entry: MakeEntry) -> None:
    entry = make_entry("a.md", TEXT)
    store(catalogue, entry)
    assert catalogue.move(catalogue.known()[0].id, "deep/b.md", STAMP) == []
    assert paths(catalogue) == ["deep/b.md"]
    assert catalogue.documents_of(ids(entry)) == dict.fromkeys(ids(entry), "deep/b.md")
    assert catalogue.known()[0].stamp == STAMP


def test_a_document_that_moves_onto_another_takes_its_place(catalogue: Catalogue, make_entry: MakeEntry) -> None:
    moving, standing = make_entry("a.md", TEXT), make_entry("b.md", "Other text.")
    store(catalogue, moving, standing)
    row = next(known.id for known in catalogue.known() if known.path == "a.md")
    assert catalogue.move(row, "b.md", STAMP) == ids(standing)
    assert paths(catalogue) == ["b.md"]
    assert catalogue.ready_ids() == set(ids(moving))


def test_everything_that_a_search_could_see_raises_the_generation(catalogue: Catalogue, make_entry: MakeEntry) -> None:
    seen = [catalogue.generation]
    rows = catalogue.add_pending([make_entry("a.md", TEXT)])
    assert catalogue.generation == seen[0]
    catalogue.make_ready(rows)
    seen.append(catalogue.generation)
    catalogue.restamp(rows[0], STAMP)
    assert catalogue.generation == seen[-1]
    catalogue.move(rows[0], "b.md", STAMP)
    seen.append(catalogue.generation)
    catalogue.remove(rows)
    seen.append(catalogue.generation)
    catalogue.clear()
    seen.append(catalogue.generation)
    catalogue.bump()
    seen.append(catalogue.generation)
    assert len(set(seen)) == len(seen)
    assert seen == sorted(seen)


def test_facts_are_kept(catalogue: Catalogue) -> None:
    assert catalogue.fact("fingerprint") is None
    catalogue.set_fact("fingerprint", "1")
    catalogue.set_fact("fingerprint", "2")
    assert catalogue.fact("fingerprint") == "2"


def test_problems_are_kept_until_the_file_is_indexed_moved_touched_or_gone(
    catalogue: Catalogue, make_entry: MakeEntry
) -> None:
    def problem(path: str) -> Problem:
        return Problem(path, "NoTextFound", f"{path} holds no text.", "2024-06-29")

    for path in ("b.md", "a.md"):
        catalogue.record_problem(problem(path), STAMP)
    catalogue.record_problem(problem("a.md"), Stamp(9, 9))
    assert catalogue.problems() == [(problem("a.md"), Stamp(9, 9)), (problem("b.md"), STAMP)]
    catalogue.forget_problems(["b.md", "never.md"])
    assert [each.path for each, _ in catalogue.problems()] == ["a.md"]
    store(catalogue, make_entry("a.md", TEXT))
    assert catalogue.problems() == []
    (row,) = (known.id for known in catalogue.known())
    catalogue.record_problem(problem("a.md"), STAMP)
    catalogue.restamp(row, STAMP)
    assert catalogue.problems() == []
    catalogue.record_problem(problem("c.md"), STAMP)
    catalogue.move(row, "c.md", STAMP)
    assert catalogue.problems() == []


def test_what_rebuilds_the_stores_is_all_there(catalogue: Catalogue, make_entry: MakeEntry) -> None:
    entry = make_entry("a.md", TEXT, title="Decree 785")
    store(catalogue, entry)
    rows = {row[0]: row[1:] for row in catalogue.stored(ids(entry))}
    for passage, embedding in zip(entry.passages, entry.embeddings, strict=True):
        context, text, vector = rows[passage.id]
        assert (context, text) == (context_of(passage, "Decree 785"), passage.text)
        assert vector == pytest.approx(embedding, abs=1e-6)


def test_more_ids_than_a_statement_takes(catalogue: Catalogue) -> None:
    document = Document("a.md", "d", "x" * 3000, Metadata("A", sources=(Source("S"),)))
    passages = tuple(Passage(f"id-{n}", "a.md", n, n, n + 1, "x") for n in range(2500))
    store(catalogue, Entry(document, STAMP, passages, [[1.0]] * 2500))
    every = [passage.id for passage in passages]
    assert len(catalogue.passages([*every, "never"])) == 2500
    assert len(catalogue.documents_of(every)) == len(list(catalogue.stored(every))) == 2500
    assert catalogue.ready_ids() == set(every)


def test_a_damaged_database_is_a_problem_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(IndexStateError, match="delete the index"):
        Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
