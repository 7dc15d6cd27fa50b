"""Tokens of a chat model: estimated before a call, counted during it, bounded for a question."""

from __future__ import annotations

import math
import time
from threading import Event

from assistant.types import Usage

_ASCII_PER_TOKEN = 3.0  # English prose has 4 to 5 characters a token, tables and figures 2 to 3
_TOKENS_PER_OTHER = 1.3  # a Han character is 0.6 to 1.5 tokens, by vocabulary


def estimate_tokens(text: str) -> int:
    """An estimate that errs on the high side for the vocabularies in use: no model's own is loaded for it."""
    ascii_characters = sum(map(str.isascii, text))
    return math.ceil(ascii_characters / _ASCII_PER_TOKEN + (len(text) - ascii_characters) * _TOKENS_PER_OTHER)


class Budget:
    """What one question may cost, and what it has cost so far.

    Attributes:
        usage: Tokens read and written until now.
        stop: Set by a person who has seen enough.
    """

    def __init__(self, *, tokens: int, seconds: float, stop: Event | None = None) -> None:
        """Begin to count.

        Args:
            tokens: Read and written together, over all calls.
            seconds: Until the last call has to end.
            stop: Ends the calls early.
        """
        self.usage = Usage()
        self.stop = stop or Event()
        self._tokens = tokens
        self._deadline = time.monotonic() + seconds

    @property
    def seconds_left(self) -> float:
        """Never below zero."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def tokens_left(self) -> int:
        """Never below zero."""
        return max(0, self._tokens - self.usage.read - self.usage.written)

    def allows(self, tokens: int) -> bool:
        """Whether a call of so many tokens may begin."""
        return not self.stop.is_set() and tokens <= self.tokens_left and self.seconds_left > 0

    def spend(self, usage: Usage) -> None:
        """Count a call."""
        self.usage = Usage(self.usage.read + usage.read, self.usage.written + usage.written)
