from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from assistant import Assistant
from assistant.answering.candidates import readable
from assistant.answering.evidence import FEATURES, SENTENCE_FEATURES, Evidence
from assistant.answering.weights import Weights
from assistant.retrieval.retriever import Concept

if TYPE_CHECKING:
    from tests.conftest import MakeAssistant

ROWS = "\n".join(f"| {year} | {year * 45} | {year % 7} provinces |" for year in range(1990, 2024))
FILES = {
    "decree.md": "---\ntitle: Decree 785\n---\n# Decree 785\n\n## Scope\n\nThe regulations apply to mining, smelting and trade. "
    "They entered into force on 1 October 2024.\n\n- Mining without a quota is forbidden.\n- Smelting needs a\n  licence.\n\n"
    "## Penalties\n\nIllegal mining is fined up to ten times the illegal gains.\n",
    "quotas.md": f"# Quotas\n\nThe table lists quotas.\n\n| Year | Quota in tonnes | Given to |\n| --- | --- | --- |\n{ROWS}\n",
    "zh.md": "# 白云鄂博\n\n丁道衡于1927年在白云鄂博发现铁矿。何作霖发现了稀土矿物。\n",
}
QUESTIONS = (
    "When did the regulations enter into force?",
    "What was the quota in 2012?",
    "谁发现了铁矿？",
    "What needs a licence?",
)


@pytest.fixture(scope="module")
def assistant(make_shared_assistant: MakeAssistant) -> Assistant:
    return make_shared_assistant(FILES, passage_words=60)


def best_of(evidence: Evidence) -> str:
    return readable(evidence.candidates[0])


@pytest.mark.parametrize("question", QUESTIONS)
def test_candidates_are_slices_of_the_stored_text(assistant: Assistant, question: str) -> None:
    evidence = assistant.evidence(question)
    assert evidence.candidates
    for candidate in evidence.candidates:
        document = assistant.document(candidate.hit.passage.document)
        assert document is not None
        assert candidate.text == document.text[candidate.start : candidate.end]
        assert candidate.quote == document.text[candidate.lead : candidate.end]
        assert (
            candidate.hit.passage.start
            <= candidate.lead
            <= candidate.start
            < candidate.end
            <= candidate.hit.passage.end
        )
        if candidate.header is not None:
            assert candidate.header.text == document.text[candidate.header.start : candidate.header.end]


@pytest.mark.parametrize("question", QUESTIONS)
def test_everything_that_is_measured_is_named_and_finite(assistant: Assistant, question: str) -> None:
    evidence = assistant.evidence(question)
    assert set(evidence.features) == set(FEATURES)
    assert all(math.isfinite(value) for value in evidence.features.values())
    for candidate in evidence.candidates:
        assert set(candidate.features) >= set(SENTENCE_FEATURES)
        shares = [value for name, value in candidate.features.items() if name != "read"]
        assert all(-1.001 <= value <= 1.001 for value in shares)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "When did the regulations enter into force?",
            "The regulations apply to mining, smelting and trade. They entered into force on 1 October 2024.",
        ),
        ("How high is the fine for illegal mining?", "Illegal mining is fined up to ten times the illegal gains."),
        ("What needs a licence?", "Smelting needs a licence."),
        ("谁发现了铁矿？", "丁道衡于1927年在白云鄂博发现铁矿。"),
        ("What was the quota in 2012?", "Year: 2012; Quota in tonnes: 90540; Given to: 3 provinces"),
    ],
)
def test_the_sentence_that_answers_comes_first(assistant: Assistant, question: str, sentence: str) -> None:
    assert best_of(assistant.evidence(question)) == sentence


def test_no_heading_and_no_rule_is_evidence(assistant: Assistant) -> None:
    texts = [candidate.text for question in QUESTIONS for candidate in assistant.evidence(question).candidates]
    assert not [text for text in texts if text.startswith(("#", "| ---", "- "))]


@pytest.mark.parametrize("year", [1990, 1999, 2012, 2023])
def test_a_row_is_read_with_the_header_of_its_table_in_whichever_passage(assistant: Assistant, year: int) -> None:
    assert len(assistant.passages("quotas.md")) > 2
    rows = [
        candidate
        for candidate in assistant.evidence(f"What was the quota in {year}?").candidates
        if candidate.text.startswith(f"| {year} ")
    ]
    assert [readable(row) for row in rows] == [
        f"Year: {year}; Quota in tonnes: {year * 45}; Given to: {year % 7} provinces"
    ]


def test_a_question_in_a_document_is_no_evidence(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant({"faq.md": "# Quotas\n\nHow high was the quota? It was 270,000 tonnes in 2024.\n"})
    texts = [candidate.text for candidate in assistant.evidence("How high was the quota?").candidates]
    assert texts == ["It was 270,000 tonnes in 2024."]


def test_the_header_of_a_table_is_no_row_of_it(assistant: Assistant) -> None:
    candidates = assistant.evidence("What was the quota in 2012?").candidates
    assert not [each for each in candidates if each.text.startswith("| Year")]


def test_a_library_without_documents_holds_no_evidence(make_assistant: MakeAssistant) -> None:
    evidence = make_assistant({}).evidence("What was the quota?")
    assert (evidence.candidates, evidence.features) == ((), {})


# weights


def frequencies(terms: Sequence[str]) -> tuple[dict[str, int], int]:
    return {term: {"rare": 1, "common": 900}.get(term, 30) for term in terms}, 1000


def test_rare_concepts_weigh_more_than_common_ones() -> None:
    weights = Weights((Concept((("rare",),)), Concept((("common",),))), frequencies)
    assert weights.coverage({"rare", "common"}) == pytest.approx(1)
    assert weights.coverage({"rare"}) > 0.9 > 0.1 > weights.coverage({"common"}) > 0
    assert weights.coverage(set()) == 0


def test_of_chinese_what_no_document_says_and_is_no_telling_word_does_not_count() -> None:
    def none(terms: Sequence[str]) -> tuple[dict[str, int], int]:
        return dict.fromkeys(terms, 0), 1000

    concepts = [Concept(((word,),)) for word in ("那个", "案判", "显微镜")]
    assert Weights(concepts, none).unknown == (concepts[2],)


def test_a_question_about_nothing_is_covered_by_nothing() -> None:
    assert Weights((), frequencies).coverage({"rare"}) == 0
