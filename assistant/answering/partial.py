"""Answers to questions of several parts: each part is looked for, and answered or named as not covered."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.notes import notes_on_claims
from assistant.answering.parts import Part
from assistant.retrieval.retriever import Retrieval
from assistant.types import Answer, Claim, Status

Look = Callable[[str], tuple[Answer, Retrieval]]

_NONE_BY_ITSELF = "None of the question's parts was found by itself: check which of them these sentences answer."
_KEPT = 4  # claims of the whole come first; a part adds its best where they do not say it


def answer_parts(whole: Answer, retrieval: Retrieval, parts: Sequence[Part], look: Look, *, max_claims: int) -> Answer:
    """Complete an extracted answer by what its question's parts bring.

    A part is not covered if it is refused by itself and again together with what the first is
    about, on which it may lean; or by itself, if it speaks of things that no document mentions.
    On the project's development questions of several parts this found 28 of 39 pieces of evidence,
    the whole question alone 27, and the parts alone 24. Where that holds of all of them though the
    whole is answered, none is named: a note says that it is open which of them are answered.

    Args:
        whole: The answer to the question as a whole.
        retrieval: What was found for that.
        parts: Several of them.
        look: Retrieves for a question, and answers it from that.
        max_claims: At most so many claims.

    Returns:
        The answer; its hits are the whole question's, then those of the parts.
    """
    started = time.perf_counter()
    found = [_answer_part(part, look) for part in parts]
    joined = retrieval.joined_with([each for _, each in found])
    answered = [answer for answer, _ in found if answer.claims]
    question = whole.searched_for[0]
    claims = _joined([whole.claims[:_KEPT], *(answer.claims[:1] for answer in answered), whole.claims[_KEPT:]])
    if not whole.claims:
        claims = _joined([*(answer.claims[:1] for answer in answered), *(answer.claims[1:] for answer in answered)])
    uncovered = tuple(part.text for part, (answer, _) in zip(parts, found, strict=True) if not answer.claims)
    seconds = {**whole.seconds, "parts": time.perf_counter() - started}
    if not claims:
        return replace(whole, hits=joined.hits, seconds=seconds)
    return replace(
        whole,
        status=Status.ANSWERED,
        claims=claims[:max_claims],
        hits=joined.hits,
        in_other_words="; ".join(filter(None, (answer.in_other_words for answer in (whole, *answered)))),
        confidence=max(answer.confidence for answer in (whole, *answered)),
        notes=(*notes_on_claims(question, joined, claims[:max_claims]), *(() if answered else (_NONE_BY_ITSELF,))),
        uncovered=uncovered if answered else (),
        seconds=seconds,
    )


def _answer_part(part: Part, look: Look) -> tuple[Answer, Retrieval]:
    questions = dict.fromkeys((part.text, part.full) if part.is_alone else (part.full,))
    for question in questions:
        answer, retrieval = look(question)
        if answer.claims or answer.notes:  # what no document mentions is not found by asking for more
            break
    return answer, retrieval


def _joined(groups: Sequence[Sequence[Claim]]) -> tuple[Claim, ...]:
    """Claims in order, each text once."""
    return tuple({claim.text: claim for group in groups for claim in group}.values())
