"""The library folder held against the catalogue: which files are fresh, and which are gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assistant.documents.library import Library, Stamp
from assistant.index.catalogue import Catalogue
from assistant.index.rows import Known

DUPLICATE = "duplicate"  # the kind of problem of a file that holds what another file holds


@dataclass(frozen=True, slots=True)
class Survey:
    """The library folder held against the catalogue.

    Attributes:
        files: All files of the library, by path.
        known: All documents of the catalogue, by path.
        fresh: Files that are not as they were when last looked at.
        settled_problems: Files that could not be indexed and have not changed since.
        lost_problems: Paths of files that could not be indexed and are gone.
    """

    files: dict[str, Stamp]
    known: dict[str, Known]
    fresh: tuple[str, ...]
    settled_problems: frozenset[str]
    lost_problems: tuple[str, ...]

    @property
    def in_line(self) -> bool:
        """Whether there is nothing to do."""
        return not self.fresh and not self.lost_problems and self.known.keys() <= self.files.keys()

    def versions(
        self, digests: Mapping[str, str | None], anew: Collection[str]
    ) -> tuple[dict[str, str], dict[str, Known]]:
        """Who holds what: the path behind each indexed content, and the contents that lost their file.

        Args:
            digests: What the fresh files hold.
            anew: Paths of documents that are to be indexed again, whatever they hold.
        """
        owners: dict[str, str] = {}
        loose: dict[str, Known] = {}
        for path, entry in self.known.items():
            is_settled = path in self.files and path not in digests and path not in self.settled_problems
            if is_settled or (digests.get(path) == entry.digest and path not in anew):
                owners[entry.digest] = path
            else:
                loose[entry.digest] = entry
        return owners, loose


def take_survey(library: Library, catalogue: Catalogue, *, verify: bool = False, anew: Collection[str] = ()) -> Survey:
    """Look at the library folder and the catalogue.

    Args:
        library: The folder.
        catalogue: What is known of it.
        verify: Take every file for fresh instead of trusting sizes and time stamps.
        anew: Paths of files that are fresh in any case.
    """
    files = library.scan()
    known = {entry.path: entry for entry in catalogue.known()}
    problems = {problem.path: (problem.kind, stamp) for problem, stamp in catalogue.problems()}
    seen = {path: entry.stamp for path, entry in known.items()}
    seen |= {path: stamp for path, (_, stamp) in problems.items()}
    fresh = {path for path, stamp in files.items() if verify or path in anew or stamp != seen.get(path)}
    if known.keys() - files.keys() or known.keys() & fresh:  # what a duplicate doubled may be no more
        fresh |= {path for path, (kind, _) in problems.items() if kind == DUPLICATE and path in files}
    return Survey(
        files=files,
        known=known,
        fresh=tuple(sorted(fresh)),
        settled_problems=frozenset(problems.keys() & files.keys() - fresh),
        lost_problems=tuple(problems.keys() - files.keys()),
    )
