"""Where a source itself says that sources disagree.

Nothing is inferred: figures of one unit and year are mostly figures of different things. What counts
is a sentence or a heading that says so, where what is told stands and on what is asked or told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from assistant.structure import BlockKind, Span, blocks, sentences, without_mark
from assistant.text import content_tokens, flatten
from assistant.types import Passage

_ON_THE_MATTER = 0.5  # share of the words by which disagreement is told that question or quote say too


def disagreement(passage: Passage, start: int, end: int, question: str) -> str | None:
    """The words by which a document says that sources disagree on what it tells.

    They stand in what is told, in what introduces it (the first sentence of its paragraph, the line
    above its list) or in the heading above it; of these, on the matter that is asked or told.

    Args:
        passage: In which the place is.
        start: Offset of what is told in the document's text.
        end: Where that ends.
        question: What was asked.

    Returns:
        The clause or the heading; None where there is no such.
    """
    span = start - passage.start, end - passage.start
    told = passage.text[slice(*span)]
    matter = frozenset(content_tokens(f"{question} {told}"))
    above = (*_introducing(passage.text, span), *passage.heading_path[-1:])
    return next((words for words in _clauses(told)), None) or next(
        (words for each in above for words in _clauses(each) if _is_on(matter, words)), None
    )


def is_disputed(passage: Passage, title: str, start: int) -> bool:
    """Whether a document is, by its title, about what sources disagree on, and does not settle what it tells.

    Args:
        passage: In which the place is.
        title: Of the document.
        start: Offset of what is told in the document's text; its paragraph or list item may settle it.
    """
    if _TITLED_SO.search(title) is None:
        return False
    at, text = start - passage.start, passage.text
    return not any(each.start <= at < each.end and _SETTLED.search(text, each.start, each.end) for each in blocks(text))


def _clauses(text: str) -> Iterator[str]:
    """The clauses of a text that say that sources disagree."""
    for said in _SAYS_SO.finditer(text):
        start = max((each.end() for each in _BORDER.finditer(text, 0, said.start())), default=0)
        following = _BORDER.search(text, said.end())
        yield flatten(text[start : following.start() if following else len(text)]).strip(" .。|")


def _is_on(matter: Set[str], words: str) -> bool:
    """Whether half of what a clause says beside the disagreement is what was asked or told."""
    named = set(content_tokens(_SAYS_SO.sub(_subject_kept, words)))
    return bool(named) and len(named & matter) >= _ON_THE_MATTER * len(named)


def _subject_kept(said: re.Match[str]) -> str:
    return said.groupdict().get("of") or " "


def _introducing(text: str, span: Span) -> list[str]:
    """The sentence that begins the paragraph of a span before it, or that stands above its list."""
    above: list[Span] = []
    for block in blocks(text):
        said = sentences(text, *without_mark(text, block.start, block.end))
        if block.start <= span[0] < block.end:
            found = above if block.kind is BlockKind.ITEM else [each for each in said[:1] if each[1] <= span[0]]
            return [text[slice(*each)] for each in found]
        if block.kind is not BlockKind.ITEM:
            above = said[-1:]
    return []


_BORDER = re.compile(
    r"[;:—；：。]\s*|[,，]\s*(?:but|and|yet|while|whereas|though|although|但|而|不过)?\s*|\.\s+(?=[A-Z])"
)
_SOURCES = (
    r"(?:sources?|reports?|accounts?|figures?|estimates?|stud(?:y|ies)|research|readings?|analysts?|experts?|"
    r"statements?|counts?|numbers?|opinions?|views?|values?|versions?)"
)
_SAYS_SO = re.compile(
    rf"\b{_SOURCES}\b(?P<of>[^.,;:]{{0,60}}?)(?<!not )"
    r"\b(?:differs?|disagrees?|conflicts?|contradicts?|diverges?|circulate|(?:is|are) divided|do(?:es)? not agree)\b"
    r"(?! in kind)"
    r"|\b(?:is|are|remains?) (?:\w+ )?(?:disputed|contested|contradicted|unsettled|in dispute|not settled)\b"
    r"|\b(?:reported|described?|told|dated|given|put|stated)\b[^.,;:]{0,40}?\bdifferently\b"
    r"|\b(?:is|are) (?:reported|given|told|dated) in (?:two|three|four|several) (?:\w+ )?ways\b"
    r"|\bdiffers? between (?:the )?(?:sources|reports|accounts)\b"
    rf"|\b(?:two|three|four|rival|conflicting|competing) (?:[a-z]+ )?(?:readings|accounts|versions)\b"
    r"|\b(?:has|have) not been (?:reconciled|settled)\b|\bcannot be reconciled\b"
    r"|\bWhat (?:is disputed|the sources disagree on)\b|\b(?:disputed|conflicting) (?:figures|accounts|dates|claims)\b"
    r"|说法不[一同]|不同说法|各执一词|有争议|存在争议|相互矛盾|互相矛盾|口径不一|[两三四几][种个](?:说法|数字)|有[两三]说|对不上"
    r"|(?:数字|说法|来源|估计)[^。，；]{0,12}(?:差别|相差|出入)",
    re.IGNORECASE,
)
_TITLED_SO = re.compile(r"\b(?:disputed|contested|conflicting)\b|争议|说法不[一同]|分歧", re.IGNORECASE)
_SETTLED = re.compile(
    r"\b(?:is|are|was|were) (?:right|wrong|correct|false|mistaken|an? \w*\s?(?:error|misprint)|better supported)\b"
    r"|\b(?:settles?|confirms?|shows?|stands?|fits?|favours?|is reliable|can both|both can)\b|有误|为准|正确",
    re.IGNORECASE,
)
