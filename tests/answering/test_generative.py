from __future__ import annotations

import json
from threading import Event

import pytest

from assistant import Answer, Assistant, Claim, Filters, Mode, Status, Turn
from assistant.errors import ModelSetupError
from assistant.types import Usage
from tests.answering.chat_server import ChatServer, Prompt, claims
from tests.answering.conftest import CHINESE, DECREE, FILES, Ready
from tests.conftest import MakeAssistant

QUESTION = "When was Decree 785 published?"
PUBLISHED = "The State Council published Decree 785 on 29 June 2024."
EFFECT = "It took effect on 1 October 2024."


def good(prompt: Prompt) -> str:
    return claims(prompt, ("Decree 785 was published on 29 June 2024.", PUBLISHED))


def assert_verbatim(assistant: Assistant, answer: Answer) -> None:
    for claim in answer.claims:
        assert claim.citations
        for citation in claim.citations:
            document = assistant.document(citation.document)
            assert document is not None
            assert citation.quote == document.text[citation.start : citation.end]


def assert_extracted(answer: Answer, told: str) -> None:
    assert (answer.mode, answer.status, answer.model) == (Mode.EXTRACTIVE, Status.ANSWERED, None)
    assert any(told in note and "extracted answer" in note for note in answer.notes), answer.notes
    assert any("29 June 2024" in claim.text for claim in answer.claims)


# what holds


def test_a_claim_with_its_quote_becomes_a_citation(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    assistant = ready()
    answer = assistant.ask(QUESTION)
    assert (answer.status, answer.mode, answer.model) == (Status.ANSWERED, Mode.GENERATIVE, "openai:tiny")
    assert [claim.text for claim in answer.claims] == ["Decree 785 was published on 29 June 2024."]
    (citation,) = answer.claims[0].citations
    assert (citation.document, citation.quote, citation.published) == ("decree.md", PUBLISHED, "2024-06-29")
    assert_verbatim(assistant, answer)
    assert (answer.unsupported, answer.uncovered, answer.cached, answer.usage) == (0, (), False, Usage(100, 20))
    assert answer.seconds["first_claim"] <= answer.seconds["total"]


def test_a_chinese_question_is_answered_in_chinese(ready: Ready, server: ChatServer) -> None:
    server.says(lambda prompt: claims(prompt, ("丁道衡于1927年7月发现铁矿。", "丁道衡于1927年7月在白云鄂博发现铁矿。")))
    answer = ready().ask("丁道衡在哪一年发现了白云鄂博铁矿？")
    assert answer.mode is Mode.GENERATIVE
    assert answer.claims[0].text == "丁道衡于1927年7月发现铁矿。"
    assert "in Chinese" in server.prompts[0].text


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "```json\n{}\n```",
        "Here is the answer you asked for:\n\n{}\n\nI hope this helps!",
        '<think>The user "asks" { for a date</think>\n{}',
        "{}\n{}",
    ],
)  # fmt: skip
def test_what_stands_around_the_form_does_not_matter(ready: Ready, server: ChatServer, around: str) -> None:
    server.says(lambda prompt: around.replace("{}", good(prompt)))
    answer = ready().ask(QUESTION)
    assert [claim.text for claim in answer.claims] == ["Decree 785 was published on 29 June 2024."]


def test_one_claim_a_line_is_read_too(ready: Ready, server: ChatServer) -> None:
    def lines(prompt: Prompt) -> str:
        listed = json.loads(
            claims(prompt, (PUBLISHED, PUBLISHED), ("Decree 785 took effect on 1 October 2024.", EFFECT))
        )
        return "\n".join(json.dumps(claim) for claim in listed["claims"])

    server.says(lines)
    assert len(ready().ask(QUESTION).claims) == 2


def test_a_trailing_comma_is_forgiven(ready: Ready, server: ChatServer) -> None:
    server.says(lambda prompt: good(prompt).replace('"}]}]', '"},],},]'))
    assert ready().ask(QUESTION).mode is Mode.GENERATIVE


def test_claims_are_reported_one_by_one_before_the_answer_is_complete(ready: Ready, server: ChatServer) -> None:
    stop, seen = Event(), list[Claim]()

    def see(claim: Claim) -> None:
        seen.append(claim)
        stop.set()

    def long(prompt: Prompt) -> str:
        return claims(prompt, (PUBLISHED, PUBLISHED), ("Decree 785 took effect on 1 October 2024.", EFFECT))

    server.says(long, pause=0.02)
    answer = ready().ask(QUESTION, report_claim=see, stop=stop)
    assert [claim.text for claim in seen] == [PUBLISHED]
    assert answer.claims == tuple(seen)
    assert answer.mode is Mode.GENERATIVE
    assert any("Stopped" in note for note in answer.notes)


def test_stopped_before_the_first_claim_the_extracted_answer_is_given(ready: Ready, server: ChatServer) -> None:
    stop = Event()

    def stop_at_once(prompt: Prompt) -> str:
        stop.set()
        return good(prompt)

    server.says(stop_at_once, pause=0.05)
    assert_extracted(ready().ask(QUESTION, stop=stop), "Stopped")


def test_the_stages_are_told(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    stages: list[str] = []
    ready().ask(QUESTION, report_stage=stages.append)
    assert stages[0] == "Reading the question"
    assert stages[1] == "Searching the library"
    assert stages[2].startswith("Reading ")
    assert stages[3] == "Writing the answer"


def test_what_a_reader_must_know_of_the_sources_is_noted(ready: Ready, server: ChatServer) -> None:
    quote = "The first mining quota of rare earths for 2023 was 120,000 tonnes."
    server.says(lambda prompt: claims(prompt, (quote, quote)))
    notes = ready().ask("What was the mining quota of rare earths for 2023?").notes
    assert any("superseded by “Quotas of 2023”" in note for note in notes)
    assert any("carries no date" in note for note in notes)


# what does not hold


def test_what_no_source_supports_is_sent_back_with_reasons_and_then_left_out(ready: Ready, server: ChatServer) -> None:
    def written(prompt: Prompt) -> str:
        return claims(
            prompt,
            (PUBLISHED, PUBLISHED),
            ("Decree 785 was published on 30 June 2025.", PUBLISHED),
            ("Decree 785 bans all exports.", "Exports are banned.", "Decree 785"),
        )

    server.says(written)
    assistant = ready()
    answer = assistant.ask(QUESTION)
    assert [claim.text for claim in answer.claims] == [PUBLISHED]
    assert answer.unsupported == 2
    assert_verbatim(assistant, answer)
    repair = server.prompts[1].messages[-1]["content"]
    assert "30 June 2025" in repair
    assert "“Exports are banned.” does not stand in passage" in repair


def test_what_is_mended_counts_as_supported(ready: Ready, server: ChatServer) -> None:
    wrong = ("Decree 785 took effect on 2 October 2024.", EFFECT)
    right = ("Decree 785 took effect on 1 October 2024.", EFFECT)
    server.says(
        lambda prompt: claims(prompt, (PUBLISHED, PUBLISHED), wrong),
        lambda prompt: claims(prompt, right, not_covered=["When was Decree 785 published?"]),
    )
    answer = ready().ask(QUESTION)
    assert [claim.text for claim in answer.claims] == [PUBLISHED, right[0]]
    assert (answer.unsupported, answer.uncovered) == (0, ())
    assert answer.usage == Usage(200, 40)


def test_a_quote_of_another_passage_is_no_evidence_and_the_model_is_told_where_it_stands(
    ready: Ready, server: ChatServer
) -> None:
    server.says(lambda prompt: claims(prompt, (PUBLISHED, PUBLISHED, "255,000")))
    answer = ready().ask("When was Decree 785 published, and what was the mining quota of rare earths for 2023?")
    assert answer.mode is Mode.EXTRACTIVE
    repair = server.prompts[-1]
    assert f"it stands in passage {repair.passage(PUBLISHED)}" in repair.messages[-1]["content"]


def test_unknown_passages_are_dropped_and_counted(ready: Ready, server: ChatServer) -> None:
    def invented(prompt: Prompt) -> str:
        written = json.loads(
            claims(prompt, (PUBLISHED, PUBLISHED), ("Decree 785 took effect on 1 October 2024.", EFFECT))
        )
        written["claims"][1]["sources"][0]["passage"] = "1"
        return json.dumps(written)

    server.says(invented)
    answer = ready().ask(QUESTION)
    assert len(answer.claims) == 1
    assert answer.unsupported == 1


def test_if_too_little_holds_the_extracted_answer_is_given(ready: Ready, server: ChatServer) -> None:
    invented = [(f"Decree 785 has {number} articles.", PUBLISHED) for number in range(11, 16)]
    server.says(lambda prompt: claims(prompt, (PUBLISHED, PUBLISHED), *invented))
    answer = ready().ask(QUESTION)
    assert_extracted(answer, "Too little")
    assert answer.unsupported == 5


def test_a_flood_of_statements_is_cut(ready: Ready, server: ChatServer) -> None:
    flood = [(f"Decree 785 has {number} articles.", PUBLISHED) for number in range(100, 140)]
    server.says(lambda prompt: claims(prompt, *flood), piece=500)
    answer = ready(max_claims=2, model_output_tokens=2000, model_context_tokens=8000).ask(QUESTION)
    assert answer.unsupported == 6


def test_markup_never_reaches_a_claim(ready: Ready, server: ChatServer) -> None:
    text = 'Decree 785 was published on <img src="https://evil.example/?q=1"> 29 June 2024 [1](https://evil.example).'
    server.says(lambda prompt: claims(prompt, (text, PUBLISHED)))
    answer = ready().ask(QUESTION)
    shown = " ".join(claim.text for claim in answer.claims)
    assert "evil" not in shown
    assert "<" not in shown


# no answer, and answers where extraction has none


def test_a_model_that_finds_nothing_is_believed(ready: Ready, server: ChatServer) -> None:
    server.says('{"claims": [], "not_covered": ["When was Decree 785 published?"]}')
    answer = ready().ask(QUESTION)
    assert (answer.status, answer.mode, answer.claims) == (Status.UNANSWERED, Mode.GENERATIVE, ())
    assert any("found nothing" in note for note in answer.notes)
    assert answer.hits


def test_a_model_is_not_asked_what_the_library_has_nothing_on(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    answer = ready().ask("Who won the football cup in 1974?")
    assert answer.status is Status.UNANSWERED
    assert not server.prompts
    assert ready({}).ask(QUESTION).status is Status.UNANSWERED


def test_where_extraction_refuses_a_verified_claim_still_answers_with_a_caution(
    ready: Ready, server: ChatServer
) -> None:
    server.says(good)
    assistant = ready(refusal_threshold=1.0)
    assert assistant.ask(QUESTION, mode=Mode.EXTRACTIVE).status is Status.UNANSWERED
    answer = assistant.ask(QUESTION)
    assert answer.status is Status.ANSWERED
    assert any("say little" in note for note in answer.notes)


# failures


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda server: server.fails(401), "key"),
        (lambda server: server.fails(429, {"Retry-After": "0.01"}), "too often"),
        (lambda server: server.fails(429, {"Retry-After": "9999"}), "9999 seconds"),
        (lambda server: server.fails(500, {"Retry-After": "0.01"}), "fails"),
        (lambda server: server.fails(400, message="maximum context length is 10 tokens"), "ASSISTANT_MODEL_CONTEXT_TOKENS"),
        (lambda server: server.sends(""), ""),
        (lambda server: server.sends("<html>busy</html>", "text/html"), ""),
        (lambda server: server.says(""), "nothing"),
        (lambda server: server.says("I would rather talk about the weather."), "form"),
        (lambda server: server.says('{"answer": "29 June 2024"}'), "form"),
        (lambda server: server.says('{"claims": [{"text": "Decree 785'), "form"),
        (lambda server: server.says("I cannot help with that.", finish="content_filter"), "declined"),
        (lambda server: server.says("{" * 3000, piece=500), ""),
        (lambda server: server.says('{"claims": [' * 500, piece=500), ""),
        (lambda server: server.says('{"text": ' + "9" * 5000 + "}", piece=500), ""),
    ],
)  # fmt: skip
def test_every_failure_ends_in_the_extracted_answer_and_one_sentence(
    ready: Ready, server: ChatServer, break_it: object, told: str
) -> None:
    break_it(server)  # type: ignore[operator]
    answer = ready().ask(QUESTION)
    assert_extracted(answer, told)
    assert not answer.cached


def test_a_stream_that_is_cut_leaves_what_was_verified(ready: Ready, server: ChatServer) -> None:
    def cut(prompt: Prompt) -> str:
        return good(prompt).replace('], "not_covered"', ', {"text": "And')[:-6]

    server.says(cut, finish=None)
    answer = ready().ask(QUESTION)
    assert answer.mode is Mode.GENERATIVE
    assert len(answer.claims) == 1
    assert any("broke off" in note for note in answer.notes)


def test_a_slow_model_costs_no_question(ready: Ready, server: ChatServer) -> None:
    server.hangs(3)
    assert_extracted(ready(model_seconds=2).ask(QUESTION), "ASSISTANT_MODEL_SECONDS")


def test_a_model_that_is_not_there_costs_no_question(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(
        {"decree.md": DECREE}, model="openai:m", model_url="http://127.0.0.1:9/v1", model_seconds=3
    )
    assert_extracted(assistant.ask(QUESTION), "cannot be reached")
    assert_extracted(make_assistant({"decree.md": DECREE}, model="groq:m").ask(QUESTION), "pip install")


def test_a_failed_repair_leaves_the_rest(ready: Ready, server: ChatServer) -> None:
    server.says(lambda prompt: claims(prompt, (PUBLISHED, PUBLISHED), ("It has 99 articles.", PUBLISHED))).fails(401)
    answer = ready().ask(QUESTION)
    assert answer.mode is Mode.GENERATIVE
    assert answer.unsupported == 1


# budgets


def test_passages_are_left_out_where_the_context_is_small(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    long = {f"{name}.md": f"# Decree 785\n\n{'Decree 785 of rare earths is a decree. ' * 30}" for name in "abcdef"}
    ready({**FILES, **long}, model_context_tokens=2400, model_output_tokens=400).ask(QUESTION)
    (prompt,) = server.prompts
    assert 0 < prompt.text.count("[passage ") < 6
    assert len(prompt.text) / 3 < 2400


def test_without_room_for_a_passage_the_extracted_answer_is_given(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    decree = DECREE + "Decree 785 of rare earths. " * 60
    answer = ready({"decree.md": decree}, passage_words=400, model_context_tokens=2000, model_output_tokens=1000).ask(
        QUESTION
    )
    assert_extracted(answer, "No passage fits")
    assert not server.prompts


def test_no_repair_beyond_the_budget_of_a_question(ready: Ready, server: ChatServer) -> None:
    server.says(lambda prompt: claims(prompt, (PUBLISHED, PUBLISHED), ("It has 99 articles.", PUBLISHED)))
    answer = ready(model_question_tokens=2000, model_output_tokens=1150).ask(QUESTION)
    assert len(server.prompts) == 1
    assert answer.unsupported == 1


def test_what_models_cost_is_kept_by_day(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    assistant = ready()
    assert assistant.model_usage() == ()
    assistant.ask(QUESTION)
    assistant.ask("When did Decree 785 take effect?")
    assistant.ask(QUESTION, mode=Mode.EXTRACTIVE)
    (day,) = assistant.model_usage()
    assert (day.model, day.questions, day.usage) == ("openai:tiny", 2, Usage(200, 40))


# cache


def test_the_same_question_is_answered_again_from_the_cache(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    assistant = ready()
    first = assistant.ask(QUESTION)
    again = assistant.ask(QUESTION)
    assert (again.claims, again.cached, again.usage) == (first.claims, True, Usage())
    assert len(server.prompts) == 1
    assert not assistant.ask(QUESTION, mode=Mode.EXTRACTIVE).cached
    assert not assistant.ask(QUESTION, fresh=True).cached
    assert len(server.prompts) == 2


def test_another_question_filter_or_conversation_is_not(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    assistant = ready()
    assistant.ask(QUESTION)
    assert not assistant.ask(QUESTION, filters=Filters(as_of="2025-01-01")).cached
    assert not assistant.ask(QUESTION, history=[Turn("Who?", "The State Council.")]).cached
    assert not assistant.ask("When was Decree 785 published exactly?").cached
    assert not assistant.ask(QUESTION, resolved="When was Decree 785 published at last?").cached


def test_the_cache_dies_with_the_state_of_the_index(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    assistant = ready()
    assistant.ask(QUESTION)
    assistant.add_upload("new.md", CHINESE.replace("1927", "1928").encode())
    assistant.sync()
    answer = assistant.ask(QUESTION)
    assert not answer.cached
    assert len(server.prompts) == 2


def test_a_failure_is_not_kept(ready: Ready, server: ChatServer) -> None:
    server.fails(401).says(good)
    assistant = ready()
    assert assistant.ask(QUESTION).mode is Mode.EXTRACTIVE
    assert assistant.ask(QUESTION).mode is Mode.GENERATIVE


# modes


def test_without_a_model_answers_are_extracted_and_written_ones_cannot_be_had(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(FILES)
    assert assistant.model is None
    assert assistant.ask(QUESTION).mode is Mode.EXTRACTIVE
    with pytest.raises(ModelSetupError, match="ASSISTANT_MODEL"):
        assistant.ask(QUESTION, mode=Mode.GENERATIVE)


def test_the_extracted_answer_can_be_had_beside_a_model(ready: Ready, server: ChatServer) -> None:
    answer = ready().ask(QUESTION, mode=Mode.EXTRACTIVE)
    assert answer.mode is Mode.EXTRACTIVE
    assert not server.prompts


def test_ids_and_fences_are_new_for_every_question(ready: Ready, server: ChatServer) -> None:
    server.says(good)
    assistant = ready()
    for question in (QUESTION, "When was the Decree 785 published?"):
        assistant.ask(question)
    fences = [prompt.messages[1]["content"].splitlines()[0] for prompt in server.prompts]
    ids = [prompt.passage(PUBLISHED) for prompt in server.prompts]
    assert len(set(fences)) == len(set(ids)) == 2
