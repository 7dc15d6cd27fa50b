from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.runs import Place, Quote, Result, Said
from assistant.evaluation.store import Circumstances, Run, RunStore, Selection

CASES = tuple(
    Case(key, f"What of {key}?", answerable=True, answers=("镝",), evidence=(Evidence("a", 1, "镝"),)) for key in "abc"
)
RESULTS = tuple(
    Result(
        case,
        asked=True,
        answered=True,
        confidence=0.5,
        said=(Said("镝。", (Quote(Place("a", 0, 1, 1, (0,)), "镝"),)),),
        hits=(Place("a", 0, 9),),
        documents=("a",),
        kinds=("law",),
        seconds=0.25,
        stages={"search": 0.1},
    )
    for case in CASES
)
FAILED = Result(CASES[0], asked=True, error="It broke.")
CIRCUMSTANCES = Circumstances({"hits": 10, "dense_weight": 0.4, "reranker_model": None}, "c0", 3, "c1", "0.1", "c2")


def keep(store: RunStore, *results: Result, finish: bool = True, total: int = 3) -> str:
    with store.begin(total, Selection(tag="en"), CIRCUMSTANCES) as writer:
        for result in results:
            writer.add(result)
        if finish:
            writer.finish()
    return writer.head.id


def test_a_run_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    key = keep(store, *RESULTS[:2], FAILED)
    run = store.read(key)
    assert run.results == (*RESULTS[:2], FAILED)
    assert run.head.circumstances == CIRCUMSTANCES
    assert run.head.selection == Selection(tag="en")
    assert run.end is not None
    assert run.end.figures["answer_hit"].value == pytest.approx(2 / 3)
    assert run.end.seconds == 0.5


def test_runs_are_listed_the_last_first(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    assert store.lines() == ()
    first, second, third = keep(store), keep(store, *RESULTS), keep(store, finish=False)
    (tmp_path / "runs" / "notes.jsonl").write_text("no run")
    assert [(line.head.id, line.end is not None) for line in store.lines()] == [
        (third, False), (second, True), (first, True),
    ]  # fmt: skip
    assert store.read("latest").head.id == second
    assert not list((tmp_path / "runs").glob("*.lock"))


def test_a_run_killed_in_the_middle_of_a_line_is_taken_up(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    key = keep(store, *RESULTS[:2], finish=False)
    path = tmp_path / "runs" / f"{key}.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    unfinished = store.unfinished()
    assert unfinished is not None
    assert unfinished.results == RESULTS[:1]
    with store.resume(unfinished) as writer:
        writer.add(RESULTS[1])
        writer.add(RESULTS[2])
        writer.finish()
    assert store.read(key).results == RESULTS
    assert store.unfinished() is None


def test_at_every_byte_of_its_file_a_killed_run_can_be_read(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    path = tmp_path / "runs" / f"{keep(store, *RESULTS[:2], finish=False)}.jsonl"
    content = path.read_bytes()
    head = content.index(b"\n") + 1
    for size in range(head, len(content), 7):
        path.write_bytes(content[:size])
        unfinished = store.unfinished()
        assert unfinished is not None
        assert unfinished.results == RESULTS[: content[:size].count(b"\n") - 1]


def test_a_run_that_goes_on_is_not_taken_up_by_another(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    with store.begin(3, Selection(), CIRCUMSTANCES) as writer:
        writer.add(RESULTS[0])
        assert RunStore(tmp_path / "runs").unfinished() is None
        assert [line.end for line in store.lines()] == [None]
    assert store.unfinished() is not None


def test_exports_are_read_back(tmp_path: Path) -> None:
    run = Run(RunStore(tmp_path).read(keep(RunStore(tmp_path), *RESULTS)).head, RESULTS)
    file = tmp_path / "baseline.json"
    file.write_text(json.dumps(run.to_json()), "utf-8")
    assert RunStore(tmp_path / "elsewhere").read(str(file)) == run


@pytest.mark.parametrize("content", ["", "{}", '{"figures": {}}', "[1]", "half a fi", "\udcff"])
def test_what_is_no_run_gets_a_sentence(tmp_path: Path, content: str) -> None:
    for name in ("x.json", "x.jsonl"):
        (tmp_path / name).write_bytes(content.encode("utf-8", "surrogateescape"))
        with pytest.raises(EvaluationError):
            RunStore(tmp_path).read(str(tmp_path / name))


def test_names_must_be_of_one_run(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with pytest.raises(EvaluationError, match="no run"):
        store.read("latest")
    first = keep(store, *RESULTS)
    assert store.read(first[:-1]).head.id == first
    keep(store, *RESULTS)
    with pytest.raises(EvaluationError, match="several"):
        store.read(first[:4])
    assert store.read(first).head.id == first
