"""A small model that reads a question beside a sentence: does the sentence answer it?

all-MiniLM-L6-v2, taught by ``tests/bench/train_reader.py``; ``reader.safetensors`` holds what was
learnt. Words and vectors of the two apart do not tell a near miss, in which all words meet but the
fact that is asked for is missing; reading them together does (see SQuAD 2.0, Rajpurkar et al. 2018,
and cross-encoders, Nogueira and Cho 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from tokenizers import Tokenizer

from assistant.index.onnx_model import OnnxModel, bundled_model, exported

WEIGHTS = "reader.safetensors"
_FILE = "reader-7-int8.onnx"  # another number with other weights
_QUESTION, _HEADINGS, _CONTEXT, _SENTENCE = 48, 16, 56, 112  # tokens that are read of each
_BEGIN, _END = 101, 102


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what one must know to understand it.

    Attributes:
        headings: Title and headings that it stands under.
        before: The sentence before it, if any.
    """

    headings: str
    before: str
    text: str

    def translated(self, translate: Callable[[str], str]) -> Sentence:
        """The sentence in another language."""
        return Sentence(translate(self.headings), translate(self.before), translate(self.text))


class Reader:
    """Tells how likely sentences answer a question."""

    def __init__(self, folder: Path, in_english: Callable[[str], str]) -> None:
        """Load the model, which knows English only.

        Args:
            folder: Where it is kept once it is exported.
            in_english: Puts a text into English, word for word.
        """
        source = bundled_model()
        self._in_english = in_english
        self._tokens = Tokens(source / "tokenizer.json")
        self._model = OnnxModel(exported(folder / _FILE, partial(_export, source)))

    def read(self, question: str, sentences: Sequence[Sentence]) -> list[float]:
        """The log-odds that each sentence answers the question."""
        asked = self._in_english(question)
        encoded = [self._tokens.encode(asked, each.translated(self._in_english)) for each in sentences]
        inputs = {
            "input_ids": [ids for ids, _ in encoded],
            "token_type_ids": [types for _, types in encoded],
        }
        return [float(odds) for odds in self._model.run(inputs)]


class Tokens:
    """The input of the model: the question, the context, and, marked as of another type, the sentence."""

    def __init__(self, vocabulary: Path) -> None:
        """Load the tokenizer.

        Args:
            vocabulary: Its file, ``tokenizer.json``.
        """
        self._tokenizer = Tokenizer.from_file(str(vocabulary))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def encode(self, question: str, sentence: Sentence) -> tuple[list[int], list[int]]:
        """Token ids and their types; what is longer than the model reads is cut.

        Of the sentence before, the end is kept.
        """
        asked = self._ids(question)[:_QUESTION]
        context = self._ids(sentence.headings)[:_HEADINGS]
        room = _CONTEXT - len(context)
        context += self._ids(sentence.before)[-room:]
        said = self._ids(sentence.text)[:_SENTENCE]
        given = [_BEGIN, *asked, _END, *context, _END]
        return [*given, *said, _END], [0] * len(given) + [1] * (len(said) + 1)

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids


def _export(source: Path, scratch: Path) -> Path:
    # What exports loads for seconds and is needed once in the life of an index.
    weights = Path(str(files("assistant.answering").joinpath(WEIGHTS)))
    done: Path = import_module("assistant.answering.reader_export").export_reader(source, weights, scratch)
    return done
