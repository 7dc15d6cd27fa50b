"""Part of a document's text as HTML, with a quote marked in it."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from assistant.ui.document.excerpt import excerpt, whole

TEXT = """# Quotas

China set quotas for mining. The quota of 2012 was 93,800 t.
It had been lower before.

| Year | Quota (t) |
|---|---|
| 2011 | 93,800 |
| 2012 | 93,800 |

- first item
- second item
"""


def words(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def marked(markup: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r"<mark>(.*?)</mark>", markup, re.DOTALL)]


def span(part: str) -> tuple[int, int]:
    start = TEXT.index(part)
    return start, start + len(part)


def test_exactly_the_quote_is_marked() -> None:
    quote = "The quota of 2012 was 93,800 t."
    assert marked(excerpt(TEXT, span("China set quotas for mining. " + quote), span(quote))) == [quote]


def test_a_quote_over_two_lines_is_marked_in_one_piece() -> None:
    quote = "was 93,800 t.\nIt had"
    assert marked(excerpt(TEXT, (0, len(TEXT)), span(quote))) == [quote]


def test_a_table_row_is_marked_cell_by_cell() -> None:
    shown = excerpt(TEXT, (0, len(TEXT)), span("| 2012 | 93,800 |"))
    assert [cell.strip() for cell in marked(shown)] == ["2012", "93,800"]
    assert shown.count("<tr>") == 3
    assert "<th> Year </th>" in shown
    assert "---" not in shown


def test_what_stands_outside_the_passage_is_fainter() -> None:
    shown = excerpt(TEXT, span("China set quotas for mining."), None)
    assert re.search(r'<p class="paragraph">China set quotas for mining\.<span class="outside">', shown)


def test_only_the_surroundings_of_a_long_text_are_shown() -> None:
    text = "word " * 20_000 + "The needle. " + "word " * 20_000
    start = text.index("The needle.")
    shown = excerpt(text, (start, start + 11), (start, start + 11))
    assert marked(shown) == ["The needle."]
    assert len(shown) < 3000
    assert shown.count("…") == 2


def test_chinese_lines_are_joined_without_a_blank() -> None:
    assert "稀土矿物" in whole("何作霖发现两种稀土\n矿物。", (0, 15))


@given(st.text(alphabet="a<&\"'# |-\n中。", max_size=80), st.data())
def test_text_of_any_kind_is_escaped_and_its_quote_marked_to_the_letter(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown = excerpt(text, (0, len(text)), (start, end))
    assert not re.sub(r"</?(?:div|p|span|mark|table|tr|t[hd])(?: class=\"\w+\")?>", "", shown).count("<")
    letters = [c for c in "".join(marked(shown)) if c in "a&<中。"]
    assert letters == [c for c in text[start:end] if c in "a&<中。"]
