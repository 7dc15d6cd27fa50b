from __future__ import annotations

import json
import random
from dataclasses import dataclass
from math import isnan, log2
from typing import Any

import pytest

from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.finding import quotes_as_names
from assistant.evaluation.metrics import measures
from assistant.evaluation.ranking import ranking_values
from assistant.evaluation.report import summarise
from assistant.evaluation.runs import Place, Quote, Result, Said

ANSWER_FIGURES = {
    "citation_recall_within_1",
    "citation_precision_within_1",
    "answer_hit",
    "first_claim_hit",
    "citation_recall_exact",
    "citation_precision_exact",
    "citation_recall_quote",
    "citation_precision_quote",
    "exact_match",
    "token_f1",
    "rouge_l",
    "quote_f1",
    "quotes_verbatim",
    "refusal_auroc",
    "refusal_precision",
    "risk_coverage_area",
    "coverage",
    "selective_risk",
    "refused_unanswerable",
    "refused_answerable",
}


def hit(document: str, page: int | None = None, *, evidence: tuple[int, ...] = ()) -> Place:
    return Place(document, 0, 1, page, evidence)


def cite(
    document: str = "a.pdf",
    page: int | None = None,
    text: str = "The quota",
    start: int = 0,
    *,
    evidence: tuple[int, ...] = (),
    verbatim: bool = True,
) -> Quote:
    return Quote(Place(document, start, start + len(text), page, evidence), text, verbatim)


@dataclass
class Given:
    """What was answered, if the case was not declined."""

    said: tuple[Said, ...]
    confidence: float
    declined: bool = False


def answered(*said: Said, confidence: float = 0.9) -> Given:
    return Given(said, confidence)


def declined(confidence: float = 0.1) -> Given:
    return Given((), confidence, declined=True)


def result(
    given: Given | None = None,
    *evidence: Evidence,
    key: str = "c",
    answerable: bool = True,
    answers: tuple[str, ...] = (),
    reference: str | None = None,
    asked: bool = True,
    hits: tuple[Place, ...] = (),
    documents: tuple[str, ...] = (),
    seconds: float = 1.0,
    stages: dict[str, float] | None = None,
) -> Result:
    """A case's result; without anything given it failed, where an answer was wanted."""
    return Result(
        Case(key, "?", answerable, answers, reference, evidence),
        asked,
        answered=given is not None and not given.declined,
        confidence=given.confidence if given else None,
        said=given.said if given else (),
        hits=hits,
        documents=documents,
        seconds=seconds,
        stages=stages or {},
        error="It broke." if asked and given is None else None,
    )


def figure(name: str, *results: Result) -> tuple[float, int] | None:
    measure = measures(results)[name]
    return None if isnan(measure.value()) else (measure.value(), measure.count())


def about(value: float, n: int) -> object:
    return pytest.approx(value), n


def test_rankings_are_scored_by_the_relevant_documents() -> None:
    both = result(None, Evidence("a"), Evidence("b", 2), Evidence("b", 3), key="1", documents=("x", "a", "y", "b"))
    late = result(None, Evidence("a"), key="2", documents=("1", "2", "3", "4", "5", "a"))
    failed = result(None, Evidence("a"), key="3")
    unanswerable = result(None, key="4", answerable=False, documents=("x",))
    rows = (both, late, failed, unanswerable)
    ideal = 1 + 1 / log2(3)
    gains = [(1 / log2(3) + 1 / log2(5)) / ideal, 1 / log2(7), 0]
    assert figure("hit@1", *rows) == about(0, 3)
    assert figure("hit@5", *rows) == about(1 / 3, 3)
    assert figure("hit@10", *rows) == about(2 / 3, 3)
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
    half = answered(Said("x", (cite("a", 4), cite("a", 20))), Said("y", (cite("b", 3), cite("b", 2))))
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
    row = result(answered(Said(text, ())), answers=("not this", answer))
    assert figure("answer_hit", row) == (float(hits), 1)


def test_first_claims_and_declined_cases() -> None:
    second = result(answered(Said("Nothing.", ()), Said("Dysprosium.", ())), answers=("dysprosium",))
    first = result(answered(Said("Dysprosium.", ())), answers=("dysprosium",))
    rows = (second, first, result(declined(), answers=("dysprosium",)), result(declined()))
    assert figure("answer_hit", *rows) == about(2 / 3, 3)
    assert figure("first_claim_hit", *rows) == about(1 / 3, 3)


def test_quotes_are_compared_word_by_word() -> None:
    gold = (Evidence("a", quote="The quota rose."), Evidence("a", quote="It rose 5%."), Evidence("a"))
    # gold: quota rose it rose 5; cited: quota rose in 2024, once: 2 words shared of 5 and 4
    answer = answered(Said("x", (cite(text="the Quota rose in 2024"),) * 2))
    rows = (result(answer, *gold), result(declined(), *gold), result(answer, Evidence("a")))
    assert figure("quote_f1", *rows) == about((2 * 2 / (5 + 4)) / 2, 2)
    han = result(answered(Said("x", (cite(text="中国稀土"),))), Evidence("a", quote="稀土。"))
    assert figure("quote_f1", han) == about(2 * 2 / (2 + 4), 1)


def test_every_quote_must_be_verbatim() -> None:
    quotes = (cite(), cite(verbatim=False), cite(), cite())
    rows = (result(answered(Said("x", quotes[:3]), Said("y", quotes[3:]))), result(None))
    assert figure("quotes_verbatim", *rows) == (0.75, 4)
    assert figure("quotes_verbatim", result(declined())) is None


def test_passages_are_judged_by_the_quotes_they_hold() -> None:
    gold = (Evidence("a", quote="one"), Evidence("b", quote="two"), Evidence("c"))
    second = result(None, *gold, hits=(hit("x"), hit("b", evidence=(1,))))
    sixth = result(None, *gold, hits=(*(hit("x"),) * 5, hit("a", evidence=(0,)), hit("b", evidence=(1,))))
    rows = (second, sixth, result(declined(), *gold), result(None, Evidence("a")))
    assert figure("passage_hit@1", *rows) == about(0, 3)
    assert figure("passage_hit@5", *rows) == about(1 / 3, 3)
    assert figure("passage_hit@10", *rows) == about(2 / 3, 3)
    assert figure("passage_recall@10", *rows) == about((1 / 2 + 1 + 0) / 3, 3)
    assert figure("passage_mrr@10", *rows) == about((1 / 2 + 1 / 6 + 0) / 3, 3)


def test_pages_and_passages_are_ranked_too() -> None:
    gold = (Evidence("a", 3, "one"), Evidence("b", 1, "two"))
    hits = (hit("a", 2), hit("a", 3, evidence=(0,)), hit("a", 3, evidence=(0,)), hit("b", 1, evidence=(0, 1)))
    row = result(None, *gold, hits=hits)
    ideal = 1 + 1 / log2(3)
    assert figure("page_recall@10", row, result(None, *gold, key="2")) == about(1 / 2, 2)
    assert figure("page_mrr@10", row) == about(1 / 2, 1)
    assert figure("page_ndcg@10", row) == about((1 / log2(3) + 1 / log2(4)) / ideal, 1)  # each page counts once
    assert figure("passage_ndcg@10", row) == about((1 / log2(3) + 1 / log2(5)) / ideal, 1)
    assert figure("page_ndcg@10", result(None, Evidence("a", quote="one"), hits=hits)) is None
    assert figure("passage_ndcg@10", result(None, Evidence("a", 3), hits=hits)) is None


def test_reciprocal_ranks_of_passages_are_those_of_ir_measures() -> None:
    dice = random.Random(0)
    for _ in range(50):
        held = [tuple(sorted(dice.sample(range(4), dice.randrange(3)))) for _ in range(12)]
        row = result(
            None, *(Evidence("a", quote=f"{n}") for n in range(4)), hits=tuple(hit("a", evidence=e) for e in held)
        )
        names = quotes_as_names(row)
        reference = ranking_values({"c": names[0]}, {"c": names[1]})["mrr@10"]["c"]
        assert figure("passage_mrr@10", row) == about(reference, 1)


def test_citations_are_judged_by_the_quotes_they_show() -> None:
    gold = (Evidence("a", quote="one"), Evidence("b", quote="two"))
    given = answered(Said("x", (cite("a", evidence=(0,)), cite("a", evidence=(0,)))), Said("y", (cite("z"),)))
    rows = (result(given, *gold), result(declined(), *gold), result(None, *gold))
    assert figure("citation_recall_quote", *rows) == about((1 / 2) / 3, 3)
    assert figure("citation_precision_quote", *rows) == about((2 / 3) / 3, 3)


def test_pages_are_also_judged_exactly() -> None:
    gold = Evidence("a", 3)
    rows = (result(answered(Said("x", (cite("a", 4), cite("a", 3)))), gold, hits=(hit("a", 4),)), result(None, gold))
    assert figure("page_recall@5_exact", *rows) == about(0, 2)
    assert figure("citation_recall_exact", *rows) == about(1 / 2, 2)
    assert figure("citation_precision_exact", *rows) == about((1 / 2) / 2, 2)
    assert figure("citation_precision_within_1", *rows) == about(1 / 2, 2)


def test_answers_are_scored_as_by_squad() -> None:
    exact = result(answered(Said("The 270,000 tonnes!", ())), answers=("no", "270,000 tonnes"))
    # given: it was 270000 tonnes, wanted: 270000 tonnes; 2 shared of 4 and 2
    longer = result(answered(Said("It was the", ()), Said("270,000 tonnes.", ())), answers=("270,000 tonnes",))
    # given by character: 中 国 出 口, wanted: 中 国
    chinese = result(answered(Said("中国出口。", ())), answers=("中国",))
    rows = (
        exact,
        longer,
        chinese,
        result(declined(), answers=("x",)),
        result(None, answers=("x",)),
        result(declined()),
    )
    assert figure("exact_match", *rows) == about(1 / 5, 5)
    assert figure("token_f1", *rows) == about((1 + 4 / 6 + 4 / 6) / 5, 5)


def test_the_longest_common_subsequence_with_the_reference_is_scored() -> None:
    # police killed the gunman / police kill the gunman: 3 of 4 and 4 (Lin 2004, section 3)
    row = result(answered(Said("Police kill the gunman.", ())), reference="police killed the gunman")
    chinese = result(answered(Said("出口许可", ())), reference="出口管制许可")
    assert figure("rouge_l", row, result(declined(), reference="x")) == about((2 * 3 / 8) / 2, 2)
    assert figure("rouge_l", chinese) == about(2 * 4 / 10, 1)


def test_confidence_is_judged_by_pairs() -> None:
    answerable = [result(declined(each)) for each in (0.9, 0.5, 0.2)]
    others = [result(declined(each), answerable=False) for each in (0.5, 0.1)]
    # of 6 pairs 0.9 wins 2, 0.5 wins 1 and ties 1, 0.2 wins 1
    assert figure("refusal_auroc", *answerable, *others) == about(4.5 / 6, 5)
    assert figure("refusal_auroc", result(declined()), result(None, answerable=False)) == (0.0, 2)
    assert figure("refusal_auroc", *answerable) is None


def test_a_failed_case_counts_against_refusing() -> None:
    unanswerable = [result(each, answerable=False) for each in (declined(), declined(), answered(), None)]
    answerable = [result(each) for each in (declined(), answered(), answered(), None)]
    assert figure("refused_unanswerable", *unanswerable, *answerable) == (0.5, 4)
    assert figure("refused_answerable", *unanswerable, *answerable) == (0.5, 4)


def test_refusals_and_answers_are_counted() -> None:
    right, wrong = answered(Said("Dysprosium.", ())), answered(Said("Neodymium.", ()))
    rows = (
        *(result(each, answers=("dysprosium",)) for each in (right, wrong, declined(), None)),
        *(result(each, answerable=False) for each in (wrong, declined(), declined(), None)),
    )
    assert figure("refusal_precision", *rows) == about(2 / 3, 3)
    assert figure("coverage", *rows) == about(3 / 8, 8)
    assert figure("selective_risk", *rows) == about(2 / 3, 3)
    assert figure("selective_risk", result(declined(), answers=("x",))) is None


def test_without_accepted_answers_a_citation_of_evidence_is_right() -> None:
    gold = (Evidence("a", quote="one"), Evidence("b", 3), Evidence("c"))
    places = (cite("a", evidence=(0,)), cite("b", 4), cite("c"), cite("a"), cite("b", 5))
    rows = [result(answered(Said("x", (place,))), *gold) for place in places]
    assert figure("selective_risk", *rows) == about(2 / 5, 5)
    assert figure("selective_risk", result(answered(Said("x", places)))) is None


def test_risk_is_averaged_over_coverage() -> None:
    said = Said("Dysprosium.", ())
    rows = [
        result(answered(said, confidence=0.9), answers=("dysprosium",)),
        result(answered(said, confidence=0.7), answerable=False),
        result(answered(said, confidence=0.5), answers=("dysprosium",)),
        result(answered(said, confidence=0.5), answers=("neodymium",)),
        result(None, answers=("dysprosium",)),
    ]
    # wrong so far: 0, 1, then two at once with one wrong, then the failed one
    risks = [0, 1 / 2, 2 / 4, 2 / 4, 3 / 5]
    assert figure("risk_coverage_area", *rows) == about(sum(risks) / 5, 5)
    curve = summarise(rows).risk_coverage
    assert curve == (
        pytest.approx((0.2, 0)),
        pytest.approx((0.4, 0.5)),
        pytest.approx((0.8, 0.5)),
        pytest.approx((1, 0.6)),
    )


def test_times_are_percentiles_by_nearest_rank() -> None:
    rows = [result(seconds=float(number), stages={"search": number / 10}) for number in range(20, 0, -1)]
    assert figure("seconds_p50", *rows) == (10.0, 20)
    assert figure("seconds_p95", *rows) == (19.0, 20)
    assert figure("seconds_p95_search", *rows, result(None)) == about(1.9, 20)


def test_every_figure_says_what_it_means() -> None:
    named = measures([result(declined(), stages={"search": 1.0})])
    assert len(named) == 42
    assert all(len(measure.definition.split()) > 5 for measure in named.values())


def test_retrieval_alone_gives_no_figures_of_answers() -> None:
    gold = Evidence("a", 1, "words")
    row = result(None, gold, answers=("x",), reference="x", asked=False, hits=(hit("a", 1),), documents=("a",))
    missing = {name for name, measure in measures([row]).items() if isnan(measure.value())}
    assert missing == ANSWER_FIGURES


def test_a_report_has_figures_by_group_and_failures() -> None:
    def tagged(key: str, answered: bool, *tags: str, question: str = "Why?", **more: Any) -> Result:
        case = Case(key, question, answerable=True, tags=tags, split="dev" if tags else None)
        return Result(case, asked=True, answered=answered, **more)

    rows = [
        tagged("1", True, "en", kinds=("law",)),
        tagged("2", False, "en", "pdf", question="为什么？"),
        tagged("3", False, error="It broke."),
    ]
    data = summarise(rows).to_json()
    assert data["figures"]["refused_answerable"] == {"value": pytest.approx(2 / 3), "n": 3, "low": 0.0, "high": 1.0}
    assert data["by_tag"]["en"]["refused_answerable"] == {"value": 0.5, "n": 2, "low": 0.0, "high": 1.0}
    assert data["by_tag"]["pdf"]["refused_answerable"]["value"] == 1.0
    counts = {
        name: {group: figures["coverage"]["n"] for group, figures in data[f"by_{name}"].items()}
        for name in ("language", "kind", "split")
    }
    assert counts == {"language": {"en": 2, "zh": 1}, "kind": {"law": 1}, "split": {"dev": 2}}
    assert data["failures"] == {"3": "It broke."}
    assert "recall@5" not in data["figures"]
    assert json.loads(json.dumps(data)) == data
