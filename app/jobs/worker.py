"""One job on its own thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from engine.api import (
    Cancelled,
    EngineError,
    ExportReport,
    ExportRequest,
    JobControl,
    OverviewRequest,
    ProgressCallback,
    Separation,
    SeparationRequest,
)

Work = Callable[[ProgressCallback, JobControl], object]

_log = logging.getLogger(__name__)


class Engine(Protocol):
    """What the app asks of the engine; every method but `close` blocks and belongs on a worker's thread."""

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
        self._control = JobControl()

    def run(self) -> None:
        """Do the work; called once, on the worker's own thread."""
        try:
            result = self._work(self.progressed.emit, self._control)
        except Cancelled:
            self.cancelled.emit()
        except EngineError as error:
            self.failed.emit(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the window must hear of it exactly once
            _log.exception("a job failed unexpectedly")
            self.failed.emit(error)
        else:
            self.succeeded.emit(result)
        self.done.emit()

    def cancel(self) -> None:
        """Ask the job to stop; a plain method, because a queued slot would wait for `run` to end."""
        self._control.cancel()


def split(engine: Engine, request: SeparationRequest) -> Work:
    """The work of splitting one song and preparing its lanes; its result is the `Separation`."""

    def work(on_progress: ProgressCallback, control: JobControl) -> Separation:
        separation = engine.separate(request, on_progress, control)
        engine.draw(OverviewRequest(separation), on_progress, control)
        return separation

    return work


def export(engine: Engine, request: ExportRequest) -> Work:
    """The work of writing audio files; its result is the `ExportReport`."""

    def work(on_progress: ProgressCallback, control: JobControl) -> ExportReport:
        return engine.export(request, on_progress, control)

    return work
