"""How a text is built: headings, paragraphs, list items, table rows and their cells, sentences.

Every span is a half-open pair of character offsets into the string that was passed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import east_asian_width

from assistant.text import flatten, han_share, is_unspaced

Span = tuple[int, int]


class BlockKind(StrEnum):
    """What a block of text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that belongs together; ``level`` is the depth of a heading."""

    start: int
    end: int
    kind: BlockKind
    level: int = 0


_HEADING = re.compile(r"(#{1,6})\s+\S")
_ITEM = re.compile(r"\s*(?:[-*+•‣▪●○◦■–]\s+|\(?\d{1,3}[.)]\s+|[（(][一二三四五六七八九十\d]+[）)])")
_NEXT_BULLET = re.compile(r"(\S)[ \t]*\n\s*[-*+•‣▪●○◦■–]\s+")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_HEADING_LIKE = re.compile(r"\s*[^\W\d_a-z].{2,78}[^\s.,;:!?。，；：！？|]\s*")
_IMPLICIT_LEVEL = 6  # below all that Markdown marks
_RULE_ROW = re.compile(r"\s*\|[\s:|-]+\|\s*$")
_RULE_BELOW = re.compile(r"\n[ \t]*\|[ \t:|-]+\|[ \t]*(?:\n|$)")


def blocks(text: str) -> list[Block]:
    """Split text into headings, paragraphs, list items and table rows, in order.

    Markdown marks are understood; text without marks (a PDF's, a plain file's) is split at blank
    lines and after lines that are clearly shorter than their neighbours, which is how headings
    and the last lines of paragraphs look in it. Rules under table headers belong to no block.
    """
    found: list[Block] = []
    group: list[Span] = []

    def close() -> None:
        if group:
            found.extend(_paragraphs(text, group))
            group.clear()

    for start, end in _lines(text):
        line = text[start:end]
        heading = _HEADING.match(line)
        if not line.strip():
            close()
        elif heading:
            close()
            found.append(Block(start, end, BlockKind.HEADING, len(heading.group(1))))
        elif _ROW.match(line):
            close()
            if not _RULE_ROW.match(line):
                found.append(Block(start, end, BlockKind.ROW))
        elif _ITEM.match(line):
            close()
            group.append((start, end))
        else:
            group.append((start, end))
    close()
    return found


def has_rule(text: str, end: int) -> bool:
    """Whether a rule stands below the table row that ends there, which makes it the header of those that follow."""
    return _RULE_BELOW.match(text, end) is not None


def _lines(text: str) -> Iterator[Span]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        yield start, end
        start = end + 1


def _paragraphs(text: str, lines: list[Span]) -> Iterator[Block]:
    """Group lines without blank lines between them; a short line before a capital ends a group.

    A group of one such line, without a full stop, that has text below it is a heading.
    """
    kind = BlockKind.ITEM if _ITEM.match(text, lines[0][0]) else BlockKind.PARAGRAPH
    longest = max(_width(text[start:end]) for start, end in lines)
    first = 0
    for number, (start, end) in enumerate(lines):
        last = number == len(lines) - 1
        if last or _ends_paragraph(text[start:end], text[slice(*lines[number + 1])], longest):
            span = lines[first][0], end
            alone = first == number and not last and kind is BlockKind.PARAGRAPH
            if alone and _HEADING_LIKE.fullmatch(text[slice(*span)]):
                yield Block(*span, BlockKind.HEADING, _IMPLICIT_LEVEL)
            else:
                yield Block(*span, kind)
            kind = BlockKind.PARAGRAPH
            first = number + 1


def _ends_paragraph(line: str, following: str, longest: int) -> bool:
    if longest < 40 or _width(line) > 0.72 * longest or line.rstrip().endswith((",", "，", "、", ";")):
        return False
    initial = following.strip()[:1]
    if initial.isdigit():  # "Decree No." at the end of a line goes on with its number
        stripped = line.rstrip()
        if is_unspaced(stripped[-1:]) and _width(line) < 0.5 * longest:  # so short a line of Chinese goes on nowhere
            return True
        return stripped.endswith(tuple(".!?:。！？：")) and not _is_abbreviation(stripped, 0, len(stripped))
    return initial.isupper() or han_share(initial) > 0 or initial in '“"('


def _width(line: str) -> int:
    """How wide a line stands on a page: a Han character takes the place of two letters."""
    stripped = line.strip()
    return len(stripped) if stripped.isascii() else sum(2 if east_asian_width(c) in "WF" else 1 for c in stripped)


_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof st no nos vs etc e.g i.e cf al fig figs eq ref refs vol vols pp art arts
    sec ch inc ltd co corp dept gov gen col sen rep approx ca est jan feb mar apr jun jul aug sep
    sept oct nov dec u.s u.k u.n e.u d.c a.m p.m ph.d b.a m.a jr sr""".split()
)
_BOUNDARY = re.compile(
    r"""[。！？][。！？!?]*[”’」』）)\]"]*\s*   # a full stop of Chinese needs no blank after it
      | [!?]++[”’」』）)\]"]*+(?![A-Za-z0-9_/.,;:=&%'’-])\s*   # ?q=1 and Yahoo!'s are no ends
      | (?<=[.])[”’")\]]*\s+(?=["“‘(\[]*[^\W_a-z])   # an English one does, and a capital or digit
      | (?<=[.])[”’")\]]+(?=[A-Z])
    """,
    re.VERBOSE,
)
_LONG_SENTENCE = 700
_STOPPED = re.compile(r"[.!?。！？…][”’」』）)\]\"]*\s*$")


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Spans of the sentences of ``text[start:end]``, without blanks around them.

    Abbreviations, initials and decimals do not end a sentence. Lines of figures without a full
    stop (a table of a PDF), and what is longer than 700 characters, are cut at line breaks.
    """
    end = len(text) if end is None else end
    spans: list[Span] = []
    begin = start
    for match in _BOUNDARY.finditer(text, start, end):
        if _is_abbreviation(text, begin, match.start()):
            continue
        spans.append((begin, match.end()))
        begin = match.end()
    spans.append((begin, end))
    return [piece for span in spans for piece in _shorten(text, *span)]


def _is_abbreviation(text: str, begin: int, stop: int) -> bool:
    if text[stop - 1 : stop] != ".":
        return False
    word = re.split(r"[\s(\[“\"]", text[max(begin, stop - 20) : stop - 1])[-1].lower()
    is_initial = re.search(r"(?:^|[\s(\[“\"])[A-Z]$", text[max(begin, stop - 3) : stop - 1]) is not None
    return word in _ABBREVIATIONS or is_initial or bool(re.fullmatch(r"(\w\.)+\w", word))


def _shorten(text: str, start: int, end: int) -> Iterator[Span]:
    if "\n" in text[start:end] and (end - start > _LONG_SENTENCE or _is_tabular(text[start:end])):
        for line_start, line_end in _lines(text[start:end]):
            yield from _trim(text, start + line_start, start + line_end)
    else:
        yield from _trim(text, start, end)


def _is_tabular(text: str) -> bool:
    """Lines of figures without a full stop: how a table comes out of a PDF."""
    lines = text.strip().splitlines()
    with_figures = sum(any(c.isdigit() for c in line) for line in lines)
    return len(lines) > 2 and _STOPPED.search(text) is None and with_figures >= 0.6 * len(lines)


def _trim(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


_ITEM_MARK = re.compile(r"\s*(?:[-*+•‣▪●○◦■–]\s+|\(?\d{1,3}[.)]\s+)")


def without_mark(text: str, start: int, end: int) -> Span:
    """The span of a list item without its bullet or number."""
    mark = _ITEM_MARK.match(text, start, end)
    return (mark.end() if mark else start), end


def in_a_line(text: str) -> str:
    """A text as one line, the items of its lists one after another."""
    return flatten(_NEXT_BULLET.sub(_next_item, text))


def _next_item(bullet: re.Match[str]) -> str:
    last = bullet[1]
    if last in ".,;:!?。，、；：！？":
        return f"{last}\n"
    return f"{last}；" if is_unspaced(last) else f"{last}; "


def row_cells(row: str) -> list[str]:
    """The cells of a Markdown table row."""
    return [cell.strip() for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]
