"""The data types that every room speaks in.

All offsets are counted in characters of ``Document.text``, half-open as in Python slices. Pages
count from 1. Dates are ISO 8601 strings of any precision: ``2024``, ``2024-06`` or ``2024-06-29``.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Source:
    """An original that stands behind a document."""

    title: str
    publisher: str | None = None
    date: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document besides its text.

    Attributes:
        title: Never empty; the file name where the document carries no title.
        language: BCP 47 tag of the main language (``en``, ``zh``, ``zh-Hant``).
        published: The date to which the document's facts hold, where known.
        supersedes: Paths of the documents that this one replaces.
    """

    title: str
    language: str = "en"
    kind: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    topics: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    supersedes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document: where its line begins, its level (1 is highest) and its words."""

    start: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the library: its metadata and canonical text.

    Attributes:
        path: POSIX path inside the library folder; the document's identity.
        digest: SHA-256 of the file's bytes (and of its metadata file, if any), in hex.
        text: Canonical text; every quote is a slice of it.
        page_starts: Offset at which each page begins; empty for documents without pages.
        recognised: Pages whose text was recognised from a picture, each with the mean confidence of
            its words, in [0, 1].
    """

    path: str
    digest: str
    text: str
    metadata: Metadata
    headings: tuple[Heading, ...] = ()
    page_starts: tuple[int, ...] = ()
    recognised: tuple[tuple[int, float], ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page on which a character stands, or None for a document without pages."""
        if not self.page_starts:
            return None
        return max(1, bisect_right(self.page_starts, offset))


@dataclass(frozen=True, slots=True)
class TableHeader:
    """The header row of a table, where it stands in the document's text.

    Attributes:
        page: On which it stands; that of a table that goes on overleaf is an earlier one than its rows'.
    """

    start: int
    end: int
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document: the unit that is embedded and retrieved.

    ``text == document.text[start:end]`` always. ``heading_path`` holds the titles of the headings
    above the passage, outermost first, and ``table_header`` the header of a table that began in an
    earlier passage; both are embedded and searched with it but are not part of its text.
    """

    id: str
    document: str
    number: int
    start: int
    end: int
    text: str
    heading_path: tuple[str, ...] = ()
    page: int | None = None
    table_header: TableHeader | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with the scores that brought it.

    Attributes:
        score: Fused score in [0, 1], comparable within one question only.
        dense: Cosine similarity of question and passage, where the vectors found it.
        keyword: BM25 score, where the keywords found it.
        rerank: Score of the reranker, where one is set.
    """

    passage: Passage
    metadata: Metadata
    score: float
    dense: float | None = None
    keyword: float | None = None
    rerank: float | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote that supports a claim: ``quote == document.text[start:end]``, by construction."""

    document: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str
    passage: str
    digest: str
    published: str | None = None
    publisher: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with the quotes that support it."""

    text: str
    citations: tuple[Citation, ...]


class Status(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"


class Mode(StrEnum):
    """How the words of an answer came about."""

    EXTRACTIVE = "extractive"
    GENERATIVE = "generative"


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and the answer it got."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must be like to be searched; empty fields allow everything.

    ``as_of`` leaves out what was published after that date; undated documents stay in.
    """

    kinds: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a chat model read and wrote."""

    read: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """Claims plus status.

    Attributes:
        searched_for: The words that were looked for: the question in full, then other names of what it names.
        in_other_words: The question as it was read, where that was surer in other words than in its own.
        confidence: Calibrated probability in [0, 1] that the corpus answers the question.
        hits: What retrieval found, best first. For an unanswered question these are the nearest
            passages, offered as such and not as evidence.
        notes: Sentences that a reader must know (superseded, undated or disagreeing sources).
        seconds: Wall-clock time per stage.
        generation: The state of the index that was asked.
        model: The chat model that wrote the sentences, such as ``openai:gpt-5``; None if extracted.
        unsupported: How many statements of the model were left out because no source supports them.
        uncovered: Parts of the question that the library does not answer.
        usage: Tokens that the model read and wrote.
        cached: The answer was given before, to the same question in the same state of the index.
    """

    question: str
    status: Status
    mode: Mode
    claims: tuple[Claim, ...]
    hits: tuple[Hit, ...]
    confidence: float
    searched_for: tuple[str, ...] = ()
    in_other_words: str = ""
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    generation: int = 0
    model: str | None = None
    unsupported: int = 0
    uncovered: tuple[str, ...] = ()
    usage: Usage = Usage()
    cached: bool = False

    @property
    def understood(self) -> str | None:
        """The question in full, where it was understood otherwise than it was put; None where it was not."""
        read = self.in_other_words or self._in_full
        return read if read != self.question else None

    @property
    def turn(self) -> Turn:
        """Question and answer as the next question is understood through them.

        The question is in full, so that a correction or a date stays; but what was made of a follow-up
        by rules, which ends with it, is made of it anew, as are other words.
        """
        question = self.question if self._in_full.endswith(self.question) else self._in_full
        return Turn(question, " ".join(claim.text for claim in self.claims))

    @property
    def _in_full(self) -> str:
        return self.searched_for[0] if self.searched_for else self.question

    @property
    def caution(self) -> str:
        """What to know before reading an extracted answer that may well be none; empty where there is nothing.

        Of the answers to the project's own development questions whose confidence is below one half
        the first sentence is right in two fifths, of the others in three quarters.
        """
        is_extracted = self.status is Status.ANSWERED and self.mode is Mode.EXTRACTIVE
        return _CAUTION if is_extracted and self.confidence < _SURE else ""


_SURE = 0.5
_CAUTION = "No sentence of the library clearly answers this question. These come nearest."


class Reason(StrEnum):
    """Why an answer did not help."""

    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    UNSUPPORTED = "citation does not support it"
    SHOULD_HAVE_REFUSED = "should have refused"
    OUT_OF_DATE = "out of date"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person says of an answer.

    Attributes:
        right_answer: What should have been answered, where the person knows.
    """

    helpful: bool
    reasons: tuple[Reason, ...] = ()
    right_answer: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A line of the library's list: what the catalogue knows of a document without its text.

    Attributes:
        near_duplicates: Paths of documents that say nearly the same (a syndicated article, a draft).
    """

    path: str
    digest: str
    metadata: Metadata
    pages: int | None
    passages: int
    characters: int
    added: str
    near_duplicates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be indexed, with the sentence that says why and what to do."""

    path: str
    kind: str
    reason: str
    seen: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a synchronisation did, as paths inside the library.

    Attributes:
        left: How many files wait for the next synchronisation, since this one was stopped.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    passages: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    left: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a long job: ``done`` of ``total`` in a named stage."""

    stage: str
    done: int
    total: int
    detail: str = ""
