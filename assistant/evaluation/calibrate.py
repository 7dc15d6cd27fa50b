"""Fits ``answering/calibration.json``: which sentence answers best, and whether any does.

    python -m assistant.evaluation.calibrate CORPUS QUESTIONS --data DIR

It wants a set with short answers and with unanswerable questions, such as SQuAD 2.0. Articles are
parted in two: coefficients are fitted on one half and the figures that are stored with them are
measured on the other. For a third of the answerable questions their own document is left out of
the search, so that "the library has nothing on this" is learnt beside "the passage is close, but
does not say it".
"""

from __future__ import annotations
