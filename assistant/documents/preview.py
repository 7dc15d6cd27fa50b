"""What files say of themselves, before they are taken into the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.documents.files import safe_name
from assistant.documents.reading import Orders, WorkerProcess
from assistant.types import Metadata, Problem


def preview(files: Sequence[tuple[str, bytes]], orders: Orders) -> tuple[Metadata | Problem, ...]:
    """Read files elsewhere, within the same limits, without text recognition, which takes long.

    Args:
        files: Names, which may lead nowhere, and contents.
        orders: As for files of the library.

    Returns:
        For each file what is known of it, or why it cannot be read.

    Raises:
        LibraryError: A name cannot be used.
    """
    with TemporaryDirectory(prefix="preview-") as folder:
        places = _write(Path(folder), files)
        elsewhere = WorkerProcess(replace(orders, root=folder, recognise=False))
        with closing(elsewhere.read(list(places))) as readings:
            return tuple(
                replace(reading, path=places[reading.path])
                if isinstance(reading, Problem)
                else reading.document.metadata
                for reading in readings
            )


def _write(folder: Path, files: Sequence[tuple[str, bytes]]) -> Mapping[str, str]:
    """Each file in a folder of its own, since two may have one name."""
    places: dict[str, str] = {}
    for number, (name, data) in enumerate(files):
        place = Path(str(number)) / safe_name(name)
        (folder / place).parent.mkdir()
        (folder / place).write_bytes(data)
        places[place.as_posix()] = name
    return places
