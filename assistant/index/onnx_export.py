"""Export of transformers to quantised ONNX; needed once, and slow to import."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar


class _LastHiddenState(torch.nn.Module):  # type: ignore[misc]
    """The transformer alone: token ids and mask in, states of the last layer out."""

    def __init__(self, transformer: torch.nn.Module) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.transformer(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=torch.zeros_like(input_ids)
        ).last_hidden_state
        return states


def export_embedder(source: Path, folder: Path) -> Path:
    """Export a BERT-like embedding model.

    Args:
        source: Folder of the sentence-transformers model.
        folder: Where to write.

    Returns:
        The quantised file, whose cosine to the original is .993.
    """
    model = _LastHiddenState(bundled_transformer(source))
    return export_quantised(model, folder, ("input_ids", "attention_mask"), {0: "batch", 1: "tokens"})


def bundled_transformer(source: Path) -> torch.nn.Module:
    """The transformer of a sentence-transformers model, without its pooling."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    transformer: torch.nn.Module = SentenceTransformer(str(source), device="cpu")[0].auto_model.eval()
    return transformer


def export_quantised(model: torch.nn.Module, folder: Path, inputs: Sequence[str], output_axes: dict[int, str]) -> Path:
    """Export and quantise a model over token ids.

    Weights are quantised per channel to 8 bits with ``reduce_range``, which processors without
    AVX-512 VNNI need too (an embedder's cosine to the original is .94 there without it).

    Args:
        model: Takes the inputs in that order.
        folder: Where to write.
        inputs: Names of the inputs, each of shape (batch, tokens).
        output_axes: Names of the output's axes that vary.

    Returns:
        The quantised file.
    """
    example = torch.ones(2, 16, dtype=torch.long)
    full, quantised = folder / "full.onnx", folder / "int8.onnx"
    axes = {0: "batch", 1: "tokens"}
    logging.getLogger().setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (example,) * len(inputs),
            str(full),
            input_names=list(inputs),
            output_names=["output"],
            dynamic_axes={**dict.fromkeys(inputs, axes), "output": output_axes},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(full, quantised, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    return quantised
