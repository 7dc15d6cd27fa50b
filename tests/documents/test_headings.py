from __future__ import annotations

from assistant.documents.headings import find_headings, heading_path
from assistant.types import Heading

TEXT = "# Decree\n\nIntro.\n\n## Scope ##\n\nMining.\n\n### Trade\n\nExport.\n\n## Penalties\n\nFines."


def path_at(words: str) -> tuple[str, ...]:
    return heading_path(find_headings(TEXT), TEXT.index(words))


def test_headings_are_known_by_place_level_and_words() -> None:
    assert find_headings(TEXT) == (
        Heading(0, 1, "Decree"),
        Heading(TEXT.index("## Scope"), 2, "Scope"),
        Heading(TEXT.index("### Trade"), 3, "Trade"),
        Heading(TEXT.index("## Penalties"), 2, "Penalties"),
    )


def test_the_path_of_a_place_names_the_headings_it_stands_under() -> None:
    assert path_at("Intro") == ("Decree",)
    assert path_at("Export") == ("Decree", "Scope", "Trade")
    assert path_at("Fines") == ("Decree", "Penalties")


def test_before_the_first_heading_there_is_no_path() -> None:
    assert heading_path((Heading(5, 1, "Later"),), 4) == ()
    assert heading_path((), 0) == ()


def test_a_higher_level_below_a_lower_one_does_not_stand_under_it() -> None:
    headings = (Heading(0, 3, "deep"), Heading(10, 1, "high"), Heading(20, 2, "middle"))
    assert heading_path(headings, 25) == ("high", "middle")
