from __future__ import annotations

import pytest

from assistant.documents.plain_text import demote_headings, read_markdown, read_text, strip_inline_markup


def test_marks_of_emphasis_links_and_pictures_give_way_to_their_words() -> None:
    assert strip_inline_markup("**bold** and *slanted* and __strong__ and _soft_ and `code`") == (
        "bold and slanted and strong and soft and code"
    )
    assert strip_inline_markup("[Decree 785](https://x.org/a_b_c) here") == "Decree 785 here"
    assert strip_inline_markup('[a](https://x.org "with title")') == "a"
    assert strip_inline_markup("![A mine](mine.png) ![](x.png)") == "A mine "
    assert strip_inline_markup("before<!-- a\ncomment -->after") == "beforeafter"


@pytest.mark.parametrize(
    "text", ["3 * 4 * 5", "a*b*c", "snake_case_name", "2**3**4", "[1] a footnote", "5 < 6 -- 7", "* an item\n* another"]
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert strip_inline_markup(text) == text


@pytest.mark.parametrize("mark", ["[", "![a", "[x](", "**a ", "*a ", "<!-- ", "_a "])
def test_a_file_of_opening_marks_is_read_through_at_once(mark: str) -> None:
    text = mark * (60_000 // len(mark))
    assert strip_inline_markup(text) == text


def test_markdown_keeps_its_structure() -> None:
    extract = read_markdown(b"# Title\n\n- **one**\n- two\n\n| a | b |\n| - | - |\n| 1 | *2* |\n", "a.md")
    assert extract.text == "# Title\n\n- one\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |"
    assert extract.page_starts == ()


def test_the_first_heading_is_the_title_unless_front_matter_names_one() -> None:
    assert read_markdown(b"Intro.\n\n# The *Decree* #\n\n# Other", "a.md").fields.title == "The Decree"
    assert read_markdown(b"---\ntitle: Named\n---\n# Heading", "a.md").fields.title == "Named"
    assert read_markdown(b"## Lower heading", "a.md").fields.title is None


def test_front_matter_is_not_part_of_the_text() -> None:
    for read in (read_markdown, read_text):
        extract = read(b"---\ntitle: Quota\ndate: 2024-08-20\n---\n\nThe quota rose.", "a.md")
        assert (extract.text, extract.fields.title, extract.fields.published) == (
            "The quota rose.",
            "Quota",
            "2024-08-20",
        )


def test_plain_text_is_taken_as_it_stands() -> None:
    assert read_text(b"# not *a* [link](x)\r\n\r\n\r\n\r\nline  ", "a.txt").text == "# not *a* [link](x)\n\nline"


def test_headings_are_put_below_another() -> None:
    assert demote_headings("# A\n## B\n###### C\n#hash", 2) == "### A\n#### B\n###### C\n#hash"
