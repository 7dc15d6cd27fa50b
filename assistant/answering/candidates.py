"""Sentences and table rows of passages, as they might be cited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile

from assistant.answering.reader import Sentence
from assistant.structure import Block, BlockKind, Span, blocks, in_a_line, row_cells, sentences, without_mark
from assistant.text import flatten, numbers, tokens, word_count
from assistant.types import Hit, Passage, TableHeader


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sentence that doubts all that follows it in a list, with its place in the document's text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence (or table row) that might be cited.

    Attributes:
        start: Offset in the document's text.
        terms: The keywords of what is quoted, of a row with those of its header.
        context: The keywords of title and headings.
        before: Where the sentence before it begins, or its own start.
        lead: Where the sentences begin that it points back to ("It also ..."), or its own start.
        tail: Where those end that take it back ("That figure is unconfirmed.") or the list that it introduces
            ("in three cases:"), or its own end.
        header: The header of the table, for a row of one.
        doubted_by: What doubts the list in which it stands ("Two claims should not be used:").
        said: The keywords of the sentence before it in the passage.
        features: By name, see ``evidence.SENTENCE_FEATURES``.
    """

    hit: Hit
    rank: int
    start: int
    end: int
    text: str
    terms: frozenset[str]
    context: frozenset[str]
    before: int
    lead: int
    tail: int
    said: frozenset[str] = frozenset()
    header: TableHeader | None = None
    doubted_by: Doubt | None = None
    features: Mapping[str, float] = field(default_factory=dict)

    @property
    def quote(self) -> str:
        """The sentence as it stands in the text, with what it points back to, what takes it back and its list."""
        passage = self.hit.passage
        return passage.text[self.lead - passage.start : self.tail - passage.start]

    @property
    def stated(self) -> str:
        """The same without what takes it back and without its list."""
        return self.quote[: self.end - self.lead]

    @property
    def introduces_a_list(self) -> bool:
        """Whether the items that it announces are quoted with it."""
        return self.tail > self.end and self.text.endswith(_INTRODUCES)


def candidates_of(hit: Hit, rank: int) -> Iterator[Candidate]:
    """All that might be cited of a passage, in the order of its text; not measured yet.

    Args:
        hit: The passage.
        rank: Its place among the hits, from 0.
    """
    said: frozenset[str] = frozenset()
    offset = hit.passage.start
    before: int | None = None
    context = frozenset(tokens(" ".join((hit.metadata.title, *hit.passage.heading_path))))
    for place in _places(hit.passage):
        text, header = hit.passage.text[place.start : place.end], place.header
        terms = frozenset(tokens(f"{header.text} {text}" if header else hit.passage.text[place.lead : place.tail]))
        yield Candidate(
            hit, rank, offset + place.start, offset + place.end, text, terms, context,
            before=offset + (place.start if before is None else before),
            lead=offset + place.lead, tail=offset + place.tail, said=said, header=header, doubted_by=place.doubted_by,
        )  # fmt: skip
        said = frozenset(tokens(text)) if place.tail > place.end else terms
        before = place.start


def is_negated(text: str) -> bool:
    """Whether a text denies something."""
    return _NEGATION.search(text) is not None


def readable(candidate: Candidate) -> str:
    """A candidate as a line of text: a table row is read with its header, ``Year: 2012; Quota: 93,800``."""
    if candidate.header is None:
        doubt = f"{candidate.doubted_by.text} " if candidate.doubted_by else ""
        return in_a_line(f"{doubt}{candidate.quote}")
    names, cells = row_cells(candidate.header.text), row_cells(candidate.text)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell)


def in_context(candidate: Candidate) -> Sentence:
    """A candidate as the reader takes it."""
    passage = candidate.hit.passage
    stands_alone = candidate.lead == candidate.start and candidate.header is None
    before = passage.text[candidate.before - passage.start : candidate.start - passage.start] if stands_alone else ""
    headings = " > ".join(dict.fromkeys((candidate.hit.metadata.title, *passage.heading_path)))
    return Sentence(headings, flatten(before), readable(candidate))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a candidate stands inside its passage's text; see there."""

    lead: int
    start: int
    end: int
    tail: int
    header: TableHeader | None = None
    doubted_by: Doubt | None = None


def _places(passage: Passage) -> Iterator[_Place]:
    """Where sentences and table rows stand inside a passage; a row comes with its table's header.

    The sentence right above a table only says what the table shows, so it is no candidate itself.
    """
    text = passage.text
    header, carried = None, passage.table_header
    doubt: Doubt | None = None
    parts = blocks(text)
    for at, block in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else None
        if block.kind is BlockKind.ROW:
            if header is None and carried is None:
                start, end = passage.start + block.start, passage.start + block.end
                header = TableHeader(start, end, text[block.start : block.end], passage.page)
            else:
                header = header or carried
                yield _Place(block.start, block.start, block.end, block.end, header)
            carried = None  # of the first table alone, though a running title may stand above its rows
            continue
        header = None
        if block.kind is BlockKind.HEADING:
            continue
        spans = sentences(text, *without_mark(text, block.start, block.end))
        if following is not None and following.kind is BlockKind.ROW:
            spans = spans[:-1]
        is_item = block.kind is BlockKind.ITEM
        if not is_item:
            doubt = _doubt(passage, *spans[-1]) if spans else None
        for place in _sentence_places(text, spans, _label(text, spans) if is_item else None):
            if _says_something(text[place.start : place.end], block.kind):
                if is_item:  # what stands below it may be nested, or the next item
                    yield replace(place, doubted_by=doubt)
                else:
                    yield replace(place, tail=_end_of_list(text, place, parts[at + 1 :]))


def _end_of_list(text: str, place: _Place, following: Sequence[Block]) -> int:
    """Where the list ends that a sentence introduces, or as much of it as can be quoted; without one, its own tail.

    A list that is taken back after it ("These figures are unconfirmed.") is quoted with that or not at all.
    """
    items = list(takewhile(lambda block: block.kind is BlockKind.ITEM, following))
    fitting = [item.end for item in items if item.end - place.lead <= _LONGEST_QUOTE]
    if not fitting or not text[place.start : place.end].endswith(_INTRODUCES):
        return place.tail
    after = (block for block in following[len(items) :][:1] if block.kind is BlockKind.PARAGRAPH)
    doubts = [span for block in after for span in sentences(text, block.start, block.end)]
    end = _end_of_doubts(text, [(place.start, items[-1].end), *doubts])
    if end == items[-1].end:
        return fitting[-1]
    return end if end - place.lead <= _LONGEST_QUOTE else place.tail


def _label(text: str, spans: Sequence[Span]) -> Span | None:
    """The words that only say what a list item is about ("Start of the quotas. One paper says 1999.")."""
    return spans[0] if len(spans) > 1 and word_count(text[slice(*spans[0])]) <= _LONGEST_LABEL else None


def _sentence_places(text: str, spans: Sequence[Span], label: Span | None) -> Iterator[_Place]:
    """Where the sentences of one paragraph stand, with those that they point back to and that take them back.

    Its label is no sentence, but stands with the first one.
    """
    lead = 0
    for at, (start, end) in enumerate(spans):
        if (start, end) == label:
            lead = start
            continue
        is_labelled = label is not None and at == 1
        leans = is_labelled or _TAKES_BACK.match(text, start, end) or _POINTS_BACK.match(text, start, end)
        if at == 0 or end - lead > _LONGEST_QUOTE or not leans:
            lead = start
        tail = _end_of_doubts(text, spans[at:])
        if tail - lead > _LONGEST_QUOTE:  # rather without what it points back to than without the doubt
            lead = start
        yield _Place(lead, start, end, tail)


def _doubt(passage: Passage, start: int, end: int) -> Doubt | None:
    """A sentence that introduces a list and doubts it."""
    sentence = passage.text[start:end]
    if not sentence.rstrip().endswith(_INTRODUCES) or not _DOUBTS_A_LIST.search(sentence):
        return None
    return Doubt(passage.start + start, passage.start + end, sentence)


def _end_of_doubts(text: str, spans: Sequence[Span]) -> int:
    """Where the sentences end that take back the first of some, or where that ends itself."""
    (start, end), *following = spans
    for _, stop in following:
        if stop - start > _LONGEST_QUOTE or not _TAKES_BACK.match(text, end, stop):
            break
        end = stop
    return end


_NEGATION = re.compile(
    r"\b(?:not|no|never|without|neither|nor|except|unlike|cannot)\b|n['’]t\b|不|没|未(?!来)|非(?!洲)"
)
_ABOUT_A_TABLE = re.compile(r"(?:The|This) (?:table|chart|figure|list)\b|[上下本]表")
_POINTS_BACK = re.compile(
    r"(?:This|That|These|Those|It|They|He|She|Its|Their|His|Her|Both|Such|The (?:former|latter|same)|Neither|Nor)\b"
    r"|The (?:other |remaining )?(?:\d\d?|two|three|four|five|six|seven|eight|nine|ten) (?:other )?"
    r"(?!(?:days|months|times|weeks|years)\b)[a-z]+s\b(?! of\b)"
    r"|[这它他她该]|此(?!外)|其(?![他它余实次])|前者|后者|两者|上述"
    r"|(?s:.*?)(?:\b(?:this|that) (?:account|claim|estimate|figure|opinion|reading|view)\b"
    r"|这[一种](?:观点|看法|说法|数字|结论))"
    # A time without a date before it is that of the sentence before.
    r"|(?s:(?:(?!\b(?:19|20)\d\d\b).)*?)\b"
    r"(?:(?:that|the same) (?:quarter|month|year|day|date|time|period)|the (?:day|month|year) (?:before|after))"
    r"\b(?!-)(?! (?:that|was|were|is|are)\b)"
    r"|[^\d。]{0,6}(?<![应相适不])(?:当[日天月年地时]|同[日年月地](?!本)|(?<![一二两三四几首上每])次[日年月])(?!内瓦|报)"
)
# A sentence by which the source itself doubts the one before it: that one is not told without it.
_TAKES_BACK = re.compile(
    r"\s*(?:(?:However,? |But )?(?:that|this|these|those|the|it|a(?= total))\b(?!.*\bwhich\b)"
    r"(?=.*\b(?:account|claim|digest|estimate|figure|label|number|report|statement|total|version|year)s?\b)"
    r".*\b(?:(?:is|are|as|be|remains?) (?:unreliable|unconfirmed|unverified|wrong|mistaken|doubtful|in doubt|an error)"
    r"|(?:cannot|can't|could not) be (?:\d|right|true|correct|confirmed|verified)|no source for|contradicted by"
    r"|does not (?:fit|match|add up)|not (?:confirmed|verified|borne out)|in fact)\b"
    r"|(?:every|all) other (?:source|report)s?\b.*\b(?:none|no such|not)\b"
    r"|(?:但|不过|然而)?，?(?:该|这|此(?!外)|上述)[^，。]{0,12}(?:说法|数字|数据|数量|报道|消息|估计|日期|标题|年份)?[^。]*?"
    r"(?:不可靠|未经证实|未获证实|无法证实|有误|不实(?![施行])|存疑|不符(?!合)|不能成立))",
    re.DOTALL | re.IGNORECASE,
)
_DOUBTS_A_LIST = re.compile(
    r"\b(?:should (?:not|never) be (?:used|quoted|cited|repeated)"
    r"|(?:treated as|are|is) (?:wrong|unreliable|unconfirmed|false)|contain errors|errors|mistakes|misprints)\b"
    r"|不应(?:使用|引用|采用)|不可靠|有误|错误",
    re.IGNORECASE,
)
_INTRODUCES = (":", "：")
_LONGEST_LABEL = 8  # words
_LONGEST_QUOTE = 600  # characters of a sentence with those that it points back to, or with its list
_ASKS = re.compile(r"[?？][”’」』）)\]\"]*$")
_STOPPED = re.compile(r"[.!?。！？…:：;；][”’」』）)\]\"]*$")
_FEWEST_LETTERS = 4  # and digits of anything that can be cited
_FEWEST_FIGURES = 3  # of a line without a full stop: such is a row of a PDF's table
_FEWEST_WORDS = 15  # of a paragraph's sentence that has no full stop: shorter ones are bylines and titles


def _says_something(sentence: str, kind: BlockKind) -> bool:
    """Whether a sentence can stand as an answer: no question, no byline, no title, no word on what a table shows."""
    if len(list(islice(filter(str.isalnum, sentence), _FEWEST_LETTERS))) < _FEWEST_LETTERS:
        return False
    if _ABOUT_A_TABLE.match(sentence) or _ASKS.search(sentence):
        return False
    if kind is BlockKind.ITEM or _STOPPED.search(sentence):
        return True
    return word_count(sentence) >= _FEWEST_WORDS or len(numbers(sentence)) >= _FEWEST_FIGURES
