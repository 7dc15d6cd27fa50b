"""Whether the evidence of a case was found: figures of one result each, None where it cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from assistant.evaluation.cases import Evidence
from assistant.evaluation.runs import Place, Result

TOP_HITS = 5
PAGES_APART = 1


def evidence_pages(result: Result) -> set[tuple[str, int]]:
    """Documents and pages of the evidence, where pages are given."""
    return {(evidence.document, evidence.page) for evidence in result.case.evidence if evidence.page is not None}


def quoted_evidence(result: Result) -> frozenset[int]:
    """The pieces of evidence that come with a quote, by their position in the case."""
    return frozenset(number for number, evidence in enumerate(result.case.evidence) if evidence.quote)


def pages_as_names(result: Result) -> tuple[frozenset[str], tuple[str, ...]]:
    """The pages of the evidence, and the pages on which the hits begin, best first, for a ranking."""
    found = (f"{hit.document} {hit.page}" for hit in result.hits if hit.page is not None)
    return frozenset(f"{document} {page}" for document, page in evidence_pages(result)), tuple(dict.fromkeys(found))


def quotes_as_names(result: Result) -> tuple[frozenset[str], tuple[str, ...]]:
    """The quotes of the evidence, and the hits, best first, each as the first new quote that it holds, for a ranking.

    A quote counts where it is found first; a hit that holds nothing new takes its place in the ranking.
    """
    names: dict[str, None] = {}
    for rank, hit in enumerate(result.hits):
        new = [f"quote {number}" for number in hit.evidence if f"quote {number}" not in names]
        names[new[0] if new else f"hit {rank}"] = None
    return frozenset(f"quote {number}" for number in quoted_evidence(result)), tuple(names)


def is_near(place: Place, pages: set[tuple[str, int]], *, apart: int = PAGES_APART) -> bool:
    """Whether a place lies on one of the pages, or so many pages beside it."""
    return place.page is not None and any(
        place.document == document and abs(place.page - page) <= apart for document, page in pages
    )


def page_recall(result: Result, *, apart: int = PAGES_APART) -> float | None:
    """1 where one of the first five hits begins on a page of the evidence (``_exact``) or within one page of it.

    Gold pages of public sets are where a piece of text began, so that the words are often one page
    on.
    """
    pages = evidence_pages(result)
    if not pages:
        return None
    return float(any(is_near(hit, pages, apart=apart) for hit in result.hits[:TOP_HITS]))


def passage_hit(result: Result, *, depth: int) -> float | None:
    """1 where one of the first k hits holds a quote of the evidence ("has answer", Karpukhin et al. 2020, by spans).

    A hit holds a quote if the two share at least half of the shorter one's characters. The hits are
    the passages that an answer is drawn from.
    """
    if not quoted_evidence(result):
        return None
    return float(any(hit.evidence for hit in result.hits[:depth]))


def passage_recall(result: Result) -> float | None:
    """Share of the evidence's quotes that the first ten hits hold.

    Where a case lists alternatives, of which one is enough, ``passage_hit`` says more.
    """
    wanted = quoted_evidence(result)
    if not wanted:
        return None
    return len({number for hit in result.hits[:10] for number in hit.evidence}) / len(wanted)


def passage_rank(result: Result) -> float | None:
    """1 / rank of the first hit that holds a quote of the evidence, within ten (reciprocal rank, Voorhees 1999)."""
    if not quoted_evidence(result):
        return None
    return next((1 / rank for rank, hit in enumerate(result.hits[:10], 1) if hit.evidence), 0.0)


def citation_recall(result: Result, *, apart: int = PAGES_APART) -> float | None:
    """Share of the evidence's pages that are cited: the very page (``_exact``) or one within one page of it.

    "Citation recall" and "citation precision" as in Gao et al. 2023 (ALCE), judged by gold pages
    instead of an entailment model.
    """
    pages = evidence_pages(result)
    if not result.asked or not pages:
        return None
    places = [quote.place for quote in result.quotes]
    return fmean(any(is_near(place, {page}, apart=apart) for place in places) for page in pages)


def citation_precision(result: Result, *, apart: int = PAGES_APART) -> float | None:
    """Share of the citations on a page of the evidence (``_exact``) or within one page of it; 0 without any."""
    pages = evidence_pages(result)
    if not result.asked or not pages:
        return None
    near = [is_near(quote.place, pages, apart=apart) for quote in result.quotes]
    return fmean(near) if near else 0.0


def quote_recall(result: Result) -> float | None:
    """Share of the evidence's quotes of which a citation shows at least half (ALCE's recall, by spans)."""
    wanted = quoted_evidence(result)
    if not result.asked or not wanted:
        return None
    return len({number for quote in result.quotes for number in quote.place.evidence}) / len(wanted)


def quote_precision(result: Result) -> float | None:
    """Share of the citations that show a quote of the evidence (ALCE's precision, by spans); 0 without any."""
    if not result.asked or not quoted_evidence(result):
        return None
    good = [bool(quote.place.evidence) for quote in result.quotes]
    return fmean(good) if good else 0.0


def verbatim(result: Result) -> tuple[int, int] | None:
    """Share of the citations whose quote is the very slice of the stored text; must be 1."""
    quotes = result.quotes
    return (sum(quote.verbatim for quote in quotes), len(quotes)) if quotes else None


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece of a case's evidence, and what became of it.

    Attributes:
        rank: Of the first hit that holds it (its quote, else its page within one, else its document).
        cited: Whether a citation shows it, in the same way.
    """

    evidence: Evidence
    rank: int | None
    cited: bool


def seen_evidence(result: Result) -> tuple[Seen, ...]:
    """The evidence of a case, found and missed."""

    def shows(place: Place, number: int, evidence: Evidence) -> bool:
        if evidence.quote:
            return number in place.evidence
        if evidence.page is not None:
            return is_near(place, {(evidence.document, evidence.page)})
        return place.document == evidence.document

    return tuple(
        Seen(
            evidence,
            next((rank for rank, hit in enumerate(result.hits, 1) if shows(hit, number, evidence)), None),
            any(shows(quote.place, number, evidence) for quote in result.quotes),
        )
        for number, evidence in enumerate(result.case.evidence)
    )


def cites_evidence(result: Result) -> bool:
    """Whether a citation shows any of the evidence."""
    return any(seen.cited for seen in seen_evidence(result))
