"""Answers that were given before, as long as nothing they depend on has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from threading import Lock

from assistant.types import Answer, Usage


class AnswerCache:
    """The latest answers by what they depend on; those of an earlier state of the index are forgotten."""

    def __init__(self, size: int = 256) -> None:
        """Keep at most so many."""
        self._size = size
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._generation = -1
        self._lock = Lock()

    def get(self, key: Hashable, generation: int) -> Answer | None:
        """The answer given before, marked as such; it has cost nothing this time."""
        with self._lock:
            self._forget_before(generation)
            answer = self._answers.get(key)
            if answer is None:
                return None
            self._answers.move_to_end(key)
        return replace(answer, cached=True, usage=Usage(), seconds={})

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer, unless the index has changed while it was written."""
        with self._lock:
            if answer.generation != self._generation:
                return
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)

    def _forget_before(self, generation: int) -> None:
        if generation != self._generation:
            self._answers.clear()
            self._generation = generation
