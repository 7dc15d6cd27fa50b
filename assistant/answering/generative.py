"""Answers in a chat model's words, held to the same evidence as extracted ones.

The model writes claims with quotes. A claim is shown once its quotes are found in the stored text
and it says nothing beyond them; a citation is then a slice of the document. What fails goes back to
the model once, with the reasons, and is dropped if it fails again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.chat_model import ChatModel
from assistant.answering.citing import Citer
from assistant.answering.notes import notes_on_claims
from assistant.answering.parts import Part, parts_named
from assistant.answering.prompts import FINGERPRINT, Prompt, answer_prompt
from assistant.answering.tokens import Budget
from assistant.answering.writing import ReportClaim, Writing
from assistant.errors import ContextOverflow, ModelError
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.retriever import Retrieval
from assistant.types import Answer, Mode, Status

_MOST_STATEMENTS = 3  # times as many as were asked for are looked at
_LITTLE_SAID = "The passages say little in the question's own words; read the quotes before relying on them."
_NOTHING_FOUND = "The model found nothing in the passages that answers the question."


class GenerativeAnswerer:
    """Lets a chat model write, and shows what holds."""

    def __init__(self, model: ChatModel, glossary: Glossary, *, max_claims: int) -> None:
        """Join a model and the names it may use for the same thing.

        Args:
            model: Writes.
            glossary: Names of one thing in either language, so that a translated name counts as said.
            max_claims: So many claims are asked for.
        """
        self._model = model
        self._glossary = glossary
        self._max_claims = max_claims

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What a written answer depends on besides question and library."""
        return self._model.name, self._model.url, self._model.context_tokens, self._max_claims, FINGERPRINT

    def answer(
        self,
        extracted: Answer,
        parts: Sequence[Part],
        retrieval: Retrieval,
        budget: Budget,
        report_claim: ReportClaim = lambda _: None,
        complete: Callable[[], Answer] | None = None,
    ) -> tuple[Answer, bool]:
        """Answer from what was retrieved; with the extracted answer and a note where the model cannot.

        Args:
            extracted: The answer without a model, to the same question.
            parts: What the question asks for; a single one for most questions.
            retrieval: What was found for it.
            budget: What is left for the question.
            report_claim: Called with each claim as soon as it is verified.
            complete: Gives the extracted answer in full, part by part, where it is to be shown instead.

        Returns:
            The answer, and whether the model said all it had to say: what was stopped or went
            wrong may come out better next time.
        """
        started = time.perf_counter()
        complete = complete or (lambda: extracted)
        try:
            prompt = self._prompt(extracted.searched_for[0], parts, retrieval, budget)
        except ModelError as error:
            answer, is_final = _instead(complete(), str(error)), False
        else:
            citer = Citer(prompt.offered, retrieval.digests, self._glossary)
            most = _MOST_STATEMENTS * self._max_claims
            writing = Writing(self._model, prompt, citer, budget, most, report_claim)
            writing.run()
            judged = self._judged(extracted, parts, writing, retrieval)
            answer, is_final = judged or self._unheld(complete(), writing), writing.trouble is None
        seconds = {**extracted.seconds, "write": time.perf_counter() - started}
        return replace(answer, usage=budget.usage, seconds=seconds), is_final

    def _prompt(self, resolved: str, parts: Sequence[Part], retrieval: Retrieval, budget: Budget) -> Prompt:
        room = min(self._model.context_tokens, budget.tokens_left) - self._model.output_tokens
        prompt = answer_prompt(
            resolved,
            [part.text for part in parts],
            retrieval.hits,
            max_claims=self._max_claims,
            max_tokens=room,
        )
        if prompt is None:
            raise ContextOverflow(
                f"No passage fits the tokens allowed for {self._model.name}; raise ASSISTANT_MODEL_CONTEXT_TOKENS "
                "or ASSISTANT_MODEL_QUESTION_TOKENS."
            )
        return prompt

    def _judged(
        self, extracted: Answer, parts: Sequence[Part], writing: Writing, retrieval: Retrieval
    ) -> Answer | None:
        """What holds of the model's claims, or its finding that there is no answer; None where neither stands."""
        is_refused = extracted.status is Status.UNANSWERED
        question = extracted.searched_for[0]
        written = replace(
            extracted,
            mode=Mode.GENERATIVE,
            model=self._model.name,
            in_other_words="",
            unsupported=writing.unsupported,
            uncovered=(),
        )
        if writing.holds:
            cautions = filter(None, (writing.trouble, _LITTLE_SAID if is_refused else None))
            return replace(
                written,
                status=Status.ANSWERED,
                claims=tuple(writing.claims),
                notes=(*cautions, *notes_on_claims(question, retrieval, writing.claims)),
                uncovered=parts_named(writing.not_covered, question, parts),
            )
        if writing.trouble is None and not writing.unsupported:
            known = extracted.notes if is_refused else ()
            return replace(written, status=Status.UNANSWERED, claims=(), notes=(_NOTHING_FOUND, *known))
        return None

    def _unheld(self, extracted: Answer, writing: Writing) -> Answer:
        too_little = f"Too little of what {self._model.name} wrote is supported by the passages."
        return replace(_instead(extracted, writing.trouble or too_little), unsupported=writing.unsupported)


def _instead(extracted: Answer, reason: str) -> Answer:
    """The extracted answer, with the reason for it."""
    shown = "" if extracted.status is Status.UNANSWERED else " This is the extracted answer."
    return replace(extracted, notes=(reason + shown, *extracted.notes))
