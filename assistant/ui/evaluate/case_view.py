"""One case of a run: what was asked and expected, what was given, and what became of its evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import streamlit as st

from assistant.evaluation.finding import Seen, seen_evidence
from assistant.evaluation.html_report import place_words, seen_words
from assistant.evaluation.refusing import outcome
from assistant.evaluation.runs import Result, Said
from assistant.ui.layout import controls, head
from assistant.ui.markup import escape


def show_case(result: Result, *, on_close: Callable[[], None]) -> None:
    """Show a case with a way to close it again."""
    case = result.case
    with head():
        with controls():
            st.caption("Case", width="stretch")
            st.button("Close", type="tertiary", key="close", on_click=on_close)
        st.html(f'<h2 class="source-title">{escape(case.question)}</h2>')
    confidence = f"confidence {result.confidence:.2f}" if result.confidence is not None else None
    facts = (case.id, outcome(result), confidence, f"{result.seconds:.2f} s", case.split, ", ".join(case.tags))
    st.html(f'<p class="details">{escape(" · ".join(fact for fact in facts if fact))}</p>')
    st.html("".join((*_expected(result), *_given(result), *_evidence(result))))


def _expected(result: Result) -> Iterator[str]:
    yield "<h3>Expected</h3>"
    if not result.case.answerable:
        yield '<p class="said">To be declined: the library does not tell.</p>'
    for words in (" · ".join(result.case.answers), result.case.reference):
        if words:
            yield f'<p class="said">{escape(words)}</p>'


def _given(result: Result) -> Iterator[str]:
    yield "<h3>Given</h3>"
    for sentence in result.said:
        text = _marked(sentence.text, result.case.answers)
        yield f'<p class="said">{text}</p><p class="details">{escape(_sources(sentence))}</p>'
    if not result.said:
        yield f'<p class="said">{escape(result.error or "No answer.")}</p>'


def _sources(sentence: Said) -> str:
    places = dict.fromkeys((quote.place.document, quote.place.page) for quote in sentence.quotes)
    return " · ".join(document if page is None else f"{document}, page {page}" for document, page in places)


def _evidence(result: Result) -> Iterator[str]:
    seen = seen_evidence(result)
    if seen:
        yield "<h3>Evidence</h3>"
    for each in seen:
        yield f'<div class="{"missed" if each.rank is None else "found"}">{_piece(each, result.case.answers)}</div>'


def _piece(seen: Seen, answers: Sequence[str]) -> str:
    quote = f'<p class="said">“{_marked(seen.evidence.quote, answers)}”</p>' if seen.evidence.quote else ""
    return f'{quote}<p class="details">{escape(f"{place_words(seen)} · {seen_words(seen)}")}</p>'


def _marked(text: str, answers: Sequence[str]) -> str:
    """Text as HTML, with the accepted answers in it marked."""
    wanted = "|".join(re.escape(answer) for answer in sorted(answers, key=len, reverse=True) if answer.strip())
    if not wanted:
        return escape(text)
    parts = re.split(f"({wanted})", text, flags=re.IGNORECASE)
    return "".join(f"<mark>{escape(part)}</mark>" if at % 2 else escape(part) for at, part in enumerate(parts))
