"""A view-model's jobs of one kind."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, SignalInstance

from app.jobs.runner import JobRunner
from app.jobs.worker import Work, Worker
from engine.api import JobControl


class Task(QObject):
    """One job at a time; what was given up is not heard of any more.

    Of every other job exactly one of `succeeded`, `failed`, `cancelled` is emitted, then `ended`.

    Attributes:
        control: Of the job that was started last.
    """

    progressed = Signal(object)  # Progress
    succeeded = Signal(object)  # what the work returned
    failed = Signal(object)  # Exception
    cancelled = Signal()
    ended = Signal()

    def __init__(self, runner: JobRunner) -> None:
        super().__init__()
        self.control = JobControl()
        self._runner = runner
        self._worker: Worker | None = None

    @property
    def running(self) -> bool:
        """Whether there is a job of which something will be heard."""
        return self._worker is not None

    def start(self, work: Work) -> None:
        """Do this, in place of what is being done."""
        self.give_up()
        worker = self._runner.prepare(work)
        worker.progressed.connect(self._on_progress)
        worker.succeeded.connect(self._on_success)
        worker.failed.connect(self._on_failure)
        worker.cancelled.connect(self._on_cancelled)
        self._worker, self.control = worker, worker.control
        self._runner.start(worker)

    def give_up(self) -> None:
        """Cancel the job and hear nothing more of it."""
        self.control.cancel()
        self._worker = None

    def _on_progress(self, progress: object) -> None:
        if self._is_heard():
            self.progressed.emit(progress)

    def _on_success(self, result: object) -> None:
        self._end(self.succeeded, result)

    def _on_failure(self, error: Exception) -> None:
        self._end(self.failed, error)

    def _on_cancelled(self) -> None:
        self._end(self.cancelled)

    def _end(self, outcome: SignalInstance, *what: object) -> None:
        if self._is_heard():
            self._worker = None
            outcome.emit(*what)
            self.ended.emit()

    def _is_heard(self) -> bool:
        """Whether a signal is of this job; one that was given up may be deleted by now, and has no sender then."""
        return self._worker is not None and self.sender() is self._worker
