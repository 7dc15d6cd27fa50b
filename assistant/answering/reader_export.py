"""The reader as a network, and its export to quantised ONNX; needed once, and slow to import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file

from assistant.index.onnx_export import bundled_transformer, export_quantised

_SCALE = ".scale"  # of a matrix kept in 8 bits, one for each of its rows
_LARGEST = 127
_SMALL = 10_000  # numbers in a matrix that is kept as it is


class ReaderNetwork(torch.nn.Module):  # type: ignore[misc]
    """A transformer with one number for each sequence, from its first token and the mean of all."""

    def __init__(self, transformer: torch.nn.Module) -> None:
        super().__init__()
        self.transformer = transformer
        self.head = torch.nn.Linear(2 * transformer.config.hidden_size, 1)

    def forward(
        self, input_ids: torch.Tensor, token_type_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> torch.Tensor:
        """The log-odds of each sequence."""
        states = self.transformer(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        ).last_hidden_state
        mask = attention_mask[..., None].to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        odds: torch.Tensor = self.head(torch.cat([states[:, 0], mean], -1)).squeeze(-1)
        return odds


def export_reader(source: Path, weights: Path, folder: Path) -> Path:
    """Export the reader.

    Args:
        source: Folder of the model that it is made from.
        weights: What was learnt, as ``tests/bench/train_reader.py`` stores it.
        folder: Where to write.

    Returns:
        The quantised file.
    """
    network = ReaderNetwork(bundled_transformer(source)).eval()
    network.load_state_dict({**network.state_dict(), **unpacked(load_file(weights))})
    return export_quantised(network, folder, ("input_ids", "token_type_ids", "attention_mask"), {0: "batch"})


def packed(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights as they are stored: matrices in 8 bits with a scale a row, the rest in 16."""
    stored: dict[str, torch.Tensor] = {}
    for name, values in state.items():
        if values.ndim == 2 and values.numel() > _SMALL:
            scale = values.float().abs().amax(1, keepdim=True) / _LARGEST
            stored[name] = (values.float() / scale).round().to(torch.int8)
            stored[name + _SCALE] = scale.half()
        else:
            stored[name] = values.half()
    return stored


def unpacked(stored: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights as a network takes them."""
    return {
        name: values.float() * stored[name + _SCALE].float() if name + _SCALE in stored else values.float()
        for name, values in stored.items()
        if not name.endswith(_SCALE)
    }
