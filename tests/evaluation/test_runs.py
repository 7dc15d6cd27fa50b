from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from assistant import Assistant
from assistant.errors import QuestionError
from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.locating import Locator
from assistant.evaluation.report import summarise
from assistant.evaluation.runs import Ask, Result, Retrieve, run_cases
from assistant.types import Answer, Claim, Hit, Turn

MakeAssistant = Callable[[Mapping[str, str | bytes]], Assistant]

FILES = {
    "quota-2023.md": "---\npublished: 2023-12-15\n---\n# Quota 2023\n\nThe 2023 mining quota was 255,000 tonnes.\n",
    "quota-2024.md": "---\npublished: 2024-12-20\n---\n# Quota 2024\n\nThe 2024 mining quota was 270,000 tonnes.\n",
    "magnets.md": "# Magnets\n\nDysprosium keeps neodymium magnets strong at high temperatures.\n",
}
MAGNETS = Case("magnets", "What does dysprosium do for magnets?", answerable=True, evidence=(Evidence("magnets.md"),))
EMPTY = Case("empty", "?!", answerable=True, answers=("x",), evidence=(Evidence("magnets.md", 1, "Dysprosium"),))


def through(assistant: Assistant) -> tuple[Ask, Retrieve]:
    def ask(case: Case) -> Answer:
        return assistant.ask(case.question, filters=case.filters, history=case.history)

    def retrieve(case: Case, *, limit: int | None = None, per_document: int | None = None) -> tuple[Hit, ...]:
        return assistant.retrieve(
            case.question, filters=case.filters, history=case.history, limit=limit, per_document=per_document
        )

    return ask, retrieve


def results(assistant: Assistant, *cases: Case, answering: bool = True) -> list[Result]:
    ask, retrieve = through(assistant)
    return list(run_cases(ask if answering else None, retrieve, cases, Locator(assistant.document)))


def test_a_run_asks_every_case_and_ranks_documents_for_those_with_evidence(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    unanswerable = Case("mona", "Who painted the Mona Lisa?", answerable=False)
    first, second = results(assistant, MAGNETS, unanswerable)
    answer = assistant.ask(MAGNETS.question)
    assert [sentence.text for sentence in first.said] == [claim.text for claim in answer.claims]
    assert [(hit.document, hit.start) for hit in first.hits] == [
        (hit.passage.document, hit.passage.start) for hit in answer.hits
    ]
    assert first.confidence == answer.confidence
    assert first.documents[0] == "magnets.md"
    assert len(first.documents) == len(set(first.documents)) > 1
    assert {"search", "answer"} <= set(first.stages)
    assert "total" not in first.stages
    assert not second.answered
    assert second.documents == ()


def test_hits_and_quotes_know_which_evidence_they_hold(make_assistant: MakeAssistant) -> None:
    quoted = Evidence("magnets.md", quote="Dysprosium keeps\n neodymium magnets strong")
    elsewhere = Evidence("quota-2023.md", quote="The 2023 mining quota")
    nowhere = Evidence("magnets.md", quote="Terbium keeps magnets strong")
    case = Case("m", MAGNETS.question, answerable=True, evidence=(elsewhere, quoted, nowhere, Evidence("gone.md", 1)))
    (result,) = results(make_assistant(FILES), case)
    held = {hit.document: hit.evidence for hit in result.hits}
    assert held["magnets.md"] == (1,)
    assert held["quota-2023.md"] == (0,)
    assert {quote.place.evidence for quote in result.quotes if quote.place.document == "magnets.md"} == {(1,)}
    assert {quote.verbatim for quote in result.quotes} == {True}


def test_a_quote_that_is_no_slice_of_the_text_is_noticed(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    ask, retrieve = through(assistant)

    def falsify(case: Case) -> Answer:
        answer = ask(case)
        citations = tuple(replace(each, quote=each.quote.upper()) for each in answer.claims[0].citations)
        return replace(answer, claims=(Claim("Said.", citations), *answer.claims))

    (result,) = run_cases(falsify, retrieve, [MAGNETS], Locator(assistant.document))
    assert not result.quotes[0].verbatim
    assert result.quotes[-1].verbatim


def test_history_and_date_of_a_case_are_heeded(make_assistant: MakeAssistant) -> None:
    follow_up = Case(
        "follow-up",
        "And how strong does it keep them?",
        answerable=True,
        evidence=(Evidence("magnets.md"),),
        history=(Turn("What does dysprosium do for magnets?", "It keeps them strong."),),
    )
    earlier = Case("earlier", "What was the mining quota?", answerable=True, evidence=(Evidence("x"),), as_of="2024")
    latest = Case("as-of", "What was the mining quota?", answerable=True, evidence=(Evidence("x"),), as_of="2024-06")
    found = [result.documents for result in results(make_assistant(FILES), follow_up, earlier, latest)]
    assert found[0][0] == "magnets.md"
    assert "quota-2024.md" in found[1]
    assert "quota-2024.md" not in found[2]
    assert "quota-2023.md" in found[2]


def test_a_failing_case_is_a_record_that_counts_as_zero(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    failed, other = results(assistant, EMPTY, MAGNETS)
    with pytest.raises(QuestionError) as raised:
        assistant.ask(EMPTY.question)
    assert failed.error == str(raised.value)
    assert failed.confidence is None
    report = summarise([failed, other])
    assert report.figures["recall@5"].value == 0.5
    for name in ("page_recall@5_within_1", "citation_recall_within_1", "answer_hit", "quote_f1"):
        assert (report.figures[name].value, report.figures[name].n) == (0.0, 1)
    assert report.figures["quotes_verbatim"].value == 1.0
    assert set(report.failures) == {"empty"}


def test_unforeseen_errors_are_recorded_with_their_kind() -> None:
    def broken(case: Case) -> Answer:
        raise ZeroDivisionError(case.id)

    def nothing(case: Case, *, limit: int | None = None, per_document: int | None = None) -> tuple[Hit, ...]:
        raise AssertionError((case, limit, per_document))

    (result,) = run_cases(broken, nothing, (MAGNETS,), Locator(lambda _: None))
    assert result.error == "ZeroDivisionError: magnets"


def test_retrieval_can_be_judged_alone(make_assistant: MakeAssistant) -> None:
    first, second = results(make_assistant(FILES), MAGNETS, EMPTY, answering=False)
    assert not first.asked
    assert first.hits[0].document == "magnets.md"
    figures = summarise([first, second]).figures
    assert figures["recall@5"].value == 0.5
    assert figures["page_recall@5_within_1"].value == 0.0
    assert not {"answer_hit", "refused_answerable", "refusal_auroc", "quotes_verbatim"} & set(figures)


def test_cases_that_are_in_work_at_the_same_time_keep_their_order(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    ask, retrieve = through(assistant)
    cases = [replace(MAGNETS, id=f"{number}", question=f"{MAGNETS.question} {number}") for number in range(12)]
    one_by_one = run_cases(ask, retrieve, cases, Locator(assistant.document))
    together = run_cases(ask, retrieve, cases, Locator(assistant.document), at_once=4)
    for alone, among_others in zip(one_by_one, together, strict=True):
        assert among_others == replace(alone, seconds=among_others.seconds, stages=among_others.stages)
