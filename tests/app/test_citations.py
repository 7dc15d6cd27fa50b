"""What an answer points to, and in which order."""

from __future__ import annotations

from dataclasses import replace

from assistant.types import Answer, Citation, Claim, Hit, Metadata, Mode, Passage, Status
from assistant.ui.ask.citations import cards, marks, places


def citation(document: str, start: int) -> Citation:
    return Citation(document, document.upper(), None, start, start + 4, "text", f"{document}-1", "digest")


def answer(*claims: tuple[Citation, ...]) -> Answer:
    sentences = tuple(Claim("Text.", each) for each in claims)
    return Answer("Q?", Status.ANSWERED if claims else Status.UNANSWERED, Mode.EXTRACTIVE, sentences, (), 0.9)


def test_citations_are_numbered_by_first_appearance_and_only_once() -> None:
    given = answer((citation("b", 0), citation("a", 0)), (citation("b", 9), citation("b", 0)))
    found = places(given)
    assert [(place.number, place.document, place.span) for place in found] == [
        (1, "b", (0, 4)), (2, "a", (0, 4)), (3, "b", (9, 13)),
    ]  # fmt: skip
    assert marks(given, found) == ((1, 2), (3, 1))


def test_each_document_has_one_card_with_all_its_places() -> None:
    found = places(answer((citation("b", 0), citation("a", 0)), (citation("b", 9),)))
    assert [(card.document, [place.number for place in card.places]) for card in cards(found)] == [
        ("b", [1, 3]), ("a", [2]),
    ]  # fmt: skip


def test_without_an_answer_the_nearest_passages_are_no_evidence() -> None:
    passage = Passage("d-1", "d", 0, 10, 30, "## Heading\nPassage text", page=2)
    unanswered = Answer("Q?", Status.UNANSWERED, Mode.EXTRACTIVE, (), (Hit(passage, Metadata("D"), 0.5),) * 5, 0.1)
    found = places(unanswered)
    assert len(found) == 3
    assert not any(place.is_evidence for place in found)
    assert found[0].line == "Heading Passage text"


def test_a_line_of_a_table_is_read_without_its_bars() -> None:
    rows = "| Year | Tonnes |\n| --- | ---: |\n| 2024 | 270,000 |\nA|B stays."
    (place, *_) = places(answer((replace(citation("a", 0), quote=rows),)))
    assert place.line == "Year · Tonnes 2024 · 270,000 A|B stays."
