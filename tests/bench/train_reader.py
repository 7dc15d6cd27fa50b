"""Teaches the reader, and stores what it learnt as ``assistant/answering/reader.safetensors``.

    python -m tests.bench.train_reader SQUAD_DOCUMENTS SQUAD_QUESTIONS corpus/documents corpus/training.jsonl

It learns from those test sets, half of SQuAD 2.0's development set among them, and from 67,000
questions written for this, half of them near misses: ``corpus/reading.jsonl`` to single passages,
``corpus/reading-found.jsonl`` to what a search found. Chinese is put into English word for word, as
in answering. All weights but those of the vocabulary change. The loss of a question is that of
choosing among its sentences and "none of these", as in SQuAD 2.0 systems, plus that of judging each
sentence by itself.

With an H100 it takes four minutes, with two cores some days. The weights that ship are the mean of
two: of some that went on from those that shipped before (``git show
faf2429:assistant/answering/reader.safetensors``) with ``--further``, and of some learnt from the
beginning and averaged with these, ``--averaged-with``.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from sklearn.metrics import roc_auc_score
from torch.nn.functional import binary_cross_entropy_with_logits

from assistant.answering.reader import WEIGHTS, Sentence, Tokens
from assistant.answering.reader_export import ReaderNetwork, packed, unpacked
from assistant.index.onnx_export import bundled_transformer
from assistant.index.onnx_model import bundled_model
from assistant.retrieval.glossary import load_glossary
from assistant.retrieval.word_for_word import load_words
from tests.bench.reader_examples import Example, found_examples, listed_examples, written_examples

_ROOT = Path(__file__).parents[2]
_QUESTIONS = 64  # in a step
_SENTENCES = 10  # of a question
_ANSWERING = 3  # among them at most
_NEAREST = 5  # are always among them
_WARMING_UP = 0.05
_WITHOUT_CONTEXT = 0.12  # of the sentences are learnt from alone
_OF_ANOTHER_PASSAGE = 0.5  # of the questions to one passage get a sentence of some other
_POSITIVE_WEIGHT = 2.0
_READ_AT_ONCE = 12  # sentences, as in answering
_SENTENCES_AT_ONCE = 40  # of like length go through the network together: little is spent on padding

Judged = tuple[Sentence, float]


@dataclass(frozen=True, slots=True)
class Course:
    """How long is learnt, and how fast.

    Attributes:
        rate: Of the transformer, once warmed up.
        rate_of_head: Of the layer on top.
    """

    steps: int
    rate: float
    rate_of_head: float


FIRST = Course(steps=4800, rate=1.5e-4, rate_of_head=1e-3)  # each question four times
FURTHER = Course(steps=3200, rate=1.2e-4, rate_of_head=5e-4)  # three times


def main() -> None:
    """Train, measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+", metavar="DOCUMENTS QUESTIONS")
    parser.add_argument("--data", type=Path, default=Path(".assistant/calibration"))
    parser.add_argument("--models", type=Path, default=Path(".assistant/models"))
    parser.add_argument("--further", type=Path, metavar="WEIGHTS", help="go on from these")
    parser.add_argument(
        "--averaged-with", type=Path, metavar="WEIGHTS", help="store the mean of these and what is learnt"
    )
    parser.add_argument("--to", type=Path, default=_ROOT / "assistant" / "answering" / WEIGHTS)
    arguments = parser.parse_args()
    corpus = _ROOT / "corpus"
    examples = [*written_examples(corpus / "reading.jsonl"), *listed_examples(corpus / "reading-found.jsonl")]
    for documents, questions in zip(arguments.sets[::2], arguments.sets[1::2], strict=True):
        examples += found_examples(documents, questions, arguments.data / questions.parent.name, arguments.models)
    in_english = load_words().with_names(load_glossary(corpus / "glossary.csv").in_english()).in_english
    examples = [each.translated(in_english) for each in examples]
    network = ReaderNetwork(bundled_transformer(bundled_model()))
    if arguments.further:
        network.load_state_dict({**network.state_dict(), **unpacked(load_file(arguments.further))})
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    trainer = Trainer(network.to(device), device, FURTHER if arguments.further else FIRST)
    trainer.train([each for each in examples if not each.is_held_out])
    if arguments.averaged_with:
        others = unpacked(load_file(arguments.averaged_with))
        learnt = network.state_dict()
        network.load_state_dict({**learnt, **{name: (learnt[name].cpu() + others[name]) / 2 for name in others}})
    unchanged = ("transformer.embeddings.word", "transformer.embeddings.position", "transformer.pooler")
    state = {name: values for name, values in network.state_dict().items() if not name.startswith(unchanged)}
    save_file({name: values.cpu().contiguous() for name, values in packed(state).items()}, arguments.to)
    print(f"AUROC on what was held out: {trainer.auroc([e for e in examples if e.is_held_out]):.3f}")  # noqa: T201


class Trainer:
    """A network on a device, and how it learns."""

    def __init__(self, network: ReaderNetwork, device: torch.device, course: Course) -> None:
        self._network = network
        self._device = device
        self._course = course
        self._tokens = Tokens(bundled_model() / "tokenizer.json")
        self._random = random.Random(1)
        self._of_passages: list[Sentence] = []
        embeddings = network.transformer.embeddings
        for part in (embeddings.word_embeddings, embeddings.position_embeddings):
            part.requires_grad_(requires_grad=False)

    def train(self, examples: Sequence[Example]) -> None:
        """Learn from the examples batch by batch, ever more slowly."""
        self._network.train()
        self._of_passages = [each for example in examples if not example.is_ranked for each in example.others]
        head = [*self._network.head.parameters()]
        body = [each for each in self._network.transformer.parameters() if each.requires_grad]
        groups = [{"params": body, "lr": self._course.rate}, {"params": head, "lr": self._course.rate_of_head}]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        total = self._course.steps
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / (_WARMING_UP * total)) * max(0.0, 1 - step / total)
        )
        for batch in islice(self._batches(examples), total):
            optimizer.zero_grad(set_to_none=True)
            self._loss(batch).backward()
            torch.nn.utils.clip_grad_norm_([*body, *head], 1.0)
            optimizer.step()
            schedule.step()

    def _batches(self, examples: Sequence[Example]) -> Iterator[list[Example]]:
        """All examples again and again, each time in another order."""
        while True:
            order = [each for each in examples if self._random.random() < each.weight]
            self._random.shuffle(order)
            for first in range(0, len(order) - _QUESTIONS + 1, _QUESTIONS):
                yield order[first : first + _QUESTIONS]

    def auroc(self, examples: Sequence[Example]) -> float:
        """How well the best sentence's score tells questions that are answered from those that are not."""
        self._network.eval()
        best = []
        for example in examples:
            sentences = (*example.answering, *example.others)[:_READ_AT_ONCE]
            with torch.no_grad():
                best.append(float(self._odds([(example.question, each) for each in sentences]).max()))
        return float(roc_auc_score([bool(each.answering) for each in examples], best))

    def _loss(self, batch: Sequence[Example]) -> torch.Tensor:
        pairs, labels, group = [], [], []
        for number, example in enumerate(batch):
            for sentence, label in self._chosen(example):
                pairs.append((example.question, sentence))
                labels.append(label)
                group.append(number)
        odds = self._odds(pairs)
        truth = torch.tensor(labels, device=self._device)
        rows = torch.tensor(group, device=self._device)
        weight = torch.tensor(_POSITIVE_WEIGHT, device=self._device)
        by_itself = binary_cross_entropy_with_logits(odds, truth, pos_weight=weight)
        return _loss_of_choice(odds, truth, rows, len(batch)) + by_itself

    def _chosen(self, example: Example) -> list[Judged]:
        """Some sentences of an example, some of them without their context."""
        draw = self._random
        answering = draw.sample(example.answering, min(len(example.answering), _ANSWERING))
        always = example.others[:_NEAREST] if example.is_ranked else ()
        rest = example.others[len(always) :]
        room = max(0, _SENTENCES - len(answering) - len(always))
        others = [*always, *draw.sample(rest, min(len(rest), room))]
        if not example.is_ranked and draw.random() < _OF_ANOTHER_PASSAGE:
            others.append(draw.choice(self._of_passages))
        judged = [*((each, 1.0) for each in answering), *((each, 0.0) for each in others)]
        return [
            (Sentence("", "", each.text) if draw.random() < _WITHOUT_CONTEXT else each, label) for each, label in judged
        ]

    def _odds(self, pairs: Sequence[tuple[str, Sentence]]) -> torch.Tensor:
        encoded = [self._tokens.encode(question, sentence) for question, sentence in pairs]
        by_length = sorted(range(len(encoded)), key=lambda at: len(encoded[at][0]))
        odds = [
            self._odds_of([encoded[at] for at in by_length[first : first + _SENTENCES_AT_ONCE]])
            for first in range(0, len(by_length), _SENTENCES_AT_ONCE)
        ]
        return torch.cat(odds)[torch.argsort(torch.tensor(by_length, device=self._device))]

    def _odds_of(self, encoded: Sequence[tuple[list[int], list[int]]]) -> torch.Tensor:
        longest = max(len(ids) for ids, _ in encoded)
        inputs = np.zeros((3, len(encoded), longest), np.int64)
        for row, (ids, types) in enumerate(encoded):
            inputs[0, row, : len(ids)] = ids
            inputs[1, row, : len(ids)] = types
            inputs[2, row, : len(ids)] = 1
        on_device = torch.from_numpy(inputs).to(self._device)
        with torch.autocast(self._device.type, dtype=torch.bfloat16):
            odds: torch.Tensor = self._network(*on_device)
        return odds.float()


def _loss_of_choice(odds: torch.Tensor, truth: torch.Tensor, rows: torch.Tensor, count: int) -> torch.Tensor:
    """Of choosing an answering sentence, or "none of these" (of score 0) where there is no such sentence."""
    weights = torch.exp(odds.clamp(-20, 20))
    none = torch.zeros(count, device=odds.device)
    everything = (none + 1).index_add(0, rows, weights)
    answering = none.index_add(0, rows, weights * truth)
    has_answer = none.index_add(0, rows, truth) > 0
    right = torch.where(has_answer, answering.clamp_min(1e-9), torch.ones_like(answering))
    return (everything.log() - right.log()).mean()


if __name__ == "__main__":
    main()
