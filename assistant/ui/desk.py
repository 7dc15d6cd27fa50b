"""The one ``Assistant`` that all windows share, and the thread that indexes for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import NoReturn, TypeVar

import streamlit as st

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.settings import Settings, load_settings
from assistant.types import Progress, SyncReport
from assistant.ui.layout import columns
from assistant.ui.markup import plain

Outcome = TypeVar("Outcome")

_LOOK_AGAIN = 0.2  # seconds between two looks at a running job


class Desk:
    """The assistant, and a thread that writes for all windows: closing a window breaks nothing off."""

    def __init__(self, settings: Settings) -> None:
        """Open the library, and look in the background for what changed while nobody was here."""
        self.assistant = Assistant(settings)
        self.step: Progress | None = None
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self.first_look = self.index()

    def index(self) -> Future[SyncReport]:
        """Bring the index in line with the library folder."""
        return self._writer.submit(self._index)

    def fetch(self, address: str) -> Future[SyncReport]:
        """Add a web page to the library."""
        return self._writer.submit(self.assistant.add, [address], self._note)

    def edit(self, path: str, changes: Mapping[str, object]) -> Future[SyncReport]:
        """Correct what is known of a document."""
        return self._writer.submit(self.assistant.edit_metadata, path, changes)

    def remove(self, path: str) -> Future[SyncReport]:
        """Move a document of the library to the trash."""
        return self._writer.submit(self.assistant.remove, path)

    def retry(self, path: str) -> Future[SyncReport]:
        """Read a file again that could not be indexed."""
        return self._writer.submit(self.assistant.retry, path)

    def restore(self, path: str) -> Future[SyncReport]:
        """Bring a document back from the trash."""
        return self._writer.submit(self.assistant.restore, path)

    def work(self, job: Callable[[Callable[[Progress], None]], Outcome]) -> Future[Outcome]:
        """Do a long job that reports its steps; nothing is written to the library meanwhile."""

        def begin() -> Outcome:
            self.step = None
            return job(self._note)

        return self._writer.submit(begin)

    def close(self) -> None:
        """Let the writer end its work, then release the library."""
        self._writer.shutdown()
        self.assistant.close()

    def _index(self) -> SyncReport:
        self.step = None
        return self.assistant.sync(self._note)

    def _note(self, step: Progress) -> None:
        self.step = step


@st.cache_resource(
    show_spinner="Opening the library …",
    hash_funcs={Settings: Settings.model_dump_json},
    on_release=Desk.close,
)
def _desk_for(settings: Settings) -> Desk:
    return Desk(settings)


@contextmanager
def explained() -> Iterator[None]:
    """Show an expected failure of one action as its one sentence."""
    try:
        yield
    except AssistantError as error:
        show_failure(error)


def show_failure(error: AssistantError) -> None:
    """Show an expected failure as its one sentence."""
    st.error(plain(str(error)))


def open_desk() -> Desk:
    """The desk, once there is something to ask; until then the page says how far the indexing is."""
    try:
        desk = _desk_for(load_settings())
        if not desk.first_look.done() and not desk.assistant.records():
            _show_preparation(desk)
    except AssistantError as error:
        show_failure(error)
        st.stop()
    return desk


def _show_preparation(desk: Desk) -> NoReturn:
    matter, _ = columns("start")
    with matter:
        st.title("Preparing the library", anchor=False)
        st.text("The documents are read and indexed once; later starts take seconds.")
        follow(desk, desk.first_look)
    st.rerun()


def follow(desk: Desk, job: Future[Outcome], first: str = "Looking for new documents") -> Outcome:
    """Show how far a job is until it ends.

    Args:
        desk: Where the job is done.
        job: What to wait for.
        first: What is said until the first step is known.

    Raises:
        AssistantError: The job failed in a way that a person can mend.
    """
    bar = st.progress(0.0, text=first)
    begun: dict[str, tuple[float, int]] = {}  # when each stage was first seen, and how far it was
    while not job.done():
        step = desk.step
        if step is not None and step.total:
            seen = begun.setdefault(step.stage, (time.monotonic(), step.done))
            words = (f"{step.done} of {step.total}", _time_left(*seen, step), step.detail)
            bar.progress(step.done / step.total, text=plain(" · ".join(word for word in words if word)))
        wait([job], timeout=_LOOK_AGAIN)
    bar.empty()
    return job.result()


def _time_left(since: float, first: int, step: Progress) -> str:
    """How long a stage will still take at the speed that was seen, once there is one."""
    done = step.done - first
    if not done:
        return ""
    seconds = (time.monotonic() - since) / done * (step.total - step.done)
    return f"about {seconds / 60:.0f} min left" if seconds >= 90 else f"about {seconds:.0f} s left"
