"""Which documents to ask: the controls, kept in the page's address so that a link carries them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import streamlit as st

from assistant.conversations.reference import date_words
from assistant.types import DocumentRecord, Filters
from assistant.ui.markup import language_name, plain

_DATES = (("from", "from"), ("to", "to"), ("as_of", "as of"))
_LISTS = ("kind", "publisher", "language", "topic", "file")
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)  # Streamlit offers ten years either way


@dataclass(frozen=True, slots=True)
class _Chip:
    """A filter that is set: where it is kept, its value there, and how it is read."""

    key: str
    value: str
    words: str


def show_filters(records: Iterable[DocumentRecord]) -> Filters:
    """Draw the controls and return what they say."""
    known = {record.path: record.metadata for record in records}
    metadata = tuple(known.values())
    with st.container(horizontal=True):
        kinds = _choose("Kind", "kind", {each.kind for each in metadata if each.kind})
        languages = _choose("Language", "language", {language_name(each.language) for each in metadata})
    with st.container(horizontal=True):
        publishers = _choose("Publisher", "publisher", {each.publisher for each in metadata if each.publisher})
        topics = _choose("Topic", "topic", {topic for each in metadata for topic in each.topics})
    documents = _choose("Document", "file", set(known), {path: each.title for path, each in known.items()})
    with st.container(horizontal=True):
        first, last = _day("Published from", "from"), _day("Published to", "to")
    as_of = _day("As of", "as_of", help="Leaves out what was published after this day.")
    if _chips({}):
        st.button("Clear filters", on_click=_clear, type="tertiary", key="clear_filters")
    named = {language_name(each.language): each.language for each in metadata}
    return Filters(
        kinds=kinds,
        publishers=publishers,
        languages=tuple(named[name] for name in languages if name in named),
        topics=topics,
        documents=documents,
        published_from=first,
        published_to=last,
        as_of=as_of,
    )


def show_chips(records: Mapping[str, DocumentRecord]) -> None:
    """Draw a button for each filter that is set, which takes it off again."""
    for chip in _chips(records):
        st.button(
            plain(chip.words),
            key=f"chip-{chip.key}-{chip.value}",
            icon=":material/close:",
            icon_position="right",
            help="Take this filter off",
            on_click=_take_off,
            args=(chip.key, chip.value),
        )


def in_words(filters: Filters, records: Mapping[str, DocumentRecord]) -> tuple[str, ...]:
    """The filters that are set, each in a few words; as plain text."""
    dates = (("from", filters.published_from), ("to", filters.published_to), ("as of", filters.as_of))
    return (
        *filters.kinds,
        *filters.publishers,
        *(language_name(each) for each in filters.languages),
        *filters.topics,
        *(f"“{_title(path, records)}”" for path in filters.documents),
        *(f"{word} {date_words(day)}" for word, day in dates if day),
    )


def _chips(records: Mapping[str, DocumentRecord]) -> list[_Chip]:
    state = st.session_state
    chosen = [
        _Chip(key, value, _title(value, records) if key == "file" else value)
        for key in _LISTS
        for value in state.get(key, ())
    ]
    days = ((key, word, state.get(key)) for key, word in _DATES)
    return chosen + [
        _Chip(key, day.isoformat(), f"{word} {date_words(day.isoformat())}")
        for key, word, day in days
        if isinstance(day, date)
    ]


def _title(path: str, records: Mapping[str, DocumentRecord]) -> str:
    return records[path].metadata.title if path in records else path


def _choose(label: str, key: str, options: set[str], titles: Mapping[str, str] | None = None) -> tuple[str, ...]:
    def shown(value: str) -> str:
        return titles[value] if titles else value

    chosen = st.multiselect(
        label, sorted(options, key=shown), format_func=shown, key=key, placeholder="Any", bind="query-params"
    )
    return tuple(chosen)


def _day(label: str, key: str, *, help: str | None = None) -> str | None:  # noqa: A002
    day = st.date_input(
        label, None, _FIRST_DAY, _LAST_DAY, key=key, help=help, format="YYYY-MM-DD", bind="query-params"
    )
    return day.isoformat() if isinstance(day, date) else None


def _take_off(key: str, value: str) -> None:
    kept = st.session_state[key]
    st.session_state[key] = [each for each in kept if each != value] if isinstance(kept, list) else None


def _clear() -> None:
    for key in _LISTS:
        st.session_state[key] = []
    for key, _ in _DATES:
        st.session_state[key] = None
