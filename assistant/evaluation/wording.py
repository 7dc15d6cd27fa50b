"""Whether an answer says the right thing: figures of one result each, None where it cannot be told.

A case that failed or was declined although there is an answer counts as zero.
"""

from __future__ import annotations

from assistant.evaluation.finding import cites_evidence
from assistant.evaluation.runs import Result
from assistant.evaluation.words import (
    all_words,
    longest_common_subsequence,
    occurs,
    shared_f1,
    squad_words,
    words,
)


def answer_hit(result: Result) -> float | None:
    """1 where an accepted answer occurs in the answer's text, as whole words.

    "Has answer" as in Chen et al. 2017 (DrQA) for passages, here for the claims of the answer.
    """
    return _hit(result, claims=None)


def first_claim_hit(result: Result) -> float | None:
    """1 where an accepted answer occurs in the first claim alone."""
    return _hit(result, claims=1)


def exact_match(result: Result) -> float | None:
    """1 where the answer's text is an accepted answer, but for case, punctuation, articles and blanks.

    SQuAD's exact match (Rajpurkar et al. 2016, evaluate-v1.1), Chinese by character as in CMRC
    2018. Only answerable cases: declining is judged by the figures of refusing. Extracted answers
    are whole sentences, so that they seldom match.
    """
    if not _is_judged(result):
        return None
    given = squad_words(_text(result))
    return float(any(given == squad_words(answer) for answer in result.case.answers))


def token_f1(result: Result) -> float | None:
    """F1 of the words of the answer's text and of the accepted answer that it matches best.

    SQuAD's F1 (Rajpurkar et al. 2016, evaluate-v1.1), Chinese by character as in CMRC 2018.
    """
    if not _is_judged(result):
        return None
    given = squad_words(_text(result))
    return max(shared_f1(given, squad_words(answer)) for answer in result.case.answers)


def rouge_l(result: Result) -> float | None:
    """F1 of the longest common subsequence of the answer's words and the reference's.

    ROUGE-L (Lin 2004) as the package ``rouge-score`` computes it without stemming, Chinese by
    character.
    """
    if not result.asked or not result.case.answerable or not result.case.reference:
        return None
    wanted, given = all_words(result.case.reference), all_words(_text(result))
    shared = longest_common_subsequence(wanted, given)
    return 2 * shared / (len(wanted) + len(given)) if shared else 0.0


def quote_f1(result: Result) -> float | None:
    """F1 of the words of all cited quotes against the words of all evidence quotes, as multisets.

    The token F1 of SQuAD (Rajpurkar et al. 2016): no case, no punctuation, no articles. Han
    characters count as words, as in CMRC 2018. A quote cited twice counts once.
    """
    gold = dict.fromkeys(evidence.quote for evidence in result.case.evidence if evidence.quote)
    if not result.asked or not gold:
        return None
    spans = {(quote.place.document, quote.place.start, quote.place.end): quote.text for quote in result.quotes}
    if not spans:
        return 0.0
    return shared_f1(words(" ".join(gold)), words(" ".join(spans.values())))


def is_right(result: Result) -> bool | None:
    """Whether an answerable case got a right answer; None where the case does not tell what is right.

    An accepted answer must occur in it; where none is listed, it must cite evidence.
    """
    if result.case.answers:
        return answer_hit(result) == 1
    return cites_evidence(result) if result.case.evidence else None


def _hit(result: Result, *, claims: int | None) -> float | None:
    if not _is_judged(result):
        return None
    text = _text(result, claims)
    return float(any(occurs(answer, text) for answer in result.case.answers))


def _is_judged(result: Result) -> bool:
    return result.asked and result.case.answerable and bool(result.case.answers)


def _text(result: Result, claims: int | None = None) -> str:
    return " ".join(sentence.text for sentence in result.said[:claims])
