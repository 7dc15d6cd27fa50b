"""Takes files, folders and web pages into the library: what cannot be taken in is noted, the others come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from assistant.documents.library import Library
from assistant.documents.progress import ReportProgress, is_stopped
from assistant.documents.reading import problem_with
from assistant.documents.web import Fetcher, check_address, is_address
from assistant.errors import AssistantError
from assistant.types import Problem, Progress, SyncReport


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of sources.

    Attributes:
        placed: Paths in the library, also of files that stood there already.
        refused: Sources, or files of them, that could not be taken in.
        left: Sources that were not come to.
    """

    placed: frozenset[str]
    refused: tuple[Problem, ...]
    left: int

    def joined_with(self, report: SyncReport, problems: Sequence[Problem]) -> SyncReport:
        """The report of the synchronisation that followed, as that of the addition.

        Args:
            report: Tells only of what has changed.
            problems: All there are; those with a file that was added again are told once more.
        """
        told = {problem.path for problem in report.problems}
        known = [each for each in problems if each.path in self.placed and each.path not in told]
        return replace(
            report,
            problems=(*self.refused, *report.problems, *known),
            unchanged=report.unchanged - len(known),
            left=report.left + self.left,
        )


def add_sources(
    library: Library,
    fetcher: Fetcher,
    sources: Sequence[Path | str],
    report_progress: ReportProgress,
    *,
    stop: Event | None,
) -> Addition:
    """Copy files and folders into a library, and fetch web pages.

    Args:
        library: Takes them in.
        fetcher: Gets web pages.
        sources: Paths, and addresses that begin with ``http://`` or ``https://``.
        report_progress: Called before each source.
        stop: When it is set, the sources that are not come to are left.

    Raises:
        LibraryError: A path does not exist or holds nothing; nothing has been added then.
        AddressError: An address cannot be opened; nothing has been added then.
    """
    for source in sources:
        if is_address(str(source)):
            check_address(str(source))
        else:
            library.check_source(Path(source))
    placed: set[str] = set()
    refused: list[Problem] = []

    def refuse(source: Path | str, error: AssistantError) -> None:
        refused.append(problem_with(str(source), error))

    for number, source in enumerate(sources):
        if is_stopped(stop):
            return Addition(frozenset(placed), tuple(refused), left=len(sources) - number)
        report_progress(Progress("adding", number, len(sources), str(source)))
        if not is_address(str(source)):
            placed.update(library.add(Path(source), refuse))
            continue
        try:
            placed.update(library.paths_in(library.add_page(fetcher.fetch(str(source)))))
        except AssistantError as error:
            refuse(source, error)
    return Addition(frozenset(placed), tuple(refused), left=0)
