"""One contract for every Chroma: a folder of this process, and a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant.errors import IndexStateError
from assistant.index.vectors import Vectors, open_embedded, open_server

OpenVectors = Callable[[], Vectors]

EAST, NORTH, WEST = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]


@pytest.fixture(params=["embedded", "server"])
def open_vectors(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenVectors]:
    """Opens the same vectors as often as it is called."""
    with ExitStack() as opened:
        url = request.getfixturevalue("chroma_server") if request.param == "server" else None

        def open_them() -> Vectors:
            vectors = Vectors(open_server(url) if url else open_embedded(tmp_path / "vectors"))
            opened.callback(vectors.close)
            return vectors

        if url:
            open_them().clear()
        yield open_them


@pytest.fixture
def vectors(open_vectors: OpenVectors) -> Vectors:
    return open_vectors()


def test_the_nearest_come_first_with_their_cosine(vectors: Vectors) -> None:
    vectors.add(["east", "north", "west"], [EAST, NORTH, WEST])
    found = vectors.search([0.6, 0.8], 3)
    assert [key for key, _ in found] == ["north", "east", "west"]
    assert [cosine for _, cosine in found] == pytest.approx([0.8, 0.6, -0.6], abs=1e-4)
    assert [key for key, _ in vectors.search(EAST, 1)] == ["east"]


def test_more_can_be_asked_for_than_there_are(vectors: Vectors) -> None:
    assert vectors.search(EAST, 10) == []
    vectors.add(["east"], [EAST])
    assert [key for key, _ in vectors.search(EAST, 10)] == ["east"]


def test_an_id_that_is_there_is_replaced(vectors: Vectors) -> None:
    vectors.add(["a"], [EAST])
    vectors.add(["a"], [NORTH])
    assert vectors.count() == 1
    assert vectors.search(NORTH, 1) == [("a", pytest.approx(1, abs=1e-4))]


def test_what_is_deleted_is_not_found(vectors: Vectors) -> None:
    vectors.add(["east", "north"], [EAST, NORTH])
    vectors.delete(["east", "never-there"])
    vectors.delete([])
    assert [key for key, _ in vectors.search(EAST, 5)] == ["north"]
    assert vectors.ids() == {"north"}
    vectors.add(["east"], [EAST])
    assert vectors.ids() == {"north", "east"}


def test_ids_and_counts_and_any_vector(vectors: Vectors) -> None:
    assert (vectors.ids(), vectors.count(), vectors.any_vector()) == (set(), 0, None)
    vectors.add(["west"], [WEST])
    assert (vectors.ids(), vectors.count(), vectors.any_vector()) == ({"west"}, 1, WEST)


def test_clearing_forgets_the_dimension_too(vectors: Vectors) -> None:
    vectors.add(["flat"], [EAST])
    vectors.clear()
    vectors.add(["deep"], [[1.0, 0.0, 0.0]])
    assert vectors.ids() == {"deep"}


def test_another_client_sees_what_was_written(open_vectors: OpenVectors) -> None:
    first = open_vectors()
    first.add(["east", "north"], [EAST, NORTH])
    second = open_vectors()
    assert [key for key, _ in second.search(NORTH, 2)] == ["north", "east"]


def test_more_than_fit_into_one_request(vectors: Vectors) -> None:
    ids = [str(number) for number in range(4500)]
    vectors.add(ids, [[1.0, number / 4500] for number in range(4500)])
    assert vectors.count() == 4500
    vectors.delete(ids[1:])
    assert vectors.ids() == {"0"}


def test_closed_embedded_vectors_come_back(tmp_path: Path) -> None:
    first = Vectors(open_embedded(tmp_path))
    first.add(["east"], [EAST])
    first.close()
    second = Vectors(open_embedded(tmp_path))
    assert second.search(EAST, 1) == [("east", pytest.approx(1, abs=1e-4))]
    second.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://no-such-host.invalid:8000", "no address"])
def test_a_server_that_does_not_answer_is_a_problem_with_a_sentence(url: str) -> None:
    with pytest.raises(IndexStateError, match="Chroma server"):
        open_server(url)


def test_a_damaged_folder_is_a_problem_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(IndexStateError, match="check --repair"):
        open_embedded(tmp_path)
