from __future__ import annotations

from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.locating import Locator
from assistant.types import Document, Metadata

TEXT = "Quota rose.\nIt was 270,000\n tonnes. Quota rose."
DOCUMENT = Document("a.pdf", "digest", TEXT, Metadata("Quotas"), page_starts=(0, 36))


def standing(evidence: Evidence, start: int, end: int, document: str = "a.pdf") -> bool:
    case = Case("c", "?", answerable=True, evidence=(Evidence("b"), evidence))
    return Locator({"a.pdf": DOCUMENT}.get).standing_at(case, document, start, end) == (1,)


def test_a_quote_is_found_whatever_the_blanks() -> None:
    evidence = Evidence("a.pdf", quote="It was  270,000 tonnes.")
    assert standing(evidence, 12, 35)
    assert standing(evidence, 0, len(TEXT))
    assert not standing(evidence, 0, 12)
    assert not standing(evidence, 12, 35, "b")


def test_half_of_the_shorter_one_must_be_shared() -> None:
    evidence = Evidence("a.pdf", quote="It was 270,000")
    assert standing(evidence, 19, len(TEXT))
    assert not standing(evidence, 20, len(TEXT))
    assert standing(evidence, 13, 16)


def test_of_several_places_those_on_the_page_count() -> None:
    anywhere, second = Evidence("a.pdf", quote="Quota rose."), Evidence("a.pdf", 2, "Quota rose.")
    assert standing(anywhere, 0, 11)
    assert standing(anywhere, 36, 47)
    assert not standing(second, 0, 11)
    assert standing(second, 36, 47)
    assert standing(Evidence("a.pdf", 9, "Quota rose."), 0, 11)


def test_what_is_not_there_is_nowhere() -> None:
    assert not standing(Evidence("a.pdf", quote="Never said"), 0, len(TEXT))
    assert not standing(Evidence("a.pdf", quote=" "), 0, len(TEXT))
    assert not standing(Evidence("gone.pdf", quote="Quota"), 0, len(TEXT), "gone.pdf")
    assert not standing(Evidence("a.pdf", 1), 0, len(TEXT))
