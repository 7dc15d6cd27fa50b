"""What the command line shows of conversations and of verified exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from assistant.cli.output import answer_text
from assistant.conversations.records import Conversation, Exchange
from assistant.conversations.reference import line_of, reference
from assistant.conversations.standing import State
from assistant.conversations.verify import Verdict, Verification

_STYLES = {State.UNCHANGED: "green", State.MOVED: "yellow", State.CHANGED: "red", State.GONE: "red"}
_WORDS = {
    State.UNCHANGED: "unchanged",
    State.MOVED: "document changed, quote still there",
    State.CHANGED: "document changed, quote no longer there",
    State.GONE: "document gone",
}


def conversations_table(found: Sequence[Conversation]) -> Table:
    """Conversations for people."""
    table = Table("Id", "Changed", "Questions", "Title", box=None)
    for each in found:
        table.add_row(Text(each.id), each.changed[:16].replace("T", " "), str(each.exchanges), Text(each.title))
    return table


def conversations_data(found: Sequence[Conversation]) -> dict[str, Any]:
    """Conversations for programs."""
    return {"conversations": [asdict(each) for each in found]}


def conversation_text(exchanges: Sequence[Exchange]) -> Text:
    """A conversation for people: every question with its answer."""
    text = Text()
    for each in exchanges:
        text.append(f"{line_of(each.answer.question)}\n\n", "bold").append_text(answer_text(each.answer)).append("\n\n")
    text.rstrip()
    return text


def verification_text(found: Verification) -> Text:
    """What became of an export, for people: a line for each quote, and the sum."""
    text = Text(f"{line_of(found.title)}\n", "bold")
    has_many = any(verdict.exchange > 1 for verdict in found.verdicts)
    for verdict in found.verdicts:
        mark = f"{verdict.exchange}.{verdict.number}" if has_many else f"{verdict.number}"
        text.append(f"[{mark}]", "cyan").append(f" {_WORDS[verdict.state]}", _STYLES[verdict.state])
        text.append(f"  {reference(verdict.citation)}").append(f"  {line_of(verdict.citation.document)}\n", "dim")
        text.append(f"    “{line_of(verdict.citation.quote)}”\n", "italic")
    text.append(_sum(found))
    if not found.whole:
        text.append(
            "\nThe file was changed since it was exported, so what it says is not what was answered; export it again.",
            "red",
        )
    return text


def _sum(found: Verification) -> str:
    if not found.verdicts:
        return "The export holds no quotes."
    counts = (f"{count} {_WORDS[state]}" for state, count in found.counts.items() if count)
    total = len(found.verdicts)
    return f"{total} {'quote' if total == 1 else 'quotes'}: {'; '.join(counts)}."


def verification_data(found: Verification) -> dict[str, Any]:
    """What became of an export, for programs."""
    return {
        "title": found.title,
        "exported": found.exported,
        "stands": found.stands,
        "whole": found.whole,
        "counts": {state.value: count for state, count in found.counts.items()},
        "quotes": [_verdict(verdict) for verdict in found.verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    citation = verdict.citation
    return {
        "exchange": verdict.exchange,
        "number": verdict.number,
        "state": verdict.state.value,
        "document": citation.document,
        "page": citation.page,
        "quote": citation.quote,
        "digest": citation.digest,
    }
