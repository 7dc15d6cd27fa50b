"""Questions that ask for several things: their parts, each to be looked for by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.conversation import is_follow_up
from assistant.answering.grounding import plain_sentence
from assistant.structure import Span
from assistant.text import content_words, han_share, numbers

_MOST_PARTS = 4
_END = "?？.。 "  # is taken off before a part is put in full
_FEWEST_WORDS = 2  # of content in the first part: "When and where did ...?" asks for one thing
_SAID = 0.8  # of a part's words stand in the question, or it is none of the question's parts
_SAME_PART = 0.5

_ASKS = (
    r"(?:who|whom|whose|what|when|where|why|how|which"
    r"|(?:until|since|by|from|for|at|to|in|on|of|with|under) (?:when|what|which|whom|whose|how))"
)
_ASKING = re.compile(
    rf"\b{_ASKS}\b|谁|什么|多少|何时|何处|哪|为何|如何|怎样|怎么|多[大长高久远]|几[个家年月日次项种]|吗", re.IGNORECASE
)
_VERB = r"(?:am|is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
_OF_IT = rf"{_VERB}\s+(?:it|they|he|she|this|that|these|those|there)"  # how a yes-or-no question goes on
_BORDER = re.compile(
    rf"(?<=[?？])\s*(?=\S)|[;；]\s*|,?\s+and\s+(?=(?:{_ASKS}|{_OF_IT})\b)|[，,]?\s*(?:以及|并且)|[，]"
    rf"|(?P<loose>,\s+(?=(?:(?:what|why|how)\s+{_VERB}|{_OF_IT})\b))",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(rf"\W*{_OF_IT}\b", re.IGNORECASE)
_BEGINS_YES_OR_NO = re.compile(rf"\W*(?!may\b|\w+ (?:you|we|i)\b){_VERB}\s", re.IGNORECASE)
_DIRECT = re.compile(  # a main clause that asks: "When did ...", but not "When prices are ..." nor "What if ..."
    rf"\W*(?:(?:when|where|why|how)\s+{_VERB}|(?:who|what|which|how)\b(?:\s+(?!if\b)[\w’'-]+){{0,3}}?\s+{_VERB})\b",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(rf"\W*(?:(?:since|until|from|by) when|when|where|why|how)\s+(?={_VERB}\b)", re.IGNORECASE)
_ASKS_ONLY = re.compile(
    r"(?:(?:(?:since|until|from|by) )?when|where|why|how(?: (?:long|often|far))?|(?:by|for|from|to|with) whom)",
    re.IGNORECASE,
)
_STANDS_FOR_A_NAME = re.compile(r"\b(?:it|its|they|them|their|he|him|his|she|her)\b|[它他她]", re.IGNORECASE)
_TOPIC = re.compile(r"([^:：]+)(?::\s|：)")
_NAME = re.compile(r"(?<![\w’'&.-])(?:[A-Z]|\d)[\w’'&-]*(?:[.,]\w[\w’'&-]*)*")
_NAMES_LITTLE = re.compile(r"\d|(?:China|Chinese|Beijing|Set|Compare)\b")  # what is about China as a whole
_JOINS_A_PAIR = re.compile(r"\b(?:between|both|compared?|comparing|versus|than|differ\w*)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that a question asks for.

    Attributes:
        text: As the question puts it: "until when?".
        full: With what the first part is about before it, since it may lean on its subject.
        is_alone: It can be understood by itself.
    """

    text: str
    full: str
    is_alone: bool = True


def split_question(question: str) -> tuple[Part, ...]:
    """The parts of a question; most questions have one.

    Split is only where either side asks for something: between two question sentences, at
    semicolons, before "and who" and "and until when", at the commas of Chinese, and at a comma
    after a question in full, as one types in haste ("how does it work, does it apply to ..."). Every
    later part carries the first one along, since it may lean on its subject; where a word points back
    to that, only the topic or the names of the first one, so that nothing else is looked for.

    Args:
        question: In full.
    """
    texts = [question[begin:end].strip() for begin, end in _asking_spans(question)]
    if not 1 < len(texts) <= _MOST_PARTS or len(content_words(texts[0])) < _FEWEST_WORDS:
        return (Part(question, question),)
    return carried(texts)


def carried(texts: Sequence[str]) -> tuple[Part, ...]:
    """Parts of one question, every later one with what the first is about."""
    first, *others = texts
    return (Part(first, first), *(_later(text, first) for text in others))


def _later(text: str, first: str) -> Part:
    """A later part with what the first one asks about; "until when" takes the place of its "when"."""
    subject, asked = first.rstrip(_END), text.rstrip(_END)
    circumstance = _CIRCUMSTANCE.match(subject)
    if circumstance is not None and _ASKS_ONLY.fullmatch(asked):
        return Part(text, f"{asked} {subject[circumstance.end() :]}?", is_alone=False)
    about = (_STANDS_FOR_A_NAME.search(text) and _named(subject)) or subject
    return Part(text, f"{about}: {text}", not is_follow_up(text))


def _named(first: str) -> str:
    """The topic that a first part begins with, or else the names and figures in it; "" where they say too little."""
    topic = _TOPIC.match(first)
    if topic is not None and not _ASKING.search(topic[1]):
        return topic[1]
    names = [name for name in _NAME.findall(first) if content_words(name)]
    tell = not han_share(first) and any(not _NAMES_LITTLE.match(name) for name in names)
    return " ".join(names) if tell else ""


def _asking_spans(question: str) -> list[Span]:
    """Spans that each ask for something; what asks for nothing belongs to the span after it, or to the last."""
    found: list[Span] = []
    waiting: int | None = None
    for start, end in _spans(question):
        begin = start if waiting is None else waiting
        yes_or_no = _YES_OR_NO if begin else _BEGINS_YES_OR_NO
        is_asking = bool(_ASKING.search(question, begin, end) or yes_or_no.match(question, begin, end))
        waiting = None if is_asking else begin
        if is_asking:
            found.append((begin, end))
    if waiting is not None and found:
        found[-1] = found[-1][0], len(question)
    return found


def _spans(question: str) -> Iterator[Span]:
    begin = 0
    for border in _BORDER.finditer(question):
        if border["loose"] and not _DIRECT.match(question, begin, border.start()):
            continue
        is_sentence_end = not border.group().strip()
        if is_sentence_end or not _JOINS_A_PAIR.search(question, begin, border.start()):
            yield begin, border.start()
            begin = border.end()
    yield begin, len(question)


def parts_named(named: Sequence[str], question: str, parts: Sequence[Part]) -> tuple[str, ...]:
    """What a model names as parts of a question, as far as the question says it.

    A model may have been told by a document to name anything. So a known part is shown in the
    words of the question, and other words only if they are the question's own.

    Args:
        named: By the model.
        question: In full.
        parts: As they are known.
    """
    found: dict[str, None] = {}
    for text in named:
        known = max(parts, key=lambda part: _share(part.text, text), default=None)
        if known is not None and len(parts) > 1 and _share(known.text, text) >= _SAME_PART:
            found[known.text] = None
        elif says_no_more(text, question):
            found[plain_sentence(text)] = None
    return tuple(found)


def says_no_more(text: str, *sources: str) -> bool:
    """Whether a text is made of the words of others: its figures all, of its words nearly all."""
    source = " ".join(sources)
    return bool(content_words(text)) and numbers(text) <= numbers(source) and _share(text, source) >= _SAID


def _share(text: str, source: str) -> float:
    """Share of a text's words of content that another says."""
    words = content_words(text)
    said = set(content_words(source))
    return sum(word in said for word in words) / max(1, len(words))
