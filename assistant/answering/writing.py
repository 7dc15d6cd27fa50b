"""One answer while a chat model writes it: a round, the checks, and one round of repair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress

from assistant.answering.chat_model import ChatModel, Message
from assistant.answering.citing import Citer, Unsupported
from assistant.answering.model_output import AnswerReader
from assistant.answering.prompts import ANSWER_SCHEMA, Prompt, repair_prompt
from assistant.answering.tokens import Budget
from assistant.errors import ModelError, ModelOutputError
from assistant.types import Claim

ReportClaim = Callable[[Claim], None]

_LEAST_SHARE = 1 / 3  # of a model's statements have to hold: a remnant misleads by what it leaves out
_STOPPED = "Stopped before the answer was complete."


class Writing:
    """What a model writes for one question, claim by claim.

    Attributes:
        claims: Verified, in the order in which they came.
        unsupported: How many statements no source supports, after repair.
        not_covered: What the model says the passages do not answer, in its own words.
        trouble: What ended the writing early, as a sentence.
    """

    def __init__(
        self, model: ChatModel, prompt: Prompt, citer: Citer, budget: Budget, most: int, report_claim: ReportClaim
    ) -> None:
        """Prepare to write.

        Args:
            model: Writes.
            prompt: What it is asked.
            citer: Holds claims to the passages of the prompt.
            budget: What is left for the question.
            most: So many statements of a round are looked at.
            report_claim: Called with each claim as soon as it is verified.
        """
        self.claims: list[Claim] = []
        self.unsupported = 0
        self.not_covered: tuple[str, ...] = ()
        self.trouble: str | None = None
        self._model = model
        self._prompt = prompt
        self._citer = citer
        self._budget = budget
        self._most = most
        self._report_claim = report_claim

    @property
    def holds(self) -> bool:
        """Whether enough of it is supported to stand as an answer; all that came before a stop does."""
        least = 0.0 if self._budget.stop.is_set() else _LEAST_SHARE * (len(self.claims) + self.unsupported)
        return bool(self.claims) and len(self.claims) >= least

    def run(self) -> None:
        """Write, and write once more what failed; trouble ends it and is noted."""
        failed: list[Unsupported] = []
        try:
            self._round(self._prompt.messages, failed)
        except ModelError as error:
            self.trouble = str(error)
        self.unsupported = len(failed)
        if failed and self.trouble is None:
            self._repair(failed)
        if self._budget.stop.is_set():
            self.trouble = _STOPPED

    def _repair(self, failed: Sequence[Unsupported]) -> None:
        messages = repair_prompt(self._prompt, [(each.text, each.reasons) for each in failed])
        if not self._budget.allows(self._model.cost(messages)):
            return
        before, not_covered = len(self.claims), self.not_covered
        with suppress(ModelError):  # the answer is complete without it, and tells what was left out
            self._round(messages, [])
        self.not_covered = not_covered
        self.unsupported -= min(len(failed), len(self.claims) - before)

    def _round(self, messages: Sequence[Message], failed: list[Unsupported]) -> None:
        reader = AnswerReader()
        looked_at = 0
        with closing(self._model.stream(messages, self._budget, ANSWER_SCHEMA)) as pieces:
            for draft in (draft for piece in pieces for draft in reader.feed(piece)):
                looked_at += 1
                found = self._citer.cite(draft)
                if isinstance(found, Unsupported):
                    failed.append(found)
                elif all(found.text != claim.text for claim in self.claims):
                    self.claims.append(found)
                    self._report_claim(found)
                if looked_at == self._most:
                    break
        self.not_covered = reader.not_covered
        if self._budget.stop.is_set() or looked_at == self._most:
            return
        if not reader.has_form:
            raise ModelOutputError(f"{self._model.name} did not answer in the form that was asked for.")
        if reader.is_broken_off:
            raise ModelOutputError(f"{self._model.name} broke off in the middle of its answer.")
