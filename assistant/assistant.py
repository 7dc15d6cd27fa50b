"""The public face: a librarian who also answers questions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from threading import Event

from assistant.answering.asking import ReportStage
from assistant.answering.conversation import is_follow_up, resolve_follow_up
from assistant.answering.evidence import Evidence
from assistant.answering.reading import checked_question
from assistant.answering.relative_dates import in_calendar_dates, names_a_year
from assistant.answering.spelling import Spelling
from assistant.answering.usage import DayUsage
from assistant.answering.writing import ReportClaim
from assistant.composing import build_asker, build_extractive, build_retriever, chat_model, glossary_of, usage_ledger
from assistant.documents.web import Fetcher
from assistant.errors import ModelSetupError
from assistant.keeping import Librarian
from assistant.settings import Settings
from assistant.types import Answer, Claim, Filters, Hit, Mode, Turn


class Assistant(Librarian):
    """Ask, and add: everything that the command line and the chat page do goes through here.

    One instance serves many threads; writing is held to one process at a time. What keeps the
    library and its index (``add``, ``edit_metadata``, ``sync``, ``records`` ...) is the librarian's.

    Example:
        >>> with Assistant(Settings()) as assistant:
        ...     answer = assistant.ask("What does Decree 785 forbid?")
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        rebuild: bool = False,
        renew: bool = False,
        fetcher: Fetcher | None = None,
    ) -> None:
        """Open the index of a corpus, creating it where there is none.

        Args:
            settings: All knobs; read from the environment by default.
            rebuild: Empty the index first, whatever it was made with.
            renew: Empty it if it does not fit the settings.
            fetcher: Fetches pages from the web; one with the limits of the settings by default.

        Raises:
            IndexMismatch: It was made by another release, with another embedding model or for other passages.
            ModelError: A model cannot be loaded.
        """
        super().__init__(settings, rebuild=rebuild, renew=renew, fetcher=fetcher)
        glossary = glossary_of(self.settings)
        self._retriever = build_retriever(self.settings, self._index, self._embedder, glossary, self._words)
        words = self._words.with_names(glossary.in_english())
        self._extractive = build_extractive(self.settings, self._index, words)
        self._spelling = Spelling(self._index.document_frequencies, self._words)
        self._model = chat_model(self.settings)
        self._asker = build_asker(self.settings, self._retriever, self._extractive, self._model, glossary)
        self._usage = usage_ledger(self.settings)

    def close(self) -> None:
        """Release files and connections."""
        self._usage.close()
        super().close()

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        mode: Mode | None = None,
        resolved: str | None = None,
        report_stage: ReportStage = lambda _: None,
        report_claim: ReportClaim = lambda _: None,
        stop: Event | None = None,
        fresh: bool = False,
    ) -> Answer:
        """Answer a question from the library, every sentence with its citations.

        Args:
            question: As a person would ask it, in English or Chinese.
            filters: What a document must be like to be used.
            history: Earlier turns, oldest first; a follow-up is understood through them.
            mode: Whether a chat model writes the answer; it does by default where one is set.
            resolved: The question in full, where a person has corrected what was made of it.
            report_stage: Called with a few words as each stage begins.
            report_claim: Called with each claim of a written answer once it is verified; the answer
                that is returned may still be another, if too little of what follows holds.
            stop: When set, a written answer ends with what is verified by then.
            fresh: Have the model write anew, though it has answered the same before.

        Returns:
            The answer; its status says whether the library answers the question at all.

        Raises:
            QuestionError: The question is empty or too long.
            FilterError: A filter is malformed.
            ModelSetupError: A written answer is asked for, and no chat model is set.
        """
        started = time.perf_counter()
        seconds: dict[str, float] = {}

        def report_verified(claim: Claim) -> None:
            seconds.setdefault("first_claim", time.perf_counter() - started)
            report_claim(claim)

        filters = filters or Filters()
        asked = self._checked(question)
        generation = self._index.refresh()
        put, turns = self._put(asked, history, filters)
        answer = self._asker.ask(
            put,
            filters=filters,
            history=turns,
            resolved=None if resolved is None else self._checked(resolved),
            mode=self._mode(mode),
            generation=generation,
            report_stage=report_stage,
            report_claim=report_verified,
            stop=stop,
            fresh=fresh,
        )
        answer = self._usage.counted(self.model, answer)
        seconds["total"] = time.perf_counter() - started
        return replace(answer, question=asked, seconds={**answer.seconds, **seconds})

    def _mode(self, mode: Mode | None) -> Mode:
        if mode is None:
            return Mode.EXTRACTIVE if self._model is None else Mode.GENERATIVE
        if mode is Mode.GENERATIVE and self._model is None:
            raise ModelSetupError("No chat model is set; set ASSISTANT_MODEL, or ask for the extracted answer.")
        return Mode(mode)

    @property
    def model(self) -> str | None:
        """The name of the chat model that writes answers, or None where answers are extracted."""
        return self._model.name if self._model else None

    def try_model(self) -> float:
        """Ask the chat model for a word, and return the seconds that it took.

        Raises:
            ModelError: It is not set, or does not answer; of the kind that says why.
        """
        if self._model is None:
            raise ModelSetupError("No chat model is set; answers are extracted. ASSISTANT_MODEL sets one.")
        started = time.perf_counter()
        self._model.try_out(self.settings.model_seconds)
        return time.perf_counter() - started

    def model_usage(self) -> tuple[DayUsage, ...]:
        """What chat models have cost per day, latest first.

        Raises:
            StorageError: The record cannot be read.
        """
        return self._usage.days()

    def retrieve(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        limit: int | None = None,
        per_document: int | None = None,
    ) -> tuple[Hit, ...]:
        """The passages nearest to a question, without an answer.

        Args:
            question: In full or as a follow-up.
            filters: What a document must be like.
            history: Earlier turns, oldest first.
            limit: How many passages; as for an answer by default.
            per_document: How many of one document at most; as for an answer by default.

        Raises:
            QuestionError: The question is empty or too long.
        """
        self._index.refresh()
        filters = filters or Filters()
        return self._retriever.retrieve(
            resolve_follow_up(*self._put(self._checked(question), history, filters)),
            filters,
            limit=limit or self.settings.hits,
            per_document=per_document or self.settings.hits_per_document,
        ).hits

    def evidence(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Evidence:
        """The sentences that an answer to the question in its own words would be chosen from, measured.

        For fitting, and for asking why.

        Raises:
            QuestionError: The question is empty or too long.
        """
        self._index.refresh()
        filters = filters or Filters()
        put, turns = self._put(self._checked(question), history, filters)
        resolved = resolve_follow_up(put, turns)
        retrieval = self._retriever.retrieve(
            resolved, filters, limit=self.settings.hits, per_document=self.settings.hits_per_document
        )
        return self._extractive.evidence(put, resolved, retrieval)

    def _put(self, question: str, history: Sequence[Turn], filters: Filters) -> tuple[str, tuple[Turn, ...]]:
        """A question and those before it without slips, and with “last year” as the date that it is."""
        today = filters.as_of or date.today().isoformat()  # noqa: DTZ011, the day where the server stands

        def put(asked: str) -> str:
            return in_calendar_dates(self._spelling.corrected(asked), today)

        turns = tuple(replace(turn, question=put(turn.question)) for turn in history)
        leans_on_a_year = is_follow_up(question) and any(names_a_year(turn.question) for turn in turns)
        return self._spelling.corrected(question) if leans_on_a_year else put(question), turns

    def _checked(self, question: str) -> str:
        return checked_question(question, most_words=self.settings.max_question_words)
