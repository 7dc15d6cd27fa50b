from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.charts import bar_chart, curve_chart, interval_chart
from assistant.evaluation.export import write_export
from assistant.evaluation.report import Figure, summarise
from assistant.evaluation.runs import Place, Quote, Result, Said
from assistant.evaluation.store import Circumstances, Run, RunHead, Selection

ATTACK = "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>"
GOLD = (Evidence("a.pdf", 3, f"words {ATTACK}"), Evidence("b.md", quote="more words"))
CASE = Case(f"case {ATTACK}", f"Why {ATTACK}?", True, (f"answer {ATTACK}",), None, GOLD, tags=(f"tag {ATTACK}",))
PLACE = Place("a.pdf", 0, 9, 3, (0,))
RESULTS = (
    Result(
        CASE, True, True, 0.75, (Said(f"Because {ATTACK}", (Quote(PLACE, "words"),)),), (PLACE,), ("a.pdf",),
        ("law",), 0.25, {"search": 0.125},
    ),
    Result(Case("=1+1", "+SUM(A1)", answerable=False), True, confidence=0.25),
    Result(replace(CASE, id="bad"), asked=True, error=f"It broke: {ATTACK}"),
)  # fmt: skip
SETTINGS = Circumstances({"model": ATTACK}, "corpus", 2, "code", "0.1", "cases")
RUN = Run(RunHead("20260101-120000", "2026-01-01T12:00:00+00:00", 3, Selection(), SETTINGS), RESULTS)


def exported(folder: Path, suffix: str) -> str:
    file = folder / f"run{suffix}"
    write_export(RUN, summarise(RUN.results), file)
    return file.read_bytes().decode()


class Page(HTMLParser):
    """What a browser would make of a page."""

    VOID = frozenset({"meta", "line", "circle", "rect", "polyline"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_report_needs_nothing_else_and_holds_nothing_that_acts(tmp_path: Path) -> None:
    page = Page(exported(tmp_path, ".html"))
    assert not page.tags & {"script", "img", "link", "iframe", "object", "a", "image", "use", "foreignobject"}
    assert not {name for name in page.attributes if name.startswith("on") or name in {"src", "href", "style"}}
    assert page.open == []
    assert page.words.count("https://evil.example") > 5


def test_the_report_shows_figures_groups_curve_time_and_cases(tmp_path: Path) -> None:
    text = exported(tmp_path, ".html")
    page = Page(text)
    for words in ("answer_hit", "0.500", "SQuAD", "By tag", "By language", "Refusing", "Time of a question", "search"):
        assert words in page.words
    assert text.count("<svg") == 3
    assert text.count("<details>") == 3
    assert "found, rank 1, cited" in page.words
    assert "missed" in page.words
    assert "a.pdf, p. 3" in page.words


def test_cases_are_a_table_that_no_spreadsheet_runs(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(tmp_path, ".csv"), newline="")))
    assert [row["case"] for row in rows] == [CASE.id, "'=1+1", "bad"]
    assert rows[1]["question"] == "'+SUM(A1)"
    assert [row["outcome"] for row in rows] == ["wrong", "refused rightly", "failed"]
    assert [row["recall@5"] for row in rows] == ["0.5000", "", "0.0000"]
    assert [row["refused_unanswerable"] for row in rows] == ["", "1.0000", ""]


def test_the_whole_run_is_written_as_json(tmp_path: Path) -> None:
    data = json.loads(exported(tmp_path, ".json"))
    assert data["figures"]["recall@5"]["n"] == 2
    assert data["run"]["circumstances"]["documents"] == 2
    assert [each["case"]["id"] for each in data["results"]] == [CASE.id, "=1+1", "bad"]


@pytest.mark.parametrize("name", ["run.pdf", "run", "missing/run.html"])
def test_where_nothing_can_be_written_it_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvaluationError, match="cannot be written"):
        write_export(RUN, summarise(RUN.results), tmp_path / name)


def test_charts_are_well_formed_and_escaped() -> None:
    charts = (
        interval_chart({ATTACK: Figure(0.5, 10, 0.25, 0.75)}),
        bar_chart({ATTACK: (0.1, 0.4)}, "s"),
        bar_chart({}, "s"),
        curve_chart([(0.5, 0.0), (1.0, 0.25)], ATTACK, "wrong"),
    )
    for chart in charts:
        page = Page(chart)
        assert page.open == []
        assert "script" not in page.tags
        assert not re.search(r"\b(?:nan|inf)\b", chart)
