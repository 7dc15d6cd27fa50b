"""Opens a Chroma folder and asks it for a vector: run as a child process, since a torn one can crash."""

from __future__ import annotations

import sys
from pathlib import Path

from assistant.index.vectors import Vectors, open_embedded


def main() -> None:
    """Exit with 0 if the folder named on the command line answers."""
    vectors = Vectors(open_embedded(Path(sys.argv[1])))
    stored = vectors.any_vector()
    if stored is not None:
        vectors.search(stored, 10)


if __name__ == "__main__":
    main()
