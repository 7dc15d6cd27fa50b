"""Which documents to ask: the controls, kept in the page's address so that a link carries them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import streamlit as st

from assistant.types import DocumentRecord, Filters
from assistant.ui.markup import date_words, language_name

_CHOICES = ("kind", "language", "topic")
_DATES = ("from", "to", "as_of")
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)  # Streamlit offers ten years either way


def show_filters(records: Iterable[DocumentRecord]) -> Filters:
    """Draw the controls and return what they say."""
    metadata = [record.metadata for record in records]
    kinds = _choose("Kind", "kind", {each.kind for each in metadata if each.kind})
    languages = _choose("Language", "language", {language_name(each.language) for each in metadata})
    topics = _choose("Topic", "topic", {topic for each in metadata for topic in each.topics})
    with st.container(horizontal=True):
        first, last = _day("Published from", "from"), _day("Published to", "to")
    as_of = _day("As of", "as_of", help="Leaves out what was published after this day.")
    st.button("Clear filters", on_click=_clear, type="tertiary", key="clear_filters")
    named = {language_name(each.language): each.language for each in metadata}
    return Filters(
        kinds=kinds,
        languages=tuple(named[name] for name in languages),
        topics=topics,
        published_from=first,
        published_to=last,
        as_of=as_of,
    )


def in_words(filters: Filters) -> tuple[str, ...]:
    """The filters that are set, each in a few words; as plain text."""
    dates = (("from", filters.published_from), ("to", filters.published_to), ("as of", filters.as_of))
    return (
        *filters.kinds,
        *(language_name(each) for each in filters.languages),
        *filters.topics,
        *(f"{word} {date_words(day)}" for word, day in dates if day),
    )


def _choose(label: str, key: str, options: set[str]) -> tuple[str, ...]:
    chosen = st.multiselect(label, sorted(options), key=key, placeholder="Any", bind="query-params")
    return tuple(chosen)


def _day(label: str, key: str, *, help: str | None = None) -> str | None:  # noqa: A002
    day = st.date_input(
        label, None, _FIRST_DAY, _LAST_DAY, key=key, help=help, format="YYYY-MM-DD", bind="query-params"
    )
    return day.isoformat() if isinstance(day, date) else None


def _clear() -> None:
    for key in _CHOICES:
        st.session_state[key] = []
    for key in _DATES:
        st.session_state[key] = None
