"""What goes wrong at a chat model, whoever its provider is, as one error with one plain sentence.

The providers' packages have an error tree each. They agree on little: LangChain's own classes where
the package is new enough, an HTTP status where there was a response, and names that tell a timeout
from a lost connection. What the server says in words is read for one thing only and never shown: it may
hold the key, the question or anything else.
"""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime

from assistant.errors import (
    ContextOverflow,
    ModelAccessError,
    ModelBusyError,
    ModelError,
    ModelOutputError,
    ModelUnreachable,
)

_TOO_LONG = re.compile(
    r"context[ _]?(?:length|window|size)|maximum context|too (?:long|many tokens)|exceed\w* .{0,40}tokens",
    re.IGNORECASE,
)
_READ = 2000  # characters of the server's words


_BY_NAME: tuple[tuple[str, type[ModelError], str], ...] = (
    (
        "Timeout",
        ModelUnreachable,
        "{model} did not answer in time; try again later, or raise ASSISTANT_MODEL_SECONDS for a slow model.",
    ),
    (
        "Connect",
        ModelUnreachable,
        "{model} cannot be reached; check the connection and ASSISTANT_MODEL_URL, and that its server runs.",
    ),
    ("Protocol", ModelUnreachable, "The connection to {model} was lost; try again."),
    ("Length", ModelOutputError, "{model} broke off at its limit; raise ASSISTANT_MODEL_OUTPUT_TOKENS."),
    ("ContentFilter", ModelOutputError, "{model} declined to answer; ask in other words."),
)


class RequestRefused(ModelError):
    """The server does not accept a request of this form; it may accept a simpler one."""


def failure(error: BaseException, model: str) -> ModelError:
    """The error that tells a person what went wrong.

    Args:
        error: As the provider's package raised it.
        model: Its name, for the sentence.
    """
    kinds = " ".join(kind.__name__ for kind in type(error).__mro__)
    status = _status(error)
    if "ContextOverflow" in kinds or (status in {400, 413, 422, 500} and _TOO_LONG.search(str(error)[:_READ])):
        return ContextOverflow(
            f"The question and the passages do not fit {model}; lower ASSISTANT_MODEL_CONTEXT_TOKENS to what it has."
        )
    if status is not None:
        return _by_status(status, error, model)
    for name, kind, sentence in _BY_NAME:
        if name in kinds:
            return kind(sentence.format(model=model))
    return ModelOutputError(f"{model} answered in a way that cannot be read ({type(error).__name__}); try again.")


def _by_status(status: int, error: BaseException, model: str) -> ModelError:
    if status in {401, 403}:
        return ModelAccessError(f"The provider of {model} does not accept the key ({status}); check it and its rights.")
    if status == 402:
        return ModelAccessError(f"The provider of {model} asks for payment ({status}); check the account.")
    if status == 404:
        return ModelAccessError(
            f"The server does not know {model} ({status}); check ASSISTANT_MODEL and ASSISTANT_MODEL_URL."
        )
    if status == 429:
        wait = _retry_after(error)
        when = f"in {wait:.0f} seconds" if wait else "later"
        return ModelBusyError(f"The provider of {model} is asked too often ({status}); try again {when}.", wait)
    if status >= 500 or status == 408:
        return ModelBusyError(f"The server of {model} fails ({status}); try again later.", _retry_after(error))
    return RequestRefused(
        f"The server of {model} does not accept the request ({status}); check ASSISTANT_MODEL and ASSISTANT_MODEL_URL."
    )


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    for holder in (error, response):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status >= 400:
            return status
    return None


def _retry_after(error: BaseException) -> float | None:
    """Seconds of the header Retry-After (RFC 9110, 10.2.3), given as such or as a date."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    value = str(headers.get("retry-after", ""))
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
