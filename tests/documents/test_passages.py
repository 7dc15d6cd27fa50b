from __future__ import annotations

import pytest

from assistant.documents.headings import find_headings
from assistant.documents.passages import passage_id, split_passages
from assistant.text import word_count
from assistant.types import Document, Metadata, Passage

SENTENCE = "The ministry set the quota for mining and for separation at the level of the year before it. "


def document(text: str, page_starts: tuple[int, ...] = (), digest: str = "digest") -> Document:
    return Document("a.md", digest, text, Metadata("A"), find_headings(text), page_starts)


def split(text: str, words: int = 100, page_starts: tuple[int, ...] = ()) -> tuple[Passage, ...]:
    return split_passages(document(text, page_starts), words=words)


def paragraphs(count: int, sentences: int = 3) -> str:
    return "\n\n".join((SENTENCE * sentences).strip() for _ in range(count))


def test_a_short_document_is_one_passage() -> None:
    (passage,) = split("# Quota\n\nIt rose.")
    assert (passage.text, passage.number, passage.start, passage.end) == ("# Quota\n\nIt rose.", 0, 0, 17)
    assert passage.heading_path == ("Quota",)


def test_passages_are_about_as_long_as_asked() -> None:
    passages = split(paragraphs(30), words=200)
    assert all(100 <= word_count(passage.text) <= 250 for passage in passages)
    assert [passage.number for passage in passages] == list(range(len(passages)))


def test_chinese_passages_are_as_long_in_meaning() -> None:
    passages = split("国家对稀土开采和冶炼分离实行总量调控管理。" * 120, words=200)
    assert all(100 <= word_count(passage.text) <= 250 for passage in passages)
    assert all(passage.text.endswith("。") for passage in passages)


def test_no_sentence_is_cut() -> None:
    for passage in split(" ".join(SENTENCE.strip() for _ in range(60))):
        assert passage.text.startswith("The ministry")
        assert passage.text.endswith("it.")


def test_a_passage_begins_with_its_heading() -> None:
    text = f"# One\n\n{paragraphs(2)}\n\n# Two\n\n{paragraphs(2)}"
    first, second = split(text)
    assert first.text.startswith("# One")
    assert second.text.startswith("# Two")
    assert (first.heading_path, second.heading_path) == (("One",), ("Two",))


def test_short_sections_are_joined() -> None:
    (passage,) = split("# One\n\nShort.\n\n# Two\n\nShort too.\n\n# Three\n\nAnd this.")
    assert passage.heading_path == ("One",)


def test_rows_and_items_are_not_cut() -> None:
    rows = "\n".join(f"| {year} | The quota was set. It was {year * 7} tonnes for all. |" for year in range(1950, 2030))
    for passage in split(f"| Year | What |\n| --- | --- |\n{rows}"):
        assert all(line.startswith("|") and line.endswith("|") for line in passage.text.splitlines())
    items = "\n".join(f"- Number {number} is mined. It is also separated here." for number in range(80))
    for passage in split(items):
        assert all(line.startswith("- ") for line in passage.text.splitlines())


def test_what_fits_into_one_passage_is_not_cut() -> None:
    items = "\n".join(f"- {SENTENCE.strip()}" for _ in range(5))
    text = f"{paragraphs(1, 1)}\n\nFive things hold:\n\n{items}"
    assert 100 < word_count(text) <= 125
    (passage,) = split(text)
    assert passage.text == text


def test_an_introduction_is_not_cut_from_its_list() -> None:
    items = "\n".join(f"- {SENTENCE.strip()}" for _ in range(6))
    for length in range(3, 9):
        passages = split(f"{paragraphs(length, 1)}\n\n{SENTENCE[:-2]}:\n\n{items}")
        assert len(passages) > 1
        assert not any(passage.text.endswith(":") for passage in passages)


def test_the_rule_of_a_table_stays_with_its_header() -> None:
    (passage,) = split("| a | b |\n| --- | --- |\n| 1 | 2 |\n| --- | --- |")
    assert passage.text.endswith("| --- | --- |")


@pytest.mark.parametrize("text", ["|---|---|", "---", "***", "."])
def test_text_of_marks_alone_is_covered_too(text: str) -> None:
    (passage,) = split(text)
    assert passage.text == text


def test_a_line_without_end_is_chopped() -> None:
    for text in ("x" * 40_000, "word " * 9_000, "稀" * 20_000):
        passages = split(text.strip())
        assert len(passages) > 1
        assert max(len(passage.text) for passage in passages) <= 2500


def test_no_passage_crosses_a_page() -> None:
    pages = [paragraphs(3), "Short page.", paragraphs(2)]
    starts = (0, len(pages[0]) + 2, len(pages[0]) + len(pages[1]) + 4)
    text = "\n\n".join(pages)
    for passage in split(text, page_starts=starts):
        page = passage.page
        assert page is not None
        assert passage.text in pages[page - 1]
    assert {passage.page for passage in split(text, page_starts=starts)} == {1, 2, 3}


def test_empty_pages_are_counted() -> None:
    passages = split("First.\n\nFourth.", page_starts=(0, 8, 8, 8, 17))
    assert [(passage.text, passage.page) for passage in passages] == [("First.", 1), ("Fourth.", 4)]


def test_an_id_depends_on_content_and_place_alone() -> None:
    text = paragraphs(5)
    here = split_passages(document(text), words=100)
    there = split_passages(Document("moved/b.md", "digest", text, Metadata("B"), find_headings(text)), words=100)
    assert [passage.id for passage in here] == [passage.id for passage in there]
    assert len({passage.id for passage in here}) == len(here)
    assert passage_id("digest", 0) != passage_id("other", 0)
