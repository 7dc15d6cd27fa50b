"""Text recognition for pages that are pictures, with RapidOCR and its bundled models (extra ``ocr``)."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

DOTS_PER_POINT = 200 / 72  # 200 dots an inch, which reads best
_LEAST_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of a picture; ``confidence`` is the mean of its words, in [0, 1]."""

    text: str
    confidence: float = 0.0


def is_available() -> bool:
    """Whether the extra ``ocr`` is installed."""
    return importlib.util.find_spec("rapidocr") is not None


@cache
def _engine() -> Any:
    rapidocr: Any = importlib.import_module("rapidocr")  # loads models for a second; only for scans
    # Pages stand upright; judging each line's direction turned some of them over.
    return rapidocr.RapidOCR(params={"Global.use_cls": False, "Global.log_level": "error"})


def recognise_picture(picture: np.ndarray) -> Recognised:
    """Read the picture of a page.

    Args:
        picture: Height by width by three or more channels (blue first), drawn at ``DOTS_PER_POINT``.

    Returns:
        Lines from top to bottom, those on one level joined by blanks; no text if nothing was read.
    """
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    result = _engine()(np.ascontiguousarray(picture[..., :3]))
    if result.boxes is None:
        return Recognised("")
    words = [
        (box, text, float(score))
        for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True)
        if score >= _LEAST_CONFIDENCE
    ]
    if not words:
        return Recognised("")
    return Recognised("\n".join(_lines(words)), float(np.mean([score for *_, score in words])))


def _lines(words: list[tuple[Any, str, float]]) -> list[str]:
    """Join boxes whose middles stand on one level."""
    lines: list[list[tuple[float, float, float, str]]] = []
    for box, text, _ in sorted(words, key=lambda word: float(np.mean(word[0][:, 1]))):
        middle, height, left = float(np.mean(box[:, 1])), float(np.ptp(box[:, 1])), float(box[:, 0].min())
        if lines and abs(lines[-1][-1][0] - middle) < 0.5 * height:
            lines[-1].append((middle, height, left, text))
        else:
            lines.append([(middle, height, left, text)])
    return [" ".join(text for *_, text in sorted(line, key=lambda word: word[2])) for line in lines]
