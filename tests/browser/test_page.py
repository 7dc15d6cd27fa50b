"""What a person sees and does on the running page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Request, expect

from assistant.ui.document.page_image import HIGHLIGHT
from tests.browser.conftest import ask, open_first_mark, overflow, take_picture

pytestmark = pytest.mark.browser

OpenWindow = Callable[..., Page]

PUBLISHED = "When was Decree No. 785 published?"
PUBLISHED_SENTENCE = "The State Council published Decree No. 785 on 29 June 2024."
LISBON = "What was the Lisbon quota announced by Minister Alvarez?"


def test_first_visit(open_desk: OpenWindow) -> None:
    desk = open_desk()
    expect(desk.get_by_text("Every sentence carries a citation")).to_be_visible()
    expect(desk.get_by_text(re.compile("^What does the library say about"))).not_to_have_count(0)
    for name in ("Ask", "Library", "Evaluate"):
        expect(desk.get_by_role("link", name=name, exact=True)).to_be_visible()
    take_picture(desk, "first-visit")


def test_nothing_is_fetched_from_elsewhere(open_window: OpenWindow, app: Any) -> None:
    page = open_window()
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((app.url, "data:", "blob:")):
            elsewhere.append(request.url)

    page.on("request", note)
    page.goto("/")
    panel = open_first_mark(page, ask(page, "When did the Zorbia mine open?"))
    expect(panel.locator("mark")).to_contain_text(
        '<script>document.title = "taken"</script> Zorbia mine opened in 1994'
    )
    assert page.title() == "Library assistant"
    assert panel.locator("script, img").count() == 0
    assert elsewhere == []


def test_a_citation_opens_beside_the_chat_with_its_words_highlighted(open_desk: OpenWindow) -> None:
    desk = open_desk()
    exchange = ask(desk, PUBLISHED)
    expect(exchange.locator(".sentence").first).to_contain_text(PUBLISHED_SENTENCE)
    expect(exchange.get_by_text("Extracted word for word")).to_be_visible()
    panel = open_first_mark(desk, exchange)
    expect(panel.locator("mark")).to_have_text(PUBLISHED_SENTENCE)
    expect(panel.locator("mark")).to_be_in_viewport()
    chat, beside = exchange.bounding_box(), panel.bounding_box()
    assert chat is not None
    assert beside is not None
    assert beside["x"] >= chat["x"] + chat["width"]
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)


def test_citations_can_be_opened_with_the_keyboard(open_desk: OpenWindow) -> None:
    desk = open_desk()
    mark = ask(desk, PUBLISHED).get_by_role("button", name=re.compile("^Open citation 1"))
    mark.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".st-key-panel mark")).to_have_text(PUBLISHED_SENTENCE)
    expect(mark).to_be_focused()
    expect(mark).to_have_attribute("aria-pressed", "true")


def test_a_page_of_a_pdf_is_drawn_with_the_quote_highlighted_where_it_stands(open_desk: OpenWindow) -> None:
    desk = open_desk()
    panel = open_first_mark(desk, ask(desk, LISBON))
    image = panel.get_by_role("img", name="Page 2 with the quote highlighted")
    expect(image).to_be_visible()
    take_picture(desk, "page-of-a-pdf")
    left, top, right, bottom = _highlighted(desk, image)
    scale = 2  # pixels a point
    assert left == pytest.approx(72 * scale, abs=8)
    assert right > 300 * scale
    first, last = (842 - 700) * scale, (842 - 680) * scale  # baselines of the two lines of the sentence
    assert first - 30 < top < first < last < bottom < last + 15
    panel.get_by_role("button", name="Larger").click()
    expect(panel.locator(".st-key-page-zoom-150 img")).to_be_visible()
    panel.get_by_role("button", name="Previous page").click()
    expect(panel.get_by_role("img", name="Page 1", exact=True)).to_be_visible()


def _highlighted(desk: Page, image: Locator) -> tuple[int, int, int, int]:
    """The box around all highlighted pixels of an image on the page."""
    response = desk.request.get(str(image.evaluate("element => element.src")))
    drawn = Image.open(io.BytesIO(response.body())).convert("RGB")
    mask = Image.new("L", drawn.size)
    mask.putdata([255 if pixel == HIGHLIGHT else 0 for pixel in drawn.get_flattened_data()])
    box = mask.getbbox()
    assert box is not None
    return box


def test_the_whole_document_opens_at_the_quote(open_desk: OpenWindow) -> None:
    desk = open_desk()
    panel = open_first_mark(desk, ask(desk, LISBON))
    panel.get_by_role("radio", name="Whole document").click()
    expect(panel.locator(".excerpt mark").first).to_be_in_viewport()
    expect(panel.get_by_text("A first page without figures.")).to_be_attached()


def test_an_unanswered_question_says_so(open_desk: OpenWindow) -> None:
    desk = open_desk()
    exchange = ask(desk, "Who won the football world cup in 1998?")
    expect(exchange.get_by_text("The library does not answer this question.")).to_be_visible()
    expect(exchange.get_by_text("Nearest passages, not an answer")).to_be_visible()
    take_picture(desk, "refusal")
    expect(exchange.locator(".sentence")).to_have_count(0)


def test_an_uploaded_document_answers_the_next_question(open_window: OpenWindow) -> None:
    page = open_window()
    page.goto("/library")
    note = b"# Spain\n\nThe Matamulas deposit holds monazite."
    page.locator("input[type=file]").set_input_files(
        [{"name": "matamulas.md", "mimeType": "text/markdown", "buffer": note}]
    )
    expect(page.get_by_text("matamulas.md")).to_be_visible()
    page.get_by_role("button", name="Add to the library").click()
    expect(page.get_by_text("Added matamulas.md.")).to_be_visible()
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(ask(page, "What does the Matamulas deposit hold?").locator(".sentence").first).to_contain_text("monazite")


def test_what_another_process_adds_is_known_to_the_next_question(
    open_desk: OpenWindow, app: Any, tmp_path: Path
) -> None:
    desk = open_desk()
    ask(desk, PUBLISHED)
    note = tmp_path / "kvanefjeld.md"
    note.write_text("# Greenland\n\nThe Kvanefjeld deposit lies in southern Greenland near Narsaq.\n", "utf-8")
    assert app.run("add", str(note)).returncode == 0
    answered = ask(desk, "Near which town of southern Greenland does the Kvanefjeld deposit lie?", 1)
    expect(answered.locator(".sentence").first).to_contain_text("Narsaq")


def test_filters_are_kept_in_the_address_and_taken_off_one_by_one(open_desk: OpenWindow) -> None:
    desk = open_desk()
    desk.get_by_role("button", name="Filters").click()
    desk.get_by_label("Kind").click()
    desk.get_by_role("option", name="analysis").click()
    expect(desk).to_have_url(re.compile("kind=analysis"))
    desk.reload()
    chip = desk.locator(".st-key-scope").get_by_role("button", name="analysis")
    expect(chip).to_be_visible()
    take_picture(desk, "filters")
    chip.click()
    expect(chip).to_have_count(0)
    expect(desk).not_to_have_url(re.compile("kind="))


def test_a_phone_needs_no_sideways_scrolling(open_desk: OpenWindow) -> None:
    desk = open_desk(viewport={"width": 390, "height": 844})
    panel = open_first_mark(desk, ask(desk, LISBON))
    expect(panel.locator("mark")).to_be_in_viewport()
    assert overflow(desk) == 0
    take_picture(desk, "phone")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
    for name in ("library", "evaluate"):
        desk.goto(f"/{name}")
        expect(desk.get_by_role("heading", name=name.capitalize())).to_be_visible()
        assert overflow(desk) == 0


def test_a_dark_desktop_gets_a_dark_page(open_desk: OpenWindow) -> None:
    desk = open_desk(color_scheme="dark")
    panel = open_first_mark(desk, ask(desk, PUBLISHED))
    for element in (desk.locator(".stApp"), panel):
        assert _lightness(element, "backgroundColor") < 60
    assert _lightness(panel.locator("mark"), "color") > 180


def _lightness(element: Locator, name: str) -> float:
    """Mean of red, green and blue of a computed colour, 0 to 255."""
    colour = str(element.evaluate(f"element => getComputedStyle(element).{name}"))
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3
