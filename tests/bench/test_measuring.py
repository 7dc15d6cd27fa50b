"""The benchmarks' own arithmetic, and the peers over a set of two documents."""

from __future__ import annotations

import json
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.metrics import Measure, measures
from assistant.evaluation.runs import Result
from assistant.evaluation.statistics import ratio
from assistant.evaluation.store import Circumstances, Run, RunHead, Selection
from tests.bench.against import RESULTS
from tests.bench.measuring import ratio_of_measures, ratio_of_totals, repeated, run, total


def mean_of(*values: float) -> Measure:
    return Measure("mean", (np.array(values), np.ones(len(values))), ratio, "")


def test_a_total_has_an_interval_by_its_blocks():
    even, uneven = total([0.5] * 100), total([0.1, 0.9] * 10 + [2.0] * 20)
    assert (even.value, even.low, even.high) == pytest.approx((50, 50, 50))
    assert uneven.value == pytest.approx(50)
    assert uneven.low < 50 < uneven.high


def test_ratios_are_of_the_same_cases():
    ours = mean_of(*[1.0, 0.0] * 50)
    assert ratio_of_measures(ours, ours).low == ratio_of_measures(ours, ours).high == 1.0
    half = ratio_of_measures(mean_of(*[0.5, 0.0] * 50), ours)
    assert (half.value, half.low, half.high) == pytest.approx((0.5, 0.5, 0.5))
    assert ratio_of_totals([1.0] * 40, [2.0] * 30).value == pytest.approx(40 / 60)
    assert isnan(ratio_of_measures(ours, mean_of(*[0.0] * 100)).value)


def test_repetitions_give_their_median_least_and_greatest():
    assert repeated([3.0, 1.0, 2.0]).value == 2.0
    assert (repeated([3.0, 1.0, 2.0]).low, repeated([3.0, 1.0, 2.0]).high) == (1.0, 3.0)


def test_a_command_tells_its_time_its_memory_and_its_failure():
    done = run(["platform"])
    assert done.output.strip()
    assert done.megabytes > 1
    assert done.seconds > 0
    with pytest.raises(RuntimeError, match="ended with 2"):
        run(["json.tool", "--no-such-option"])


def test_the_peers_find_documents_and_pages(tmp_path: Path, pdf_bytes):
    pytest.importorskip("langchain_chroma", reason="the extra bench is not installed")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "magnets.md").write_text("# Magnets\n\nDysprosium keeps neodymium magnets strong at high temperatures.\n")
    pages = ["The decree was signed in June and published soon after.", "Fines for illegal mining were raised tenfold."]
    (corpus / "decree.pdf").write_bytes(pdf_bytes(pages))
    cases = (
        Case(
            "m",
            "What does dysprosium do?",
            True,
            evidence=(Evidence("magnets.md", quote="Dysprosium keeps neodymium"),),
        ),
        Case("f", "How high are fines for illegal mining?", True, evidence=(Evidence("decree.pdf", 2, pages[1]),)),
    )
    ours = Run(RunHead("r", "", 2, Selection(), Circumstances()), tuple(Result(case, asked=False) for case in cases))
    export = tmp_path / "run.json"
    export.write_text(json.dumps(ours.to_json()))
    out = tmp_path / "out.json"
    run(["tests.bench.peers", str(corpus), str(export), str(out)])
    for measured in json.loads(out.read_text()).values():
        figures = measures(RESULTS.validate_python(measured["results"]))
        for name in ("ndcg@10", "passage_hit@5", "page_recall@5_exact"):
            assert figures[name].value() == 1.0
        assert measured["memory"] > 0
        assert measured["indexing"]
