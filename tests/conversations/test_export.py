from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.conversations.export import Format, copied, export, format_of, read_export, write_export
from assistant.conversations.markdown_export import plain
from assistant.conversations.records import Exchange
from assistant.conversations.reference import line_of, reference
from assistant.errors import ExportError
from assistant.types import Answer, Claim, Filters, Metadata, Mode, Status
from tests.conversations import conftest as made

EVIL = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) ![y](https://e.example/t.png) "
    '=HYPERLINK("http://e.example") --> ]]> </style> &lt;b&gt; *a* _b_ `c` | # h \\ www.e.example a@e.example $x$ {y}'
)
TIME = "2026-11-25T19:20:00+00:00"
ZH = made.citation(
    "2025年10月9日，中国宣布新的出口管制措施。",
    title="关于稀土出口管制的公告",
    language="zh",
    publisher="商务部",
    page=2,
)


def exchange(answer: Answer, number: int = 1, **fields: object) -> Exchange:
    return Exchange(number, "c", number, answer, Filters(kinds=("policy",)), TIME, "2026-06-30", **fields)


def conversation() -> list[Exchange]:
    both = (Claim("China announced controls.", (made.citation(), ZH)), Claim("They cover it.", (made.citation(),)))
    return [
        exchange(made.answer("何时宣布的？", claims=both, notes=("A newer document exists.",))),
        exchange(made.refusal(searched_for=("Mona Lisa", "蒙娜丽莎")), 2),
        exchange(made.answer("Why?", mode=Mode.GENERATIVE, model="openai:gpt-5", unsupported=2, uncovered=("why",)), 3),
    ]


def hostile() -> list[Exchange]:
    evil = made.citation(EVIL, title=EVIL, publisher=EVIL, document=EVIL, digest=EVIL, published=EVIL, language='"><b>')
    answered = made.answer(EVIL, claims=(Claim(EVIL, (evil,)),), notes=(EVIL,), uncovered=(EVIL,), model=EVIL)
    refused = made.refusal(
        EVIL, searched_for=(EVIL,), hits=(made.hit(EVIL, title=EVIL, author=EVIL, language='"><b>'),)
    )
    return [exchange(answered), exchange(refused, 2)]


# what is told


class _Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def said(data: bytes, form: Format) -> str:
    """The words of an export, as a reader sees them."""
    if form is Format.WORD:
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    text = data.decode()
    if form is Format.HTML:
        return _Page(text).words
    if form is Format.MARKDOWN:
        return _Page(MarkdownIt("commonmark").render(text)).words
    told = json.loads(text)
    references = [each for exchange in told["exchanges"] for each in exchange["references"]]
    return json.dumps([told, *(f"[{each['number']}] {each['reference']}" for each in references)], ensure_ascii=False)


@pytest.mark.parametrize("form", Format)
def test_every_format_tells_all_that_was_said(form: Format) -> None:
    words = said(export("My talk", conversation(), form), form)
    for told in (
        "My talk",
        "何时宣布的？",
        "China announced controls.",
        "[1] A. Writer, “Export controls”, Ministry of Commerce, 9 October 2025, p. 3.",
        "[2] A. Writer：《关于稀土出口管制的公告》，商务部，2025年10月9日，第2页。",
        made.QUOTE,
        "2025年10月9日，中国宣布新的出口管制措施。",
        "policy/controls.md, SHA-256 d1",
        "A newer document exists.",
        "蒙娜丽莎",
        "openai:gpt-5",
        "Who painted the Mona Lisa?",
        "policy",
    ):
        assert told in words, told


@pytest.mark.parametrize("form", [Format.MARKDOWN, Format.HTML, Format.WORD])
def test_formats_to_be_read_tell_how_and_when_it_was_asked(form: Format) -> None:
    words = said(export("", conversation(), form, exported="2026-11-26T08:05:00+00:00"), form)
    for told in (
        "Exported 26 November 2026, 08:05 UTC",
        "25 November 2026, 19:20 UTC",
        "extracted word for word",
        "written by openai:gpt-5",
        "newest document of 30 June 2026, state 7 of its index",
        "The library does not answer this question.",
        "which are no evidence",
        "2 statements of the model were left out",
        "Not answered by the library: why",
    ):
        assert told in words, told


@pytest.mark.parametrize("form", [Format.MARKDOWN, Format.HTML, Format.WORD])
def test_formats_to_be_read_say_first_that_an_answer_is_unsure(form: Format) -> None:
    caution = "No sentence of the library clearly answers"
    assert caution not in said(export("", [exchange(made.answer(confidence=0.8))], form), form)
    words = said(export("", [exchange(made.answer(confidence=0.3))], form), form)
    assert words.index(caution) < words.index(made.QUOTE)


@pytest.mark.parametrize("form", [Format.MARKDOWN, Format.HTML, Format.WORD])
def test_formats_to_be_read_say_what_a_question_was_understood_as(form: Format) -> None:
    exchanges = [exchange(made.answer("And in 2023?", searched_for=("What was the quota in 2023?",)))]
    assert "Understood as: What was the quota in 2023?" in said(export("", exchanges, form), form)
    assert "Understood as" not in said(export("", [exchange(made.answer())], form), form)


def test_sentences_carry_the_numbers_of_their_sources_as_on_the_page() -> None:
    text = copied(conversation()[0])
    assert r"China announced controls. \[1\] \[2\]" in text
    assert r"They cover it. \[1\]" in text
    assert text.count(made.QUOTE) == 1
    assert "assistant-export" not in text


def test_json_holds_the_answers_whole() -> None:
    data = json.loads(export("", conversation(), Format.JSON))
    first = data["exchanges"][0]
    assert first["answer"]["claims"][0]["citations"][0]["quote"] == made.QUOTE
    assert (first["asked"], first["newest_document"], first["filters"]["kinds"]) == (TIME, "2026-06-30", ["policy"])
    assert data["exchanges"][1]["answer"]["searched_for"] == ["Mona Lisa", "蒙娜丽莎"]


def test_word_sets_chinese_in_a_chinese_font_in_every_style_it_uses() -> None:
    file = docx.Document(io.BytesIO(export("", conversation(), Format.WORD)))
    for name in {paragraph.style.name for paragraph in file.paragraphs} | {"Normal"}:
        fonts = file.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei"
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    assert file.core_properties.author == ""


def test_html_marks_the_language_of_each_source_and_links_marks_to_them() -> None:
    page = _Page(export("", conversation(), Format.HTML).decode())
    assert ("blockquote", {"lang": "zh"}) in page.tags
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert len(ids) == len(set(ids))
    assert set(links) == {f"#{each}" for each in ids}


# references


@pytest.mark.parametrize(
    ("fields", "metadata", "line"),
    [
        ({}, None, "Ministry of Commerce, “Export controls”, 9 October 2025, p. 3."),
        ({"publisher": None, "published": None, "page": None}, None, "“Export controls”, undated."),
        ({"published": "2025-10"}, Metadata("", author="Li Wei"), "Li Wei, “Export controls”, Ministry of Commerce, October 2025, p. 3."),
        ({}, Metadata("", author="Ministry of Commerce"), "Ministry of Commerce, “Export controls”, 9 October 2025, p. 3."),
        ({"language": "zh", "title": "公告", "publisher": "商务部"}, None, "商务部：《公告》，2025年10月9日，第3页。"),
        ({"language": "zh-Hant", "title": "《公告》解讀", "publisher": None, "published": None, "page": None}, None, "《公告》解讀，日期不详。"),
        ({"published": "soon\n<b>"}, None, "Ministry of Commerce, “Export controls”, soon <b>, p. 3."),
    ],
)  # fmt: skip
def test_a_source_is_one_formatted_line(fields: dict[str, object], metadata: Metadata | None, line: str) -> None:
    assert reference(dataclasses.replace(made.citation(), **fields), metadata) == line


# hostile content


def test_nothing_acts_in_html() -> None:
    text = export(EVIL, hostile(), Format.HTML).decode()
    page = _Page(text)
    expected = {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "section", "dl", "dt", "dd", "sup",
        "a", "div", "blockquote", "small",
    }  # fmt: skip
    assert {tag for tag, _ in page.tags} <= expected
    assert {name for _, attributes in page.tags for name in attributes} <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "href", "id",
    }  # fmt: skip
    assert all(attributes["href"].startswith("#source-") for tag, attributes in page.tags if tag == "a")
    assert page.words.count("<script>alert(1)</script>") > 5
    assert "default-src 'none'" in text


def test_nothing_acts_in_markdown() -> None:
    text = export(EVIL, hostile(), Format.MARKDOWN).decode()
    for markdown in (MarkdownIt("commonmark"), MarkdownIt("js-default", {"html": True, "linkify": False})):
        page = _Page(markdown.render(text))
        assert {tag for tag, _ in page.tags} <= {"h1", "h2", "h3", "p", "ul", "li", "blockquote"}
        assert page.words.count(line_of(EVIL)) > 5
    visible = text.partition("<!-- assistant-export")[0]
    assert "://" not in visible
    assert "www." not in visible
    assert not re.search(r"^[=+\-@](?! )", visible, re.MULTILINE)


def test_nothing_acts_in_word() -> None:
    data = export(EVIL, hostile(), Format.WORD)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rels = archive.read("word/_rels/document.xml.rels").decode()
        body = archive.read("word/document.xml").decode()
    assert "e.example" not in rels
    assert "External" not in rels
    assert not re.search(r"<w:(hyperlink|instrText|fldSimple|object|pict)\b", body)
    assert EVIL.replace("\\ ", "\\ ") in said(data, Format.WORD)


@given(st.text())
def test_any_line_of_text_shows_as_itself_in_markdown(text: str) -> None:
    line = line_of(text)
    page = _Page(MarkdownIt("commonmark").render(plain(line)))
    assert page.words.rstrip("\n") == line
    assert {tag for tag, _ in page.tags} <= {"p"}


@given(st.text(alphabet="ab*_[]()<>!`#:$\\@|~-+=.1 &;&#x\t"))
def test_any_marks_show_as_themselves_in_markdown(text: str) -> None:
    test_any_line_of_text_shows_as_itself_in_markdown.hypothesis.inner_test(text)  # type: ignore[attr-defined]


@settings(deadline=None, max_examples=25)  # a Word file takes long to make
@given(made.ANSWERS, made.FILTERS, st.text(), st.sampled_from(Format))
def test_any_answer_can_be_exported_and_read_back(
    tmp_path_factory: pytest.TempPathFactory, answer: Answer, filters: Filters, title: str, form: Format
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{form.value}"
    write_export(title, [Exchange(1, "c", 1, answer, filters, TIME)], path)
    contents, whole = read_export(path)
    assert whole
    cited = {(each.document, each.start, each.end) for claim in answer.claims for each in claim.citations}
    assert len(contents.quotes) == len(cited)


# files


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.txt", ".md"])
def test_other_formats_are_refused(name: str) -> None:
    with pytest.raises(ExportError, match=r"\.docx"):
        format_of(Path(name))


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be written"):
        write_export("", conversation(), tmp_path / "missing" / "a.md")


def test_an_empty_conversation_and_a_status_without_claims_are_exported() -> None:
    for form in Format:
        assert export("Empty", [], form)
        assert export("", [exchange(made.answer(claims=(), hits=(), status=Status.ANSWERED))], form)
