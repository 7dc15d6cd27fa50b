"""Small charts as SVG without script, font or link; all text in them is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from assistant.evaluation.report import Figure

_WIDTH = 720
_LABELS = 230
_ROW = 22
_TEXT = "#767676"  # readable on white and on black
_LINE = "#b5b5b5"
_INK = "#2b7b73"  # the accent of the pages
_SECOND = "#9ccdc6"


def interval_chart(figures: Mapping[str, Figure]) -> str:
    """Figures between 0 and 1 as dots, with their intervals as lines."""
    scale = _WIDTH - _LABELS - 60
    parts = [_axis(len(figures) * _ROW, scale)]
    for row, (name, figure) in enumerate(figures.items()):
        y = row * _ROW + _ROW / 2
        value, low, high = (_LABELS + scale * min(1.0, max(0.0, x)) for x in (figure.value, figure.low, figure.high))
        parts += [
            _text(_LABELS - 10, y + 4, name, "end"),
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="{_SECOND}" stroke-width="5"/>',
            f'<circle cx="{value:.1f}" cy="{y}" r="4.5" fill="{_INK}"/>',
            _text(_WIDTH - 45, y + 4, f"{figure.value:.3f}"),
        ]
    return _svg(len(figures) * _ROW + 24, parts, "Figures with their 95% intervals")


def bar_chart(bars: Mapping[str, tuple[float, float]], unit: str) -> str:
    """Two values a row, such as median and 95th percentile: the lesser dark, the greater light."""
    scale = _WIDTH - _LABELS - 130
    greatest = max((max(pair) for pair in bars.values()), default=0.0) or 1.0
    parts = []
    for row, (name, (less, more)) in enumerate(bars.items()):
        y = row * _ROW
        parts.append(_text(_LABELS - 10, y + 15, name, "end"))
        for value, colour in ((more, _SECOND), (less, _INK)):
            width = scale * value / greatest
            parts.append(f'<rect x="{_LABELS}" y="{y + 4}" width="{width:.1f}" height="14" fill="{colour}"/>')
        parts.append(_text(_LABELS + scale * more / greatest + 8, y + 15, f"{less:.3g} / {more:.3g} {unit}"))
    return _svg(len(bars) * _ROW + 6, parts, "Bars")


def curve_chart(points: Sequence[tuple[float, float]], across: str, up: str) -> str:
    """A curve in the unit square."""
    left, top, width, height = 60, 10, 420, 240
    path = " ".join(f"{left + width * x:.1f},{top + height * (1 - y):.1f}" for x, y in points)
    parts = [f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" stroke="{_LINE}"/>']
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = left + width * share, top + height * (1 - share)
        parts += [_text(x, top + height + 18, f"{share:g}", "middle"), _text(left - 8, y + 4, f"{share:g}", "end")]
        parts.append(f'<line x1="{left}" x2="{left + width}" y1="{y}" y2="{y}" stroke="{_LINE}" stroke-width="0.5"/>')
    parts += [
        f'<polyline points="{path}" fill="none" stroke="{_INK}" stroke-width="2"/>',
        _text(left + width / 2, top + height + 36, across, "middle"),
        _text(left + width + 12, top + height / 2, up),
    ]
    return _svg(top + height + 46, parts, f"{up} by {across}")


def _axis(height: float, scale: float) -> str:
    marks = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _LABELS + scale * share
        marks.append(f'<line x1="{x}" x2="{x}" y1="0" y2="{height}" stroke="{_LINE}" stroke-width="0.5"/>')
        marks.append(_text(x, height + 16, f"{share:g}", "middle"))
    return "".join(marks)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_TEXT}">{escape(words)}</text>'


def _svg(height: float, parts: Sequence[str], label: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" width="{_WIDTH}" '
        f'height="{height:g}" role="img" aria-label="{escape(label)}" font-family="sans-serif" font-size="12">'
        f"{''.join(parts)}</svg>"
    )
