"""What the command line shows: for people with rich, for programs as plain data for JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich import progress as bars
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.documents.trash import Removed
from assistant.text import flatten
from assistant.types import (
    Answer,
    Citation,
    Document,
    DocumentRecord,
    Hit,
    Metadata,
    Passage,
    Problem,
    Progress,
    Status,
    SyncReport,
    Usage,
)

_NEAREST = 3
_EXCERPT = 300
_NO_BREAKS = 100_000


def show(content: RenderableType) -> None:
    """Print to stdout, for people."""
    _print(content, Console(markup=False, highlight=False))


def tell(sentence: str, style: str = "") -> None:
    """Print a sentence to stderr."""
    _print(Text(sentence, style), Console(stderr=True, highlight=False))


def _print(content: RenderableType, console: Console) -> None:
    if not console.is_terminal:
        console.width = _NO_BREAKS  # a pipe or file gets whole lines, as programs search them
    console.print(content)


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar on stderr, where that is a terminal; yields what long jobs report to."""
    console = Console(stderr=True)
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
        bars.TextColumn("{task.fields[detail]}", style="dim", markup=False),
    )
    with bars.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, bars.TaskID] = {}

        def report(step: Progress) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bar.add_task(step.stage.capitalize(), total=step.total, detail="")
            bar.update(tasks[step.stage], completed=step.done, total=step.total, detail=step.detail)

        yield report


@contextmanager
def stage_line(first: str) -> Iterator[Callable[[str], None]]:
    """A line on stderr, where that is a terminal, that says what is being done."""
    with Console(stderr=True).status(first) as status:
        yield status.update


# answers


def answer_text(answer: Answer) -> Text:
    """An answer for people: sentences with marks and the sources behind them, or why there is none."""
    text = _answered(answer) if answer.status is Status.ANSWERED else _unanswered(answer)
    text.rstrip()
    text.append(_origin(answer), "dim")
    return text


def _origin(answer: Answer) -> str:
    """Which model wrote an answer, what was left out, and what it cost; nothing for an extracted one."""
    said = []
    if answer.model is not None:
        said.append(f"Written by {answer.model}.")
    if answer.unsupported:
        number = "1 statement was" if answer.unsupported == 1 else f"{answer.unsupported} statements were"
        said.append(f"{number} left out, which no source supports.")
    if answer.cached:
        said.append("Answered before, and given again: nothing has changed since.")
    elif answer.usage != Usage():
        said.append(f"{answer.usage.read} tokens read, {answer.usage.written} written.")
    return "\n\n" + " ".join(said) if said else ""


def _answered(answer: Answer) -> Text:
    numbers: dict[Citation, int] = {}
    text = Text()
    if answer.understood:
        text.append(f"Understood as: {answer.understood}\n", "dim")
    if answer.caution:
        text.append(f"{answer.caution}\n", "yellow")
    for part in answer.uncovered:
        text.append(f"Not covered by the library: {part}\n", "yellow")
    if text:
        text.append("\n")
    for claim in answer.claims:
        for citation in claim.citations:
            numbers.setdefault(citation, len(numbers) + 1)
        marks = "".join(f"[{numbers[citation]}]" for citation in dict.fromkeys(claim.citations))
        text.append(claim.text).append(f" {marks}\n", "cyan")
    text.append("\nSources\n", "bold")
    for citation, number in numbers.items():
        text.append(f"[{number}]", "cyan").append(f" {_source(citation.title, citation.page, citation.published)}")
        text.append(f"  {citation.document}\n", "dim")
        text.append(f"    “{flatten(citation.quote)}”\n", "italic")
    for note in answer.notes:
        text.append(f"\nNote: {note}", "yellow")
    return text


def _unanswered(answer: Answer) -> Text:
    text = Text("The library does not answer this question.\n", "bold")
    if answer.searched_for:
        text.append(f"Searched for: {'; '.join(answer.searched_for)}\n")
    for note in answer.notes:
        text.append(f"Note: {note}\n", "yellow")
    if answer.hits:
        text.append("\nNearest passages, which are no evidence for an answer\n", "bold")
    for hit in answer.hits[:_NEAREST]:
        source = _source(hit.metadata.title, hit.passage.page, hit.metadata.published)
        text.append(f"- {source}").append(f"  {hit.passage.document}\n", "dim")
        text.append(f"    {textwrap.shorten(flatten(hit.passage.text), _EXCERPT, placeholder=' …')}\n", "dim italic")
    return text


def _source(title: str, page: int | None, published: str | None) -> str:
    return ", ".join((title, *([f"p. {page}"] if page is not None else []), published or "undated"))


def answer_data(answer: Answer) -> dict[str, Any]:
    """An answer for programs."""
    return {
        "question": answer.question,
        "status": answer.status.value,
        "mode": answer.mode.value,
        "confidence": answer.confidence,
        "caution": answer.caution,
        "searched_for": list(answer.searched_for),
        "notes": list(answer.notes),
        "claims": [asdict(claim) for claim in answer.claims],
        "hits": [_hit_data(hit) for hit in answer.hits],
        "seconds": answer.seconds,
        "generation": answer.generation,
        "model": answer.model,
        "unsupported": answer.unsupported,
        "uncovered": list(answer.uncovered),
        "usage": asdict(answer.usage),
        "cached": answer.cached,
    }


def _hit_data(hit: Hit) -> dict[str, Any]:
    return {
        "document": hit.passage.document,
        "title": hit.metadata.title,
        "page": hit.passage.page,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.passage.text,
        "score": hit.score,
        "dense": hit.dense,
        "keyword": hit.keyword,
        "rerank": hit.rerank,
        "passage": hit.passage.id,
    }


# the state of things


def finding_line(sentence: str, *, is_well: bool) -> Text:
    """Something that was looked at, with a mark that tells whether it works."""
    return Text.assemble(("✓ ", "green") if is_well else ("✗ ", "red"), sentence)


# the library


def library_table(records: Sequence[DocumentRecord]) -> Table:
    """The documents of the library for people."""
    table = Table("Document", "Title", "Published", "Kind", "Language", "Pages", "Passages", box=None)
    for record in records:
        metadata = record.metadata
        table.add_row(
            *(Text(cell) for cell in (record.path, metadata.title, metadata.published or "", metadata.kind or "")),
            metadata.language,
            str(record.pages or ""),
            str(record.passages),
        )
    return table


def metadata_lines(record: DocumentRecord) -> Text:
    """What is known of a document for people, a field a line."""
    fields = {name: value for name, value in asdict(record.metadata).items() if value}
    lines = (f"{name}: {_field_words(value)}" for name, value in fields.items())
    return Text("\n".join((record.path, *(f"  {line}" for line in lines))))


def recognised_sentence(document: Document) -> str:
    """Which pages were read from a picture, and how surely."""
    pages = ", ".join(f"{page} ({confidence:.0%})" for page, confidence in document.recognised)
    return f"  pages read by text recognition, with its confidence: {pages}"


def passages_text(passages: Sequence[Passage]) -> Text:
    """The passages of a document for people, each under its number, page and headings."""
    text = Text()
    for passage in passages:
        place = (f"p. {passage.page}",) if passage.page else ()
        text.append(f"\n[{passage.number}] {' · '.join((*place, *passage.heading_path))}\n", "cyan")
        text.append(f"{passage.text}\n")
    return text


def document_data(record: DocumentRecord, document: Document, passages: Sequence[Passage]) -> dict[str, Any]:
    """A document with its text and passages for programs."""
    return {
        **asdict(record),
        "text": document.text,
        "recognised": dict(document.recognised),
        "passages": [asdict(passage) for passage in passages],
    }


def _field_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part)
    return "; ".join(map(_field_words, value)) if isinstance(value, tuple | list) else str(value)


def trash_table(removed: Sequence[Removed]) -> Table:
    """The documents in the trash for people."""
    table = Table("Document", "Removed", box=None)
    for each in removed:
        table.add_row(Text(each.path), each.removed[:19].replace("T", " "))
    return table


def trash_data(removed: Sequence[Removed]) -> dict[str, Any]:
    """The documents in the trash for programs."""
    return {"removed": [{"document": each.path, "removed": each.removed} for each in removed]}


def library_data(records: Sequence[DocumentRecord], problems: Sequence[Problem]) -> dict[str, Any]:
    """The documents of the library, and the files that are not in the index, for programs."""
    return {
        "documents": [_record_data(record, record.metadata) for record in records],
        "problems": [asdict(problem) for problem in problems],
    }


def _record_data(record: DocumentRecord, metadata: Metadata) -> dict[str, Any]:
    return {
        "document": record.path,
        "title": metadata.title,
        "language": metadata.language,
        "kind": metadata.kind,
        "publisher": metadata.publisher,
        "author": metadata.author,
        "url": metadata.url,
        "published": metadata.published,
        "topics": list(metadata.topics),
        "supersedes": list(metadata.supersedes),
        "pages": record.pages,
        "passages": record.passages,
        "characters": record.characters,
        "digest": record.digest,
        "added": record.added,
    }


def sync_sentence(report: SyncReport) -> str:
    """What a synchronisation did, in a sentence."""
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "moved": len(report.moved),
        "removed": len(report.removed),
        "not indexed": len(report.problems),
        "as before": report.unchanged,
    }
    done = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"
    return f"Files: {done}; {report.passages} passages written in {report.seconds.get('total', 0):.1f} s."
