"""The figures of an evaluation: deterministic, each defined with its source.

A figure is a function of results; it is None where the results have nothing to tell about it. A
case that failed, or got no answer although there is one, counts as zero and is never skipped.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

from assistant.evaluation.ranking import ranking_value
from assistant.evaluation.runs import Result
from assistant.evaluation.words import occurs, words
from assistant.types import Citation, Document, Status

FindDocument = Callable[[str], Document | None]

_TOP_HITS = 5
_PAGES_APART = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the number of cases behind it (of citations, for ``quotes_verbatim``)."""

    value: float
    n: int


Metric = Callable[[Sequence[Result]], Figure | None]


def metrics(document: FindDocument) -> Mapping[str, Metric]:
    """All figures by name.

    Args:
        document: Gives the document at a path, to compare quotes with its text.
    """
    return {
        **{name: partial(_ranking, name) for name in ("recall@5", "recall@10", "ndcg@10", "mrr@10")},
        "page_recall@5_within_1": _mean_of(page_recall),
        "citation_recall_within_1": _mean_of(citation_recall),
        "citation_precision_within_1": _mean_of(citation_precision),
        "answer_hit": _mean_of(answer_hit),
        "first_claim_hit": _mean_of(first_claim_hit),
        "quote_f1": _mean_of(quote_f1),
        "quotes_verbatim": partial(quotes_verbatim, document=document),
        "refusal_auroc": refusal_auroc,
        "refused_unanswerable": _mean_of(refused_unanswerable),
        "refused_answerable": _mean_of(refused_answerable),
        "seconds_p50": partial(seconds_percentile, share=0.50),
        "seconds_p95": partial(seconds_percentile, share=0.95),
    }


def _mean_of(per_case: Callable[[Result], float | None]) -> Metric:
    def metric(results: Sequence[Result]) -> Figure | None:
        values = [value for result in results if (value := per_case(result)) is not None]
        return Figure(fmean(values), len(values)) if values else None

    return metric


# documents and pages


def _ranking(name: str, results: Sequence[Result]) -> Figure | None:
    rankings = {result.case.id: result.documents for result in results if result.case.evidence}
    relevant = {
        result.case.id: {evidence.document for evidence in result.case.evidence}
        for result in results
        if result.case.evidence
    }
    return Figure(ranking_value(name, relevant, rankings), len(relevant)) if relevant else None


def page_recall(result: Result) -> float | None:
    """1 where one of the first five hits begins within one page of a page of the evidence.

    Gold pages of public sets are where a piece of text began, so that the words are often one
    page on.
    """
    pages = _evidence_pages(result)
    if not pages:
        return None
    return float(any(_is_near(hit.passage.document, hit.passage.page, pages) for hit in result.hits[:_TOP_HITS]))


def citation_recall(result: Result) -> float | None:
    """Share of the evidence's pages that lie within one page of a cited page of the document.

    "Citation recall" and "citation precision" as in Gao et al. 2023 (ALCE), judged by gold pages
    instead of an entailment model.
    """
    pages = _evidence_pages(result)
    if not result.asked or not pages:
        return None
    cited = {(citation.document, citation.page) for citation in _citations(result) if citation.page is not None}
    return fmean(_is_near(document, page, cited) for document, page in pages)


def citation_precision(result: Result) -> float | None:
    """Share of the citations that lie within one page of a page of the evidence; 0 without any."""
    pages = _evidence_pages(result)
    if not result.asked or not pages:
        return None
    near = [_is_near(citation.document, citation.page, pages) for citation in _citations(result)]
    return fmean(near) if near else 0.0


def _evidence_pages(result: Result) -> set[tuple[str, int]]:
    return {(evidence.document, evidence.page) for evidence in result.case.evidence if evidence.page is not None}


def _is_near(document: str, page: int | None, pages: set[tuple[str, int]]) -> bool:
    return page is not None and any(
        document == other and abs(page - other_page) <= _PAGES_APART for other, other_page in pages
    )


# words


def answer_hit(result: Result) -> float | None:
    """1 where an accepted answer occurs in the answer's text, as whole words.

    "Has answer" as in Chen et al. 2017 (DrQA) for passages, here for the claims of the answer.
    """
    return _hit(result, claims=None)


def first_claim_hit(result: Result) -> float | None:
    """1 where an accepted answer occurs in the first claim alone."""
    return _hit(result, claims=1)


def _hit(result: Result, *, claims: int | None) -> float | None:
    if not result.asked or not result.case.answers or not result.case.answerable:
        return None
    given = result.answer.claims[:claims] if result.answer else ()
    text = " ".join(claim.text for claim in given)
    return float(any(occurs(answer, text) for answer in result.case.answers))


def quote_f1(result: Result) -> float | None:
    """F1 of the words of all cited quotes against the words of all evidence quotes, as multisets.

    The token F1 of SQuAD (Rajpurkar et al. 2016, evaluate-v1.1): no case, no punctuation, no
    articles. Han characters count as words, as in CMRC 2018. A quote cited twice counts once.
    """
    gold = dict.fromkeys(evidence.quote for evidence in result.case.evidence if evidence.quote)
    if not result.asked or not gold:
        return None
    spans = {(citation.document, citation.start, citation.end): citation.quote for citation in _citations(result)}
    wanted, given = (Counter(words(" ".join(quotes))) for quotes in (gold, spans.values()))
    shared = (wanted & given).total()
    return 2 * shared / (wanted.total() + given.total()) if shared else 0.0


def quotes_verbatim(results: Sequence[Result], document: FindDocument) -> Figure | None:
    """Share of the citations whose quote is the very slice of the stored text; must be 1."""
    verbatim = [
        (source := document(citation.document)) is not None
        and source.text[citation.start : citation.end] == citation.quote
        for result in results
        for citation in _citations(result)
    ]
    return Figure(fmean(verbatim), len(verbatim)) if verbatim else None


def _citations(result: Result) -> list[Citation]:
    return [citation for claim in result.answer.claims for citation in claim.citations] if result.answer else []


# refusing


def refused_unanswerable(result: Result) -> float | None:
    """1 where a question that the corpus does not answer was declined; 0 where the case failed."""
    if not result.asked or result.case.answerable:
        return None
    return float(result.answer is not None and result.answer.status is Status.UNANSWERED)


def refused_answerable(result: Result) -> float | None:
    """1 where a question that the corpus answers got no answer: declined or failed. Low is good."""
    if not result.asked or not result.case.answerable:
        return None
    return float(result.answer is None or result.answer.status is Status.UNANSWERED)


def refusal_auroc(results: Sequence[Result]) -> Figure | None:
    """Chance that an answerable question gets more confidence than an unanswerable one.

    The area under the ROC curve as the Mann-Whitney statistic (Hanley & McNeil 1982), ties
    counting half. A failed case takes the worst place of its kind.
    """
    asked = [result for result in results if result.asked]
    answerable = [_confidence(result, failed=-math.inf) for result in asked if result.case.answerable]
    others = sorted(_confidence(result, failed=math.inf) for result in asked if not result.case.answerable)
    if not answerable or not others:
        return None
    above = sum(bisect_left(others, each) + bisect_right(others, each) for each in answerable) / 2
    return Figure(above / (len(answerable) * len(others)), len(asked))


def _confidence(result: Result, *, failed: float) -> float:
    return result.answer.confidence if result.answer else failed


# time


def seconds_percentile(results: Sequence[Result], share: float) -> Figure | None:
    """The wall-clock seconds within which this share of the cases was done (nearest rank)."""
    seconds = sorted(result.seconds for result in results)
    return Figure(seconds[math.ceil(share * len(seconds)) - 1], len(seconds)) if seconds else None
