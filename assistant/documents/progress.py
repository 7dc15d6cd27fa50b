"""How far a job is, and whether it is to go on: what reading, embedding and storing share."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from assistant.types import Progress

ReportProgress = Callable[[Progress], None]

READING, READING_AGAIN = "reading", "reading again"  # stages: all pages, and those that came out empty or garbled
_PAUSE = 1.0  # seconds


def silent(_: Progress) -> None:
    """Tell nobody."""


def seldom(report_progress: ReportProgress) -> ReportProgress:
    """The same, but at most once a second, and not within the first: what ends by then needs no telling."""
    told = time.monotonic()

    def report(step: Progress) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _PAUSE:
            told = now
            report_progress(step)

    return report


def is_stopped(stop: Event | None) -> bool:
    """Whether somebody wants a job to end early."""
    return stop is not None and stop.is_set()
