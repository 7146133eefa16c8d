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
        listener: Hears the job; None while there is none.
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
        self.listener: Listener | None = None

    @property
    def running(self) -> bool:
        """Whether there is a job of which something will be heard."""
        return self.listener is not None

    def start(self, work: Work) -> None:
        """Do this, in place of what is being done."""
        self.give_up()
        worker = Worker(work)
        self.listener, self.control = Listener(self, worker), worker.control
        self._runner.start(worker)

    def give_up(self) -> None:
        """Cancel the job and hear nothing more of it."""
        self.control.cancel()
        self.listener = None


class Listener(QObject):
    """Passes on what one worker tells.

    One for each worker, because a signal that has been waiting for its slot may come when its sender is deleted.
    """

    def __init__(self, task: Task, worker: Worker) -> None:
        super().__init__()
        self._task = task
        worker.progressed.connect(self._on_progress)
        worker.succeeded.connect(self._on_success)
        worker.failed.connect(self._on_failure)
        worker.cancelled.connect(self._on_cancelled)

    def _on_progress(self, progress: object) -> None:
        if self._task.listener is self:
            self._task.progressed.emit(progress)

    def _on_success(self, result: object) -> None:
        self._end(self._task.succeeded, result)

    def _on_failure(self, error: Exception) -> None:
        self._end(self._task.failed, error)

    def _on_cancelled(self) -> None:
        self._end(self._task.cancelled)

    def _end(self, outcome: SignalInstance, *what: object) -> None:
        if self._task.listener is self:
            self._task.listener = None
            outcome.emit(*what)
            self._task.ended.emit()
