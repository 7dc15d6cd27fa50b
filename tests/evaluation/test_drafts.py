from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.cases import Case, Evidence
from assistant.evaluation.drafts import Draft, DraftStore, State, draft_from_feedback, lacking
from assistant.evaluation.likeness import most_alike
from assistant.types import Answer, Citation, Claim, Feedback, Filters, Mode, Reason, Status, Turn

QUOTE = "The 2024 mining quota was 270,000 tonnes."
CITED = Citation("quota.pdf", "Quotas", 2, 10, 10 + len(QUOTE), QUOTE, "p", "d")
ANSWER = Answer(
    "What was the mining quota in 2024?",
    Status.ANSWERED,
    Mode.EXTRACTIVE,
    (Claim(QUOTE, (CITED,)), Claim("Again.", (CITED,))),
    (),
    0.9,
)


def drafted(*reasons: Reason, right: str | None = None, **more: object) -> Draft:
    made = draft_from_feedback(ANSWER, Feedback(helpful=False, reasons=reasons, right_answer=right), **more)  # type: ignore[arg-type]
    assert made is not None
    return made


def test_a_thumbs_up_is_no_draft() -> None:
    assert draft_from_feedback(ANSWER, Feedback(helpful=True)) is None


def test_a_right_answer_is_the_accepted_one_and_cited_quotes_are_offered_as_evidence() -> None:
    made = drafted(Reason.INCOMPLETE, right="  270,000\ntonnes ")
    assert made.case.question == ANSWER.question
    assert made.case.answerable
    assert made.case.answers == ("270,000 tonnes",)
    assert made.case.evidence == (Evidence("quota.pdf", 2, QUOTE),)
    assert made.case.tags == ("feedback", "en")
    assert "incomplete" in made.note
    assert lacking(made.case) is None


def test_a_long_right_answer_is_a_reference() -> None:
    right = "The quota of 2024 was 270,000 tonnes of oxides, set in two batches in February and in August."
    assert drafted(right=right).case.reference == right
    assert drafted(right=right).case.answers == ()


def test_quotes_that_do_not_support_the_answer_are_no_evidence() -> None:
    assert drafted(Reason.UNSUPPORTED, Reason.WRONG).case.evidence == ()


def test_what_should_have_been_refused_is_a_case_without_an_answer() -> None:
    case = drafted(Reason.SHOULD_HAVE_REFUSED, right="Nobody knows.").case
    assert (case.answerable, case.answers, case.reference, case.evidence) == (False, (), None, ())
    assert lacking(case) is None


def test_a_complaint_without_a_right_answer_lacks_one() -> None:
    assert lacking(drafted(Reason.WRONG).case) is not None


def test_the_turns_before_and_the_date_belong_to_the_case() -> None:
    history = (Turn("What of 2023?", "240,000 tonnes."),)
    made = drafted(filters=Filters(as_of="2024-12-31", kinds=("law",)), history=history)
    assert made.case.history == history
    assert made.case.as_of == "2024-12-31"
    assert "filters" in made.note
    assert "filters" not in drafted(filters=Filters(as_of="2024-12-31")).note


@pytest.fixture
def store(tmp_path: Path) -> DraftStore:
    return DraftStore(tmp_path / "data" / "drafts.jsonl")


def test_drafts_wait_until_they_are_settled_and_do_not_come_back(store: DraftStore) -> None:
    one, other = drafted(Reason.WRONG), drafted(Reason.OUT_OF_DATE)
    assert store.add([one, one, other]) == (one, other)
    store.settle(one.id, State.REJECTED)
    assert store.drafts() == (other,)
    assert store.add([one]) == ()
    with pytest.raises(EvaluationError, match="No draft"):
        store.settle(one.id, State.ACCEPTED)


def test_a_draft_is_corrected(store: DraftStore) -> None:
    made = drafted(Reason.WRONG)
    store.add([made])
    store.edit(made.id, replace(made.case, answers=("镝",)))
    assert store.find(made.id).case.answers == ("镝",)
    assert store.add([made]) == ()


def test_a_damaged_file_gets_a_sentence(store: DraftStore, tmp_path: Path) -> None:
    assert store.drafts() == ()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "drafts.jsonl").write_text("half a fi")
    with pytest.raises(EvaluationError, match="cannot be read"):
        store.drafts()


def asks(question: str, key: str = "c", *, history: tuple[Turn, ...] = (), as_of: str | None = None) -> Case:
    return Case(key, question, answerable=True, history=history, as_of=as_of)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("What was the mining quota in 2024?", "what WAS the 2024 mining quotas", True),
        ("What was the mining quota in 2024?", "What was the mining quota in 2023?", False),
        ("What was the mining quota in 2024?", "What was the smelting quota in 2024?", False),
        ("2024年稀土开采配额是多少？", "2024年稀土開採配額是多少", True),
        ("2024年稀土开采配额是多少？", "2024年稀土冶炼分离配额是多少？", False),
        ("Why?", "How?", False),
    ],
)
def test_questions_that_ask_the_same_are_noticed(one: str, other: str, *, alike: bool) -> None:
    assert (most_alike(asks(one), [asks("Who runs Lynas?"), asks(other, "other")]) is not None) is alike


def test_another_date_or_another_conversation_asks_for_something_else() -> None:
    question = "And what was the quota?"
    assert most_alike(asks(question, as_of="2024-01-01"), [asks(question)]) is None
    assert (
        most_alike(asks(question, history=(Turn("Tell me about Vietnam's dysprosium.", "x"),)), [asks(question)])
        is None
    )


def test_of_several_the_closest_is_named() -> None:
    others = [asks("the mining quota of heavy earths", "far"), asks("the mining quota of heavy rare earths", "near")]
    found = most_alike(asks("What is the mining quota of heavy rare earths?"), others)
    assert found is not None
    assert found.id == "near"
