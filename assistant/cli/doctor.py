"""What works and what does not, a sentence each: settings, index, documents, recognition, chat model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.assistant import Assistant
from assistant.documents import recognition
from assistant.errors import AssistantError
from assistant.settings import Settings

_LEAST_SPACE = 1_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        is_well: Whether it works as it is set up.
        sentence: What was found, and where it does not work, what to do.
    """

    name: str
    is_well: bool
    sentence: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at one thing after the other; what fails does not keep the rest from being looked at."""
    yield _disk(settings)
    try:
        assistant = Assistant(settings)
    except AssistantError as error:
        yield Finding("index", is_well=False, sentence=str(error))
        return
    with assistant:
        for name, look in (
            ("index", _index),
            ("documents", _documents),
            ("recognition", _recognition),
            ("model", _model),
            ("usage", _usage),
        ):
            try:
                is_well, sentence = look(assistant)
            except AssistantError as error:
                is_well, sentence = False, str(error)
            yield Finding(name, is_well, sentence)


def _disk(settings: Settings) -> Finding:
    folder = next(each for each in (settings.data.resolve(), *settings.data.resolve().parents) if each.is_dir())
    free = shutil.disk_usage(folder).free
    sentence = f"{free / 1e9:.0f} GB are free where the index is kept."
    if free < _LEAST_SPACE:
        sentence = f"Only {free / 1e6:.0f} MB are free where the index is kept; make room."
    return Finding("disk", free >= _LEAST_SPACE, sentence)


def _index(assistant: Assistant) -> tuple[bool, str]:
    health = assistant.check()
    if not health.sound:
        return False, "The stores of the index differ; run `assistant check --repair`."
    return True, f"The index is sound, with {health.passages} passages of {len(assistant.records())} documents."


def _documents(assistant: Assistant) -> tuple[bool, str]:
    problems = [each for each in assistant.problems() if each.kind != "duplicate"]
    if problems:
        return False, f"{len(problems)} files could not be indexed; `assistant list` names them with the reasons."
    if not assistant.records():
        return False, "The index holds no documents; run `assistant sync`, or `assistant add` with your files."
    return True, "All files of the library are indexed."


def _recognition(assistant: Assistant) -> tuple[bool, str]:
    if not assistant.settings.ocr:
        return True, "Scanned pages are not read, by setting."
    if not recognition.is_available():
        return False, "Scanned pages are not read: install the extra `ocr`, or set ASSISTANT_OCR=false."
    return True, "Scanned pages are read."


def _model(assistant: Assistant) -> tuple[bool, str]:
    if assistant.model is None:
        return True, "No chat model is set: answers are extracted. ASSISTANT_MODEL sets one."
    return True, f"{assistant.model} answers, in {assistant.try_model():.1f} seconds."


def _usage(assistant: Assistant) -> tuple[bool, str]:
    days = assistant.model_usage()
    if not days:
        return True, "No chat model has been asked yet."
    last = [each for each in days if each.day == days[0].day]
    questions = sum(each.questions for each in last)
    read, written = (sum(getattr(each.usage, name) for each in last) for name in ("read", "written"))
    return True, f"Questions to chat models on {days[0].day}: {questions}; {read} tokens read, {written} written."
