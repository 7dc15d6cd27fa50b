"""Where a source itself says that sources disagree.

Nothing is inferred: figures of one unit and year are mostly figures of different things. What counts
is a sentence or a heading that says so, where what is told stands.
"""

from __future__ import annotations

import re

from assistant.structure import BlockKind, Span, blocks, sentences, without_mark
from assistant.text import flatten
from assistant.types import Passage


def disagreement(passage: Passage, title: str, start: int, end: int) -> str | None:
    """The words by which a document says that sources disagree on what it tells.

    These stand in what is told, in what introduces it (the first sentence of its paragraph, the line
    above its list), in the heading it stands under, or in the title of the document.

    Args:
        passage: In which the place is.
        title: Of the document.
        start: Offset of what is told in the document's text.
        end: Where that ends.

    Returns:
        The sentence, heading or title; None where there is no such.
    """
    span = start - passage.start, end - passage.start
    said = [passage.text[slice(*each)] for each in (*_introducing(passage.text, span), span)]
    headings = (*passage.heading_path[:-2:-1], title)
    found = [each for each in said if _SAYS_SO.search(each)] or [each for each in headings if _HEADS_IT.search(each)]
    return flatten(found[0]) if found else None


def _introducing(text: str, span: Span) -> list[Span]:
    """The sentence that begins the paragraph of a span before it, or that stands above its list."""
    above: list[Span] = []
    for block in blocks(text):
        said = sentences(text, *without_mark(text, block.start, block.end))
        if block.start <= span[0] < block.end:
            return above if block.kind is BlockKind.ITEM else [each for each in said[:1] if each[1] <= span[0]]
        if block.kind is not BlockKind.ITEM:
            above = [each for each in said[-1:] if text[slice(*each)].endswith((":", "：", ".", "。"))]
    return []


_SAYS_SO = re.compile(
    r"\b(?:sources?|reports?|accounts?|figures?|estimates?|stud(?:y|ies)|research|readings?|analysts?|experts?|"
    r"statements?|counts?|numbers?|opinions?|views?)\b[^.;]{0,60}?"
    r"\b(?:differs?|disagrees?|conflicts?|contradicts?|diverges?|(?:is|are) divided|do(?:es)? not agree)\b"
    r"|\b(?:is|are|remains?) (?:\w+ )?(?:disputed|contested|contradicted|unsettled|in dispute)\b"
    r"|\b(?:two|three|four|rival|conflicting|competing) (?:[a-z]+ )?(?:readings|values|accounts|versions)\b"
    r"|说法不[一同]|各执一词|有争议|存在争议|相互矛盾|互相矛盾|口径不一|[两三四几]种说法|对不上",
    re.IGNORECASE,
)
_HEADS_IT = re.compile(
    r"\b(?:disputed|contested|disagree|conflicting|rival|in dispute)\b|\b(?:two|three) (?:accounts|readings|versions)\b"
    r"|争议|说法不[一同]|分歧|矛盾",
    re.IGNORECASE,
)
