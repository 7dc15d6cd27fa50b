"""Whether the assistant knows what it does not know: figures of one result each, None where it cannot be told."""

from __future__ import annotations

import math

from assistant.evaluation.runs import Result
from assistant.evaluation.wording import is_right


def refused_unanswerable(result: Result) -> float | None:
    """1 where a question that the corpus does not answer was declined; 0 where the case failed.

    The recall of refusing.
    """
    if not result.asked or result.case.answerable:
        return None
    return float(_is_declined(result))


def refused_answerable(result: Result) -> float | None:
    """1 where a question that the corpus answers got no answer: declined or failed. Low is good.

    The false refusals.
    """
    if not result.asked or not result.case.answerable:
        return None
    return float(not result.answered)


def refusal_precision(result: Result) -> tuple[int, int] | None:
    """Share of the declined questions that the corpus indeed does not answer; a failed case was not declined."""
    return (int(not result.case.answerable), 1) if _is_declined(result) else None


def coverage(result: Result) -> float | None:
    """Share of the questions that got an answer, right or wrong (El-Yaniv & Wiener 2010)."""
    return float(result.answered) if result.asked else None


def selective_risk(result: Result) -> tuple[int, int] | None:
    """Share of the answers that are wrong, or given where there is none (El-Yaniv & Wiener 2010). Low is good."""
    wrong = loss(result)
    return None if wrong is None or not result.answered else (int(wrong), 1)


def loss(result: Result) -> float | None:
    """0 for a right answer, 1 for any other outcome; None where the case does not tell what is right.

    An answer is right where an accepted answer occurs in it; where none is listed, where it cites
    evidence. A question that the corpus does not answer has no right answer.
    """
    if not result.asked:
        return None
    right = is_right(result) if result.case.answerable else False
    return None if right is None else float(not right)


def confidence_for_roc(result: Result) -> float:
    """The confidence; of a failed case the worst for its kind; NaN where no answer was wanted."""
    if not result.asked:
        return math.nan
    if result.confidence is None:
        return -math.inf if result.case.answerable else math.inf
    return result.confidence


def confidence_for_risk(result: Result) -> float:
    """The confidence; below all others where the case failed; NaN where it cannot be judged."""
    if loss(result) is None:
        return math.nan
    return -math.inf if result.confidence is None else result.confidence


def outcome(result: Result) -> str:
    """What became of a case, in a word or two: for lists of cases and of those that flipped."""
    if result.error is not None:
        return "failed"
    if not result.asked:
        held = {evidence.document for evidence in result.case.evidence} & set(result.documents[:5])
        return "found" if held else "missed" if result.case.evidence else "not judged"
    if not result.answered:
        return "refused wrongly" if result.case.answerable else "refused rightly"
    if not result.case.answerable:
        return "answered wrongly"
    return {True: "right", False: "wrong", None: "not judged"}[is_right(result)]


def _is_declined(result: Result) -> bool:
    return result.asked and result.error is None and not result.answered
