"""An OpenAI-compatible server on loopback that says what a test has scripted, on the real wire."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Say = Callable[["Prompt"], str]


class Prompt:
    """What a test's script sees of a request: as a model would, from its messages alone."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body
        self.messages: list[dict[str, str]] = body["messages"]

    @property
    def text(self) -> str:
        return "\n".join(message["content"] for message in self.messages)

    def passage(self, words: str) -> str:
        """The id of the first passage that holds certain words."""
        for found in re.finditer(r"\[passage (\w+)\]\n(.*?)\[end of passage \1\]", self.text, re.DOTALL):
            if words in found.group(2):
                return found.group(1)
        raise AssertionError(f"no passage holds {words!r}")

    @property
    def is_repair(self) -> bool:
        return "did not pass the check" in self.messages[-1]["content"]

    @property
    def is_reading(self) -> bool:
        return "prepare questions" in self.messages[0]["content"]


def claims(prompt: Prompt, *written: tuple[str, str] | tuple[str, str, str], not_covered: Sequence[str] = ()) -> str:
    """The form that is asked for, from pairs of claim and quote; a third item names the passage by its words."""
    return json.dumps(
        {
            "claims": [
                {"text": text, "sources": [{"passage": prompt.passage(*(rest or [quote])), "quote": quote}]}
                for text, quote, *rest in written
            ],
            "not_covered": list(not_covered),
        },
        ensure_ascii=False,
    )


class ChatServer:
    """Answers in the order of its script; the last entry goes on for ever."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/v1")
        self.prompts: list[Prompt] = []
        self.headers: list[Mapping[str, str]] = []
        self._script: list[Callable[[Prompt], Response]] = []
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(self._respond)

    def says(self, *replies: str | Say, pause: float = 0.0, piece: int = 7, finish: str | None = "stop") -> ChatServer:
        """Reply with texts, or with what a function makes of the prompt, a few characters at a time."""
        for reply in replies:
            self._script.append(
                lambda prompt, reply=reply: _stream(  # type: ignore[misc]
                    reply if isinstance(reply, str) else reply(prompt), pause, piece, finish
                )
            )
        return self

    def fails(self, status: int, headers: Mapping[str, str] | None = None, message: str = "no") -> ChatServer:
        """Reply with an HTTP error."""
        body = json.dumps({"error": {"message": message, "type": "x", "code": None}})
        self._script.append(lambda _: Response(body, status, headers, content_type="application/json"))
        return self

    def sends(self, body: str, content_type: str = "text/event-stream") -> ChatServer:
        """Reply with bytes of any kind."""
        self._script.append(lambda _: Response(body, 200, content_type=content_type))
        return self

    def hangs(self, seconds: float) -> ChatServer:
        """Say nothing for a while."""

        def wait(_: Prompt) -> Response:
            time.sleep(seconds)
            return Response("", 200)

        self._script.append(wait)
        return self

    def _respond(self, request: Request) -> Response:
        prompt = Prompt(json.loads(request.data))
        self.prompts.append(prompt)
        self.headers.append(dict(request.headers))
        entry = self._script[0] if len(self._script) == 1 else self._script.pop(0)
        return entry(prompt)


def _stream(text: str, pause: float, piece: int, finish: str | None) -> Response:
    def events() -> Iterator[str]:
        for at in range(0, len(text), piece):
            yield _event({"role": "assistant", "content": text[at : at + piece]})
            time.sleep(pause)
        if finish is not None:
            yield _event({}, finish)
            usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
            yield _event(None, usage=usage)
            yield "data: [DONE]\n\n"

    return Response(events(), 200, content_type="text/event-stream")


def _event(delta: Mapping[str, str] | None, finish: str | None = None, usage: Mapping[str, int] | None = None) -> str:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    body = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return f"data: {json.dumps({**body, **({'usage': usage} if usage else {})})}\n\n"
