"""Fits ``assistant/answering/calibration.json``: which sentence answers best, and whether any does.

    python -m tests.bench.calibrate DOCUMENTS QUESTIONS [DOCUMENTS QUESTIONS ...]

wants sets with short answers and with unanswerable questions: half of SQuAD 2.0's development set,
then the project's own, ``corpus/training.jsonl`` and ``corpus/questions.jsonl`` (of which the split
``test`` is never looked at). Only questions that the reader was not taught are used: it is surer of
those it knows. The first set counts as much as the others together, and less
for the choice of sentences. Articles are parted in two: the figures that are stored beside the
coefficients are measured on the half that was not fitted on, both ways; the stored coefficients are
then fitted on all. Where a set's documents are
articles of their own (``--left-out``), a third of the answerable questions is asked a second time
with their article left out, so that "the library has nothing on this" is learnt beside "the
passage is near, but does not say it".
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant import Assistant, Filters, Settings
from assistant.answering.evidence import FEATURES, SENTENCE_FEATURES
from assistant.evaluation.cases import Case, load_cases
from assistant.text import fold
from tests.bench.held_out import is_held_out

_TARGET = Path(__file__).parents[2] / "assistant" / "answering" / "calibration.json"
_FALSE_REFUSALS = 0.055  # of the answerable; staff accept 0.08, and of other libraries twice as many are refused
_FIRST_SET = 0.5
_FIRST_SET_IN_SENTENCES = 0.3  # staff's questions paraphrase, SQuAD's repeat the words of the text
_FOLDS = 10
_GIVEN_IN_SENTENCES = "unnamed"  # a rule: across languages a sentence has to name what the question names
_GIVEN_WEIGHT_IN_SENTENCES = -3.0
_GIVEN = "unknown"
_GIVEN_WEIGHT = -3.0  # of -1 to -4, the mildest that refuses all development questions on other topics


@dataclass(frozen=True, slots=True)
class Observation:
    """A question, the features of its evidence, and what is true of it.

    Attributes:
        is_taught: Whether the reader has learnt it, so that what it says of it is surer than of others.
    """

    set: str
    article: str
    answerable: bool
    left_out: bool
    is_taught: bool
    sentences: np.ndarray
    holds_answer: np.ndarray
    features: np.ndarray

    @property
    def held_out(self) -> bool:
        """Whether the article belongs to the half on which figures are measured."""
        return int(hashlib.sha256(self.article.encode()).hexdigest(), 16) % 2 == 1


def observe(assistant: Assistant, name: str, cases: Sequence[Case], *, leave_out: bool) -> Iterator[Observation]:
    """Ask for the evidence of every case, of some twice."""
    titles = {record.path: record.metadata.title for record in assistant.records()}
    for number, case in enumerate(cases):
        observation = _observe(assistant, name, case, case.filters, titles)
        yield observation
        if leave_out and case.answerable and number % 3 == 0:
            others = tuple(path for path, title in titles.items() if title != observation.article)
            yield _observe(assistant, name, case, Filters(documents=others), titles, left_out=observation.article)


def _observe(
    assistant: Assistant, name: str, case: Case, filters: Filters, titles: dict[str, str], left_out: str = ""
) -> Observation:
    evidence = assistant.evidence(case.question, filters=filters, history=case.history)
    accepted = [_squash(answer) for answer in case.answers]
    gold = titles.get(case.evidence[0].document) if case.evidence else None
    return Observation(
        set=name,
        article=left_out or gold or evidence.candidates[0].hit.metadata.title,
        answerable=case.answerable and not left_out,
        left_out=bool(left_out),
        is_taught=not is_held_out(case),
        sentences=np.array([[each.features[name] for name in SENTENCE_FEATURES] for each in evidence.candidates]),
        holds_answer=np.array([_holds(each.text, accepted) for each in evidence.candidates]),
        features=np.array([evidence.features[name] for name in FEATURES]),
    )


def _holds(text: str, accepted: Sequence[str]) -> bool:
    return any(answer in _squash(text) for answer in accepted)


def _squash(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def set_weights(observations: Sequence[Observation], first_set: float) -> np.ndarray:
    """Weights under which the first set has its share and the others share the rest, whatever their sizes."""
    counts = Counter(each.set for each in observations)
    first, *others = counts
    share = {name: (1 - first_set) / len(others) for name in others} | {first: first_set if others else 1.0}
    return np.array([share[each.set] * len(observations) / counts[each.set] for each in observations])


def fit_sentences(observations: Sequence[Observation]) -> np.ndarray:
    """Pairwise logistic regression: a sentence that holds the answer against all that do not."""
    differences = []
    weights: list[float] = []
    for each, weight in zip(observations, set_weights(observations, _FIRST_SET_IN_SENTENCES), strict=True):
        if each.answerable and each.holds_answer.any() and not each.holds_answer.all():
            others = each.sentences[~each.holds_answer]
            differences += [positive - others for positive in each.sentences[each.holds_answer][:2]]
            weights += [weight] * (sum(map(len, differences)) - len(weights))
    given = SENTENCE_FEATURES.index(_GIVEN_IN_SENTENCES)
    pairs = np.delete(np.concatenate(differences), given, axis=1)
    labels = np.repeat([1, 0], len(pairs))
    model = LogisticRegression(fit_intercept=False, max_iter=2000).fit(
        np.concatenate([pairs, -pairs]), labels, sample_weight=np.tile(weights, 2)
    )
    return np.insert(model.coef_[0], given, _GIVEN_WEIGHT_IN_SENTENCES)


def fit_answerable(observations: Sequence[Observation]) -> tuple[np.ndarray, float]:
    """Logistic regression on the features of the question's evidence, all but one.

    Words that no document says speak against an answer. SQuAD would teach the reverse, because its
    unanswerable questions were written beside the passage, in its words; so their weight is given.
    """
    given = FEATURES.index(_GIVEN)
    rows = np.delete(np.array([each.features for each in observations]), given, axis=1)
    model = LogisticRegression(max_iter=2000, class_weight="balanced").fit(
        rows, [each.answerable for each in observations], sample_weight=set_weights(observations, _FIRST_SET)
    )
    return np.insert(model.coef_[0], given, _GIVEN_WEIGHT), float(model.intercept_[0])


def first_sentence_share(observations: Sequence[Observation], weights: np.ndarray) -> float:
    """Share of answerable questions whose best sentence holds the answer."""
    known = [each for each in observations if each.answerable]
    return float(np.mean([each.holds_answer[np.argmax(each.sentences @ weights)] for each in known]))


def _probabilities(observations: Sequence[Observation], model: tuple[np.ndarray, float]) -> np.ndarray:
    rows = np.array([each.features for each in observations])
    return np.asarray(1 / (1 + np.exp(-(rows @ model[0] + model[1]))))


def _auroc(observations: Sequence[Observation], scores: np.ndarray, keep: Callable[[Observation], bool]) -> float:
    chosen = [at for at, each in enumerate(observations) if each.answerable or keep(each)]
    return round(float(roc_auc_score([observations[at].answerable for at in chosen], scores[chosen])), 3)


def main() -> None:
    """Fit, measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+", metavar="DOCUMENTS QUESTIONS")
    parser.add_argument("--left-out", type=Path, nargs="*", default=[], help="QUESTIONS of sets of articles")
    parser.add_argument("--data", type=Path, default=Path(".assistant/calibration"))
    parser.add_argument("--models", type=Path, default=Path(".assistant/models"))
    parser.add_argument("--sample", type=int, default=1000)
    arguments = parser.parse_args()
    observations: list[Observation] = []
    for documents, questions in zip(arguments.sets[::2], arguments.sets[1::2], strict=True):
        cases = [case for case in load_cases(questions) if case.split != "test"]
        random.Random(7).shuffle(cases)
        cases.sort(key=lambda case: not is_held_out(case))
        name = f"{questions.parent.name}/{questions.stem}"
        settings = Settings(
            documents_folder=documents,
            corpus=questions.parent,
            data=arguments.data / questions.parent.name,
            models_folder=arguments.models,
        )
        with Assistant(settings, renew=True) as assistant:
            assistant.sync()
            leave_out = questions in arguments.left_out
            observations += observe(assistant, name, cases[: arguments.sample], leave_out=leave_out)
    _TARGET.write_text(json.dumps(_fit(observations), indent=2) + "\n", encoding="utf-8")
    print(_TARGET.read_text("utf-8"))  # noqa: T201 - the script's result


def _fit(observations: Sequence[Observation]) -> dict[str, object]:
    fresh = [each for each in observations if not each.is_taught]
    weights, intercept = fit_answerable(fresh)
    threshold = _threshold(fresh)
    return {
        "sentence": {"weights": _named(SENTENCE_FEATURES, fit_sentences(fresh))},
        "answerable": {
            "weights": _named(FEATURES, weights),
            "intercept": round(intercept, 4),
            "threshold": round(threshold, 4),
        },
        "fitted_on": {
            "sets": dict(Counter(each.set for each in observations)),
            "not_taught_to_the_reader": dict(Counter(each.set for each in fresh)),
            "measured": "on articles that were not fitted on, both halves in turn",
            **_cross_validated(fresh, threshold),
        },
    }


def _threshold(observations: Sequence[Observation]) -> float:
    """Below it lie so many of the answerable questions of the project's own sets as staff accept.

    Each question is judged by a model that was fitted without it, as those of staff will be.
    """
    first = observations[0].set
    taught = [each for each in observations if each.set == first]
    own = [each for each in observations if each.set != first]
    known: list[float] = []
    for part in range(_FOLDS):
        fitting = taught + [each for at, each in enumerate(own) if at % _FOLDS != part]
        judging = [each for at, each in enumerate(own) if at % _FOLDS == part and each.answerable]
        known += _probabilities(judging, fit_answerable(fitting)).tolist()
    return float(np.quantile(known, _FALSE_REFUSALS))


def _cross_validated(observations: Sequence[Observation], threshold: float) -> dict[str, float]:
    judged: list[Observation] = []
    scores: list[float] = []
    holds: list[tuple[int, float]] = []
    for half in (False, True):
        fitting = [each for each in observations if each.held_out is not half]
        judging = [each for each in observations if each.held_out is half]
        judged += judging
        scores += _probabilities(judging, fit_answerable(fitting)).tolist()
        holds.append((len(judging), first_sentence_share(judging, fit_sentences(fitting))))
    values = np.array(scores)
    refused = values < threshold

    def share(keep: Callable[[Observation], bool]) -> float:
        return round(float(np.mean([refused[at] for at, each in enumerate(judged) if keep(each)])), 3)

    return {
        "first_sentence_holds_answer": round(sum(count * value for count, value in holds) / len(judged), 3),
        "auroc_near_misses": _auroc(judged, values, lambda each: not each.left_out),
        "auroc_article_left_out": _auroc(judged, values, lambda each: each.left_out),
        "refused_answerable": share(lambda each: each.answerable),
        "refused_near_misses": share(lambda each: not each.answerable and not each.left_out),
        "refused_article_left_out": share(lambda each: each.left_out),
    }


def _named(names: Sequence[str], values: np.ndarray) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


if __name__ == "__main__":
    main()
