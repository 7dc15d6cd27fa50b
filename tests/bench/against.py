"""Ours against the peers: quality on every set, and on the largest also time and memory, as ratios."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isnan
from pathlib import Path

from pydantic import TypeAdapter

from assistant.evaluation.metrics import Measure, measures
from assistant.evaluation.runs import Result
from tests.bench.measuring import SETS, PeerRow, Value, ratio_of_measures, ratio_of_totals, run
from tests.bench.speed import Indexing

_JUDGED = ("ndcg@10", "recall@5", "passage_hit@5", "page_recall@5_within_1", "page_recall@5_exact")
_RETRIEVING = ("search", "fuse")  # the stages of ours that the peers have too
RESULTS = TypeAdapter(list[Result])
_MEGABYTE = 1024


def measure_peers(
    name: str, ours: Sequence[Result], export: Path, indexing: Indexing | None, megabytes: float
) -> Iterator[PeerRow]:
    """Let the peers answer the cases of a run of ours.

    Args:
        name: Of the set.
        ours: The results of our run.
        export: The run, as a file.
        indexing: How we indexed the set, where that was measured.
        megabytes: The most memory that our run held.
    """
    out = export.with_suffix(".peers.json")
    run(["tests.bench.peers", str((SETS / name / "corpus").resolve()), str(export), str(out)])
    for peer, measured in json.loads(out.read_text("utf-8")).items():
        theirs = RESULTS.validate_python(measured["results"])
        by_case = {result.case.id: result for result in ours}
        same = [by_case[result.case.id] for result in theirs]
        sampled = name if len(same) == len(ours) else f"{name}, sample of {len(same)}"
        mine, others = measures(same), measures(theirs)
        for figure in _JUDGED:
            if not isnan(mine[figure].value()):
                yield _row(sampled, figure, peer, mine[figure], others[figure])
        if indexing is None:
            continue
        ratio = ratio_of_totals(indexing.increments, measured["indexing"])
        sums = sum(indexing.increments), sum(measured["indexing"])
        yield PeerRow(name, "indexing, seconds", peer, *sums, ratio.value, ratio.low, ratio.high, high_is_good=False)
        timed = [replace(each, seconds=_seconds_of_retrieving(each)) for each in same]
        mine, others = measures(timed), measures(theirs)
        yield _row(name, "retrieving, median seconds", peer, mine["seconds_p50"], others["seconds_p50"])
        held = max(indexing.megabytes, megabytes), measured["memory"] / _MEGABYTE
        once = Value(held[0] / held[1])
        yield PeerRow(name, "peak memory, MB", peer, *held, once.value, once.low, once.high, high_is_good=False)


def _seconds_of_retrieving(result: Result) -> float:
    return sum(result.stages[stage] for stage in _RETRIEVING) if result.stages else result.seconds


def _row(name: str, figure: str, peer: str, ours: Measure, theirs: Measure) -> PeerRow:
    ratio = ratio_of_measures(ours, theirs)
    numbers = (ours.value(), theirs.value(), ratio.value, ratio.low, ratio.high)
    return PeerRow(name, figure, peer, *numbers, high_is_good=ours.high_is_good)
