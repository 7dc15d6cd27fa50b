"""Runs of a test set over the assistant, kept case by case: what ``assistant evaluate`` and the Evaluate page do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import TypeAdapter

from assistant.assistant import Assistant
from assistant.composing import completion
from assistant.errors import EvaluationError, ModelSetupError
from assistant.evaluation.cases import Case, load_cases, select_cases
from assistant.evaluation.judging import Judge, ModelJudge, judged
from assistant.evaluation.locating import Locator
from assistant.evaluation.runs import Result, Retrieve, run_cases
from assistant.evaluation.store import (
    Circumstances,
    Run,
    RunStore,
    RunWriter,
    Selection,
)
from assistant.services.variants import varied
from assistant.settings import Settings
from assistant.types import Answer, Hit, Mode, Progress

ReportProgress = Callable[[Progress], None]

_CASE = TypeAdapter(Case)
_PACKAGE = Path(__file__).parents[1]
_CODE = (".py", ".json", ".csv")
_NO_MATTER = ("corpus", "data")  # of a setting's name: where things lie
_PRIVATE = ("folder", "url", "key", "token", "password", "secret")


def corpus_settings(settings: Settings, folder: Path) -> Settings:
    """Settings under which a folder of documents has an index of its own, which is kept.

    Questions and glossary are looked for beside the folder. The embedding model and everything
    else stays as it is set; a database or Chroma server is left to the library.

    Raises:
        EvaluationError: There is no such folder.
    """
    documents = folder.resolve()
    if not documents.is_dir():
        raise EvaluationError(f"There is no folder {folder}; check the path.")
    if documents == settings.documents.resolve():
        return settings
    digest = hashlib.sha256(str(documents).encode()).hexdigest()[:8]
    return settings.model_copy(
        update={
            "corpus": documents.parent,
            "documents_folder": documents,
            "data": settings.data / "evaluations" / f"{documents.parent.name}-{documents.name}-{digest}",
            "models_folder": settings.models,
            "database_url": None,
            "chroma_url": None,
        }
    )


def choose(library: Settings, selection: Selection) -> tuple[Settings, tuple[Case, ...]]:
    """The settings of the corpus to ask, and the cases.

    Raises:
        EvaluationError: There is no such corpus or test set, or no case is left.
        ModelSetupError: Answers are to be a chat model's, and none is set.
    """
    if selection.mode is Mode.GENERATIVE and library.model is None:
        raise ModelSetupError("No chat model is set; set ASSISTANT_MODEL, or ask for `--mode extractive`.")
    settings = corpus_settings(library, Path(selection.corpus)) if selection.corpus else library
    if selection.variant is not None:
        settings = varied(settings, selection.variant)
    cases = load_cases(Path(selection.questions) if selection.questions else settings.questions)
    return settings, select_cases(cases, split=selection.split, tag=selection.tag, sample=selection.sample)


def open_for(settings: Settings, library: Settings) -> Assistant:
    """The assistant over a corpus; an index of its own that was made under other settings is made anew."""
    return Assistant(settings, renew=settings is not library)


def judge_for(settings: Settings, selection: Selection) -> Judge | None:
    """The chat model as a judge, where a selection wants its judgements.

    Raises:
        ModelSetupError: No chat model is set.
    """
    return ModelJudge(completion(settings)) if selection.judgements else None


def evaluate(
    assistant: Assistant,
    store: RunStore,
    cases: Sequence[Case],
    selection: Selection,
    report_progress: ReportProgress = lambda _: None,
    judge: Judge | None = None,
) -> Run:
    """Ask all cases once, and keep the run.

    Args:
        assistant: Over a library that is in line with its folder.
        store: Where to keep the run.
        cases: What to ask.
        selection: How they were chosen, so that the run can be taken up again.
        report_progress: Called after every case.
        judge: Reads every answer, as often as the selection says.
    """
    with store.begin(len(cases), selection, circumstances(assistant, cases)) as writer:
        return _go_through(assistant, cases, writer, report_progress, judge)


def resume(
    assistant: Assistant,
    store: RunStore,
    run: Run,
    cases: Sequence[Case],
    report_progress: ReportProgress = lambda _: None,
    judge: Judge | None = None,
) -> Run:
    """Ask the cases that a broken-off run has not come to.

    Args:
        assistant: As the run had it.
        store: Where the run is kept.
        run: What it brought so far.
        cases: All its cases.
        report_progress: Called after every case.
        judge: Reads every answer, as often as the run's selection says.

    Raises:
        EvaluationError: Something has changed since, so that the halves would not belong together.
    """
    if circumstances(assistant, cases) != run.head.circumstances:
        raise EvaluationError(
            f"Settings, documents, cases or program have changed since the run {run.head.id} was broken off; "
            "start a new one without `--resume`."
        )
    with store.resume(run) as writer:
        return _go_through(assistant, cases, writer, report_progress, judge)


def circumstances(assistant: Assistant, cases: Iterable[Case]) -> Circumstances:
    """What a run over these cases depends on."""
    records = assistant.records()
    return Circumstances(
        settings=_settings(assistant.settings),
        corpus=fingerprint((*(part for each in records for part in (each.path, each.digest)), _glossary(assistant))),
        documents=len(records),
        code=_code(),
        version=_version(),
        cases=fingerprint(_CASE.dump_json(case).decode() for case in cases),
    )


def fingerprint(parts: Iterable[str]) -> str:
    """A short digest of texts in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:16]


def _go_through(
    assistant: Assistant,
    cases: Sequence[Case],
    writer: RunWriter,
    report_progress: ReportProgress,
    judge: Judge | None,
) -> Run:
    done = {result.case.id for result in writer.results}
    left = [case for case in cases if case.id not in done]
    repeats = writer.head.selection.judgements
    for number, result in enumerate(_results(assistant, left, writer), len(done) + 1):
        writer.add(judged(judge, result, repeats) if judge is not None and repeats else result)
        report_progress(Progress("evaluating", number, len(cases), result.case.id))
    return writer.finish()


def _results(assistant: Assistant, cases: Sequence[Case], writer: RunWriter) -> Iterable[Result]:
    selection = writer.head.selection

    def ask(case: Case) -> Answer:
        return assistant.ask(case.question, filters=case.filters, history=case.history, mode=selection.mode)

    def retrieve(case: Case, *, limit: int | None = None, per_document: int | None = None) -> tuple[Hit, ...]:
        return assistant.retrieve(
            case.question, filters=case.filters, history=case.history, limit=limit, per_document=per_document
        )

    found: Retrieve = retrieve
    return run_cases(
        None if selection.retrieval_only else ask,
        found,
        cases,
        Locator(assistant.document),
        at_once=selection.at_once,
    )


def _glossary(assistant: Assistant) -> str:
    path = assistant.settings.glossary
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _settings(settings: Settings) -> dict[str, object]:
    """The settings that answers depend on: no places on this machine, no addresses, no secrets."""
    return {
        name: value
        for name, value in settings.model_dump(mode="json").items()
        if name not in _NO_MATTER and not any(word in name for word in _PRIVATE)
    }


def _code() -> str:
    files = sorted(
        path for path in _PACKAGE.rglob("*") if path.suffix in _CODE and "ui" not in path.relative_to(_PACKAGE).parts
    )
    return fingerprint(
        part for path in files for part in (path.relative_to(_PACKAGE).as_posix(), path.read_text("utf-8"))
    )


def _version() -> str:
    try:
        return version("rare-earth-assistant")
    except PackageNotFoundError:
        return ""
