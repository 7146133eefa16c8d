"""Writing stems to files: one export at a time, watched by its dialog."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from app.errors import Problem, describe
from app.jobs.runner import JobRunner
from app.jobs.worker import Engine, Worker, export
from app.viewmodel.view_model import ViewModel
from engine.api import Existing, ExistsError, ExportReport, ExportRequest, Progress

ExportPhase = Literal["choosing", "running", "exists", "done", "failed"]


@dataclass(frozen=True)
class ExportState:
    """What the export dialog shows.

    Attributes:
        phase: `exists` asks what to do with files that are there.
        progress: While it runs.
        report: Once it is done.
        problem: Why it failed.
    """

    phase: ExportPhase = "choosing"
    progress: Progress | None = None
    report: ExportReport | None = None
    problem: Problem | None = None


class ExportModel(ViewModel[ExportState]):
    """Runs an export in the engine; files that are in the way are asked about, not overwritten."""

    def __init__(self, engine: Engine, runner: JobRunner) -> None:
        super().__init__(ExportState())
        self._engine = engine
        self._runner = runner
        self._request: ExportRequest | None = None
        self._worker: Worker | None = None

    def reset(self) -> None:
        """Choose anew; does nothing while files are written."""
        if self._worker is None:
            self._set(ExportState())

    def start(self, request: ExportRequest) -> None:
        """Write these files; does nothing while others are written."""
        if self._worker is not None:
            return
        worker = self._runner.prepare(export(self._engine, request))
        worker.progressed.connect(self._on_progress)
        worker.succeeded.connect(self._on_success)
        worker.failed.connect(self._on_failure)
        worker.cancelled.connect(self._on_cancelled)
        self._worker = worker
        self._request = request
        self._set(ExportState("running"))
        self._runner.start(worker)

    def answer(self, existing: Existing) -> None:
        """Say what to do with files that are there, which was asked."""
        if self._state.phase == "exists" and self._request is not None:
            self.start(replace(self._request, existing=existing))

    def cancel(self) -> None:
        """Stop writing; nothing is left behind."""
        if self._worker is not None:
            self._worker.cancel()

    def _on_progress(self, progress: Progress) -> None:
        if self._worker is not None:
            self._set(ExportState("running", progress))

    def _on_success(self, report: ExportReport) -> None:
        self._finish(ExportState("done", report=report))

    def _on_failure(self, error: Exception) -> None:
        if isinstance(error, ExistsError):
            self._finish(ExportState("exists"))
        else:
            self._finish(ExportState("failed", problem=describe(error)))

    def _on_cancelled(self) -> None:
        self._finish(ExportState())

    def _finish(self, state: ExportState) -> None:
        self._worker = None
        self._set(state)
