from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from assistant import Assistant
from assistant.errors import QuestionError
from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.report import summarise
from assistant.evaluation.runs import Ask, Retrieve, run_cases
from assistant.types import Answer, Hit, Progress, Turn

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


def test_a_run_asks_every_case_and_ranks_documents_for_those_with_evidence(make_assistant: MakeAssistant) -> None:
    ask, retrieve = through(make_assistant(FILES))
    unanswerable = Case("mona", "Who painted the Mona Lisa?", answerable=False)
    steps: list[Progress] = []
    first, second = run_cases(ask, retrieve, (MAGNETS, unanswerable), steps.append)
    assert first.answer is not None
    assert first.hits == first.answer.hits
    assert first.documents[0] == "magnets.md"
    assert len(first.documents) == len(set(first.documents)) > 1
    assert second.answer is not None
    assert second.documents == ()
    assert [(step.done, step.total, step.detail) for step in steps] == [(1, 2, "magnets"), (2, 2, "mona")]


def test_history_and_date_of_a_case_are_heeded(make_assistant: MakeAssistant) -> None:
    ask, retrieve = through(make_assistant(FILES))
    follow_up = Case(
        "follow-up",
        "And how strong does it keep them?",
        answerable=True,
        evidence=(Evidence("magnets.md"),),
        history=(Turn("What does dysprosium do for magnets?", "It keeps them strong."),),
    )
    earlier = Case("earlier", "What was the mining quota?", answerable=True, evidence=(Evidence("x"),), as_of="2024")
    latest = Case("as-of", "What was the mining quota?", answerable=True, evidence=(Evidence("x"),), as_of="2024-06")
    results = run_cases(ask, retrieve, (follow_up, earlier, latest))
    assert results[0].documents[0] == "magnets.md"
    assert "quota-2024.md" in results[1].documents
    assert "quota-2024.md" not in results[2].documents
    assert "quota-2023.md" in results[2].documents


def test_a_failing_case_is_a_record_that_counts_as_zero(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    ask, retrieve = through(assistant)
    results = run_cases(ask, retrieve, (EMPTY, MAGNETS))
    with pytest.raises(QuestionError) as raised:
        assistant.ask(EMPTY.question)
    assert results[0].error == str(raised.value)
    assert results[0].answer is None
    report = summarise(results, assistant.document)
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

    (result,) = run_cases(broken, nothing, (MAGNETS,))
    assert result.error == "ZeroDivisionError: magnets"


def test_retrieval_can_be_judged_alone(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    _, retrieve = through(assistant)
    results = run_cases(None, retrieve, (MAGNETS, EMPTY))
    assert results[0].answer is None
    assert results[0].hits[0].passage.document == "magnets.md"
    figures = summarise(results, assistant.document).figures
    assert figures["recall@5"].value == 0.5
    assert figures["page_recall@5_within_1"].value == 0.0
    assert not {"answer_hit", "refused_answerable", "refusal_auroc", "quotes_verbatim"} & set(figures)
