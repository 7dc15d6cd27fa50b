from __future__ import annotations

from math import log2

import pytest

from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.metrics import Figure, metrics
from assistant.evaluation.report import summarise
from assistant.evaluation.runs import Result
from assistant.types import Answer, Citation, Claim, Document, Hit, Metadata, Mode, Passage, Status

TEXT = "The quota was 270,000 tonnes in 2024. It rose by 5.9%."
DOCUMENT = Document("a.pdf", "digest", TEXT, Metadata("Quotas"))
ANSWER_FIGURES = {
    "citation_recall_within_1",
    "citation_precision_within_1",
    "answer_hit",
    "first_claim_hit",
    "quote_f1",
    "quotes_verbatim",
    "refusal_auroc",
    "refused_unanswerable",
    "refused_answerable",
}


def hit(document: str, page: int | None = None) -> Hit:
    return Hit(Passage(f"{document}-{page}", document, 0, 0, 1, "x", page=page), Metadata(document), 1.0)


def cite(document: str = "a.pdf", page: int | None = None, quote: str = "The quota", start: int = 0) -> Citation:
    return Citation(document, document, page, start, start + len(quote), quote, "id", "digest")


def answered(*claims: Claim, confidence: float = 0.9) -> Answer:
    return Answer("?", Status.ANSWERED, Mode.EXTRACTIVE, claims, (), confidence)


def declined(confidence: float = 0.1) -> Answer:
    return Answer("?", Status.UNANSWERED, Mode.EXTRACTIVE, (), (), confidence)


def result(
    answer: Answer | None = None,
    *evidence: Evidence,
    key: str = "c",
    answerable: bool = True,
    answers: tuple[str, ...] = (),
    asked: bool = True,
    hits: tuple[Hit, ...] = (),
    documents: tuple[str, ...] = (),
    seconds: float = 1.0,
) -> Result:
    case = Case(key, "?", answerable, answers, evidence=evidence)
    return Result(case, asked, answer, hits, documents, seconds)


def figure(name: str, *results: Result) -> Figure | None:
    return metrics({"a.pdf": DOCUMENT}.get)[name](results)


def about(value: float, n: int) -> object:
    return Figure(pytest.approx(value), n)  # type: ignore[arg-type]


def test_rankings_are_scored_by_the_relevant_documents() -> None:
    both = result(None, Evidence("a"), Evidence("b", 2), Evidence("b", 3), key="1", documents=("x", "a", "y", "b"))
    late = result(None, Evidence("a"), key="2", documents=("1", "2", "3", "4", "5", "a"))
    failed = result(None, Evidence("a"), key="3")
    unanswerable = result(None, key="4", answerable=False, documents=("x",))
    rows = (both, late, failed, unanswerable)
    ideal = 1 + 1 / log2(3)
    gains = [(1 / log2(3) + 1 / log2(5)) / ideal, 1 / log2(7), 0]
    assert figure("recall@5", *rows) == about((1 + 0 + 0) / 3, 3)
    assert figure("recall@10", *rows) == about((1 + 1 + 0) / 3, 3)
    assert figure("ndcg@10", *rows) == about(sum(gains) / 3, 3)
    assert figure("mrr@10", *rows) == about((1 / 2 + 1 / 6 + 0) / 3, 3)


def test_a_page_is_found_within_one_page_of_the_first_five_hits() -> None:
    gold = Evidence("a", 7)
    beside = result(None, gold, hits=(hit("b", 7), hit("a", 8)))
    too_far = result(None, gold, hits=(hit("a", 9), hit("a")))
    too_late = result(None, gold, hits=(*(hit("b", 7),) * 5, hit("a", 7)))
    without_pages = result(None, Evidence("a"), hits=(hit("a", 7),))
    rows = (beside, too_far, too_late, without_pages)
    assert figure("page_recall@5_within_1", *rows) == about(1 / 3, 3)


def test_citations_are_judged_by_pages() -> None:
    gold = (Evidence("a", 3), Evidence("a", 10), Evidence("b", 1))
    half = answered(Claim("x", (cite("a", 4), cite("a", 20))), Claim("y", (cite("b", 3), cite("b", 2))))
    rows = (result(half, *gold), result(declined(), *gold), result(None, *gold), result(half, Evidence("a")))
    assert figure("citation_recall_within_1", *rows) == about((2 / 3) / 3, 3)
    assert figure("citation_precision_within_1", *rows) == about((2 / 4) / 3, 3)


@pytest.mark.parametrize(
    ("answer", "text", "hits"),
    [
        ("270,000 Tonnes", "It was 270000 tonnes.", True),
        ("U.S.", "The US imports it.", True),
        ("twenty-five", "Twenty five mines closed.", True),
        ("氧化镝", "中国出口氧化鏑。", True),
        ("136 次", "共136次擒杀。", True),
        ("Müller", "Herr Muller said so.", True),
        ("4", "in 1945", False),
        ("4", "up by 4.5", False),
        ("35", "up by 3.5", False),
        ("art", "a party", False),
        ("2010", "in 2010，2011", True),
        (".", "no stop", False),
    ],
)
def test_accepted_answers_are_found_as_whole_words(answer: str, text: str, *, hits: bool) -> None:
    row = result(answered(Claim(text, ())), answers=("not this", answer))
    assert figure("answer_hit", row) == Figure(float(hits), 1)


def test_first_claims_and_declined_cases() -> None:
    second = result(answered(Claim("Nothing.", ()), Claim("Dysprosium.", ())), answers=("dysprosium",))
    first = result(answered(Claim("Dysprosium.", ())), answers=("dysprosium",))
    rows = (second, first, result(declined(), answers=("dysprosium",)), result(declined()))
    assert figure("answer_hit", *rows) == about(2 / 3, 3)
    assert figure("first_claim_hit", *rows) == about(1 / 3, 3)


def test_quotes_are_compared_word_by_word() -> None:
    gold = (Evidence("a", quote="The quota rose."), Evidence("a", quote="It rose 5%."), Evidence("a"))
    # gold: quota rose it rose 5; cited: quota rose in 2024, once: 2 words shared of 5 and 4
    answer = answered(Claim("x", (cite(quote="the Quota rose in 2024"),) * 2))
    rows = (result(answer, *gold), result(declined(), *gold), result(answer, Evidence("a")))
    assert figure("quote_f1", *rows) == about((2 * 2 / (5 + 4)) / 2, 2)
    han = result(answered(Claim("x", (cite(quote="中国稀土"),))), Evidence("a", quote="稀土。"))
    assert figure("quote_f1", han) == about(2 * 2 / (2 + 4), 1)


def test_quotes_are_compared_with_the_stored_text() -> None:
    citations = (cite(quote="quota", start=4), cite(quote="Quota", start=4), cite("gone.pdf"), cite(quote="The"))
    rows = (result(answered(Claim("x", citations[:3]), Claim("y", citations[3:]))), result(None))
    assert figure("quotes_verbatim", *rows) == Figure(0.5, 4)
    assert figure("quotes_verbatim", result(declined())) is None


def test_confidence_is_judged_by_pairs() -> None:
    answerable = [result(declined(each)) for each in (0.9, 0.5, 0.2)]
    others = [result(declined(each), answerable=False) for each in (0.5, 0.1)]
    # of 6 pairs 0.9 wins 2, 0.5 wins 1 and ties 1, 0.2 wins 1
    assert figure("refusal_auroc", *answerable, *others) == about(4.5 / 6, 5)
    assert figure("refusal_auroc", result(declined()), result(None, answerable=False)) == Figure(0.0, 2)
    assert figure("refusal_auroc", *answerable) is None


def test_a_failed_case_counts_against_refusing() -> None:
    unanswerable = [result(each, answerable=False) for each in (declined(), declined(), answered(), None)]
    answerable = [result(each) for each in (declined(), answered(), answered(), None)]
    assert figure("refused_unanswerable", *unanswerable, *answerable) == Figure(0.5, 4)
    assert figure("refused_answerable", *unanswerable, *answerable) == Figure(0.5, 4)


def test_times_are_percentiles_by_nearest_rank() -> None:
    rows = [result(seconds=float(number)) for number in range(20, 0, -1)]
    assert figure("seconds_p50", *rows) == Figure(10.0, 20)
    assert figure("seconds_p95", *rows) == Figure(19.0, 20)


def test_retrieval_alone_gives_no_figures_of_answers() -> None:
    row = result(None, Evidence("a", 1, "words"), answers=("x",), asked=False, hits=(hit("a", 1),), documents=("a",))
    named = metrics(lambda _: None)
    assert {name for name, metric in named.items() if metric([row]) is None} == ANSWER_FIGURES
    assert len(named) == 16


def test_a_report_has_figures_by_tag_and_failures() -> None:
    def tagged(key: str, answer: Answer | None, *tags: str, error: str | None = None) -> Result:
        return Result(Case(key, "?", answerable=True, tags=tags), asked=True, answer=answer, error=error)

    rows = [tagged("1", answered(), "en"), tagged("2", declined(), "en", "pdf"), tagged("3", None, error="It broke.")]
    report = summarise(rows, lambda _: None)
    data = report.to_json()
    assert data["figures"]["refused_answerable"] == {"value": pytest.approx(2 / 3), "n": 3}
    assert data["by_tag"]["en"]["refused_answerable"] == {"value": 0.5, "n": 2}
    assert data["by_tag"]["pdf"]["refused_answerable"] == {"value": 1.0, "n": 1}
    assert data["failures"] == {"3": "It broke."}
    assert "recall@5" not in data["figures"]
