"""A source as one formatted line, as it stands in a footnote; and dates in words."""

from __future__ import annotations

import re

from assistant.text import clean, flatten
from assistant.types import Citation, Metadata

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def reference(citation: Citation, metadata: Metadata | None = None) -> str:
    """One formatted line for a source: who, title, date, page; in Chinese for a Chinese document.

    Args:
        citation: What is cited.
        metadata: What was known of the document, where it tells more than the citation: its author.
    """
    author = line_of(metadata.author or "") if metadata else ""
    publisher = line_of(citation.publisher or "")
    who, where = (author, publisher if publisher != author else "") if author else (publisher, "")
    title = line_of(citation.title)
    if citation.language.split("-")[0].lower() == "zh":
        named = title if "《" in title else f"《{title}》"
        date = chinese_date(citation.published) if citation.published else "日期不详"
        page = f"第{citation.page}页" if citation.page is not None else ""
        return (f"{who}：" if who else "") + "，".join(part for part in (named, where, date, page) if part) + "。"
    date = date_words(citation.published) if citation.published else "undated"
    page = f"p. {citation.page}" if citation.page is not None else ""
    return ", ".join(part for part in (who, f"“{title}”", where, date, page) if part) + "."


def line_of(text: str) -> str:
    """A text as one line in which nothing is invisible: no control characters, none that turn the direction."""
    return flatten(clean(text))


def date_words(date: str) -> str:
    """An ISO date of any precision as it is read: ``29 June 2024``, ``June 2024``, ``2024``."""
    match = _DATE.fullmatch(date)
    if match is None or (match[2] and not 1 <= int(match[2]) <= len(_MONTHS)):
        return line_of(date)
    words = [str(int(match[3])) if match[3] else "", _MONTHS[int(match[2]) - 1] if match[2] else "", match[1]]
    return " ".join(word for word in words if word)


def chinese_date(date: str) -> str:
    """An ISO date of any precision in Chinese: ``2024年6月29日``."""
    match = _DATE.fullmatch(date)
    if match is None:
        return line_of(date)
    return "".join(f"{int(part)}{unit}" for part, unit in zip(match.groups(), "年月日", strict=True) if part)


def time_words(time: str) -> str:
    """A time in ISO 8601, UTC, as it is read: ``25 November 2026, 19:20 UTC``."""
    day, _, clock = time.partition("T")
    return f"{date_words(day)}, {line_of(clock[:5])} UTC" if clock else date_words(day)
