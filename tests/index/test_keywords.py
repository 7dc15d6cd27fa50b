from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import IndexStateError
from assistant.index.keywords import Keywords
from assistant.text import tokens

TEXTS = [
    ("quota", "The mining quota for rare earths was raised; the quota holds for a year."),
    ("magnets", "Magnets of neodymium are made in Ningbo and exported to many countries of the world every year."),
    ("zh", "中国对稀土实施出口管制。稀土配额由自然资源部下达。"),
    ("empty", "— …"),
]


@pytest.fixture
def keywords(tmp_path: Path) -> Keywords:
    filled = Keywords(tmp_path)
    filled.add(TEXTS)
    return filled


def found(keywords: Keywords, question: str, limit: int = 10) -> list[str]:
    return [key for key, _ in keywords.search(dict.fromkeys(tokens(question), 1.0), limit)]


def test_texts_are_found_by_stems_numbers_and_bigrams(keywords: Keywords) -> None:
    assert found(keywords, "quotas") == ["quota"]
    assert found(keywords, "exporting magnet") == ["magnets"]
    assert found(keywords, "出口") == ["zh"]
    assert found(keywords, "稀土配額") == ["zh"]
    assert found(keywords, "graphite") == []


def test_texts_that_say_more_of_it_come_first_with_falling_scores(keywords: Keywords) -> None:
    hits = keywords.search({"quota": 1.0, "year": 1.0}, 10)
    assert [key for key, _ in hits] == ["quota", "magnets"]
    assert hits[0][1] > hits[1][1] > 0
    assert keywords.search({"quota": 1.0, "year": 1.0}, 1) == hits[:1]


def test_weights_weigh(keywords: Keywords) -> None:
    (single,) = keywords.search({"quota": 1.0}, 1)
    (double,) = keywords.search({"quota": 2.0}, 1)
    assert double[1] == pytest.approx(2 * single[1])
    assert keywords.search({"quota": 0.0}, 1) == []
    assert keywords.search({}, 1) == []


@pytest.mark.parametrize("term", ["AND", "quota*", "body:quota", '"', "(", "a:b OR c", "\\", "quota~2", "[a TO b]"])
def test_no_term_is_read_as_a_command(keywords: Keywords, term: str) -> None:
    assert keywords.search({term: 1.0}, 10) == []


def test_frequencies_and_counts(keywords: Keywords) -> None:
    assert keywords.document_frequencies(["quota", "year", "稀土", "graphite"]) == {
        "quota": 1, "year": 2, "稀土": 1, "graphite": 0,
    }  # fmt: skip
    assert keywords.count() == len(TEXTS)
    assert keywords.ids() == {key for key, _ in TEXTS}


def test_an_id_that_is_there_is_replaced(keywords: Keywords) -> None:
    keywords.add([("quota", "Now about graphite.")])
    assert keywords.count() == len(TEXTS)
    assert found(keywords, "graphite") == ["quota"]
    assert found(keywords, "quota") == []


def test_what_is_deleted_is_not_found(keywords: Keywords) -> None:
    keywords.delete(["quota", "never-there"])
    keywords.delete([])
    assert found(keywords, "quota") == []
    assert keywords.ids() == {"magnets", "zh", "empty"}


def test_an_empty_index_answers(tmp_path: Path) -> None:
    keywords = Keywords(tmp_path)
    assert (keywords.search({"quota": 1.0}, 5), keywords.ids(), keywords.count()) == ([], set(), 0)
    assert keywords.document_frequencies(["quota"]) == {"quota": 0}


def test_texts_are_there_when_opened_again(keywords: Keywords, tmp_path: Path) -> None:
    assert found(Keywords(tmp_path), "quota") == ["quota"]


def test_a_failure_on_the_way_stores_nothing(keywords: Keywords) -> None:
    def failing() -> object:
        yield "new", "About graphite."
        raise OSError

    with pytest.raises(OSError):
        keywords.add(failing())  # type: ignore[arg-type]
    assert found(keywords, "graphite") == []
    keywords.add([("new", "About graphite.")])
    assert found(keywords, "graphite") == ["new"]


def test_a_damaged_folder_is_a_problem_with_a_sentence(keywords: Keywords, tmp_path: Path) -> None:
    del keywords
    (tmp_path / "meta.json").write_text("{torn")
    with pytest.raises(IndexStateError, match="check --repair"):
        Keywords(tmp_path)
