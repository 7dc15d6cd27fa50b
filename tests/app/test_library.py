"""The page that shows what the library holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

OpenPage = Callable[..., AppTest]

SPAIN = "# Spain\n\nThe Matamulas deposit in Spain holds monazite.\n"


def upload(page: AppTest, *files: tuple[str, bytes]) -> None:
    """Choose files and press the button."""
    for name, content in files:
        page.file_uploader[0].upload(name, content)
    page.run()
    press(page, "Add to the library")


def choose(page: AppTest, path: str) -> None:
    """Open a document in the box above the list."""
    page.session_state["document"] = path
    page.run()
    assert not page.exception


def field(page: AppTest, label: str) -> TextInput:
    """The text field of that label."""
    return next(each for each in page.text_input if each.label == label)


def press(page: AppTest, label: str) -> None:
    """Press the button of that label."""
    next(button for button in page.button if button.label == label).click().run()
    while any(button.key == "stop-addition" for button in page.button):  # a browser draws the progress anew by itself
        page.run()
    assert not page.exception


def written(page: AppTest) -> str:
    """All HTML of the page."""
    return "\n".join(str(each.value) for each in page.html)


def test_the_list_tells_what_is_known_of_each_document(open_page: OpenPage) -> None:
    table = open_page("library").dataframe[0].value
    assert list(table.columns) == [
        *("Title", "State", "Kind", "Language", "Published", "Pages", "Passages", "Characters", "Added"),
    ]
    row = table.set_index("Title").loc["Decree No. 785"]
    assert (row["Kind"], row["Language"], row["Published"]) == ("analysis", "English", "2024-06-29")
    assert row["Passages"] >= 1
    assert row["State"] == "Ready"


def test_the_list_can_be_searched_by_any_of_its_words(open_page: OpenPage) -> None:
    page = open_page("library")
    field(page, "Search the list").set_value("licensing DESK").run()
    assert list(page.dataframe[0].value["Title"]) == ["Decree No. 785"]
    field(page, "Search the list").set_value("nothing of the kind").run()
    assert page.dataframe[0].value.empty


def test_uploaded_documents_are_in_the_list_at_once(open_page: OpenPage, library: Path) -> None:
    page = open_page("library")
    upload(page, ("spain.md", SPAIN.encode()), ("france.txt", b"France refines rare earths at La Rochelle."))
    assert "spain\\.md" in page.success[0].value
    assert "Spain" in list(page.dataframe[0].value["Title"])
    assert (library / "spain.md").read_text("utf-8") == SPAIN


def test_the_outcome_of_an_upload_is_not_lost_when_the_page_is_drawn_anew(open_page: OpenPage) -> None:
    page = open_page("library")
    upload(page, ("spain.md", SPAIN.encode()))
    field(page, "Search the list").set_value("licensing").run()
    assert "spain\\.md" in page.success[0].value


def test_each_file_that_fails_gets_a_sentence_and_the_others_are_added(open_page: OpenPage) -> None:
    page = open_page("library")
    upload(page, ("spain.md", SPAIN.encode()), ("empty.md", b""), ("tool.exe", b"MZ\0\0"))
    assert "Spain" in list(page.dataframe[0].value["Title"])
    sentences = [each.value for each in page.error]
    assert len(sentences) == 2
    assert any("empty\\.md" in sentence for sentence in sentences)
    assert any("tool\\.exe" in sentence for sentence in sentences)
    assert "tool.exe" in written(page)


def test_an_upload_to_an_empty_library_begins_it(open_page: OpenPage) -> None:
    page = open_page("library", files={})
    assert not page.dataframe
    upload(page, ("spain.md", SPAIN.encode()))
    assert len(page.dataframe[0].value) == 1


def test_a_document_shows_its_metadata_and_its_passages(open_page: OpenPage) -> None:
    page = open_page("library")
    choose(page, "decree.md")
    assert "Rare Earth Desk · 29 June 2024 · English · analysis" in written(page)
    assert "Topics: licensing" in written(page)
    assert "Passage 1" in written(page)
    assert "fines illegal mining" in written(page)
    assert re.findall(r'href="(.*?)"', written(page)) == ["https://example.org/decree"]
    page.button(key="close").click().run()
    assert "Passage 1" not in written(page)


def test_a_long_document_is_shown_a_few_passages_at_a_time(open_page: OpenPage) -> None:
    sections = "\n\n".join(f"## Part {n}\n\n" + f"Sentence {n} of many about mines. " * 40 for n in range(15))
    page = open_page("library", files={"long.md": f"# Long\n\n{sections}"})
    choose(page, "long.md")
    assert written(page).count('class="passage"') == 10


def test_a_document_is_removed_only_after_a_second_click(open_page: OpenPage, library: Path) -> None:
    page = open_page("library")
    choose(page, "decree.md")
    assert (library / "decree.md").exists()
    page.button(key="delete-decree.md").click().run()
    assert not page.exception
    assert not (library / "decree.md").exists()
    assert "Decree No. 785" not in list(page.dataframe[0].value["Title"])


def test_the_list_can_be_narrowed_to_kinds_and_languages(open_page: OpenPage) -> None:
    page = open_page("library")
    next(each for each in page.multiselect if each.label == "Kind").set_value(["analysis"]).run()
    assert list(page.dataframe[0].value["Title"]) == ["Decree No. 785"]
    next(each for each in page.multiselect if each.label == "Language").set_value(["zh"]).run()
    assert page.dataframe[0].value.empty


def test_a_file_that_cannot_be_read_can_be_tried_again(open_page: OpenPage, library: Path) -> None:
    page = open_page("library", files={"spain.md": SPAIN, "empty.md": ""})
    press(page, "Try again")
    assert "empty.md is empty" in written(page)
    assert "Spain" in list(page.dataframe[0].value["Title"])


def test_problem_files_are_named_with_their_reason_and_can_be_removed(open_page: OpenPage, library: Path) -> None:
    page = open_page("library", files={"spain.md": SPAIN, "empty.md": ""})
    assert "empty.md is empty" in written(page)
    page.button(key="delete-empty.md").click().run()
    assert not (library / "empty.md").exists()
    assert "empty.md is empty" not in written(page)


def test_a_file_name_never_becomes_markup(open_page: OpenPage) -> None:
    page = open_page("library", files={"spain.md": SPAIN})
    upload(page, ("[x](http:evil) <b>$1$.exe", b"MZ\0\0"))
    assert "\\[x\\]" in page.error[0].value
    assert "<b>" not in written(page)


def test_a_removed_document_can_be_brought_back(open_page: OpenPage, library: Path) -> None:
    page = open_page("library")
    choose(page, "decree.md")
    page.button(key="delete-decree.md").click().run()
    assert "decree.md · removed" in written(page)
    press(page, "Restore")
    assert (library / "decree.md").exists()
    assert "Decree No. 785" in list(page.dataframe[0].value["Title"])


def test_details_of_a_document_can_be_corrected(open_page: OpenPage, library: Path) -> None:
    page = open_page("library")
    choose(page, "decree.md")
    field(page, "Publisher").set_value("State Council")
    field(page, "Published").set_value("2024-06-22")
    press(page, "Save")
    assert "State Council · 22 June 2024" in written(page)
    assert "State Council" in (library / "decree.md.meta.yaml").read_text("utf-8")


def test_a_date_that_is_none_is_refused_in_a_sentence(open_page: OpenPage, library: Path) -> None:
    page = open_page("library")
    choose(page, "decree.md")
    field(page, "Published").set_value("soon")
    press(page, "Save")
    assert "published" in page.error[0].value
    assert not (library / "decree.md.meta.yaml").exists()


def test_pasted_text_becomes_a_document(open_page: OpenPage, library: Path) -> None:
    page = open_page("library")
    field(page, "Title").set_value("Spain note")
    page.text_area[0].set_value("The Matamulas deposit holds monazite.")
    press(page, "Add the text")
    assert "Spain note" in list(page.dataframe[0].value["Title"])
    assert (library / "Spain note.md").read_text("utf-8") == "The Matamulas deposit holds monazite."


def test_an_address_inside_the_network_is_refused_in_a_sentence(open_page: OpenPage) -> None:
    page = open_page("library")
    field(page, "Address of the page").set_value("http://127.0.0.1/")
    press(page, "Fetch and add")
    assert "127\\.0\\.0\\.1" in page.error[0].value
