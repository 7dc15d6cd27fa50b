"""Notices when the library folder changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import watchfiles

from assistant.documents.files import is_hidden

_QUIET = 500  # milliseconds without a change, after which a folder that is being copied is taken to be complete
_LONGEST_GATHERING = 5_000  # milliseconds, even if the changes go on
_LOOK_ANYWAY = 10_000  # milliseconds: network drives tell nothing of what other machines change on them


def changes_in(folder: Path) -> Iterator[None]:
    """Yield whenever files of a folder have changed or may have; never ends by itself.

    Args:
        folder: Made if it is not there. Hidden files in it do not count.
    """
    folder.mkdir(parents=True, exist_ok=True)
    root = folder.resolve()

    def is_visible(_: watchfiles.Change, path: str) -> bool:
        return not any(is_hidden(part) for part in Path(path).relative_to(root).parts)

    for _ in watchfiles.watch(
        root,
        watch_filter=is_visible,
        debounce=_LONGEST_GATHERING,
        step=_QUIET,
        rust_timeout=_LOOK_ANYWAY,
        yield_on_timeout=True,
    ):
        yield
