"""Two runs over the same cases: what differs, by how much, and whether by more than chance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from assistant.errors import EvaluationError
from assistant.evaluation.metrics import Measure, measures
from assistant.evaluation.refusing import outcome
from assistant.evaluation.runs import Result
from assistant.evaluation.store import Circumstances, Run, RunHead
from assistant.evaluation.uncertainty import Bootstrap, SwapTest, chance_of, holm

SIGNIFICANT = 0.05
_INVARIANT = "quotes_verbatim"


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure in two runs, over the cases that they have in common.

    Attributes:
        change: ``after - before``, with its 95% interval ``low`` to ``high``.
        p: Chance of a change at least as great, either way, if the runs did not differ.
        p_worse: Chance of a change at least as bad, among all gated figures together (Holm); None
            for figures that are not gated.
        n: How many cases stand behind it in the later run.
    """

    name: str
    before: float
    after: float
    low: float
    high: float
    p: float
    n: int
    high_is_good: bool
    p_worse: float | None = None

    @property
    def change(self) -> float:
        """``after - before``."""
        return self.after - self.before

    @property
    def has_dropped(self) -> bool:
        """Whether it is gated, and worse by more than chance; a quote that is not verbatim is never chance."""
        if self.name == _INVARIANT:
            return self.after < min(self.before, 1.0)
        return self.p_worse is not None and self.p_worse < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Flip:
    """A case with another outcome."""

    case: str
    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A circumstance that differs between two runs."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of a run under other circumstances.

    Attributes:
        before: Id of the run compared with.
        after: Id of the run in question.
        cases: How many cases the two have in common.
        left_out: How many cases are in one run only, or were rewritten in between.
    """

    before: str
    after: str
    cases: int
    left_out: int
    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]
    changed: tuple[Changed, ...]

    @property
    def drops(self) -> tuple[Difference, ...]:
        """The gated figures that are worse by more than chance; empty if the change may pass."""
        return tuple(each for each in self.differences if each.has_dropped)

    @property
    def moved(self) -> tuple[Difference, ...]:
        """The figures that are not the same in both runs."""
        return tuple(each for each in self.differences if each.before != each.after)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            **asdict(self),
            "differences": {
                each.name: {**asdict(each), "change": each.change, "has_dropped": each.has_dropped}
                for each in self.differences
            },
            "passes": not self.drops,
        }


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs over the cases that are in both, unaltered.

    Raises:
        EvaluationError: They have no case in common.
    """
    earlier = {result.case.id: result for result in before.results}
    pairs = [
        (earlier[result.case.id], result)
        for result in after.results
        if result.case.id in earlier and earlier[result.case.id].case == result.case
    ]
    if not pairs:
        raise EvaluationError(
            f"The runs {before.head.id} and {after.head.id} have no case in common; compare runs over the same set."
        )
    olds, news = [old for old, _ in pairs], [new for _, new in pairs]
    return Comparison(
        before=before.head.id,
        after=after.head.id,
        cases=len(pairs),
        left_out=len({each.case.id for each in (*before.results, *after.results)}) - len(pairs),
        differences=differences(olds, news),
        flips=tuple(
            Flip(new.case.id, new.case.question, outcome(old), outcome(new))
            for old, new in pairs
            if outcome(old) != outcome(new)
        ),
        changed=tuple(_changed(before.head, after.head)),
    )


def differences(
    before: Sequence[Result], after: Sequence[Result], *, gated_only: bool = False
) -> tuple[Difference, ...]:
    """The figures of two lists of results, case by case the same.

    Args:
        before: Results to compare with.
        after: Results in question.
        gated_only: Leave out what no gate looks at.
    """
    olds, news = measures(before), measures(after)
    names = [
        name
        for name in news
        if name in olds
        and (news[name].is_gated or not gated_only)
        and not math.isnan(olds[name].value())
        and not math.isnan(news[name].value())
    ]
    bootstrap, swaps = Bootstrap(len(after)), SwapTest(len(after))
    compared, worse = [], {}
    for name in names:
        difference, under_chance = swaps.differences(olds[name], news[name])
        compared.append(
            _difference(olds[name], news[name], bootstrap, chance_of(abs(difference), np.abs(under_chance)))
        )
        if news[name].is_gated:
            sign = -1.0 if news[name].high_is_good else 1.0
            worse[name] = chance_of(sign * difference, sign * under_chance)
    corrected = dict(zip(worse, holm(list(worse.values())), strict=True))
    return tuple(replace(each, p_worse=corrected.get(each.name)) for each in compared)


def _difference(before: Measure, after: Measure, bootstrap: Bootstrap, p: float) -> Difference:
    low, high = bootstrap.paired_interval(before, after)
    return Difference(
        after.name, before.value(), after.value(), low, high, p, after.count(), high_is_good=after.high_is_good
    )


def _changed(before: RunHead, after: RunHead) -> Iterator[Changed]:
    earlier, later = before.circumstances, after.circumstances
    for name in sorted({*earlier.settings, *later.settings}):
        old, new = earlier.settings.get(name), later.settings.get(name)
        if old != new:
            yield Changed(f"setting {name}", str(old), str(new))
    for what, old, new in (
        ("answers", before.mode, after.mode),
        ("corpus", _corpus(earlier), _corpus(later)),
        ("code", f"{earlier.version} {earlier.code}", f"{later.version} {later.code}"),
        ("cases", earlier.cases, later.cases),
    ):
        if old != new:
            yield Changed(what, old, new)


def _corpus(circumstances: Circumstances) -> str:
    return f"{circumstances.documents} documents {circumstances.corpus}"
