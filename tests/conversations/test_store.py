from __future__ import annotations

import dataclasses
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from assistant.conversations.encoding import ANSWERS, FEEDBACK, FILTERS, earlier_passage, trim
from assistant.conversations.records import turns
from assistant.conversations.store import History
from assistant.errors import HistoryError, NoSuchConversation
from assistant.types import Answer, Feedback, Filters, Reason, Turn
from tests.conversations import conftest as made

ME, OTHER = "me@example.org", "other@example.org"

# keeping and opening


@settings(deadline=None, max_examples=40)
@given(made.ANSWERS)
def test_an_answer_comes_back_from_json_as_it_was(answer: Answer) -> None:
    assert ANSWERS.decode(ANSWERS.encode(answer)) == answer


@settings(deadline=None)
@given(made.FILTERS)
def test_filters_come_back_from_json_as_they_were(filters: Filters) -> None:
    assert FILTERS.decode(FILTERS.encode(filters)) == filters


@settings(deadline=None)
@given(made.FEEDBACK)
def test_feedback_comes_back_from_json_as_it_was(feedback: Feedback) -> None:
    assert FEEDBACK.decode(FEEDBACK.encode(feedback)) == feedback


@settings(deadline=None, max_examples=40)
@given(made.ANSWERS)
def test_what_is_trimmed_off_an_answer_is_only_hits_that_are_not_shown_again(answer: Answer) -> None:
    kept = trim(answer)
    assert dataclasses.replace(kept, hits=()) == dataclasses.replace(answer, hits=())
    assert kept.hits[:5] == answer.hits[:5]
    cited = {citation.passage for claim in answer.claims for citation in claim.citations}
    assert all(earlier_passage(kept, passage) == earlier_passage(answer, passage) for passage in cited)
    assert trim(kept) == kept


def test_a_conversation_opens_after_a_restart_as_it_was_left(url: str) -> None:
    filters = Filters(kinds=("policy",), as_of="2025-12-31")
    first = History(url)
    one = first.append(ME, made.answer(), filters, newest="2026-06-30")
    two = first.append(ME, made.refusal(), conversation=one.conversation)
    first.close()
    again = History(url)
    assert again.exchanges(ME, one.conversation) == (one, two)
    assert again.exchanges(ME, one.conversation)[0].filters == filters
    assert (one.number, two.number, one.newest) == (1, 2, "2026-06-30")
    again.close()


def test_a_conversation_is_called_after_its_first_question_until_a_person_names_it(history: History) -> None:
    made_of = history.append(ME, made.answer("What do the\ncontrols cover?")).conversation
    assert history.conversation(ME, made_of).title == "What do the controls cover?"
    history.append(ME, made.answer("And when?"), conversation=made_of)
    assert history.conversation(ME, made_of).title == "What do the controls cover?"
    history.append(ME, made.answer("Edited?"), conversation=made_of, instead_of=1)
    assert history.conversation(ME, made_of).title == "Edited?"
    history.rename(ME, made_of, "  Controls \n of 2025 ")
    history.rename(ME, made_of, "  ")
    history.append(ME, made.answer("Edited again?"), conversation=made_of, instead_of=1)
    assert history.conversation(ME, made_of).title == "Controls of 2025"


@pytest.mark.parametrize("question", ["word " * 300, "稀土" * 300, "x" * 5000, "?!\x00\ud800 who", "\ud800"])
def test_any_question_becomes_a_short_title(history: History, question: str) -> None:
    made_of = history.append(ME, made.answer(question))
    title = history.conversation(ME, made_of.conversation).title
    assert 0 < len(title) <= 100
    assert not title.startswith("…")
    assert history.exchanges(ME, made_of.conversation)


def test_ids_cannot_be_guessed(history: History) -> None:
    ids = {history.append(ME, made.answer()).conversation for _ in range(20)}
    assert len(ids) == 20
    assert all(len(each) >= 22 for each in ids)


# retrying, deleting


def test_an_exchange_is_replaced_with_all_that_followed_it_in_one_step(history: History) -> None:
    talk = history.append(ME, made.answer("First?")).conversation
    for question in ("Second?", "Third?"):
        history.append(ME, made.answer(question), conversation=talk)
    history.append(ME, made.answer("Second, put better?"), conversation=talk, instead_of=2)
    assert [each.answer.question for each in history.exchanges(ME, talk)] == ["First?", "Second, put better?"]
    assert [each.number for each in history.exchanges(ME, talk)] == [1, 2]


def test_the_last_exchange_can_be_taken_off_until_none_is_left(history: History) -> None:
    talk = history.append(ME, made.answer("First?")).conversation
    history.append(ME, made.answer("Second?"), conversation=talk)
    history.delete_last(ME, talk)
    assert [each.answer.question for each in history.exchanges(ME, talk)] == ["First?"]
    history.delete_last(ME, talk)
    history.delete_last(ME, talk)
    assert history.exchanges(ME, talk) == ()
    assert history.conversations(ME) == ()
    history.append(ME, made.answer("Anew?"), conversation=talk)
    assert [(each.title, each.exchanges) for each in history.conversations(ME)] == [("Anew?", 1)]


def test_a_deleted_conversation_leaves_no_word_in_the_file(history: History, url: str) -> None:
    talk = history.append(ME, made.answer("Tungsten of Ganzhou?")).conversation
    history.delete(ME, talk)
    history.close()
    file = Path(url.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert b"Ganzhou" not in file.read_bytes()


def test_the_id_of_a_deleted_exchange_is_never_given_again(history: History) -> None:
    first = history.append(ME, made.answer())
    history.delete(ME, first.conversation)
    assert history.append(ME, made.answer()).id != first.id


# listing and searching


def test_conversations_are_listed_last_changed_first_in_pages(history: History) -> None:
    talks = [history.append(ME, made.answer(f"Question {number}?")).conversation for number in range(7)]
    history.append(ME, made.answer("More?"), conversation=talks[2])
    listed = [each.id for each in history.conversations(ME)]
    assert listed == [talks[2], *(talks[number] for number in (6, 5, 4, 3, 1, 0))]
    pages = [history.conversations(ME, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [each.id for page in pages for each in page] == listed
    assert history.count(ME) == 7
    assert history.conversations(ME)[0].exchanges == 2


def test_listing_reads_no_answer(history: History) -> None:
    for number in range(5):
        history.append(ME, made.answer(f"Question {number}?"))
    seen: list[str] = []
    sa.event.listen(history._engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    history.conversations(ME)
    assert len(seen) == 1
    assert "answer" not in seen[0]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", {"controls", "quota", "chinese"}),
        ("DYSPROSIUM", {"controls"}),
        ("cover  dysprosium", {"controls"}),
        ("dysprosium quota", set()),
        ("quota 270,000", {"quota"}),
        ("出口管制", {"chinese"}),
        ("出口管製", {"chinese"}),
        ("100%", {"quota"}),
        ("%", {"quota"}),
        ("_", set()),
        ("\\", set()),
        ("' OR 1=1 --", set()),
        ("x" * 100_000, set()),
        ("\x00\ud800", {"controls", "quota", "chinese"}),  # a question mark
    ],
)
def test_words_are_found_in_titles_questions_and_answers(history: History, search: str, found: set[str]) -> None:
    history.append(ME, made.answer("What do the controls cover?"))
    history.append(ME, made.answer("What was the quota?", "It was 270,000 tonnes, 100% of it mined."))
    history.append(ME, made.answer("何时宣布的？", "中国宣布新的出口管制措施。"))
    names = {"What do the controls cover?": "controls", "What was the quota?": "quota", "何时宣布的？": "chinese"}
    assert {names[each.title] for each in history.conversations(ME, search=search)} == found
    assert history.count(ME, search=search) == len(found)


def test_a_title_that_a_person_gave_is_searched_too(history: History) -> None:
    talk = history.append(ME, made.answer()).conversation
    history.rename(ME, talk, "Briefing for Monday")
    assert [each.id for each in history.conversations(ME, search="monday dysprosium")] == [talk]


# users


def test_a_user_can_neither_see_nor_touch_what_is_anothers(history: History) -> None:
    mine = history.append(ME, made.answer())
    assert history.conversations(OTHER) == ()
    assert history.count(OTHER) == 0
    attempts = (
        lambda: history.conversation(OTHER, mine.conversation),
        lambda: history.exchanges(OTHER, mine.conversation),
        lambda: history.append(OTHER, made.answer(), conversation=mine.conversation),
        lambda: history.append(OTHER, made.answer(), conversation=mine.conversation, instead_of=1),
        lambda: history.rename(OTHER, mine.conversation, "Mine"),
        lambda: history.delete(OTHER, mine.conversation),
        lambda: history.delete_last(OTHER, mine.conversation),
        lambda: history.give_feedback(OTHER, mine.id, Feedback(helpful=True)),
        lambda: history.exchanges(ME, "unknown"),
        lambda: history.exchanges(ME, "\x00\ud800"),
        lambda: history.rename(ME, "\x00\ud800", "Mine"),
        lambda: history.conversation("\ud800", mine.conversation),
        lambda: history.append(ME, made.answer(), conversation=""),
    )
    for attempt in attempts:
        with pytest.raises(NoSuchConversation):
            attempt()
    assert history.exchanges(ME, mine.conversation) == (mine,)
    assert history.count(ME) == 1


# feedback and uses


def test_feedback_is_kept_replaced_and_taken_back(history: History) -> None:
    exchange = history.append(ME, made.answer())
    wrong = Feedback(helpful=False, reasons=(Reason.WRONG, Reason.OUT_OF_DATE), right_answer="它们涵盖镝。")
    for feedback in (Feedback(helpful=True), wrong, None, wrong):
        history.give_feedback(ME, exchange.id, feedback)
        assert history.exchanges(ME, exchange.conversation)[0].feedback == feedback
    (given,) = history.feedback_given()
    assert (given.feedback, given.exchange.answer, given.earlier) == (wrong, exchange.answer, ())


def test_feedback_comes_with_the_turns_before_it_and_since_a_time(history: History) -> None:
    talk = history.append(ME, made.answer("First?")).conversation
    second = history.append(ME, made.answer("And when?"), conversation=talk)
    other = history.append(OTHER, made.answer("Other?"))
    history.give_feedback(OTHER, other.id, Feedback(helpful=True))
    history.give_feedback(ME, second.id, Feedback(helpful=False))
    earlier, later = history.feedback_given()
    assert later.earlier == (Turn("First?", made.QUOTE),)
    assert earlier.exchange.conversation == other.conversation
    assert history.feedback_given(since=later.given) == (later,)
    assert turns(history.exchanges(ME, talk))[0] == Turn("First?", made.QUOTE)


def test_answers_that_cite_a_document_are_told_with_the_versions(history: History) -> None:
    first = history.append(ME, made.answer("First?"))
    both = made.answer("Both?", claims=(dataclasses.replace(made.answer().claims[0], citations=(
        made.citation(digest="d2"), made.citation(), made.citation(document="other.md"),
    )),))  # fmt: skip
    history.append(OTHER, both)
    history.append(ME, made.refusal())
    uses = history.uses("policy/controls.md")
    assert [(use.question, use.digests) for use in uses] == [("Both?", ("d1", "d2")), ("First?", ("d1",))]
    assert [use.conversation for use in history.uses("policy/controls.md", user=ME)] == [first.conversation]
    assert history.uses("unknown.md") == ()
    history.delete(ME, first.conversation)
    assert history.uses("policy/controls.md", user=ME) == ()


# several processes, damage, other releases

_WRITER = """
import sys
from assistant.conversations.store import History
from tests.conversations.conftest import answer
history = History(sys.argv[1])
for number in range(10):
    history.append("me@example.org", answer(f"{sys.argv[3]} asks {number}?"), conversation=sys.argv[2] or None)
"""


@pytest.mark.parametrize("shared", [True, False])
def test_processes_that_write_at_once_lose_nothing(url: str, shared: bool) -> None:
    talk = ""
    if shared:
        first = History(url)
        talk = first.append(ME, made.answer()).conversation
        first.close()
    root = Path(__file__).parents[2]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, url, talk, str(name)], cwd=root, stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        for name in range(3)
    ]  # fmt: skip
    failures = [writer.communicate()[1].decode() for writer in writers]
    assert failures == ["", "", ""]
    history = History(url)
    talks = history.conversations(ME, limit=100)
    if shared:
        exchanges = history.exchanges(ME, talk)
        assert [each.number for each in exchanges] == list(range(1, 32))
        assert len({each.answer.question for each in exchanges}) == 31
    else:
        assert sum(each.exchanges for each in talks) == 30
    history.close()


@pytest.mark.parametrize(
    "content", [b"not a database at all, but some text " * 100, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_damaged_file_is_told_in_a_sentence_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "history.db"
    file.write_bytes(content)
    with pytest.raises(HistoryError, match="backup"):
        History(f"sqlite:///{file}")
    assert file.read_bytes() == content


def test_a_file_with_a_torn_middle_is_told_in_a_sentence(url: str, tmp_path: Path) -> None:
    history = History(url)
    for number in range(30):
        talk = history.append(ME, made.answer(f"Question {number}?")).conversation
    history.close()
    torn = tmp_path / "torn.db"
    shutil.copy(url.removeprefix("sqlite:///"), torn)
    data = bytearray(torn.read_bytes())
    data[4096 : len(data)] = b"\xaa" * (len(data) - 4096)
    torn.write_bytes(data)
    with pytest.raises(HistoryError):
        History(f"sqlite:///{torn}").exchanges(ME, talk)


def test_a_database_of_a_later_release_is_refused_and_left_as_it_is(url: str) -> None:
    History(url).close()
    file = Path(url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(file)
    connection.execute("UPDATE history_facts SET value = '99'")
    connection.execute("DROP TABLE citations")
    connection.commit()
    connection.close()
    with pytest.raises(HistoryError, match="99"):
        History(url)
    connection = sqlite3.connect(file)
    assert ("citations",) not in connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()


def test_an_answer_with_fields_of_a_later_release_still_opens(history: History, url: str) -> None:
    exchange = history.append(ME, made.answer())
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("""UPDATE exchanges SET answer = json_set(json_remove(answer, '$.cached'), '$.mood', 'glad')""")
    connection.commit()
    assert history.exchanges(ME, exchange.conversation) == (exchange,)
    connection.execute("UPDATE exchanges SET answer = 'null'")
    connection.commit()
    connection.close()
    with pytest.raises(HistoryError, match="damaged"):
        history.exchanges(ME, exchange.conversation)
    history.delete(ME, exchange.conversation)


@pytest.mark.parametrize(
    "url", ["no url", "sqlite:////nowhere/at/all/history.db", "unknown://host/db", "oracle://host/db"]
)
def test_a_database_that_cannot_be_reached_is_told_in_a_sentence(url: str) -> None:
    with pytest.raises(HistoryError):
        History(url)
