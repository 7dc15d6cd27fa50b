"""What the reader learns from: questions, each with sentences that answer it and sentences that do not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import Assistant, Settings
from assistant.answering.candidates import Candidate, in_context
from assistant.answering.evidence import promise
from assistant.answering.reader import Sentence
from assistant.evaluation.cases import Case, load_cases
from assistant.text import fold
from tests.bench.held_out import is_held_out, one_in

_NEAREST = 16  # sentences of what was found are kept for a question
_HELD_OUT = 16  # one passage in so many
_TRANSLATED = "-zh"  # ends the name of a passage that is another one in Chinese
_WEIGHT_OF_TRANSLATED = 0.5  # of a question with sentences of which one or both are in Chinese: there are three
_ROW = re.compile(r"(?:^|; )[^;:]{1,60}: .*; [^;:]{1,60}: ")  # a row of a table, as the reader takes it


@dataclass(frozen=True, slots=True)
class Example:
    """A question with sentences that answer it and others that do not.

    Attributes:
        is_ranked: The sentences come from a search, nearest first, and not from one passage.
        is_held_out: It is not learnt from; figures are measured on it.
        weight: How often it is learnt from in each round.
    """

    question: str
    answering: tuple[Sentence, ...]
    others: tuple[Sentence, ...]
    is_ranked: bool
    is_held_out: bool
    weight: float = 1.0

    def translated(self, translate: Callable[[str], str]) -> Example:
        """The same in another language."""
        return replace(
            self,
            question=translate(self.question),
            answering=tuple(each.translated(translate) for each in self.answering),
            others=tuple(each.translated(translate) for each in self.others),
        )


def written_examples(file: Path) -> Iterator[Example]:
    """Questions that were written to single passages, as in ``corpus/reading.jsonl``.

    A line is a passage with its sentences, or a question to a passage with the numbers (from 1) of
    the sentences that answer it. A passage that is another one in Chinese has the same sentences and
    questions in the same order: each question is put to the sentences of the other language too.
    """
    passages: dict[str, list[Sentence]] = {}
    questions: dict[str, list[tuple[str, frozenset[int]]]] = {}
    for line in file.read_text("utf-8").splitlines():
        record = json.loads(line)
        name = record["passage"]
        if "sentences" in record:
            passages[name] = list(_in_order(record["headings"], record["sentences"]))
        else:
            questions.setdefault(name, []).append((record["question"], frozenset(record["answered_by"])))
    for name in questions:
        original = name.removesuffix(_TRANSLATED)
        pairs = [(name, name), (name, original), (original, name)] if name != original else [(name, name)]
        weight = 1.0 if name == original else _WEIGHT_OF_TRANSLATED
        for of, sentences_of in pairs:
            for question, numbers in questions[of]:
                example = _example(question, passages[sentences_of], numbers, is_ranked=False, name=original)
                yield replace(example, weight=weight)


def listed_examples(file: Path) -> Iterator[Example]:
    """Questions with the ten sentences that a search of the corpus found, as in ``corpus/reading-found.jsonl``.

    A line is a sentence, or a question with the numbers of the sentences it was judged against and
    of those among them that answer it.
    """
    sentences: dict[int, Sentence] = {}
    for line in file.read_text("utf-8").splitlines():
        record = json.loads(line)
        if "sentence" in record:
            sentences[record["sentence"]] = Sentence(record["headings"], record["before"], record["text"])
            continue
        found = [sentences[number] for number in record["found"]]
        numbers = frozenset(at for at, number in enumerate(record["found"], 1) if number in record["answered_by"])
        yield _example(record["question"], found, numbers, is_ranked=True, name=record["passage"])


def _example(
    question: str, sentences: Sequence[Sentence], numbers: frozenset[int], *, is_ranked: bool, name: str
) -> Example:
    return Example(
        question=question,
        answering=tuple(each for number, each in enumerate(sentences, 1) if number in numbers),
        others=tuple(each for number, each in enumerate(sentences, 1) if number not in numbers),
        is_ranked=is_ranked,
        is_held_out=one_in(_HELD_OUT, name),
    )


def _in_order(headings: str, texts: Sequence[str]) -> Iterator[Sentence]:
    before = ""
    for text in texts:
        is_row = _ROW.search(text) is not None
        yield Sentence(headings, "" if is_row else before, text)
        before = "" if is_row else text


def found_examples(documents: Path, questions: Path, data: Path, models: Path) -> Iterator[Example]:
    """The questions of a test set with the sentences that a search finds for them.

    A sentence answers if it stands in a document of the evidence (in a quote of it, where there
    are quotes) and holds an accepted answer; one that does half of this is left out.
    """
    settings = Settings(documents_folder=documents, corpus=questions.parent, data=data, models_folder=models)
    with Assistant(settings, renew=True) as assistant:
        assistant.sync()
        for case in load_cases(questions):
            if case.split == "test" or case.history:
                continue
            found = assistant.evidence(case.question, filters=case.filters).candidates
            judged = [(each, _answers(each, case)) for each in sorted(found, key=promise, reverse=True)]
            answering = tuple(in_context(each) for each, answers in judged if answers is True)
            if answering or not case.answerable:
                others = [in_context(each) for each, answers in judged if answers is False]
                yield Example(case.question, answering, tuple(others[:_NEAREST]), True, is_held_out(case))


def _answers(candidate: Candidate, case: Case) -> bool | None:
    """Whether a sentence answers a case; None where that is open."""
    if not case.answerable:
        return False
    text = _letters(candidate.text)
    holds = any(_letters(answer) in text for answer in case.answers)
    evidence = [each for each in case.evidence if each.document == candidate.hit.passage.document]
    quotes = [_letters(each.quote) for each in evidence if each.quote]
    is_quoted = any(text in quote or quote in text for quote in quotes)
    if (is_quoted or (evidence and not quotes)) and (holds or not case.answers):
        return True
    return None if holds or is_quoted else False


def _letters(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())
