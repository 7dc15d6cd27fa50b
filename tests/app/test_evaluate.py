"""The page that says how well the library answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant.evaluation.cases import Case, Evidence, load_cases
from assistant.evaluation.drafts import DraftStore
from assistant.evaluation.runs import Place, Quote, Result, Said
from assistant.evaluation.store import Circumstances, RunStore, Selection
from assistant.services.conversations import open_history
from assistant.settings import load_settings
from assistant.types import Answer, Citation, Claim, Feedback, Mode, Reason, Status

OpenPage = Callable[..., AppTest]
KeepRun = Callable[..., str]

FINE = "Decree No. 785 fines illegal mining of rare earths up to ten times the illegal gains."
QUESTIONS = (
    {"id": "fines", "question": "What does Decree No. 785 do about illegal mining?", "answerable": True,
     "answers": ["ten times"], "evidence": [{"document": "decree.md", "quote": FINE}], "split": "dev"},
    {"id": "mona", "question": "Who painted the Mona Lisa?", "answerable": False, "split": "test"},
)  # fmt: skip
EVIDENCE = (Evidence("decree.md", quote="fines <b>illegal</b> mining"), Evidence("gone.pdf", 3))
CASE = Case("fines", "What of <i>fines</i>?", answerable=True, answers=("ten times",), evidence=EVIDENCE, tags=("en",))
PLACE = Place("decree.md", 0, 9, None, (0,))


@pytest.fixture
def keep_run(library: Path) -> KeepRun:
    """Keeps a run of one case that was answered with the given words."""

    def keep(words: str, **circumstances: object) -> str:
        store = RunStore(library.parents[1] / "data" / "runs")
        said = (Said(words, (Quote(PLACE, "fines"),)),)
        result = Result(CASE, True, True, 0.5, said, (PLACE,), ("decree.md",), ("law",), 0.25, {"search": 0.1})
        with store.begin(1, Selection(), Circumstances(**circumstances)) as writer:  # type: ignore[arg-type]
            writer.add(result)
            writer.finish()
        return writer.head.id

    return keep


def choose(page: AppTest, label: str, value: str) -> None:
    next(box for box in page.selectbox if box.label == label).set_value(value).run()
    assert not page.exception


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()


def written(page: AppTest) -> str:
    return "\n".join(str(each.value) for each in page.html)


def test_without_a_run_or_a_test_set_it_says_so(open_page: OpenPage) -> None:
    page = open_page("evaluate")
    assert not page.exception
    assert "No run" in page.text[-1].value
    assert "no test set" in page.caption[0].value


def test_a_run_is_started_from_the_page(open_page: OpenPage, library: Path) -> None:
    (library.parent / "questions.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)))
    page = open_page("evaluate")
    choose(page, "Cases to ask", "dev")
    page.button[0].click().run()
    assert not page.exception
    assert "1 case" in page.success[0].value
    (row,) = page.dataframe[0].value.to_dict("records")
    assert (row["Cases"], row["Of"], row["answer_hit"]) == (1, "the library, split dev", 1.0)
    figures = page.dataframe[1].value.set_index("Figure")
    assert figures.loc["answer_hit", ["Value", "From", "To", "n"]].tolist() == [1.0, 1.0, 1.0, 1]
    assert "SQuAD" in figures.loc["token_f1", "What it means"]


def test_a_test_set_that_cannot_be_read_gets_a_sentence(open_page: OpenPage, library: Path) -> None:
    (library.parent / "questions.jsonl").write_text("half a fi")
    page = open_page("evaluate")
    assert not page.exception
    assert "is not a case" in page.error[0].value


def test_two_runs_are_compared(open_page: OpenPage, keep_run: KeepRun) -> None:
    first, second = keep_run("Five times.", settings={"hits": 5}), keep_run("Ten times.", settings={"hits": 10})
    page = open_page("evaluate")
    assert list(page.dataframe[0].value["Run"]) == [second, first]
    choose(page, "Compare it with", first)
    assert "by more than chance" in page.success[0].value
    assert any("setting hits" in caption.value for caption in page.caption)
    changes = page.dataframe[1].value.set_index("Figure")
    assert changes.loc["answer_hit", ["Before", "After", "Change"]].tolist() == [0.0, 1.0, 1.0]
    assert page.dataframe[2].value.to_dict("records") == [
        {"Case": "fines", "Before": "wrong", "After": "right", "Question": CASE.question}
    ]


def test_a_case_shows_what_was_expected_given_found_and_missed(open_page: OpenPage, keep_run: KeepRun) -> None:
    keep_run("Ten <script>times</script>.")
    page = open_page("evaluate")
    choose(page, "Open a case", "fines")
    text = written(page)
    for words in ("What of &lt;i&gt;fines&lt;/i&gt;?", "ten times", "Ten &lt;script&gt;", "fines &lt;b&gt;illegal"):
        assert words in text
    assert "decree.md · found, rank 1, cited" in text
    assert "gone.pdf, p. 3 · missed" in text
    page.button(key="close").click().run()
    assert "gone.pdf" not in written(page)


def test_cases_are_listed_by_outcome(open_page: OpenPage, keep_run: KeepRun) -> None:
    keep_run("Five times.")
    page = open_page("evaluate")
    choose(page, "Outcome", "wrong")
    assert list(page.dataframe[-1].value["Case"]) == ["fines"]


def test_a_complaint_is_reviewed_corrected_and_accepted(open_page: OpenPage, library: Path) -> None:
    (library.parent / "questions.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)))
    with closing(open_history(load_settings())) as history:
        cited = Citation("decree.md", "Decree", None, 0, len(FINE), FINE, "p", "d")
        claim = Claim(FINE, (cited,))
        answer = Answer(
            "What does Decree No. 785 do about illegal mining?", Status.ANSWERED, Mode.EXTRACTIVE, (claim,), (), 0.9
        )
        exchange = history.append("", answer)
        history.give_feedback("", exchange.id, Feedback(helpful=False, reasons=(Reason.INCOMPLETE,)))
    page = open_page("evaluate")
    assert page.expander[0].label == "1 draft case to review"
    (draft,) = DraftStore(load_settings().drafts).drafts()
    choose(page, "Review a draft", draft.id)
    assert "fines" in page.warning[0].value  # the case that asks the same
    press(page, "Accept")
    assert "lacks an accepted answer" in page.error[0].value
    page.text_area(key=f"question-{draft.id}").set_value("What does the <b>decree</b> fine?")
    page.text_area(key=f"answers-{draft.id}").set_value("ten times\n\n")
    press(page, "Accept")
    assert not page.exception
    assert "Accepted" in page.success[0].value
    accepted = load_cases(library.parent / "questions.jsonl")[-1]
    assert (accepted.id, accepted.question) == ("feedback-001", "What does the <b>decree</b> fine?")
    assert accepted.answers == ("ten times",)
    assert accepted.evidence == (Evidence("decree.md", quote=FINE),)
    assert page.expander[0].label == "0 draft cases to review"


def test_questions_are_drafted_from_a_document_and_rejected(open_page: OpenPage, library: Path) -> None:
    page = open_page(
        "evaluate", {"mine.md": "# Mine\n\nThe mine of this county dug 12,345 tonnes of ore in one year.\n"}
    )
    page.toggle[0].set_value(True).run()
    choose(page, "Document", "mine.md")
    press(page, "Draft")
    (draft,) = DraftStore(load_settings().drafts).drafts()
    choose(page, "Review a draft", draft.id)
    press(page, "Reject")
    assert "Rejected" in page.success[0].value
    assert DraftStore(load_settings().drafts).drafts() == ()
    assert not (library.parent / "questions.jsonl").exists()


def test_a_case_is_edited_and_retired(open_page: OpenPage, library: Path, keep_run: KeepRun) -> None:
    questions = library.parent / "questions.jsonl"
    questions.write_text("\n".join(map(json.dumps, QUESTIONS)))
    keep_run("Ten times.")
    page = open_page("evaluate")
    choose(page, "Open a case", "fines")
    assert "changed since this run" in page.caption[-1].value
    page.text_area(key="answers-fines").set_value("ten times\n10 times")
    press(page, "Save")
    assert "Saved the case fines" in page.success[0].value
    assert load_cases(questions)[0].answers == ("ten times", "10 times")
    page.text_area(key="question-fines").set_value(" ")
    press(page, "Save")
    assert "must not be empty" in page.error[0].value
    press(page, "Retire")
    assert [case.id for case in load_cases(questions)] == ["mona"]
    assert "no such case now" in page.caption[-1].value


def test_a_figure_is_drawn_by_group(open_page: OpenPage, keep_run: KeepRun) -> None:
    keep_run("Ten times.")
    page = open_page("evaluate")
    before = len(page.get("image"))
    choose(page, "Figure to draw", "answer_hit")
    assert len(page.get("image")) == before >= 4


def test_a_run_that_was_broken_off_is_listed_and_cannot_be_opened(open_page: OpenPage, library: Path) -> None:
    with RunStore(library.parents[1] / "data" / "runs").begin(7, Selection(), Circumstances()):
        pass
    page = open_page("evaluate")
    assert not page.exception
    assert "broken off" in page.dataframe[0].value["Took"][0]
    assert "Show the run" not in [box.label for box in page.selectbox]
