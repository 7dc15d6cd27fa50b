"""A run as one HTML file that needs nothing else: no script, no font, no address is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from assistant.evaluation.charts import bar_chart, curve_chart, interval_chart
from assistant.evaluation.finding import Seen, seen_evidence
from assistant.evaluation.refusing import outcome
from assistant.evaluation.report import Figure, Figures, Report
from assistant.evaluation.runs import Result
from assistant.evaluation.store import Run

GROUP_FIGURES = (
    "ndcg@10",
    "passage_hit@5",
    "answer_hit",
    "quote_f1",
    "citation_precision_quote",
    "refused_answerable",
    "refused_unanswerable",
)
"""What is shown of every tag, language, kind and split."""

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { max-width: 100%; height: auto; }
details { border-bottom: 1px solid #8884; padding: .3rem 0; overflow-wrap: anywhere; }
details > * { margin: .4rem 0 .4rem 1rem; }
summary { margin: 0; cursor: pointer; }
small, .quiet { opacity: .75; font-size: .875rem; }
.scroll { overflow-x: auto; }
.figures td, th { white-space: nowrap; }
"""
_NUMBER = ' class="number"'
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html_report(run: Run, report: Report) -> str:
    """The report of a run: figures with intervals and definitions, groups, refusing, time, every case."""
    title = f"Evaluation run {run.head.id}"
    parts = (
        f"<h1>{escape(title)}</h1>",
        _circumstances(run),
        "<h2>Figures</h2>",
        interval_chart(shares(report.figures)),
        _figures(report),
        *_groups(report),
        *_refusing(report),
        "<h2>Time of a question</h2>",
        "<p>Seconds: median (dark) and 95th percentile (light), in all and by stage.</p>",
        bar_chart(seconds(report.figures), "s"),
        "<h2>Cases</h2>",
        *(_case(result) for result in run.results),
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"
    )


def shares(figures: Figures) -> Figures:
    """The figures that lie between 0 and 1: all but the seconds."""
    return {name: figure for name, figure in figures.items() if not name.startswith("seconds")}


def seconds(figures: Figures) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile of the seconds, in all and by stage."""
    return {
        (name.removeprefix("seconds_p50").lstrip("_") or "in all"): (
            figure.value,
            figures[name.replace("p50", "p95")].value,
        )
        for name, figure in figures.items()
        if name.startswith("seconds_p50")
    }


def _circumstances(run: Run) -> str:
    head, circumstances = run.head, run.head.circumstances
    rows = {
        "Started": head.started,
        "Cases": f"{len(run.results)} of {head.total}, fingerprint {circumstances.cases}",
        "Answers": "none" if head.selection.retrieval_only else head.mode,
        "Corpus": f"{circumstances.documents} documents, fingerprint {circumstances.corpus}",
        "Program": f"{circumstances.version}, fingerprint {circumstances.code}",
        "Settings": ", ".join(f"{name} = {value}" for name, value in circumstances.settings.items()),
    }
    return _table((), ((name, value) for name, value in rows.items()))


def _figures(report: Report) -> str:
    rows = (
        (name, f"{each.value:.3f}", f"{each.low:.3f} to {each.high:.3f}", str(each.n), report.definitions[name])
        for name, each in report.figures.items()
    )
    return _table(("Figure", "Value", "95% interval", "n", "What it means"), rows)


def _groups(report: Report) -> Iterator[str]:
    for breakdown, groups in report.breakdowns.items():
        if groups:
            names = [name for name in GROUP_FIGURES if any(name in figures for figures in groups.values())]
            rows = ((group, *(_cell(figures.get(name)) for name in names)) for group, figures in groups.items())
            yield f"<h2>By {escape(breakdown)}</h2>"
            yield _table((breakdown.capitalize(), *names), rows, kind="figures")


def _cell(figure: Figure | None) -> str:
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f}), n = {figure.n}" if figure else ""


def _refusing(report: Report) -> Iterator[str]:
    if report.risk_coverage:
        yield "<h2>Refusing</h2>"
        yield "<p>How often answers are wrong if only the surest share of the questions is answered.</p>"
        yield curve_chart(report.risk_coverage, "share of questions answered", "share wrong")


def _case(result: Result) -> str:
    case = result.case
    expected = "; ".join(case.answers) or case.reference or ("" if case.answerable else "No answer: to be declined.")
    given = "".join(f"<p>{escape(sentence.text)}</p>" for sentence in result.said)
    head = f"{escape(case.id)} · {escape(outcome(result))} · {escape(case.question)}"
    confidence = "" if result.confidence is None else f" · confidence {result.confidence:.2f}"
    return (
        f"<details><summary>{head}</summary>"
        f'<p class="quiet">{escape(" ".join(case.tags))} · {result.seconds:.2f} s{confidence}</p>'
        f"<p>Expected: {escape(expected)}</p><div>Given: {given or escape(result.error or 'no answer')}</div>"
        f"{_evidence(result)}</details>"
    )


def _evidence(result: Result) -> str:
    rows = ((seen_words(seen), place_words(seen), seen.evidence.quote or "") for seen in seen_evidence(result))
    return _table(("Evidence", "Where", "Words"), rows) if result.case.evidence else ""


def seen_words(seen: Seen) -> str:
    """What became of a piece of evidence, in a few words."""
    found = "missed" if seen.rank is None else f"found, rank {seen.rank}"
    return f"{found}, cited" if seen.cited else found


def place_words(seen: Seen) -> str:
    """Document and page of a piece of evidence."""
    page = seen.evidence.page
    return seen.evidence.document if page is None else f"{seen.evidence.document}, p. {page}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]], *, kind: str = "words") -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(_table_cell(cell) for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table class="{kind}">{f"<tr>{top}</tr>" if top else ""}{body}</table></div>'


def _table_cell(cell: str) -> str:
    is_number = cell.replace(".", "", 1).isdigit()
    return f"<td{_NUMBER if is_number else ''}>{escape(cell)}</td>"
