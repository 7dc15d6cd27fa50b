"""Exchanges as Markdown in which no word of a document, question or model acts as Markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.conversations.sheet import Quoted, Section, Sentence, Sheet

# Only what acts is escaped, so that the text can be read and pasted as it stands. Angle brackets
# and ampersands become references, since not every renderer takes backslashes before them.
_ACTS = re.compile(r"([\\`*_\[\]{}|~$^])")
_ACTS_FIRST = re.compile(r"^([#+=:\-]|\d+(?=[.)]))")
_REFERENCES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_BECOMES_LINK = re.compile(r"(?<=www)\.|(?<=[A-Za-z]):(?=//)|@", re.IGNORECASE)


def markdown(sheet: Sheet) -> str:
    """A sheet as Markdown (CommonMark), every sentence with the numbers of its sources."""
    return "\n\n".join(_blocks(sheet)) + "\n"


def plain(text: str) -> str:
    """One line of text as Markdown that shows just that text."""
    text = _BECOMES_LINK.sub(lambda match: f"&#{ord(match[0])};", text.translate(_REFERENCES))
    return _ACTS_FIRST.sub(_defused, _ACTS.sub(r"\\\1", text))


def _defused(match: re.Match[str]) -> str:
    """A beginning of a line that would make it a heading, a list or a rule."""
    first = match[0]
    return f"{first}\\" if first.isdigit() else f"\\{first}"


def _blocks(sheet: Sheet) -> Iterator[str]:
    yield f"# {plain(sheet.title)}"
    yield plain(sheet.exported)
    for section in sheet.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    if section.question:
        yield f"## {plain(section.question)}"
    yield "\n".join(f"- {name}: {plain(value)}" for name, value in section.facts)
    yield from map(plain, section.reservations)
    if section.sentences:
        yield "\n".join(map(_sentence, section.sentences))
    for note in section.notes:
        yield f"Note: {plain(note)}"
    if section.quotes:
        yield f"{'###' if section.question else '##'} {section.heading}"
    for quoted in section.quotes:
        yield from _quoted(quoted)


def _sentence(sentence: Sentence) -> str:
    return " ".join((plain(sentence.text), *(f"\\[{mark}\\]" for mark in sentence.marks)))


def _quoted(quoted: Quoted) -> Iterator[str]:
    mark = "" if quoted.number is None else f"\\[{quoted.number}\\] "
    yield f"{mark}{plain(quoted.reference)}"
    yield f"> “{plain(quoted.quote)}”\n>\n> {plain(quoted.identity)}"
