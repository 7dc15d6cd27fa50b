"""The chat model of the settings, and what it writes to one prompt: for judging and for proposing questions."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answering.chat_model import ChatModel, Message
from assistant.answering.tokens import Budget
from assistant.errors import ModelSetupError
from assistant.settings import Settings


def chat_model(settings: Settings) -> ChatModel | None:
    """The chat model of the settings, or None where none is set."""
    if settings.model is None:
        return None
    return ChatModel(
        settings.model,
        url=settings.model_url,
        key=settings.model_key,
        context_tokens=settings.model_context_tokens,
        output_tokens=settings.model_output_tokens,
        seconds=settings.model_seconds,
    )


def completion(settings: Settings) -> Callable[[str], str]:
    """A function that asks the chat model of the settings, each time within what one question may cost.

    Raises:
        ModelSetupError: No chat model is set.
    """
    model = chat_model(settings)
    if model is None:
        raise ModelSetupError("No chat model is set; ASSISTANT_MODEL sets one, such as openai:gpt-5 or ollama:qwen3.")

    def complete(prompt: str) -> str:
        budget = Budget(tokens=settings.model_question_tokens, seconds=settings.model_seconds)
        return "".join(model.stream([Message("user", prompt)], budget))

    return complete
