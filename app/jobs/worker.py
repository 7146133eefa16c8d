"""One job on its own thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from engine.api import (
    AddModelRequest,
    Cancelled,
    EngineError,
    ExportReport,
    ExportRequest,
    InternalError,
    JobControl,
    ModelEntry,
    OverviewRequest,
    ProgressCallback,
    ResultsLibrary,
    Separation,
    SeparationRequest,
    overviews_ready,
    result_key,
    song_seconds,
)

Work = Callable[[ProgressCallback, JobControl], object]

_log = logging.getLogger(__name__)


class Engine(Protocol):
    """What the app asks of the engine; methods with a callback block and belong on a worker's thread."""

    def expect_song(self) -> None:
        """Begin to load what splitting a song needs."""
        ...

    def separate(
        self, request: SeparationRequest, on_progress: ProgressCallback = ..., control: JobControl | None = ...
    ) -> Separation:
        """Split one song."""
        ...

    def draw(
        self, request: OverviewRequest, on_progress: ProgressCallback = ..., control: JobControl | None = ...
    ) -> None:
        """Prepare what the lanes show."""
        ...

    def export(
        self, request: ExportRequest, on_progress: ProgressCallback = ..., control: JobControl | None = ...
    ) -> ExportReport:
        """Write audio files."""
        ...

    def add_model(
        self, request: AddModelRequest, on_progress: ProgressCallback = ..., control: JobControl | None = ...
    ) -> ModelEntry:
        """Try a checkpoint out and add it to the user's models."""
        ...

    @property
    def pid(self) -> int | None:
        """Its process, if it has one now."""
        ...

    def close(self) -> None:
        """Stop at once; safe from any thread, a blocked call then raises."""
        ...


class Worker(QObject):
    """One job, used once. Exactly one of `succeeded`, `failed`, `cancelled` is emitted, then `done`."""

    progressed = Signal(object)  # Progress
    succeeded = Signal(object)  # what the work returned
    failed = Signal(object)  # Exception
    cancelled = Signal()
    done = Signal()

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work
        self.control = JobControl()  # of any thread, where a queued slot would wait for `run` to end

    def run(self) -> None:
        """Do the work; called once, on the worker's own thread."""
        try:
            result = self._work(self.progressed.emit, self.control)
        except Cancelled:
            self.cancelled.emit()
        except EngineError as error:
            # What went wrong inside the engine is seen nowhere else where a dialog tells it in a line.
            _log.info("a job failed: %s\n%s", error, error.details if isinstance(error, InternalError) else "")
            self.failed.emit(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the window must hear of it exactly once
            _log.exception("a job failed unexpectedly")
            self.failed.emit(error)
        else:
            self.succeeded.emit(result)
        self.done.emit()


@dataclass(frozen=True)
class Lookup:
    """What is known of a song before it is split.

    Attributes:
        separation: From the library, held; None if the song has to be split.
        seconds: The song's length; None if its header does not say.
    """

    separation: Separation | None
    seconds: float | None


def look_up(library: ResultsLibrary, request: SeparationRequest, entry: str) -> Work:
    """The work of looking for a song's stems in the library; its result is a `Lookup`.

    Args:
        library: Where to look.
        request: How the song would be split.
        entry: The entry that held its stems when it was on the list before; empty if it was not.
    """

    def work(_on_progress: ProgressCallback, control: JobControl) -> Lookup:
        separation = library.find(entry, request.source) if entry else None
        if separation is None:
            separation = library.find(result_key(request, control), request.source)
        if separation is not None and not overviews_ready(separation):
            library.release(separation)  # splitting finds it too, and draws what is missing
            separation = None
        return Lookup(separation, song_seconds(request.source) if separation is None else None)

    return work


def split(engine: Engine, library: ResultsLibrary, request: SeparationRequest) -> Work:
    """The work of splitting one song, unless its stems are in the library, and preparing its lanes.

    Its result is the `Separation`, held. The library says where the song is split, so `request.folder` does not count.
    """

    def work(on_progress: ProgressCallback, control: JobControl) -> Separation:
        key = result_key(request, control)
        separation = library.find(key, request.source)
        if separation is None:
            wanted = replace(request, folder=library.work_folder(), draw=True)
            separation = library.keep(key, engine.separate(wanted, on_progress, control))
        try:
            if not overviews_ready(separation):
                engine.draw(OverviewRequest(separation), on_progress, control)
        except BaseException:
            library.release(separation)
            raise
        return separation

    return work
