from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.model_output import AnswerReader, Draft, DraftSource, ObjectReader

CLAIM = {"text": 'A “{brace}” and a \\ " quote.', "sources": [{"passage": "b2", "quote": "x } y"}]}
DRAFT = Draft(CLAIM["text"], (DraftSource("b2", "x } y"),))  # type: ignore[arg-type]


def read(text: str, size: int = 1) -> tuple[list[Draft], AnswerReader]:
    reader = AnswerReader()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return [draft for piece in pieces for draft in reader.feed(piece)], reader


@pytest.mark.parametrize("size", [1, 3, 10_000])
@pytest.mark.parametrize("indent", [None, 2])
def test_claims_are_found_in_any_layout_and_in_pieces_of_any_size(size: int, indent: int | None) -> None:
    text = json.dumps({"claims": [CLAIM, CLAIM], "not_covered": ["the price"]}, indent=indent)
    drafts, reader = read(text, size)
    assert drafts == [DRAFT, DRAFT]
    assert reader.not_covered == ("the price",)
    assert reader.has_form
    assert not reader.is_broken_off


def test_a_claim_is_given_the_moment_it_ends() -> None:
    reader = AnswerReader()
    first = '{"claims": [' + json.dumps(CLAIM)
    assert list(reader.feed(first)) == [DRAFT]
    assert reader.is_broken_off


@pytest.mark.parametrize(
    "text",
    [
        '{"text": "A."}',
        '{"text": "A.", "sources": null}',
        '{"text": "A.", "sources": "b2"}',
        '{"text": "A.", "sources": [null, 1, "b2", [], {}, {"passage": 1, "quote": "x"}, {"quote": "x"}]}',
    ],
)
def test_sources_of_another_form_are_none(text: str) -> None:
    assert read(text)[0] == [Draft("A.", ())]


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"text": 1}', '{"answer": "x"}', "}}}}", '"""', "{" * 5000, '{"a":' * 3000 + "1" + "}" * 3000])  # fmt: skip
def test_what_is_no_claim_is_passed_over(text: str) -> None:
    assert read(text, 100)[0] == []


def test_everything_is_cut_to_size() -> None:
    source = {"passage": "b2", "quote": "q" * 10_000}
    (draft,), _ = read(json.dumps({"text": "t" * 10_000, "sources": [source] * 100}), 1000)
    assert len(draft.text) < 1000
    assert len(draft.sources) < 10
    assert len(draft.sources[0].quote) <= 2000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=3), st.text(alphabet="abc \n[],:0", max_size=20))
def test_any_object_is_found_whatever_prose_stands_around_it(value: dict[str, object], prose: str) -> None:
    found = list(ObjectReader().feed(prose + json.dumps(value) + prose))
    assert found[-1] == value


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read(text, 7)
