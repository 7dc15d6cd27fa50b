"""What a chat model writes to one prompt: for judging answers and for proposing questions."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answering.chat_model import ChatModel, Message
from assistant.answering.tokens import Budget
from assistant.errors import ModelSetupError
from assistant.settings import Settings


def completion(settings: Settings) -> Callable[[str], str]:
    """A function that asks the chat model of the settings, each time within what one question may cost.

    Raises:
        ModelSetupError: No chat model is set.
    """
    if settings.model is None:
        raise ModelSetupError("No chat model is set; ASSISTANT_MODEL sets one, such as openai:gpt-5 or ollama:qwen3.")
    model = ChatModel(
        settings.model,
        url=settings.model_url,
        key=settings.model_key,
        context_tokens=settings.model_context_tokens,
        output_tokens=settings.model_output_tokens,
        seconds=settings.model_seconds,
    )

    def complete(prompt: str) -> str:
        budget = Budget(tokens=settings.model_question_tokens, seconds=settings.model_seconds)
        return "".join(model.stream([Message("user", prompt)], budget))

    return complete
