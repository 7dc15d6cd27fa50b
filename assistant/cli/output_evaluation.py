"""What the command line shows of runs and their comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.evaluation.captions import HEADLINES, gate_sentence, same_sentence, selection_words, state_words
from assistant.evaluation.cases import Case
from assistant.evaluation.comparison import Comparison, Difference
from assistant.evaluation.drafts import Draft
from assistant.evaluation.html_report import GROUP_FIGURES
from assistant.evaluation.report import Figure, Figures, Groups, Report
from assistant.evaluation.store import RunLine
from assistant.evaluation.sweep import SweepRow
from assistant.text import flatten

_FLIPS = 50


def report_tables(report: Report) -> Group:
    """The figures of a run for people: overall with intervals and counts, then the leading ones by group."""
    overall = Table("Figure", box=None)
    overall.add_column("Value", justify="right")
    overall.add_column("95% interval", justify="right")
    overall.add_column("n", justify="right", style="dim")
    for name, figure in report.figures.items():
        overall.add_row(name, f"{figure.value:.3f}", interval_words(figure), str(figure.n))
    groups = (_group_table(name, groups) for name, groups in report.breakdowns.items() if groups)
    return Group(overall, *groups)


def interval_words(figure: Figure) -> str:
    """``0.712 to 0.803``."""
    return f"{figure.low:.3f} to {figure.high:.3f}"


def _group_table(breakdown: str, groups: Groups) -> Table:
    """The leading figures of each group with the cases behind them; ``--json`` and exports hold all."""
    table = Table(f"By {breakdown}", box=None)
    names = [name for name in GROUP_FIGURES if any(name in figures for figures in groups.values())]
    for name in names:
        table.add_column(name, justify="right")
    for group, figures in groups.items():
        table.add_row(Text(group), *(_cell(figures, name) for name in names))
    return table


def _cell(figures: Figures, name: str) -> str:
    return f"{figures[name].value:.3f} ({figures[name].n})" if name in figures else ""


def runs_table(lines: Sequence[RunLine]) -> Table:
    """The kept runs for people."""
    table = Table("Run", "Cases", "Of", "State", box=None)
    for name in HEADLINES:
        table.add_column(name, justify="right")
    for line in lines:
        figures = line.end.figures if line.end else {}
        table.add_row(
            line.head.id,
            str(line.head.total),
            Text(selection_words(line.head.selection)),
            state_words(line),
            *(f"{figures[name].value:.3f}" if name in figures else "" for name in HEADLINES),
        )
    return table


def runs_data(lines: Sequence[RunLine]) -> dict[str, Any]:
    """The kept runs for programs."""
    return {"runs": [{**asdict(line.head), "end": asdict(line.end) if line.end else None} for line in lines]}


def comparison_tables(comparison: Comparison) -> Group:
    """Two runs compared, for people."""
    head = f"{comparison.before} → {comparison.after}: {comparison.cases} cases in common"
    left_out = f", {comparison.left_out} left out" if comparison.left_out else ""
    parts: list[RenderableType] = [Text(head + left_out, "bold")]
    if comparison.moved:
        parts.append(_difference_table(comparison.moved))
    parts.append(Text(same_sentence(comparison), "dim"))
    parts.append(Text(f"\nWhat was changed: {'' if comparison.changed else 'nothing'}", "bold"))
    parts += [Text(f"  {each.what}: {each.before} → {each.after}") for each in comparison.changed]
    parts.append(Text(f"\nCases that flipped: {len(comparison.flips)}", "bold"))
    parts += [
        Text(f"  {flip.case}: {flip.before} → {flip.after}  ").append(flip.question, "dim")
        for flip in comparison.flips[:_FLIPS]
    ]
    if len(comparison.flips) > _FLIPS:
        parts.append(Text(f"  and {len(comparison.flips) - _FLIPS} more; `--json` lists all"))
    return Group(*parts, Text("\n" + gate_sentence(comparison), "red" if comparison.drops else "green"))


def _difference_table(differences: Sequence[Difference]) -> Table:
    table = Table("Figure", box=None)
    for column in ("Before", "After", "Change", "95% interval", "p", "n"):
        table.add_column(column, justify="right")
    for each in differences:
        numbers = (f"{each.before:.3f}", f"{each.after:.3f}", f"{each.change:+.3f}")
        interval = f"{each.low:+.3f} to {each.high:+.3f}"
        table.add_row(each.name, *numbers, interval, p_words(each.p), str(each.n), style=_style(each))
    return table


def sweep_table(rows: Sequence[SweepRow]) -> Table:
    """Variants of the settings, for people: each figure, and how it differs from the settings as they are."""
    table = Table("Figure", "Variant", box=None)
    for column in ("Value", "95% interval", "Change", "95% interval", "p", "n"):
        table.add_column(column, justify="right")
    last = ""
    for row in rows:
        change, interval, p, style = "", "", "", ""
        if row.difference is not None:
            each = row.difference
            change, interval, p = f"{each.change:+.3f}", f"{each.low:+.3f} to {each.high:+.3f}", p_words(each.p)
            style = _style(each)
        numbers = (f"{row.figure.value:.3f}", interval_words(row.figure), change, interval, p, str(row.figure.n))
        table.add_row(row.name if row.name != last else "", row.variant, *numbers, style=style)
        last = row.name
    return table


def p_words(p: float) -> str:
    """``0.012``, or that it is less than can be told."""
    return "< .001" if p < 0.001 else f"{p:.3f}"


def _style(difference: Difference) -> str:
    """Green or red where a change is more than chance."""
    better = difference.change > 0 if difference.high_is_good else difference.change < 0
    return "" if difference.low <= 0 <= difference.high else "green" if better else "red"


def drafts_text(waiting: Sequence[tuple[Draft, Case | None]]) -> Text:
    """The drafts that wait for a curator, each with the case that asks the same, for people."""
    text = Text()
    for draft, like in waiting:
        case = draft.case
        expected = "; ".join(case.answers) or case.reference or ("" if case.answerable else "to be declined")
        text.append(f"{draft.id}", "cyan").append(f"  {case.question}\n")
        text.append(f"    expected: {expected or 'not given yet'}\n")
        for evidence in case.evidence:
            page = f", p. {evidence.page}" if evidence.page is not None else ""
            text.append(f"    {evidence.document}{page}: “{flatten(evidence.quote or '')}”\n", "dim")
        text.append(f"    {draft.note}\n", "dim")
        if like is not None:
            text.append(f"    asks nearly the same as {like.id}: {like.question}\n", "yellow")
    text.rstrip()
    return text
