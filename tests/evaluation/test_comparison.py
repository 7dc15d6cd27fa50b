from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant import Assistant
from assistant.errors import EvaluationError
from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.comparison import Comparison, compare, differences
from assistant.evaluation.runs import Place, Quote, Result, Said
from assistant.evaluation.store import Circumstances, Run, RunHead, RunStore, Selection
from assistant.services.evaluation import evaluate

MakeAssistant = Callable[..., Assistant]

PLACE = Place("a", 0, 9, 1, (0,))


def a_run(*results: Result, key: str = "run", **circumstances: object) -> Run:
    made = replace(Circumstances(), **circumstances)  # type: ignore[arg-type]
    return Run(RunHead(key, "2026-01-01", len(results), Selection(), made), results)


def a_result(number: int, *, right: bool = True, answerable: bool = True, confidence: float = 0.5) -> Result:
    """A case that was answered rightly or wrongly; one without an answer was declined where that is right."""
    evidence = (Evidence("a", 1, "quote"),) if answerable else ()
    case = Case(f"{number}", f"What of {number}?", answerable, ("x",) if answerable else (), evidence=evidence)
    place = PLACE if right else replace(PLACE, document="b", evidence=())
    return Result(
        case,
        asked=True,
        answered=answerable or not right,
        confidence=confidence,
        said=(Said("x" if right else "y", (Quote(place, "quote" if right else "other"),)),),
        hits=(place,),
        documents=(place.document,),
    )


def drawn(seed: int, cases: int) -> list[Result]:
    """A run of a system that answers each case rightly with a chance of its own, four in five answerable."""
    chances = np.random.default_rng(0).random(cases)
    dice = np.random.default_rng(seed)
    return [
        a_result(
            number,
            right=bool(dice.random() < chance),
            answerable=number % 5 > 0,
            confidence=float(0.5 * chance + 0.5 * dice.random()),
        )
        for number, chance in enumerate(chances)
    ]


def by_name(comparison: Comparison, name: str) -> tuple[float, float]:
    return next((each.before, each.after) for each in comparison.differences if each.name == name)


def test_of_two_runs_of_the_same_system_at_most_five_in_a_hundred_fail_the_gate() -> None:
    passed = 0
    for trial in range(100):
        compared = differences(drawn(2 * trial + 1, 40), drawn(2 * trial + 2, 40), gated_only=True)
        passed += not any(each.has_dropped for each in compared)
    assert passed >= 95


def test_dropping_every_tenth_passage_fails_the_gate(make_assistant: MakeAssistant, tmp_path: Path) -> None:
    # one passage a document
    syllables = ("ka", "lo", "mi", "ru", "te", "zo", "ba", "ne", "shu", "vi")
    names = [(first + second + "dan").capitalize() for first in syllables for second in syllables]
    tonnes = {name: f"{(number * 7919) % 9000 + 1000:,}" for number, name in enumerate(names)}
    assistant = make_assistant(
        {f"{name}.md": f"# {name}\n\nThe {name} mine dug {tonnes[name]} tonnes of ore in 2019.\n" for name in names},
        hits=2,
    )
    cases = [
        Case(
            name,
            f"How many tonnes of ore did the {name} mine dig in 2019?",
            answerable=True,
            answers=(f"{tonnes[name]} tonnes",),
            evidence=(Evidence(f"{name}.md", quote=f"The {name} mine dug {tonnes[name]} tonnes of ore in 2019."),),
        )
        for name in names
    ]
    store = RunStore(tmp_path / "runs")
    before = evaluate(assistant, store, cases, Selection())
    again = compare(before, evaluate(assistant, store, cases[:20], Selection()))
    assert again.drops == again.flips == ()
    assert [each.what for each in again.changed] == ["cases"]
    for name in names[::10]:
        assistant.file(f"{name}.md").unlink()
    assistant.sync()
    comparison = compare(before, evaluate(assistant, store, cases, Selection()))
    assert {"answer_hit", "passage_hit@5", "ndcg@10"} <= {each.name for each in comparison.drops}
    assert {flip.case for flip in comparison.flips} == set(names[::10])
    assert [each.what for each in comparison.changed] == ["corpus"]


def test_differences_are_of_the_cases_in_common_and_unaltered() -> None:
    before = a_run(*(a_result(number, right=number > 3) for number in range(10)), key="before")
    rewritten = replace(a_result(9), case=replace(a_result(9).case, answers=("z",)))
    after = a_run(*(a_result(number) for number in range(1, 9)), rewritten, a_result(77), key="after")
    comparison = compare(before, after)
    assert (comparison.before, comparison.after) == ("before", "after")
    assert (comparison.cases, comparison.left_out) == (8, 3)
    assert by_name(comparison, "answer_hit") == (5 / 8, 1.0)
    assert [(flip.case, flip.before, flip.after) for flip in comparison.flips] == [
        (key, "wrong", "right") for key in "123"
    ]
    with pytest.raises(EvaluationError, match="no case in common"):
        compare(before, a_run(a_result(50)))


def test_a_difference_has_an_interval_and_a_chance() -> None:
    before = a_run(*(a_result(number, right=number % 2 == 0) for number in range(40)))
    after = a_run(*(a_result(number) for number in range(40)))
    (hit,) = [each for each in compare(before, after).differences if each.name == "answer_hit"]
    assert 0 < hit.low < hit.change == 0.5 < hit.high < 1
    assert hit.p < 0.001
    assert not hit.has_dropped
    (back,) = [each for each in compare(after, before).differences if each.name == "answer_hit"]
    assert back.has_dropped
    assert not compare(before, before).drops


def test_refusing_more_that_is_answerable_is_a_drop() -> None:
    before = [a_result(number) for number in range(40)]
    after = [replace(each, answered=False, said=()) if number < 20 else each for number, each in enumerate(before)]
    assert "refused_answerable" in {each.name for each in differences(before, after) if each.has_dropped}
    assert "refused_answerable" not in {each.name for each in differences(after, before) if each.has_dropped}


def test_one_quote_that_is_not_verbatim_fails_the_gate() -> None:
    before = [a_result(number) for number in range(40)]
    false = replace(before[0], said=(Said("x", (Quote(PLACE, "quote", verbatim=False),)),))
    drops = compare(a_run(*before), a_run(false, *before[1:])).drops
    assert [each.name for each in drops] == ["quotes_verbatim"]


def test_slower_is_no_drop() -> None:
    before = [a_result(number) for number in range(40)]
    assert not compare(a_run(*before), a_run(*(replace(each, seconds=9.0) for each in before))).drops


def test_what_was_changed_is_named() -> None:
    before = a_run(a_result(1), settings={"hits": 10, "old": 1}, corpus="c", documents=3, code="x", version="0.1")
    after = a_run(a_result(1), settings={"hits": 5, "old": 1}, corpus="d", documents=4, code="y", version="0.1")
    assert [(each.what, each.before, each.after) for each in compare(before, after).changed] == [
        ("setting hits", "10", "5"),
        ("corpus", "3 documents c", "4 documents d"),
        ("code", "0.1 x", "0.1 y"),
    ]
