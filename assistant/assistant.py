"""The composition root: the one place where objects are built, and the use cases as methods."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Self

from assistant.answering.asking import Asker, ReportStage
from assistant.answering.calibration import load_calibration
from assistant.answering.chat_model import ChatModel
from assistant.answering.conversation import resolve_follow_up
from assistant.answering.evidence import Evidence
from assistant.answering.extractive import ExtractiveAnswerer
from assistant.answering.generative import GenerativeAnswerer
from assistant.answering.usage import DayUsage, UsageLedger
from assistant.answering.writing import ReportClaim
from assistant.documents.library import Library
from assistant.documents.preview import preview
from assistant.documents.progress import ReportProgress, is_stopped, silent
from assistant.documents.reading import Orders, WorkerProcess, problem_with
from assistant.documents.trash import Removed
from assistant.documents.web import Fetcher, check_address, is_address
from assistant.errors import AssistantError, ModelSetupError, QuestionError, StorageError
from assistant.index.embedding import load_embedder
from assistant.index.store import Health, Index
from assistant.index.sync import Synchroniser
from assistant.retrieval.glossary import Glossary, load_glossary
from assistant.retrieval.reranking import load_reranker
from assistant.retrieval.retriever import Retriever
from assistant.settings import Settings
from assistant.text import flatten, word_count
from assistant.types import (
    Answer,
    Claim,
    Document,
    DocumentRecord,
    Filters,
    Hit,
    Metadata,
    Mode,
    Passage,
    Problem,
    Progress,
    SyncReport,
    Turn,
    Usage,
)


class Assistant:
    """Ask, add, evaluate: everything that the command line and the chat page do goes through here.

    One instance serves many threads; writing is held to one process at a time.

    Example:
        >>> with Assistant(Settings()) as assistant:
        ...     answer = assistant.ask("What does Decree 785 forbid?")
    """

    def __init__(
        self, settings: Settings | None = None, *, rebuild: bool = False, fetcher: Fetcher | None = None
    ) -> None:
        """Open the index of a corpus, creating it where there is none.

        Args:
            settings: All knobs; read from the environment by default.
            rebuild: Empty the index first, whatever it was made with.
            fetcher: Fetches pages from the web; one with the limits of the settings by default.

        Raises:
            IndexStateError: The index was made with another embedding model or other passages.
            ModelError: A model cannot be loaded.
        """
        self.settings = settings or Settings()
        self._library = Library(self.settings.documents, self.settings.trash)
        self._fetcher = fetcher or Fetcher(max_bytes=self.settings.max_file_megabytes * 1_000_000)
        self._embedder = load_embedder(self.settings.embedding_model, self.settings.models)
        self._index = Index(
            self.settings.index,
            embedder=self._embedder.fingerprint,
            passage_words=self.settings.passage_words,
            database_url=self.settings.database_url,
            chroma_url=self.settings.chroma_url,
            rebuild=rebuild,
        )
        self._orders = Orders(
            root=str(self.settings.documents),
            passage_words=self.settings.passage_words,
            max_bytes=self.settings.max_file_megabytes * 1_000_000,
            recognise=self.settings.ocr,
            seconds=self.settings.read_seconds,
            max_memory=self.settings.read_megabytes * 1_000_000,
        )
        self._synchroniser = Synchroniser(
            self._library,
            self._index,
            self._embedder,
            WorkerProcess(self._orders),
            max_bytes=self.settings.max_file_megabytes * 1_000_000,
        )
        glossary = load_glossary(self.settings.glossary) if self.settings.use_glossary else Glossary()
        self._retriever = Retriever(
            self._index,
            self._embedder,
            glossary=glossary,
            reranker=load_reranker(self.settings.reranker_model),
            candidates=self.settings.candidates,
            dense_weight=self.settings.dense_weight,
            embedding_languages=self.settings.readable_languages,
        )
        self._extractive = ExtractiveAnswerer(
            self._embedder,
            self._index,
            load_calibration(),
            max_claims=self.settings.max_claims,
            refusal_threshold=self.settings.refusal_threshold,
        )
        self._model = _chat_model(self.settings)
        self._usage = UsageLedger(self.settings.history_url or f"sqlite:///{self.settings.data / 'history.db'}")
        self._asker = Asker(
            self._retriever,
            self._extractive,
            GenerativeAnswerer(self._model, glossary, max_claims=self.settings.max_claims) if self._model else None,
            self._model,
            hits=self.settings.hits,
            hits_per_document=self.settings.hits_per_document,
            max_claims=self.settings.max_claims,
            question_tokens=self.settings.model_question_tokens,
            seconds=self.settings.model_seconds,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release files and connections."""
        self._usage.close()
        self._index.close()

    # ask

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

        answer = self._asker.ask(
            self._checked(question),
            filters=filters or Filters(),
            history=history,
            resolved=None if resolved is None else self._checked(resolved),
            mode=self._mode(mode),
            generation=self._index.refresh(),
            report_stage=report_stage,
            report_claim=report_verified,
            stop=stop,
        )
        answer = self._counted(answer)
        return replace(answer, seconds={**answer.seconds, **seconds, "total": time.perf_counter() - started})

    def _mode(self, mode: Mode | None) -> Mode:
        if mode is None:
            return Mode.EXTRACTIVE if self._model is None else Mode.GENERATIVE
        if mode is Mode.GENERATIVE and self._model is None:
            raise ModelSetupError("No chat model is set; set ASSISTANT_MODEL, or ask for the extracted answer.")
        return Mode(mode)

    def _counted(self, answer: Answer) -> Answer:
        """The answer, once its cost is noted; where it cannot be, the answer says so."""
        if self._model is None or answer.usage == Usage():
            return answer
        try:
            self._usage.add(self._model.name, answer.usage)
        except StorageError as error:
            return replace(answer, notes=(*answer.notes, str(error)))
        return answer

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
        return self._retriever.retrieve(
            resolve_follow_up(self._checked(question), history),
            filters or Filters(),
            limit=limit or self.settings.hits,
            per_document=per_document or self.settings.hits_per_document,
        ).hits

    def evidence(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Evidence:
        """The sentences that an answer would be chosen from, measured: for fitting, and for asking why.

        Raises:
            QuestionError: The question is empty or too long.
        """
        self._index.refresh()
        resolved = resolve_follow_up(self._checked(question), history)
        retrieval = self._retriever.retrieve(
            resolved, filters or Filters(), limit=self.settings.hits, per_document=self.settings.hits_per_document
        )
        return self._extractive.evidence(resolved, retrieval)

    def _checked(self, question: str) -> str:
        asked = flatten(question)
        limit = self.settings.max_question_words
        if not any(c.isalnum() for c in asked):
            raise QuestionError("The question is empty; type a question about the documents of the library.")
        if word_count(asked) > limit:
            raise QuestionError(f"The question has more than {limit} words; shorten it, or add the text as a document.")
        return asked

    # add

    def add(
        self, sources: Sequence[Path | str], report_progress: ReportProgress = silent, *, stop: Event | None = None
    ) -> SyncReport:
        """Copy files and folders into the library, fetch web pages, and index them all.

        What cannot be taken in becomes a problem of the report, and the others are added; so does
        a file among them that stood in the library already and could not be indexed before.

        Args:
            sources: Paths, and addresses that begin with ``http://`` or ``https://``.
            report_progress: Called before each source, then as by ``sync``.
            stop: When it is set, what is not indexed yet is left: sources where they are, and what
                stands in the library already for the next ``sync``.

        Raises:
            LibraryError: A path does not exist or holds nothing; nothing has been added then.
            AddressError: An address cannot be opened; nothing has been added then.
        """
        for source in sources:
            if is_address(str(source)):
                check_address(str(source))
            else:
                self._library.check_source(Path(source))
        placed: set[str] = set()
        refused: list[Problem] = []

        def refuse(source: Path | str, error: AssistantError) -> None:
            refused.append(problem_with(str(source), error))

        untouched = 0
        for number, source in enumerate(sources):
            if is_stopped(stop):
                untouched = len(sources) - number
                break
            report_progress(Progress("adding", number, len(sources), str(source)))
            if not is_address(str(source)):
                placed.update(self._library.add(Path(source), refuse))
                continue
            try:
                placed.update(self._library.paths_in(self._library.add_page(self._fetcher.fetch(str(source)))))
            except AssistantError as error:
                refuse(source, error)
        report = self.sync(report_progress, stop=stop)
        told = {problem.path for problem in report.problems}
        known = [each for each in self.problems() if each.path in placed and each.path not in told]
        return replace(
            report,
            problems=(*refused, *report.problems, *known),
            unchanged=report.unchanged - len(known),
            left=report.left + untouched,
        )

    def add_url(self, url: str) -> SyncReport:
        """Fetch a web page into the library and index it.

        A page that came from the same address before is replaced, and keeps its edits.

        Raises:
            AddressError: The address, or one that it leads to, may not be opened.
            FetchError: The page does not come.
            DocumentError: It is too large or of a type that cannot be read.
        """
        self._library.add_page(self._fetcher.fetch(url))
        return self.sync()

    def preview(self, files: Sequence[tuple[str, bytes]]) -> tuple[Metadata | Problem, ...]:
        """What is known of files, by name and content, before they are added.

        Raises:
            LibraryError: A name cannot be used.
        """
        return preview(files, self._orders)

    def add_upload(self, name: str, data: bytes, changes: Mapping[str, object] | None = None) -> str:
        """Write an upload into the library; ``sync`` indexes it.

        Args:
            name: Of the file.
            data: Its content.
            changes: Corrections of what the file says of itself, as for ``edit_metadata``.

        Returns:
            Its path there; of a ZIP archive, that of the folder it was unpacked into.

        Raises:
            LibraryError: The name cannot be used.
            DocumentError: An archive is damaged, too large or not to be trusted.
            MetadataError: A correction cannot be; the file is in the library without it.
        """
        path = self._library.add_bytes(name, data)
        if changes:
            self._library.edit(path, changes)
        return path

    def withdraw(self, paths: Sequence[str]) -> SyncReport:
        """Move files and folders of the library to the trash, whether they are indexed or not.

        Args:
            paths: As ``add_upload`` gave them.

        Raises:
            LibraryError: One of them is not there.
        """
        for path in paths:
            for file in self._library.paths_in(path):
                self._library.remove(file)
        return self.sync()

    def edit_metadata(self, path: str, changes: Mapping[str, object]) -> SyncReport:
        """Correct what is known of a document; the edits are kept beside its file.

        Args:
            path: The document.
            changes: New values by field: title, language, kind, publisher, author, published, url,
                topics, sources, supersedes. An empty value says that there is none, whatever the
                document says of itself; of title and language, that the document's own holds again.

        Raises:
            LibraryError: There is no such document.
            MetadataError: There is no such field, or it cannot have this value.
        """
        self._library.edit(path, changes)
        return self.sync()

    def remove(self, path: str) -> SyncReport:
        """Move a document to the trash, and take it out of the index.

        Raises:
            LibraryError: There is no such document.
        """
        self._library.remove(path)
        return self.sync()

    def restore(self, path: str) -> SyncReport:
        """Bring back the document that was last removed from a path.

        Raises:
            LibraryError: There is none in the trash, or its place is taken.
        """
        self._library.restore(path)
        return self.sync()

    def removed(self) -> tuple[Removed, ...]:
        """The documents in the trash, last removed first."""
        return self._library.removed()

    def retry(self, path: str) -> SyncReport:
        """Read a file again that could not be indexed, though it has not changed since.

        Args:
            path: Of the problem.
        """
        self._index.catalogue.forget_problems([path])
        return self.sync()

    def reindex(self, path: str, report_progress: ReportProgress = silent, *, stop: Event | None = None) -> SyncReport:
        """Read and index a file again, though it has not changed; be it a document or a problem.

        Args:
            path: Of the file.
            report_progress: As for ``sync``.
            stop: As for ``sync``.

        Raises:
            LibraryError: There is no such file.
        """
        self._library.path_of(path)
        return self._synchroniser.run(report_progress, anew=(path,), stop=stop)

    def sync(
        self, report_progress: ReportProgress = silent, *, verify: bool = False, stop: Event | None = None
    ) -> SyncReport:
        """Bring the index in line with the library folder.

        Args:
            report_progress: Called after every file, in the stage ``indexing``; and once a second
                with what takes long meanwhile: ``checking`` (files), ``reading`` and ``reading
                again`` (pages of a file), ``embedding`` (passages).
            verify: Read every file again instead of trusting sizes and time stamps.
            stop: When it is set, be it by another thread, what is not stored yet is left for the
                next ``sync``; the report says how many files those are.

        Raises:
            IndexStateError: Another process holds the index.
        """
        return self._synchroniser.run(report_progress, verify=verify, stop=stop)

    # look

    def records(self) -> tuple[DocumentRecord, ...]:
        """All documents that can be asked, by path."""
        self._index.refresh()
        return tuple(self._index.records.values())

    def problems(self) -> tuple[Problem, ...]:
        """Files of the library that could not be indexed, with the reasons."""
        return tuple(problem for problem, _ in self._index.catalogue.problems())

    def document(self, path: str) -> Document | None:
        """A document with its text, or None where the library has none at that path."""
        return self._index.document(path)

    def passages(self, path: str) -> tuple[Passage, ...]:
        """The passages of a document, in order."""
        return tuple(self._index.catalogue.document_passages(path))

    def file(self, path: str) -> Path:
        """The file behind a document.

        Raises:
            LibraryError: There is none.
        """
        return self._library.path_of(path)

    def check(self, *, repair: bool = False) -> Health:
        """Compare catalogue, vectors, keywords and texts; optionally mend what differs."""
        return self._index.repair() if repair else self._index.health()


def _chat_model(settings: Settings) -> ChatModel | None:
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
