"""The page that says how well the library answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

OpenPage = Callable[..., AppTest]


def keep_run(library: Path, content: str) -> None:
    """Put a run where the page looks for it."""
    data = library.parents[1] / "data"
    data.mkdir(exist_ok=True)
    (data / "evaluation.json").write_text(content, "utf-8")


def test_without_a_run_it_says_how_to_make_one(open_page: OpenPage) -> None:
    page = open_page("evaluate")
    assert not page.exception
    assert "assistant evaluate --json" in page.code[0].value
    assert "No run" in page.text[-1].value


def test_the_figures_of_a_kept_run_are_shown_with_their_counts(open_page: OpenPage, library: Path) -> None:
    keep_run(library, '{"figures": {"recall@5": {"value": 0.925, "n": 40}}, "by_tag": {}, "failures": {"q7": "No."}}')
    page = open_page("evaluate")
    assert page.dataframe[0].value.to_dict("records") == [{"Figure": "recall@5", "Value": 0.925, "Cases": 40}]
    assert "1 case failed" in page.text[-1].value


def test_a_kept_run_that_cannot_be_read_gets_a_sentence(open_page: OpenPage, library: Path) -> None:
    keep_run(library, "half a fi")
    page = open_page("evaluate")
    assert not page.exception
    assert "cannot be read" in page.error[0].value
