"""The library of finished separations as the user sees it: what is there, how large it is, and what goes."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer, Signal

from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.jobs.worker import Worker
from app.settings import SettingsStore
from app.viewmodel.session import Session
from app.viewmodel.view_model import ViewModel
from engine.api import Result, ResultsLibrary

_GB = 10**9


@dataclass(frozen=True)
class LibraryState:
    """What the library's window shows.

    Attributes:
        entries: The one used last first.
        cap_gb: What it may take on disk, in gigabytes.
        known: Whether the disk was looked at yet.
    """

    entries: tuple[Result, ...]
    cap_gb: int
    known: bool

    @property
    def size_bytes(self) -> int:
        """What it takes on disk."""
        return sum(entry.size_bytes for entry in self.entries)


class LibraryModel(ViewModel[LibraryState]):
    """Does everything that touches the disk on a thread of its own, and then looks again."""

    deleting = Signal(str)  # key of an entry that is about to go

    def __init__(self, library: ResultsLibrary, runner: JobRunner, settings: SettingsStore, session: Session) -> None:
        super().__init__(LibraryState((), settings.value.library_gb, known=False))
        self._library = library
        self._runner = runner
        self._settings = settings
        self._session = session
        self._looking = Task(runner)
        self._looking.succeeded.connect(self._on_entries)
        session.finished.connect(self.trim)

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._library.folder

    def refresh(self) -> None:
        """Look at the disk; what changes next is what was there after this call."""
        self._looking.start(lambda _report, _control: self._library.entries())

    def set_cap(self, cap_gb: int) -> None:
        """Choose what the library may take on disk."""
        if cap_gb == self._state.cap_gb:
            return
        self._settings.update(library_gb=cap_gb)
        self._set(LibraryState(self._state.entries, cap_gb, self._state.known))
        self.trim()

    def trim(self) -> None:
        """Remove what was not used for longest until the rest fits; songs in the list stay."""
        cap_bytes = self._settings.value.library_gb * _GB
        self._do(lambda: self._library.trim(cap_bytes))

    def delete(self, key: str) -> None:
        """Delete the stems of a song, which leaves the list as well."""
        self._without([key], lambda: self._library.delete(key))

    def clear(self) -> None:
        """Delete the stems of all songs; those that are still to be split stay in the list."""
        keys = [entry.key for entry in self._state.entries]

        def work() -> None:
            for key in keys:
                self._library.delete(key)

        self._without(keys, work)

    def tidy(self, former_folder: Path) -> None:
        """Remove what killed sessions left.

        Args:
            former_folder: Where earlier versions kept their stems.
        """

        def work() -> None:
            if former_folder.exists():
                shutil.rmtree(former_folder, ignore_errors=True)
            self._library.tidy()

        self._do(work)

    def _without(self, keys: Sequence[str], change: Callable[[], None]) -> None:
        """Make a change while nothing on show is of these entries."""
        for key in keys:
            self.deleting.emit(key)
            self._session.remove_entry(key)

        def when_lanes_are_gone() -> None:
            gc.collect()  # they had stems mapped, and Windows deletes nothing that is
            self._do(change)

        QTimer.singleShot(0, self, when_lanes_are_gone)

    def _do(self, change: Callable[[], None]) -> None:
        worker = Worker(lambda _report, _control: change())
        worker.done.connect(self.refresh)
        self._runner.start(worker)

    def _on_entries(self, entries: tuple[Result, ...]) -> None:
        self._set(LibraryState(entries, self._settings.value.library_gb, known=True))
