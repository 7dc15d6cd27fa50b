"""Filters as people type them: ``kind=analysis``, ``from=2024-06``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from assistant.documents.metadata import iso_date
from assistant.errors import FilterError
from assistant.retrieval.filters import earliest, latest
from assistant.types import Filters

KEYS = ("kind", "publisher", "language", "topic", "document", "from", "to")


def parse_filters(pairs: Sequence[str], *, as_of: str | None = None) -> Filters:
    """Filters from ``key=value`` pairs; a key that is repeated allows any of its values.

    Args:
        pairs: Keys are kind, publisher, language, topic, document, from and to.
        as_of: Leave out what was published after this date.

    Raises:
        FilterError: A pair is malformed, a key unknown, or a date none.
    """
    given: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not value:
            raise FilterError(f"{pair!r} is not a filter; write key=value, with a key of {', '.join(KEYS)}.")
        if key not in KEYS:
            raise FilterError(f"There is no filter {key!r}; the keys there are: {', '.join(KEYS)}.")
        given[key].append(value)
    first, last = _date("from", given["from"]), _date("to", given["to"])
    if first and last and latest(last) < earliest(first):
        raise FilterError(f"No date lies between {first} and {last}; exchange from and to.")
    return Filters(
        kinds=tuple(given["kind"]),
        publishers=tuple(given["publisher"]),
        languages=tuple(given["language"]),
        topics=tuple(given["topic"]),
        documents=tuple(given["document"]),
        published_from=first,
        published_to=last,
        as_of=_date("as-of", [as_of] if as_of is not None else []),
    )


def _date(key: str, values: Sequence[str]) -> str | None:
    if not values:
        return None
    if len(values) > 1:
        raise FilterError(f"{key} is given more than once; give it one date.")
    value = values[0].strip()
    if iso_date(value) != value:
        raise FilterError(f"{key} must be a date such as 2024, 2024-06 or 2024-06-29, not {value!r}.")
    return value
