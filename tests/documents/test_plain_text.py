from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.plain_text import decode, read_markdown, read_text, strip_inline_markup
from assistant.errors import UnreadableDocument

CHINESE = "中国对稀土实施出口管制，这是国家的规定，在2024年和2025年都有效。"
TRADITIONAL = "中國對稀土實施出口管制，並且管制磁鐵的出口，這是國家的規定。"
FRENCH = "Le café de Besançon était fermé; le gérant préférait l’été à l’hiver."
RUSSIAN = "Китай ограничил экспорт редкоземельных металлов в этом году."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "gb18030"),
        (TRADITIONAL, "big5"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
    ],
)
def test_the_usual_encodings_are_recognised(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides(mark: bytes, encoding: str) -> None:
    assert decode(mark + CHINESE.encode(encoding), "a.txt") == CHINESE


def test_english_with_a_little_chinese_in_gb18030() -> None:
    text = "The Ministry of Commerce (商务部) announced the rules on rare earths today. " * 5
    assert decode(text.encode("gb18030"), "a.txt") == text


def test_a_damaged_byte_costs_one_character_and_not_the_text() -> None:
    text = f"“Quota” — {CHINESE} " * 5
    torn = text.encode()[:200] + b"\xff" + text.encode()[200:]
    assert decode(torn, "a.txt").replace("\ufffd", "")[:50] == text[:50]
    assert decode(torn, "a.txt").endswith(text[-50:])


@given(st.text(max_size=200).filter(lambda text: not text.startswith("\ufeff")))
def test_utf8_is_read_as_it_stands(text: str) -> None:
    assert decode(text.encode("utf-8", "replace"), "a.txt") == text.encode("utf-8", "replace").decode()


@given(st.binary(max_size=200))
def test_any_bytes_become_text_or_a_problem_of_their_own(data: bytes) -> None:
    try:
        assert isinstance(decode(data, "a.txt"), str)
    except UnreadableDocument as error:
        assert "a.txt" in str(error)


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


def test_a_replacement_character_in_sound_utf8_is_kept() -> None:
    assert decode("# A\n\nOne \ufffd here.\n".encode(), "a.md") == "# A\n\nOne \ufffd here.\n"
