"""Exchanges as they are exported: every line of text made once, so that each format only draws."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.conversations.encoding import earlier_hit
from assistant.conversations.records import Exchange
from assistant.conversations.reference import date_words, line_of, reference, time_words
from assistant.types import Answer, Citation, Filters, Hit, Mode, Status

REFUSAL = "The library does not answer this question."
NEAREST = "Nearest passages, which are no evidence for an answer"
SOURCES = "Sources"

_SHOWN_NEAREST = 3
_EXCERPT = 300
_HEADING_MARKS = re.compile(r"^#{1,6}\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer and the numbers of its sources."""

    text: str
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A source of an answer; of a nearest passage, which is no evidence, the number is None.

    Attributes:
        reference: One formatted line.
        quote: On one line, without the marks of headings.
        identity: Path and, where known, SHA-256 of the document.
    """

    number: int | None
    reference: str
    quote: str
    language: str
    identity: str


@dataclass(frozen=True, slots=True)
class Section:
    """A question with all that is said about it.

    Attributes:
        question: Empty where the title of the sheet says it.
        facts: Names and values: when, how and of what it was asked.
        reservations: What to know before reading: that there is no answer, an unsure one, or one to a part.
    """

    question: str
    facts: tuple[tuple[str, str], ...]
    sentences: tuple[Sentence, ...]
    reservations: tuple[str, ...]
    quotes: tuple[Quoted, ...]
    notes: tuple[str, ...]

    @property
    def heading(self) -> str:
        """What stands above the quotes."""
        return SOURCES if self.sentences else NEAREST


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer or a conversation, ready to be drawn."""

    title: str
    exported: str
    sections: tuple[Section, ...]


def sheet_of(title: str, exchanges: Sequence[Exchange], exported: str) -> Sheet:
    """Exchanges as they are drawn.

    Args:
        title: Of the conversation; the first question where it is empty.
        exchanges: In order.
        exported: Time, ISO 8601, UTC.
    """
    sections = tuple(map(_section, exchanges))
    named = line_of(title) or next((section.question for section in sections), "")
    if [section.question for section in sections] == [named]:
        sections = (replace(sections[0], question=""),)
    return Sheet(named, f"Exported {time_words(exported)}", sections)


def numbered(answer: Answer) -> dict[tuple[str, int, int], tuple[int, Citation]]:
    """The distinct citations of an answer with their numbers, as on the page, by document and span."""
    found: dict[tuple[str, int, int], tuple[int, Citation]] = {}
    for claim in answer.claims:
        for citation in claim.citations:
            found.setdefault(_place(citation), (len(found) + 1, citation))
    return found


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.document, citation.start, citation.end


def _section(exchange: Exchange) -> Section:
    answer = exchange.answer
    found = numbered(answer)
    answered = answer.status is Status.ANSWERED
    sentences = (
        Sentence(line_of(claim.text), tuple(dict.fromkeys(found[_place(each)][0] for each in claim.citations)))
        for claim in answer.claims
    )
    nearest = () if answered else answer.hits[:_SHOWN_NEAREST]
    return Section(
        question=line_of(answer.question),
        facts=tuple(_facts(exchange)),
        sentences=tuple(sentences),
        reservations=tuple(_reservations(answer) if answered else _refusal(answer)),
        quotes=(*(_quoted(answer, *each) for each in found.values()), *map(_near, nearest)),
        notes=tuple(_notes(answer)),
    )


def _facts(exchange: Exchange) -> Iterator[tuple[str, str]]:
    answer = exchange.answer
    yield "Asked", time_words(exchange.asked)
    if answer.status is Status.ANSWERED:
        is_written = answer.mode is Mode.GENERATIVE
        written = f"written by {line_of(answer.model or 'a chat model')}, held to the quoted sources"
        yield "Answer", written if is_written else "extracted word for word from the sources"
    newest = f"newest document of {date_words(exchange.newest)}, " if exchange.newest else ""
    yield "Library", f"{newest}state {answer.generation} of its index"
    if scope := "; ".join(_scope(exchange.filters)):
        yield "Searched only", scope


def _scope(filters: Filters) -> Iterator[str]:
    named = {
        "kind": filters.kinds,
        "publisher": filters.publishers,
        "language": filters.languages,
        "topic": filters.topics,
        "document": filters.documents,
    }
    for name, values in named.items():
        if values:
            yield f"{name} {', '.join(map(line_of, values))}"
    dates = {"from": filters.published_from, "to": filters.published_to, "as of": filters.as_of}
    for name, date in dates.items():
        if date:
            yield f"{name} {date_words(date)}"


def _refusal(answer: Answer) -> Iterator[str]:
    yield REFUSAL
    if answer.searched_for:
        yield f"Searched for: {'; '.join(map(line_of, answer.searched_for))}"


def _reservations(answer: Answer) -> Iterator[str]:
    if answer.understood:
        yield f"Understood as: {line_of(answer.understood)}"
    if answer.caution:
        yield answer.caution
    if answer.uncovered:
        yield f"Not answered by the library: {'; '.join(map(line_of, answer.uncovered))}"


def _notes(answer: Answer) -> Iterator[str]:
    yield from map(line_of, answer.notes)
    if answer.unsupported:
        one = answer.unsupported == 1
        were, them = ("statement of the model was", "it") if one else ("statements of the model were", "them")
        yield f"{answer.unsupported} {were} left out, because no source supports {them}."


def _quoted(answer: Answer, number: int, citation: Citation) -> Quoted:
    hit = earlier_hit(answer, citation.passage)
    return Quoted(
        number=number,
        reference=reference(citation, hit.metadata if hit else None),
        quote=_words(citation.quote),
        language=citation.language,
        identity=f"{line_of(citation.document)}, SHA-256 {line_of(citation.digest)}",
    )


def _near(hit: Hit) -> Quoted:
    passage, metadata = hit.passage, hit.metadata
    words = _words(passage.text)
    as_cited = Citation(
        document=passage.document,
        title=metadata.title,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        passage=passage.id,
        digest="",
        published=metadata.published,
        publisher=metadata.publisher,
        language=metadata.language,
    )
    return Quoted(
        number=None,
        reference=reference(as_cited, metadata),
        quote=words if len(words) <= _EXCERPT else f"{words[:_EXCERPT]} …",
        language=metadata.language,
        identity=line_of(passage.document),
    )


def _words(quote: str) -> str:
    return line_of(_HEADING_MARKS.sub("", quote))
