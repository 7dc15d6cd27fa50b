"""Chat models of any provider, through LangChain: the one file that meets them.

What a model writes is streamed. Tracing by LangSmith is off for every call, whatever the environment
says: the library's text goes to the model that was chosen, and nowhere else.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, Literal, Self

from pydantic import SecretStr

from assistant.answering.model_failures import RequestRefused, failure
from assistant.answering.tokens import Budget, estimate_tokens
from assistant.errors import ModelBusyError, ModelOutputError, ModelSetupError, ModelUnreachable
from assistant.types import Usage

_ATTEMPTS = 3
_FIRST_DELAY = 0.5  # seconds before the second attempt, doubled before the third
_LOOK = 0.05  # seconds between looks at the clock and at the wish to stop
_WAITING_PIECES = 256  # a fast server waits for who reads
_MOST_CHARACTERS_PER_TOKEN = 12  # more text than this is none of the tokens that were asked for
_CUT = frozenset({"length", "max_tokens"})
_DECLINED = frozenset({"content_filter", "refusal", "SAFETY"})
_FINISHES = ("finish_reason", "stop_reason", "done_reason")
_EXTRAS = {"openai": "llm", "anthropic": "anthropic", "ollama": "ollama"}


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a chat model."""

    role: Literal["system", "user", "assistant"]
    text: str


class ChatModel:
    """A chat model by name; its provider's package is loaded when it is first asked."""

    def __init__(
        self,
        name: str,
        *,
        url: str | None = None,
        key: SecretStr | None = None,
        context_tokens: int,
        output_tokens: int,
        seconds: float,
    ) -> None:
        """Note which model to ask; nothing is loaded or connected to yet.

        Args:
            name: ``provider:model``; with a URL, a name without provider is taken for an
                OpenAI-compatible server's.
            url: Base URL of its server; the provider's own by default.
            key: Sent to that server; by default the provider's own environment variable is
                read, except where a URL is set: no provider's key goes to another's server.
            context_tokens: What the model reads and writes at most.
            output_tokens: What it writes at most.
            seconds: After which a silent server is given up.
        """
        provider, colon, model = name.partition(":")
        if not colon and url:
            provider, model = "openai", name
        self.name = name
        self.url = url
        self.output_tokens = output_tokens
        self.context_tokens = context_tokens
        self._provider = provider
        self._model = model
        self._key = key
        self._seconds = seconds
        self._client: Any = None
        self._takes_schema = True

    def cost(self, messages: Sequence[Message]) -> int:
        """Estimated tokens of a call, with the longest reply."""
        return sum(estimate_tokens(message.text) for message in messages) + self.output_tokens

    def try_out(self, seconds: float) -> Usage:
        """Ask for one word, to see whether the model answers.

        Raises:
            ModelError: It does not.
        """
        budget = Budget(tokens=self.context_tokens, seconds=seconds)
        for _ in self.stream([Message("user", "Reply with the one word: ready")], budget):
            pass
        return budget.usage

    def stream(
        self, messages: Sequence[Message], budget: Budget, schema: Mapping[str, Any] | None = None
    ) -> Generator[str, None, None]:
        """What the model writes, piece by piece; ends early when the budget's ``stop`` is set.

        Busy servers and lost connections are tried again, as long as nothing has come and the
        budget lasts. A server that does not take a schema is asked without one from then on.

        Args:
            messages: In order.
            budget: What it costs is counted there.
            schema: JSON schema of the answer, for providers that can hold a model to one.

        Raises:
            ModelError: Of the kind that tells what went wrong; what came before it has been yielded.
        """
        has_begun = False
        for attempt in count(1):
            is_held = schema is not None and self._takes_schema
            try:
                for piece in self._pieces(messages, budget, schema if is_held else None):
                    has_begun = True
                    yield piece
            except RequestRefused:
                if has_begun or not is_held:
                    raise
                self._takes_schema = False
            except (ModelBusyError, ModelUnreachable) as error:
                delay = getattr(error, "retry_after", None) or _FIRST_DELAY * 2 ** (attempt - 1)
                if has_begun or attempt >= _ATTEMPTS or delay >= budget.seconds_left:
                    raise
                if budget.stop.wait(delay):
                    return
            else:
                return

    def _pieces(self, messages: Sequence[Message], budget: Budget, schema: Mapping[str, Any] | None) -> Iterator[str]:
        model = self._loaded()
        if schema is not None:
            form = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
            model = model.bind(**self._held_to(form))
        reply = _Reply()
        with _Pump(model, messages) as pump:
            try:
                for chunk in pump.chunks(budget, self.name):
                    piece = reply.take(chunk)
                    if reply.characters > self.output_tokens * _MOST_CHARACTERS_PER_TOKEN:
                        raise ModelOutputError(f"{self.name} did not come to an end; the rest was left unread.")
                    if piece:
                        yield piece
            finally:
                budget.spend(reply.usage(messages))
        if budget.stop.is_set():
            return
        if reply.finish in _DECLINED:
            raise ModelOutputError(f"{self.name} declined to answer; ask in other words.")
        if reply.finish in _CUT:
            raise ModelOutputError(f"{self.name} broke off at its limit; raise ASSISTANT_MODEL_OUTPUT_TOKENS.")
        if not reply.characters:
            raise ModelOutputError(f"{self.name} answered with nothing; try again, or choose another model.")

    def _held_to(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """How a call asks for a form: LangChain translates OpenAI's way for the other providers.

        To OpenAI itself it goes past LangChain, which else collects the reply to parse it, loses
        the count of tokens and raises errors of its own.
        """
        if self._provider != "openai":
            return {"response_format": form}
        return {"extra_body": {**self._limit(), "response_format": form}}

    def _limit(self) -> dict[str, int]:
        """Compatible servers know the older name of this field, and often no other."""
        return {"max_tokens": self.output_tokens} if self.url else {}

    def _loaded(self) -> Any:
        if self._client is None:
            self._client = self._load()
        return self._client

    def _load(self) -> Any:
        if not self._model:
            raise ModelSetupError(
                f"ASSISTANT_MODEL is {self.name}; write it as provider:model, such as openai:gpt-5 or ollama:qwen3."
            )
        try:
            chat_models = importlib.import_module("langchain.chat_models")  # a second, which nobody waits for in vain
            return chat_models.init_chat_model(self._model, model_provider=self._provider, **self._options())
        except ImportError as error:
            missing = getattr(error.__cause__ or error, "name", None) or f"langchain_{self._provider}"
            what = f"'.[{_EXTRAS[self._provider]}]'" if self._provider in _EXTRAS else missing.replace("_", "-")
            raise ModelSetupError(
                f"The package for models of {self._provider} is missing; run `pip install {what}`."
            ) from error
        except Exception as error:  # each provider's constructor has errors of its own
            raise ModelSetupError(
                f"The model {self.name} cannot be set up; check that ASSISTANT_MODEL names a provider that LangChain "
                "knows, and that its key is in the environment."
            ) from error

    def _options(self) -> dict[str, Any]:
        if self._provider == "ollama":
            options: dict[str, Any] = {
                "num_ctx": self.context_tokens,  # else it reads the first 4,096 tokens and says nothing
                "num_predict": self.output_tokens,
                "client_kwargs": {"timeout": self._seconds},
            }
        else:
            options = {"timeout": self._seconds, "max_retries": 0, "max_tokens": self.output_tokens}
        if self._key is not None:
            options["api_key"] = self._key
        if self.url:
            options["base_url"] = self.url
            if self._provider == "openai":
                del options["max_tokens"]
                options |= {"extra_body": self._limit(), "use_responses_api": False}
            if self._provider != "ollama":
                options.setdefault("api_key", SecretStr("none"))
        return options


class _Reply:
    """What has come of a reply so far."""

    def __init__(self) -> None:
        self.characters = 0
        self.finish: str | None = None
        self._text: list[str] = []
        self._read = 0
        self._written = 0

    def take(self, chunk: Any) -> str:
        """The text of a chunk; what else it says is noted."""
        piece = str(chunk.text)
        self.characters += len(piece)
        self._text.append(piece)
        metadata = chunk.response_metadata
        finish = next(
            (metadata[key] for key in ("finish_reason", "stop_reason", "done_reason") if metadata.get(key)), None
        )
        self.finish = "refusal" if chunk.additional_kwargs.get("refusal") else finish or self.finish
        if usage := chunk.usage_metadata:
            self._read += usage["input_tokens"]
            self._written += usage["output_tokens"]
        return piece

    def usage(self, messages: Sequence[Message]) -> Usage:
        """Tokens as the provider counts them, or an estimate where it does not tell."""
        if self._read or self._written:
            return Usage(self._read, self._written)
        if not self.characters:
            return Usage()
        return Usage(sum(estimate_tokens(each.text) for each in messages), estimate_tokens("".join(self._text)))


_END = object()


class _Pump:
    """Reads a model's stream in a thread of its own, so that whoever waits for it can stop waiting."""

    def __init__(self, model: Any, messages: Sequence[Message]) -> None:
        self._model = model
        self._messages = [(message.role, message.text) for message in messages]
        self._queue: Queue[Any] = Queue(_WAITING_PIECES)
        self._closed = Event()
        self._thread = Thread(target=self._run, name="chat-model", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()

    def chunks(self, budget: Budget, name: str) -> Iterator[Any]:
        """Chunks as they come, until the end, an error, the wish to stop or the end of the time."""
        while not budget.stop.is_set():
            if not budget.seconds_left:
                raise ModelUnreachable(
                    f"{name} took longer than ASSISTANT_MODEL_SECONDS allows; the rest was left unread."
                )
            try:
                item = self._queue.get(timeout=_LOOK)
            except Empty:
                continue
            if item is _END:
                return
            if isinstance(item, BaseException):
                raise failure(item, name) from item
            yield item

    def _run(self) -> None:
        try:
            langsmith = importlib.import_module("langsmith")
            with langsmith.tracing_context(enabled=False):
                for chunk in self._model.stream(self._messages, config={"callbacks": []}):
                    if not self._put(chunk):
                        return
            self._put(_END)
        except Exception as error:  # noqa: BLE001 - a provider's package may raise anything; ``failure`` tells what
            self._put(error)

    def _put(self, item: Any) -> bool:
        while not self._closed.is_set():
            try:
                self._queue.put(item, timeout=_LOOK)
            except Full:
                continue
            return True
        return False
