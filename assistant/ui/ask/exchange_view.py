"""A question of the conversation and its answer: what was understood, what is known, and how it came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from assistant.conversations.records import Exchange
from assistant.types import Answer, DocumentRecord, Mode, Status
from assistant.ui.ask import state
from assistant.ui.ask.answer_view import show_answer
from assistant.ui.ask.citations import places
from assistant.ui.ask.filters import in_words
from assistant.ui.markup import counted, escape, plain


def show_exchange(exchange: Exchange, records: Mapping[str, DocumentRecord], *, is_latest: bool) -> None:
    """Draw a question with its answer, sources, notes, and the line that says how it came about.

    Args:
        exchange: As it was kept; it is drawn the same whenever it is opened.
        records: What is known of the documents today, by path.
        is_latest: The page moves to it when it first appears.
    """
    answer = exchange.answer
    place = exchange.number - 1
    opened = state.open_place()
    show_question(answer.question)
    _show_understanding(exchange, is_latest=is_latest)
    if answer.status is Status.UNANSWERED:
        _show_refusal(answer)
        _show_notes(answer)
    else:
        _show_reservations(answer)
    show_answer(
        answer,
        records,
        key=f"answer-{place}",
        is_latest=is_latest,
        open_number=opened.number if opened and opened.exchange == place else None,
        on_open=partial(state.show_place, place),
    )
    if answer.status is Status.ANSWERED:
        _show_notes(answer)
    st.caption(plain(_status_line(exchange, records)))


def show_question(question: str) -> None:
    """Draw a question as a heading."""
    st.html(f'<h2 class="question">{escape(question)}</h2>')


def _show_understanding(exchange: Exchange, *, is_latest: bool) -> None:
    """The question in full, where it was not put so; of the latest it can be corrected."""
    answer = exchange.answer
    understood = answer.understood
    if understood is None:
        return
    with st.container(horizontal=True, wrap=False, key=f"understood-{exchange.number}"):
        st.html(f'<p class="details">Understood as “{escape(understood)}”</p>')
        if is_latest:
            with st.popover("Correct", type="tertiary"), st.form(f"correct-{exchange.id}", border=False):
                meant = st.text_area("The question in full", understood, key=f"meant-{exchange.id}")
                if st.form_submit_button("Ask this") and meant.strip():
                    state.queue(
                        state.Inquiry(answer.question, exchange.filters, exchange.number, resolved=meant.strip())
                    )
                    st.rerun()


def _show_refusal(answer: Answer) -> None:
    terms = ", ".join(f"“{escape(term)}”" for term in answer.searched_for)
    st.html(
        f'<p class="refusal">The library does not answer this question.</p><p class="details">Searched for {terms}.</p>'
    )


def _show_reservations(answer: Answer) -> None:
    """What to know before reading: the answer is unsure, or part of the question is not answered."""
    parts = "; ".join(part.rstrip("?？") for part in answer.uncovered)
    missing = f"The library does not say: {parts}." if parts else ""
    _show_lines([said for said in (answer.caution, missing) if said])


def _show_notes(answer: Answer) -> None:
    notes = [*answer.notes]
    if answer.unsupported:
        left_out = counted(answer.unsupported, "statement")
        notes.append(f"{left_out} of the model left out, because no source supports {_pronoun(answer.unsupported)}.")
    _show_lines(notes)


def _show_lines(notes: Sequence[str]) -> None:
    if notes:
        st.html("".join(f'<p class="note">{escape(note)}</p>' for note in notes))


def _pronoun(number: int) -> str:
    return "it" if number == 1 else "them"


def _status_line(exchange: Exchange, records: Mapping[str, DocumentRecord]) -> str:
    answer = exchange.answer
    asked_under = in_words(exchange.filters, records)
    parts = (
        "No answer" if answer.status is Status.UNANSWERED else _origin(answer),
        _extent(answer),
        f"only {', '.join(asked_under)}" if asked_under else "",
        "answered before" if answer.cached else "",
        f"{answer.seconds.get('total', 0.0):.1f} s",
    )
    return " · ".join(part for part in parts if part)


def _origin(answer: Answer) -> str:
    if answer.mode is Mode.EXTRACTIVE:
        return "Extracted word for word"
    return f"Written by {answer.model or 'a model'}"


def _extent(answer: Answer) -> str:
    if answer.status is Status.UNANSWERED:
        return ""
    citations = counted(len(places(answer)), "citation")
    if answer.mode is Mode.EXTRACTIVE:
        return citations
    stated = len(answer.claims) + answer.unsupported
    return f"{len(answer.claims)} of {counted(stated, 'sentence')} verified · {citations}"
