"""The test set as curators keep it: drafts accepted and rejected, cases edited and retired."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

from assistant.errors import EvaluationError, LibraryError
from assistant.evaluation.case_file import CaseFile
from assistant.evaluation.cases import Case
from assistant.evaluation.drafts import Draft, DraftStore, State, draft_from_feedback, lacking
from assistant.evaluation.likeness import most_alike
from assistant.evaluation.locating import FindDocument, Locator
from assistant.evaluation.proposing import ModelProposer, cloze_proposals, drafts_from
from assistant.services.conversations import open_history
from assistant.settings import Settings

_PROPOSALS = 10
_CLOZE = "Made from the document without a model: a sentence with a gap. Reword it as a person would ask."
_BY_MODEL = "Proposed by {model} from the document; its quote was found there word by word."


class Curation:
    """Drafts on their way into the test set of a library, and the cases that are in it."""

    def __init__(self, settings: Settings, document: FindDocument) -> None:
        """Curate the test set that stands beside the library's documents.

        Args:
            settings: Of the library.
            document: Gives the document at a path, or None; asked only where evidence is looked up.
        """
        self._settings = settings
        self._document = document
        self._store = DraftStore(settings.drafts)
        self._file = CaseFile(settings.questions, settings.data / "questions.lock")

    def drafts(self) -> tuple[Draft, ...]:
        """The drafts that wait, oldest first."""
        return self._store.drafts()

    def draft(self, key: str) -> Draft:
        """A draft that waits.

        Raises:
            EvaluationError: There is none with this id.
        """
        return self._store.find(key)

    def gather(self) -> tuple[Draft, ...]:
        """Draft cases from what users said of answers; what was gathered before is passed over.

        Raises:
            HistoryError: The conversations cannot be read.
        """
        with closing(open_history(self._settings)) as history:
            given = history.feedback_given()
        made = (
            draft_from_feedback(
                each.exchange.answer, each.feedback, filters=each.exchange.filters, history=each.earlier
            )
            for each in given
        )
        return self.keep(each for each in made if each is not None)

    def keep(self, drafts: Iterable[Draft]) -> tuple[Draft, ...]:
        """Keep drafts; those that were kept or settled before are passed over."""
        return self._store.add(drafts)

    def like(self, draft: Draft) -> Case | None:
        """The case, or another draft's, that asks the same or nearly the same."""
        others = (each.case for each in self._store.drafts() if each.id != draft.id)
        return most_alike(draft.case, self._file.cases()) or most_alike(draft.case, others)

    def propose(self, path: str) -> tuple[Draft, ...]:
        """Draft questions from a document; what is asked already is left out.

        The chat model proposes them where one is set; otherwise they are sentences with gaps.

        Args:
            path: Of the document.

        Raises:
            LibraryError: There is no such document.
            ModelError: The chat model does not answer.
        """
        document = self._document(path)
        if document is None:
            raise LibraryError(f"The library has no document {path}; `assistant list` shows what it has.")
        asked = [*self._file.cases(), *(each.case for each in self._store.drafts())]
        model = self._settings.model
        propose = cloze_proposals if model is None else self._by_model()
        note = _CLOZE if model is None else _BY_MODEL.format(model=model)
        made = drafts_from(document, propose, at_most=_PROPOSALS, note=note)
        return self._store.add(each for each in made if most_alike(each.case, asked) is None)

    def edit_draft(self, key: str, case: Case) -> None:
        """Correct a draft that waits."""
        self._store.edit(key, case)

    def accept(self, key: str) -> Case:
        """Take a draft into the test set, under an id of its own.

        Raises:
            EvaluationError: It lacks something, or its evidence is not in the library.
        """
        draft = self._store.find(key)
        if missing := lacking(draft.case):
            raise EvaluationError(f"The draft {key} lacks {missing}; give it before it is accepted.")
        self._check_evidence(draft.case)
        case = self._file.add(draft.case, draft.origin)
        self._store.settle(key, State.ACCEPTED)
        return case

    def reject(self, key: str) -> None:
        """Let a draft go; the same feedback does not bring it back."""
        self._store.settle(key, State.REJECTED)

    def case(self, key: str) -> Case | None:
        """A case as it stands in the test set now, or None where it does not."""
        return next((each for each in self._file.cases() if each.id == key), None)

    def edit(self, case: Case) -> None:
        """Rewrite a case of the test set.

        Raises:
            EvaluationError: It is gone, breaks a rule, or its evidence is not in the library.
        """
        self._check_evidence(case)
        self._file.rewrite(case)

    def retire(self, key: str) -> None:
        """Ask a case no more; it is kept beside the test set."""
        self._file.retire(key)

    def _by_model(self) -> ModelProposer:
        # Loads for a second, which a list of drafts need not wait for.
        from assistant.composing import completion  # noqa: PLC0415

        return ModelProposer(completion(self._settings))

    def _check_evidence(self, case: Case) -> None:
        locator = Locator(self._document)
        for evidence in case.evidence:
            if locator.document(evidence.document) is None:
                raise EvaluationError(f"The library has no document {evidence.document}; correct the evidence.")
            if evidence.quote and not locator.spans(evidence):
                raise EvaluationError(
                    f"“{evidence.quote[:80]}” does not stand in {evidence.document}; copy it from there."
                )
