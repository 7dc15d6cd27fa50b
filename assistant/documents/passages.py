"""Document -> Passages: spans of about 200 words that respect headings, paragraphs and sentences."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.documents.headings import heading_path
from assistant.structure import Block, BlockKind, Span, blocks, has_rule, row_cells, sentences
from assistant.text import word_count
from assistant.types import Document, Passage, TableHeader

# Part of the index's fingerprint: raise it whenever the same file would be read or split differently.
SPLITTER_VERSION = 6

_LONGEST = 1.25  # a run of text up to this many times the target stays whole
_LONGEST_WORD = 12  # characters, on an average over a passage; base64 and the like have longer ones
_SHORTEST = 0.3  # sections shorter than this share of the target are joined with the next


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text that no passage boundary may cut, with the weight of a boundary before it.

    Attributes:
        announces: It ends with a colon, and so belongs to the list or table that follows.
    """

    start: int
    end: int
    words: int
    is_heading: bool
    opens_block: bool
    announces: bool = False


def split_passages(document: Document, *, words: int) -> tuple[Passage, ...]:
    """Split a document into passages that cover every non-blank character, in order.

    A passage never crosses a page, never splits a sentence, a table row or a list item (unless
    that alone is far longer than a passage), begins with its heading where there is one, and does
    not end between a sentence that announces a list or table and its first item.

    Args:
        words: Target length; two Han characters count as one word.
    """
    passages: list[Passage] = []
    headers = _table_headers(document)
    for page in _pages(document):
        for section in _sections(_pieces(document.text, *page, words), words):
            for group in _balanced(section, words):
                start, end = group[0].start, group[-1].end
                number = len(passages)
                below_heading = next((piece.start for piece in group if not piece.is_heading), start)
                passages.append(
                    Passage(
                        id=passage_id(document.digest, number),
                        document=document.path,
                        number=number,
                        start=start,
                        end=end,
                        text=document.text[start:end],
                        heading_path=heading_path(document.headings, below_heading),
                        page=document.page_at(start),
                        table_header=_header_above(document, headers, group),
                    )
                )
    return tuple(passages)


def _table_headers(document: Document) -> dict[int, Span]:
    """Where each row of a table below its header begins, and the span of that header.

    The header is the first row. A table of as many cells without a rule below its first row, the
    first of its page, goes on from the page before, and so has the header of the last one there.
    """
    text = document.text
    headers: dict[int, Span] = {}
    last: Span | None = None
    for start, end in _pages(document):
        before, last, header = last, None, None
        for block in blocks(text[start:end]):
            row = start + block.start, start + block.end
            if block.kind is not BlockKind.ROW:
                header = None
                continue
            if header is not None:
                headers[row[0]] = header
            elif last is None and before is not None and _goes_on(text, before, row):
                headers[row[0]] = header = before
            else:
                header = row
            last = header
    return headers


def _goes_on(text: str, header: Span, row: Span) -> bool:
    return not has_rule(text, row[1]) and len(row_cells(text[slice(*header)])) == len(row_cells(text[slice(*row)]))


def _header_above(document: Document, headers: dict[int, Span], group: list[_Piece]) -> TableHeader | None:
    """The header of a table that goes on in this passage and began before it."""
    span = next((headers[piece.start] for piece in group if piece.start in headers), None)
    if span is None or span[0] >= group[0].start:
        return None
    return TableHeader(*span, document.text[slice(*span)], document.page_at(span[0]))


def passage_id(digest: str, number: int) -> str:
    """The id of a document version's n-th passage; it does not depend on where the file lies."""
    return hashlib.sha256(f"{digest}:{number}".encode()).hexdigest()[:24]


def _pages(document: Document) -> Iterator[tuple[int, int]]:
    starts = document.page_starts or (0,)
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(document.text)
        yield (0 if number == 0 else start), end


def _pieces(text: str, start: int, end: int, words: int) -> list[_Piece]:
    pieces: list[_Piece] = []
    for block in blocks(text[start:end]):
        for number, (first, last) in enumerate(_uncut(text, start, block, words)):
            piece = text[first:last]
            is_heading = block.kind is BlockKind.HEADING
            pieces.append(_Piece(first, last, _length(piece), is_heading, number == 0, piece.endswith((":", "："))))
    return _cover(text, start, end, pieces)


def _uncut(text: str, offset: int, block: Block, words: int) -> list[tuple[int, int]]:
    start, end = offset + block.start, offset + block.end
    if block.kind is BlockKind.PARAGRAPH or _length(text[start:end]) > _LONGEST * words:
        return [piece for span in sentences(text, start, end) for piece in _chop(text, *span, words)]
    while start < end and text[start].isspace():
        start += 1
    return [(start, end)]


def _length(text: str) -> int:
    """Length in words, of which none counts as longer than a word can be."""
    return max(word_count(text), len(text) // _LONGEST_WORD)


def _chop(text: str, start: int, end: int, words: int) -> Iterator[tuple[int, int]]:
    """Cut a sentence without end (base64, a log, a table without rows) at blanks, or anywhere."""
    limit = _LONGEST_WORD * words
    while end - start > limit:
        cut = text.rfind(" ", start + limit // 2, start + limit) + 1 or start + limit
        yield start, cut
        start = cut
    yield start, end


def _cover(text: str, start: int, end: int, pieces: list[_Piece]) -> list[_Piece]:
    """Stretch pieces over what lies between them (rules of tables), so that nothing is lost."""
    if not pieces and (lone := text[start:end].rstrip()):
        return [_Piece(start, start + len(lone), _length(lone), is_heading=False, opens_block=True)]
    covered: list[_Piece] = []
    for number, piece in enumerate(pieces):
        following = pieces[number + 1].start if number + 1 < len(pieces) else end
        gap = text[piece.end : following]
        last = piece.end + len(gap.rstrip()) if gap.strip() else piece.end
        first = piece.start
        if number == 0 and text[start:first].strip():
            first = start
        covered.append(replace(piece, start=first, end=last))
    return covered


def _sections(pieces: list[_Piece], words: int) -> Iterator[list[_Piece]]:
    """Part pieces at headings; a section too short to stand alone is joined with the next."""
    section: list[_Piece] = []
    for piece in pieces:
        has_body = any(not each.is_heading for each in section)
        if piece.is_heading and has_body and sum(each.words for each in section) >= _SHORTEST * words:
            yield section
            section = []
        section.append(piece)
    if section:
        yield section


def _balanced(section: list[_Piece], words: int) -> Iterator[list[_Piece]]:
    """Part a section into passages of about equal length, at block boundaries where they are near."""
    total = sum(piece.words for piece in section)
    if total <= _LONGEST * words:
        yield section
        return
    goal = total / max(2, round(total / words))
    group: list[_Piece] = []
    size = 0
    for number, piece in enumerate(section):
        following = section[number + 1 : number + 2]
        group.append(piece)
        size += piece.words
        if not following or piece.is_heading or (piece.announces and following[0].opens_block):
            continue
        overshoot = size + following[0].words > _LONGEST * goal
        if overshoot or (size >= 0.8 * goal and following[0].opens_block) or size >= goal:
            yield group
            group, size = [], 0
    if group:
        yield group
