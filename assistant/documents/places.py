"""What stands where on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A run of text or a shape where it stands on a page, in points (or dots) from the lower left.

    Attributes:
        number: Its place in the file.
    """

    left: float
    bottom: float
    right: float
    top: float
    text: str = ""
    number: int = 0

    @property
    def x(self) -> float:
        """The middle from left to right."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """The middle from bottom to top."""
        return (self.bottom + self.top) / 2

    @property
    def height(self) -> float:
        """How tall it is."""
        return self.top - self.bottom


def in_lines(words: Iterable[Box]) -> list[list[Box]]:
    """Words on one level, from top to bottom and from left to right."""
    lines: list[list[Box]] = []
    for word in sorted(words, key=lambda each: -each.y):
        level = lines[-1] if lines else []
        overlap = min(word.top, level[0].top) - max(word.bottom, level[0].bottom) if level else 0.0
        if level and overlap > 0.4 * min(word.height, level[0].height):
            level.append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda each: each.left) for line in lines]
