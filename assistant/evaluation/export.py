"""A run as a file for others: all of it as JSON, its cases as CSV, or a report as one HTML file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import EvaluationError
from assistant.evaluation.html_report import html_report
from assistant.evaluation.metrics import measures
from assistant.evaluation.refusing import outcome
from assistant.evaluation.report import Report
from assistant.evaluation.statistics import ratio
from assistant.evaluation.store import Run

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_export(run: Run, report: Report, path: Path) -> None:
    """Write a run to a file, in the format that its name asks for.

    Raises:
        EvaluationError: There is no such format, or the file cannot be written.
    """
    made = {
        ".json": lambda: json_export(run),
        ".csv": lambda: csv_export(run),
        ".html": lambda: html_report(run, report),
    }
    if path.suffix not in made:
        raise EvaluationError(f"{path.name} cannot be written; end its name in {', '.join(made)}.")
    try:
        path.write_text(made[path.suffix](), "utf-8", newline="")
    except OSError as error:
        raise EvaluationError(f"{path} cannot be written ({error.strerror}); choose another place.") from error


def json_export(run: Run) -> str:
    """The whole run; it can be compared with and gated by as if it were kept."""
    return json.dumps(run.to_json(), ensure_ascii=False, indent=1) + "\n"


def csv_export(run: Run) -> str:
    """One line a case: what was asked, what became of it, and every figure it has a part in."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerows([_harmless(cell) for cell in row] for row in _rows(run))
    return text.getvalue()


def _rows(run: Run) -> Iterator[list[str]]:
    counted = {name: each for name, each in measures(run.results).items() if each.statistic is ratio}
    yield ["case", "question", "split", "tags", "answerable", "outcome", "confidence", "seconds", *counted, "error"]
    for row, result in enumerate(run.results):
        case = result.case
        columns = [measure.columns for measure in counted.values()]
        yield [
            case.id,
            case.question,
            case.split or "",
            " ".join(case.tags),
            str(case.answerable).lower(),
            outcome(result),
            "" if result.confidence is None else f"{result.confidence:.4f}",
            f"{result.seconds:.3f}",
            *(f"{above[row] / below[row]:.4f}" if below[row] else "" for above, below in columns),
            result.error or "",
        ]


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
