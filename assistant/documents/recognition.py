"""Text recognition for pages that are pictures, with RapidOCR and its bundled models (extra ``ocr``)."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from assistant.documents.columns import in_columns
from assistant.documents.places import Box

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
        Lines from top to bottom, column by column, words on one level joined by blanks; no text if
        nothing was read.
    """
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    result = _engine()(np.ascontiguousarray(picture[..., :3]))
    if result.boxes is None:
        return Recognised("")
    found = zip(result.boxes, result.txts, result.scores, strict=True)
    words = [(_box(corners, text), float(score)) for corners, text, score in found if score >= _LEAST_CONFIDENCE]
    if not words:
        return Recognised("")
    lines = in_columns([box for box, _ in words])
    text = "\n".join(" ".join(word.text for word in line) for line in lines)
    return Recognised(text, float(np.mean([score for _, score in words])))


def _box(corners: np.ndarray, text: str) -> Box:
    """Where a word stands: in pictures the y axis points down."""
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return Box(left, -bottom, right, -top, text)
