"""What is said of runs and their comparison, on the command line and on the pages alike."""

from __future__ import annotations

from assistant.evaluation.comparison import Comparison
from assistant.evaluation.store import RunLine, Selection

HEADLINES = (
    "ndcg@10",
    "passage_hit@5",
    "answer_hit",
    "citation_precision_quote",
    "refusal_auroc",
    "refused_answerable",
)


def selection_words(selection: Selection) -> str:
    """Which cases a run asked, and how, in a few words."""
    parts = (
        selection.corpus or "the library",
        selection.questions,
        f"split {selection.split}" if selection.split else None,
        f"tag {selection.tag}" if selection.tag else None,
        f"sample of {selection.sample}" if selection.sample else None,
        f"{selection.mode} answers" if selection.mode else None,
        "retrieval only" if selection.retrieval_only else None,
        selection.variant,
    )
    return ", ".join(part for part in parts if part)


def state_words(line: RunLine) -> str:
    """How far a run came."""
    return f"{line.end.seconds:.0f} s" if line.end else "broken off, or going on"


def same_sentence(comparison: Comparison) -> str:
    """How many figures are left out of a table of those that moved."""
    same = len(comparison.differences) - len(comparison.moved)
    return f"{same} of {len(comparison.differences)} figures are the same in both." if same else ""


def gate_sentence(comparison: Comparison) -> str:
    """Whether a run may pass, in a sentence."""
    if not comparison.drops:
        return f"No gated figure is worse than in {comparison.before} by more than chance ({comparison.cases} cases)."
    drops = ", ".join(f"{each.name} {each.before:.3f} → {each.after:.3f}" for each in comparison.drops)
    return f"Worse than in {comparison.before} by more than chance ({comparison.cases} cases): {drops}."
