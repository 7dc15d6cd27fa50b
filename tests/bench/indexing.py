"""Indexes a folder from nothing and prints, as JSON, when each file was done.

    python -m tests.bench.indexing FOLDER DATA

In a process of its own, so that its memory can be told.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path

from assistant import Assistant, Settings
from assistant.types import Progress
from tests.bench.measuring import MODELS


def main(folder: str, data: str) -> None:
    """Index, and print the seconds from file to file; the last are those until all can be asked."""
    settings = Settings(
        corpus=Path(folder).parent, documents_folder=Path(folder), data=Path(data), models_folder=MODELS
    )
    with Assistant(settings, rebuild=True) as assistant:
        marks = [time.perf_counter()]

        def note(_: Progress) -> None:
            marks.append(time.perf_counter())

        assistant.sync(note)
        marks.append(time.perf_counter())
    sys.stdout.write(json.dumps([later - earlier for earlier, later in pairwise(marks)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
