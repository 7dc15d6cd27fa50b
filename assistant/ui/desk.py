"""The one ``Assistant`` that all windows share, and the threads that ask and index for them.

Stores and models take over a second to import: they are loaded by name, in a thread, while the
page stands already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from threading import Event
from typing import TYPE_CHECKING, NoReturn, TypeVar

import streamlit as st

from assistant.errors import AssistantError, IndexMismatch
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Citation, Document, Filters, Progress, SyncReport
from assistant.ui.layout import columns
from assistant.ui.markup import plain

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.conversations.records import Exchange
    from assistant.conversations.store import History

Outcome = TypeVar("Outcome")

_ASKED_AT_ONCE = 16  # answers that wait for a chat model cost nothing meanwhile
_RENEW = "renew_index"  # in the session: somebody has asked for it
_LOOK_AGAIN = 0.2  # seconds between two looks at a running job


class Desk:
    """The assistant, and a thread that writes for all windows: closing a window breaks nothing off."""

    def __init__(self, settings: Settings, *, renew: bool = False) -> None:
        """Open the library, and look in the background for what changed while nobody was here.

        Args:
            settings: Where it is, among others.
            renew: Empty an index that was made by another release or under other settings.
        """
        self.assistant: Assistant = import_module("assistant.assistant").Assistant(settings, renew=renew)
        self._conversing = import_module("assistant.services.conversations")
        self.history: History = self._conversing.open_history(settings)
        self.step: Progress | None = None
        self._askers = ThreadPoolExecutor(max_workers=_ASKED_AT_ONCE, thread_name_prefix="asker")
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self.first_look = self.index()

    def ask(self, question: str, **options: object) -> Future[Answer]:
        """Answer a question; stages and verified claims are reported from another thread.

        Args:
            question: As a person asks it.
            options: As for ``Assistant.ask``.
        """
        return self._askers.submit(partial(self.assistant.ask, question, **options))  # type: ignore[arg-type]

    def keep(
        self, user: str, answer: Answer, filters: Filters, *, conversation: str | None, instead_of: int | None
    ) -> Exchange:
        """Keep an answer in the history of a user.

        Raises:
            HistoryError: It cannot be written.
        """
        newest = self._conversing.newest_published(self.assistant)
        return self.history.append(
            user, answer, filters, conversation=conversation, instead_of=instead_of, newest=newest
        )

    def present_document(self, citation: Citation) -> Document | None:
        """The document behind an earlier citation as it is now; where its file was moved, at its new path."""
        found: Document | None = self._conversing.present_document(self.assistant, citation)
        return found

    def index(self, stop: Event | None = None) -> Future[SyncReport]:
        """Bring the index in line with the library folder, until somebody wants it to stop."""
        return self.work(lambda note: self.assistant.sync(note, stop=stop))

    def fetch(self, address: str, stop: Event | None = None) -> Future[SyncReport]:
        """Add a web page to the library."""
        return self.work(lambda note: self.assistant.add([address], note, stop=stop))

    def edit(self, path: str, changes: Mapping[str, object]) -> Future[SyncReport]:
        """Correct what is known of a document."""
        return self._writer.submit(self.assistant.edit_metadata, path, changes)

    def reindex(self, path: str) -> Future[SyncReport]:
        """Index a document anew, though its file has not changed."""
        return self._writer.submit(self.assistant.reindex, path)

    def withdraw(self, paths: Sequence[str]) -> Future[SyncReport]:
        """Move files that are not wanted after all to the trash."""
        return self._writer.submit(self.assistant.withdraw, paths)

    def remove(self, path: str) -> Future[SyncReport]:
        """Move a document of the library to the trash."""
        return self._writer.submit(self.assistant.remove, path)

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
        self._askers.shutdown()
        self._writer.shutdown()
        self.history.close()
        self.assistant.close()

    def _note(self, step: Progress) -> None:
        self.step = step


class _Opening:
    """A desk on its way: stores and models are loaded in a thread, while the page stands already."""

    def __init__(self, settings: Settings, *, renew: bool) -> None:
        self._opener = ThreadPoolExecutor(max_workers=1, thread_name_prefix="opener")
        self.desk = self._opener.submit(Desk, settings, renew=renew)

    def close(self) -> None:
        self._opener.shutdown()
        if self.desk.exception() is None:
            self.desk.result().close()


@st.cache_resource(
    show_spinner=False,
    hash_funcs={Settings: Settings.model_dump_json},
    on_release=_Opening.close,
)
def _opening_for(settings: Settings, *, _renew: bool) -> _Opening:
    return _Opening(settings, renew=_renew)  # whoever opens it: Streamlit does not tell apart by what begins with "_"


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


def current_user() -> str:
    """Whose conversations are shown: who signed in, or nobody in particular."""
    known = st.user.to_dict()
    return str(known.get("email") or "") if known.get("is_logged_in") else ""


def open_desk() -> Desk:
    """The desk, once there is something to ask; until then the page says what is going on."""
    try:
        settings = load_settings()
        desk = _wait_for_desk(settings)
        if not desk.first_look.done() and not desk.assistant.records():
            _show_preparation(desk)
    except IndexMismatch:
        _offer_new_index()
        st.stop()
    except AssistantError as error:
        show_failure(error)
        st.stop()
    return desk


def _offer_new_index() -> None:
    matter, _ = columns("start")
    with matter:
        st.title("The index is out of date", anchor=False)
        st.text(
            "It was made by another release, or under other settings. Your documents and conversations stay as they "
            "are; the documents are read and indexed once more."
        )
        st.button("Index the documents anew", type="primary", on_click=_ask_for_new_index)


def _ask_for_new_index() -> None:
    st.session_state[_RENEW] = True


def _wait_for_desk(settings: Settings) -> Desk:
    opening = _opening_for(settings, _renew=st.session_state.get(_RENEW, False))
    if not opening.desk.done():
        place = st.empty()
        with place.container(key="opening"):
            st.text("Opening the library …")
            st.skeleton(120)
        wait([opening.desk])
        place.empty()
    if opening.desk.exception() is not None:
        _opening_for.clear(settings)  # the next look tries again
    return opening.desk.result()


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
