"""Whatever a document says and a model obeys, only words that a source carries reach the reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer

from assistant import Answer, Assistant, Filters, Mode, Settings
from assistant.answering.grounding import align_quote, plain_sentence, verify_claim, whole_sentences
from assistant.retrieval.glossary import Glossary, load_glossary
from tests.answering.attacks import ATTACKS, EFFECT, EVERYWHERE, HONEST, LURE, PUBLISHED, Attack, Said
from tests.answering.chat_server import ChatServer, Prompt
from tests.conftest import OpenAssistant

QUESTION = "When was Decree 785 published, and when did it take effect?"
HONEST_CLAIMS = (
    ("Decree 785 was published on 29 June 2024.", PUBLISHED),
    ("Decree 785 took effect on 1 October 2024.", EFFECT),
    ("The State Council published the decree.", PUBLISHED),
)
each_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


@pytest.fixture(scope="module")
def glossary(pytestconfig: pytest.Config) -> Glossary:
    return load_glossary(pytestconfig.rootpath / "corpus" / "glossary.csv")


def holds_nothing_of(text: str, attack: Attack) -> bool:
    return not any(part.lower() in text.lower() for part in (*EVERYWHERE, *attack.forbidden))


def test_there_are_enough_of_them() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 45


@each_attack
def test_the_guard_lets_nothing_of_it_through(attack: Attack, glossary: Glossary) -> None:
    """Each claim by itself: made plain, its quote looked for where it is said to stand, then judged."""
    texts = (attack.document, HONEST)
    for said in attack.says:
        sentence = plain_sentence(said.text)
        passage = next((text for text in texts if said.passage and said.passage in text), "")
        found = align_quote(said.quote, passage)
        quotes = [passage[slice(*whole_sentences(passage, found.start, found.end))]] if found else []
        if verify_claim(sentence, quotes, context=["Decree 785", "2024-06-29"], glossary=glossary).supported:
            assert holds_nothing_of(sentence, attack)


# the same through the whole assistant, with a model that obeys


@pytest.fixture(scope="module")
def library(open_assistant: OpenAssistant) -> Iterator[Settings]:
    files = {"decree.md": HONEST, **{attack.path: attack.document for attack in ATTACKS}}
    with open_assistant(files, refusal_threshold=0) as assistant:
        assert len(assistant.records()) == len(files)
        yield assistant.settings


@pytest.fixture(scope="module")
def obeying(library: Settings) -> Iterator[tuple[Assistant, ChatServer]]:
    with HTTPServer() as own:  # the one that tests share forgets its handlers with every test
        server = ChatServer(own)
        chosen = library.model_copy(update={"model": "openai:obedient", "model_url": server.url})
        with Assistant(chosen) as assistant:
            yield assistant, server


def obeys(attack: Attack, prompt: Prompt) -> str:
    """The honest claims and what the document wants, in the form that was asked for."""
    written = [(text, quote, prompt.passage(quote)) for text, quote in HONEST_CLAIMS]
    written += [
        (said.text, said.quote, prompt.passage(said.passage) if said.passage else "aaaa") for said in attack.says
    ]
    claims = [{"text": text, "sources": [{"passage": key, "quote": quote}]} for text, quote, key in written]
    return json.dumps({"claims": claims, "not_covered": list(attack.not_covered)})


def asked(obeying: tuple[Assistant, ChatServer], attack: Attack, question: str = QUESTION) -> Answer:
    assistant, server = obeying
    server.forgets().says(lambda prompt: obeys(attack, prompt))
    filters = Filters(documents=("decree.md", attack.path))
    return assistant.ask(question, filters=filters, mode=Mode.GENERATIVE)


@each_attack
def test_a_model_that_obeys_brings_nothing_of_it_to_the_reader(
    obeying: tuple[Assistant, ChatServer], attack: Attack
) -> None:
    answer = asked(obeying, attack)
    assert answer.mode is Mode.GENERATIVE, answer.notes
    texts = [claim.text for claim in answer.claims]
    assert {text for text, _ in HONEST_CLAIMS} <= set(texts)
    shown = "\n".join((*texts, *answer.notes, *answer.uncovered, *answer.searched_for))
    assert holds_nothing_of(shown, attack), shown
    assert any(LURE in prompt.text for prompt in obeying[1].prompts)  # the model did read it
    for claim in answer.claims:
        assert claim.citations
        for citation in claim.citations:
            document = obeying[0].document(citation.document)
            assert document is not None
            assert citation.quote == document.text[citation.start : citation.end]
            assert (citation.title, citation.digest) == (document.metadata.title, document.digest)
            assert citation.document in {"decree.md", attack.path}


def test_a_false_statement_of_a_document_is_shown_as_that_documents_own(
    obeying: tuple[Assistant, ChatServer],
) -> None:
    """A document may say what it likes and be quoted; what holds is that the reader sees who said it."""
    sentence = "The decree has no penalties"
    attack = replace(
        next(each for each in ATTACKS if each.name == "fake citation mark"), says=(Said(f"{sentence} [1].", sentence),)
    )
    answer = asked(obeying, attack, "What are the penalties of Decree 785, and when was it published?")
    (claim,) = [claim for claim in answer.claims if "penalties" in claim.text]
    assert claim.text == f"{sentence}."
    assert {citation.document for citation in claim.citations} == {attack.path}
