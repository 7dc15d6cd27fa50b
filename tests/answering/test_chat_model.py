from __future__ import annotations

import json
import time
from threading import Event, Timer

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from assistant.answering.chat_model import ChatModel, Message
from assistant.answering.prompts import ANSWER_SCHEMA
from assistant.answering.tokens import Budget
from assistant.errors import (
    ContextOverflow,
    ModelAccessError,
    ModelBusyError,
    ModelError,
    ModelOutputError,
    ModelSetupError,
    ModelUnreachable,
)
from assistant.types import Usage
from tests.answering.chat_server import ChatServer

KEY = "sk-very-secret-0123456789"
ASKED = [Message("system", "Be brief."), Message("user", "Say hello.")]


def model(server: ChatServer, **changes: object) -> ChatModel:
    settings = {"url": server.url, "context_tokens": 8000, "output_tokens": 500, "seconds": 10.0, **changes}
    return ChatModel("openai:tiny", **settings)  # type: ignore[arg-type]


def budget(seconds: float = 10.0, stop: Event | None = None) -> Budget:
    return Budget(tokens=10_000, seconds=seconds, stop=stop)


def said(server: ChatServer, spent: Budget | None = None) -> str:
    return "".join(model(server).stream(ASKED, spent or budget()))


def test_text_comes_piece_by_piece_and_its_cost_is_counted(server: ChatServer) -> None:
    server.says("Hello there, 你好。", piece=4)
    spent = budget()
    pieces = list(model(server).stream(ASKED, spent))
    assert "".join(pieces) == "Hello there, 你好。"
    assert len(pieces) > 3
    assert spent.usage == Usage(100, 20)
    assert [each["role"] for each in server.prompts[0].messages] == ["system", "user"]
    assert server.prompts[0].body["max_tokens"] == 500


def test_cost_is_estimated_where_the_server_does_not_tell_it(server: ChatServer) -> None:
    server.sends('data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":'
                 '[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')  # fmt: skip
    spent = budget()
    assert said(server, spent) == "Hello"
    assert spent.usage.read > 0
    assert spent.usage.written > 0


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (400, ModelError, "400"),
        (401, ModelAccessError, "key"),
        (402, ModelAccessError, "payment"),
        (403, ModelAccessError, "key"),
        (404, ModelAccessError, "ASSISTANT_MODEL"),
        (422, ModelError, "422"),
    ],
)
def test_a_refused_request_is_one_sentence_and_not_repeated(
    server: ChatServer, status: int, kind: type[ModelError], told: str
) -> None:
    server.fails(status, message=f"Incorrect key {KEY}")
    with pytest.raises(kind, match=told) as caught:
        said(server)
    assert KEY not in str(caught.value)
    assert len(server.prompts) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_a_busy_server_is_asked_again(server: ChatServer, status: int) -> None:
    server.fails(status, {"Retry-After": "0.01"}).says("Hello")
    assert said(server) == "Hello"
    assert len(server.prompts) == 2


def test_a_server_that_stays_busy_is_given_up(server: ChatServer) -> None:
    server.fails(503, {"Retry-After": "0.01"})
    with pytest.raises(ModelBusyError, match="503"):
        said(server)
    assert len(server.prompts) == 3


@pytest.mark.parametrize("wait", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_nobody_waits_longer_than_the_question_may_take(server: ChatServer, wait: str) -> None:
    server.fails(429, {"Retry-After": wait})
    with pytest.raises(ModelBusyError, match="429"):
        said(server)
    assert len(server.prompts) == 1


@pytest.mark.parametrize("wait", ["soon", "-1", "1e999", "nan", "", "9" * 400])
def test_a_senseless_retry_after_is_no_obstacle(server: ChatServer, wait: str) -> None:
    server.fails(429, {"Retry-After": wait}).says("Hello")
    assert said(server) == "Hello"


def test_a_context_that_is_too_small_is_told_as_such(server: ChatServer) -> None:
    server.fails(400, message="This model's maximum context length is 4096 tokens. However, you requested 9000 tokens.")
    with pytest.raises(ContextOverflow, match="ASSISTANT_MODEL_CONTEXT_TOKENS"):
        said(server)


def test_no_server_at_all(server: ChatServer) -> None:
    with pytest.raises(ModelUnreachable, match="cannot be reached"):
        list(model(server, url="http://127.0.0.1:9/v1").stream(ASKED, budget(2.0)))


def test_a_silent_server_is_given_up(server: ChatServer) -> None:
    server.hangs(1.0)
    with pytest.raises(ModelUnreachable, match="ASSISTANT_MODEL_SECONDS"):
        "".join(model(server).stream(ASKED, budget(0.3)))


def test_a_slow_answer_ends_with_its_time(server: ChatServer) -> None:
    server.says("word " * 200, pause=0.05)
    pieces = []
    reply = model(server).stream(ASKED, budget(3.0))
    with pytest.raises(ModelUnreachable):
        pieces.extend(iter(lambda: next(reply), None))
    assert pieces


def test_a_stop_ends_it_quietly(server: ChatServer) -> None:
    server.says("word " * 200, pause=0.02)
    stop = Event()
    Timer(0.3, stop.set).start()
    text = "".join(model(server).stream(ASKED, budget(stop=stop)))
    assert 0 < len(text) < 1000


@pytest.mark.parametrize(
    "body", ["", "data: [DONE]\n\n", "data: {}\n\ndata: [DONE]\n\n", "data: not json\n\n", "<html>", "data: []\n\n"]
)
def test_a_reply_of_nothing_or_nonsense(server: ChatServer, body: str) -> None:
    server.sends(body)
    with pytest.raises(ModelError):
        said(server)


def test_a_reply_that_reaches_its_limit_is_told(server: ChatServer) -> None:
    server.says("Once upon a", finish="length")
    with pytest.raises(ModelOutputError, match="OUTPUT_TOKENS"):
        said(server)


def test_a_reply_without_end_is_left_unread(server: ChatServer) -> None:
    server.says("x" * 100_000, piece=5000)
    with pytest.raises(ModelOutputError, match="did not come to an end"):
        said(server)


@pytest.mark.parametrize("finish", ["content_filter", "refusal"])
def test_a_refusal_is_told_as_such(server: ChatServer, finish: str) -> None:
    server.says("I cannot", finish=finish)
    with pytest.raises(ModelOutputError, match="declined"):
        said(server)


def test_a_schema_goes_along_where_the_server_takes_it(server: ChatServer) -> None:
    server.says("{}")
    assert "".join(model(server).stream(ASKED, budget(), ANSWER_SCHEMA))
    assert server.prompts[0].body["response_format"]["json_schema"]["schema"] == ANSWER_SCHEMA


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_takes_no_schema_is_asked_without_from_then_on(server: ChatServer, status: int) -> None:
    server.fails(status, message="response_format is not supported").says("{}")
    asked = model(server)
    for _ in range(2):
        assert "".join(asked.stream(ASKED, budget(), ANSWER_SCHEMA)) == "{}"
    assert ["response_format" in each.body for each in server.prompts] == [True, False, False]


# keys


def test_a_key_goes_to_its_server_and_is_shown_nowhere(server: ChatServer) -> None:
    server.says("Hello")
    asked = model(server, key=SecretStr(KEY))
    assert "".join(asked.stream(ASKED, budget())) == "Hello"
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    shown = f"{asked!r} {vars(asked)!r} {asked._client!r}"
    assert KEY not in shown


def test_a_providers_key_does_not_go_to_another_server(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.says("Hello")
    assert said(server) == "Hello"
    assert KEY not in json.dumps(server.headers)


def test_nothing_is_traced(server: ChatServer, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    traced: list[str] = []
    httpserver.expect_request("/trace/runs/multipart").respond_with_handler(lambda request: traced.append(request.path))
    for name in ("LANGSMITH", "LANGCHAIN"):
        monkeypatch.setenv(f"{name}_TRACING_V2", "true")
        monkeypatch.setenv(f"{name}_API_KEY", "x")
        monkeypatch.setenv(f"{name}_ENDPOINT", httpserver.url_for("/trace"))
    server.says("Hello")
    assert said(server) == "Hello"
    time.sleep(0.5)
    assert not traced
    assert all(request.path.startswith("/v1") for request, _ in httpserver.log)


# set-up


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gpt", "provider:model"),
        ("openai:", "provider:model"),
        ("nonsense:m", "cannot be set up"),
        ("groq:m", "pip install"),
    ],
)
def test_a_model_that_cannot_be_set_up_says_how(name: str, told: str) -> None:
    asked = ChatModel(name, context_tokens=8000, output_tokens=500, seconds=1)
    with pytest.raises(ModelSetupError, match=told):
        list(asked.stream(ASKED, budget()))


def test_a_missing_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    asked = ChatModel("openai:gpt", context_tokens=8000, output_tokens=500, seconds=1)
    with pytest.raises(ModelSetupError, match="key is in the environment"):
        list(asked.stream(ASKED, budget()))


@pytest.mark.parametrize("name", ["openai:m", "anthropic:m", "ollama:m"])
def test_the_providers_of_the_extras_can_be_set_up(name: str) -> None:
    asked = ChatModel(name, key=SecretStr("k"), context_tokens=8000, output_tokens=500, seconds=1)
    asked._loaded()


def test_a_name_without_provider_means_a_compatible_server(server: ChatServer) -> None:
    server.says("Hello")
    asked = ChatModel("tiny", url=server.url, context_tokens=8000, output_tokens=500, seconds=5)
    assert "".join(asked.stream(ASKED, budget())) == "Hello"
    assert server.prompts[0].body["model"] == "tiny"
