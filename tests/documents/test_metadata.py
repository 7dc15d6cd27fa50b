from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.metadata import (
    Fields,
    complete,
    dateline,
    edit_fields,
    iso_date,
    parse_fields,
    said,
    split_front_matter,
)
from assistant.errors import MetadataError, UnreadableDocument
from assistant.types import Source


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2024", "2024"),
        (2024, "2024"),
        ("2024-06", "2024-06"),
        ("2024-06-29", "2024-06-29"),
        ("2024/06/29", "2024-06-29"),
        ("2024-06-29T10:00:00Z", "2024-06-29"),
        (datetime.date(2024, 6, 29), "2024-06-29"),
        (datetime.datetime(2024, 6, 29, 23, 59, tzinfo=datetime.UTC), "2024-06-29"),
        ("D:20240629120000+08'00'", "2024-06-29"),
        ("D:2024", "2024"),
        ("2024-02-30", None),
        ("2024-13", None),
        ("0000", None),
        ("29 June 2024", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_of_any_precision(written: object, date: str | None) -> None:
    assert iso_date(written) == date


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_every_date_is_itself(date: datetime.date) -> None:
    assert iso_date(date.isoformat()) == date.isoformat()


@given(st.text(max_size=30))
def test_a_date_is_a_date_or_none(written: str) -> None:
    found = iso_date(written)
    assert found is None or iso_date(found) == found


def test_front_matter_is_parted_from_the_text() -> None:
    assert split_front_matter("---\ntitle: A\n---\nText") == ("title: A", "Text")
    assert split_front_matter("---\r\ntitle: A\r\n---\r\nText") == ("title: A", "Text")
    assert split_front_matter("\ufeff---\ntitle: A\n...\nText") == ("title: A", "Text")
    assert split_front_matter("---\ntitle: A\n---") == ("title: A", "")


@pytest.mark.parametrize(
    "text", ["Text", "---\nA rule, no fields.\n---\nText", "Text\n---\ntitle: A\n---\n", "---\ntitle: A\n", ""]
)
def test_text_without_front_matter_is_left_alone(text: str) -> None:
    assert split_front_matter(text) == (None, text)


def test_fields_are_read_under_their_usual_names() -> None:
    fields = parse_fields(
        "Title: 中国稀土\ndate: 2024-06\nauthors: [Li, Wang]\ntags: mining; magnets，quota\nlang: zh\nunknown: 1\n",
        where="a",
    )
    assert fields.title == "中国稀土"
    assert fields.published == "2024-06"
    assert fields.author == "Li, Wang"
    assert fields.topics == ("mining", "magnets", "quota")
    assert fields.language == "zh"


def test_the_proper_name_of_a_field_wins_over_its_alias() -> None:
    assert parse_fields("date: 2020\npublished: 2024\n", where="a").published == "2024"


def test_sources_are_maps_or_plain_titles() -> None:
    fields = parse_fields(
        "sources:\n- {title: Decree, publisher: State Council, date: 2024-06-22, url: https://x.org}\n- A book\n",
        where="a",
    )
    assert complete("a.md", "", fields).sources == (
        Source("Decree", "State Council", "2024-06-22", "https://x.org"),
        Source("A book"),
    )
    assert complete("a.md", "", parse_fields("sources: One book", where="a")).sources == (Source("One book"),)


@pytest.mark.parametrize("yaml", ["", "# only a comment", "title:\ntopics:\nsources:\ndate:\n"])
def test_empty_fields_are_no_fields(yaml: str) -> None:
    assert parse_fields(yaml, where="a") == Fields()


@pytest.mark.parametrize(
    "yaml",
    [
        "title: [unclosed",
        "- a list",
        "just words",
        "date: 2024-13-45",
        "n: !!int x",
        "? [a]\n: b",
        "a: !!python/object/apply:os.system [ls]",
        "title: \ud800",
        "a: " + "[" * 2000,
        "sources: [{title: {a: {b: 1}}, date: []}, 3]\ntitle: {a: 1}\n- x",
    ],
)
def test_metadata_that_cannot_be_read_says_whose_it_is(yaml: str) -> None:
    with pytest.raises(UnreadableDocument, match=r"metadata of decree\.md"):
        parse_fields(yaml, where="decree.md")


@given(
    st.dictionaries(
        st.sampled_from(["title", "date", "topics", "sources", "supersedes", "x"]),
        st.text(max_size=20) | st.integers() | st.none() | st.lists(st.text(max_size=5) | st.integers(), max_size=3),
    )
)
def test_whatever_stands_in_a_field_becomes_metadata_or_nothing(fields: dict[str, object]) -> None:
    metadata = complete("a/some_file-name.md", "text", Fields.model_validate(fields))
    assert metadata.title
    assert metadata.published is None or iso_date(metadata.published) == metadata.published
    assert all(isinstance(topic, str) and topic for topic in metadata.topics)


def test_the_first_word_counts_and_the_file_name_is_the_last_resort() -> None:
    edited, own = Fields(title="Edited"), Fields(title="Own", published="2024", topics=("mining",))
    merged = complete("policy/decree_785-notes.md", "稀土管制条例", edited, own)
    assert (merged.title, merged.published, merged.topics, merged.language) == ("Edited", "2024", ("mining",), "zh")
    assert complete("policy/decree_785-notes.md", "Text").title == "decree 785 notes"


# edits


def edited(before: str, **changes: object) -> dict[str, object]:
    after = edit_fields(before, changes, where="a.md")
    return parse_fields(after, where="a.md").model_dump(mode="json", exclude_unset=True)


def test_edits_are_merged_into_what_is_there() -> None:
    before = "# by hand\ntitle: Old\ndate: 2020\nkept: [1, 2]\n"
    after = edit_fields(before, {"date": "2024-06-29", "Topics": "quota，mining"}, where="a.md")
    assert "kept" in after
    assert parse_fields(after, where="a.md").model_dump(mode="json", exclude_unset=True) == {
        "title": "Old",
        "published": "2024-06-29",
        "topics": ["quota", "mining"],
    }


def test_edits_may_be_of_any_kind_that_a_metadata_file_holds() -> None:
    source = {"title": "Decree", "date": "2024"}
    assert edited("", published=datetime.date(2024, 6, 29), topics=["a", "b"], sources=[source]) == {
        "published": "2024-06-29",
        "topics": ["a", "b"],
        "sources": [source],
    }


@pytest.mark.parametrize("nothing", [None, "", "  ", (), []])
def test_a_cleared_field_stays_empty_whatever_the_document_says(nothing: object) -> None:
    edit = parse_fields(edit_fields("", {"published": nothing, "topics": nothing}, where="a"), where="a")
    own = Fields(title="Own", published="2024", topics=("mining",), author="Li")
    merged = complete("a.md", "Published: 3 May 2024", edit, own)
    assert (merged.published, merged.topics, merged.author) == (None, (), "Li")


def test_title_and_language_fall_back_on_the_document() -> None:
    edit = parse_fields(edit_fields("title: X\nlanguage: fr", {"title": "", "language": None}, where="a"), where="a")
    merged = complete("a.md", "稀土管制条例", edit, Fields(title="Own"))
    assert (merged.title, merged.language) == ("Own", "zh")
    assert edit_fields("title: X", {"title": ""}, where="a") == ""


@pytest.mark.parametrize("change", [{"published": "soon"}, {"published": "2024-13"}, {"colour": "red"}])
def test_an_edit_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(MetadataError):
        edit_fields("", change, where="a.md")


def test_a_damaged_metadata_file_is_not_overwritten() -> None:
    with pytest.raises(UnreadableDocument, match="mend it"):
        edit_fields("title: [unclosed", {"title": "New"}, where="a.md")


# dates in the text


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("# Quota\n\nPublished: 3 May 2024\n", "2024-05-03"),
        ("**Date:** May 3, 2024", "2024-05-03"),
        ("Publication date: 3rd Dec. 2024", "2024-12-03"),
        ("Issued on: 2024/5/3", "2024-05-03"),
        ("发布日期：2024年5月3日", "2024-05-03"),
        ("成文日期: 2024年05月", "2024-05"),
        ("發布日期：2024-05-03", "2024-05-03"),
        ("# Quota\n\n2024-05-03\n\nThe quota rose.", "2024-05-03"),
        ("Beijing, 2024-05-03 – The quota rose.", "2024-05-03"),
        ("The quota was published in 2024.", None),
        ("Decree 785 was published on 2024-06-22.", None),
        ("It was published on 3 May 2024.", None),
        ("| 2024-05-03 | 5 |", None),
        ("2024-05-03 | 5", None),
        ("2024-05-03\n2024-05-04", None),
        ("Date: 45 May 2024", None),
        ("Date: 3 Foo 2024", None),
        ("2024-05-03-17", None),
        ("word " * 100 + "\n2024-05-03", None),
        ("word " * 500 + "\nPublished: 3 May 2024", None),
        ("", None),
    ],
)
def test_only_a_date_that_a_text_gives_as_its_own_is_taken(text: str, date: str | None) -> None:
    assert dateline(text) == date


def test_the_date_in_the_text_is_the_last_resort() -> None:
    text = "Published: 3 May 2024"
    assert complete("a.md", text, Fields()).published == "2024-05-03"
    assert complete("a.md", text, Fields(), Fields(published="2023")).published == "2023"
    assert complete("a.md", text, Fields(published="2022"), Fields(published="2023")).published == "2022"


@given(st.text(max_size=400))
def test_whatever_the_text_the_date_is_one_or_none(text: str) -> None:
    found = dateline(text)
    assert found is None or iso_date(found) == found


@pytest.mark.parametrize(
    "made_up", ["(anonymous)", "Administrator", "Microsoft Office User", "Document1", "draft.docx", ""]
)
def test_what_a_program_made_up_is_not_said(made_up: str) -> None:
    assert said(made_up) is None


@pytest.mark.parametrize(
    "words", ["Ministry of Commerce", "The author of the decree", "Document 1 of the WTO", "王文斌"]
)
def test_what_somebody_wrote_is_said(words: str) -> None:
    assert said(words) == words
