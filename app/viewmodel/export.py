"""Writing stems to files: one export at a time, watched by its dialog."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from app.errors import Problem, describe
from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.jobs.worker import Engine
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
        self._request: ExportRequest | None = None
        self._writing = Task(runner)
        self._writing.progressed.connect(self._on_progress)
        self._writing.succeeded.connect(self._on_success)
        self._writing.failed.connect(self._on_failure)
        self._writing.cancelled.connect(self.reset)

    def reset(self) -> None:
        """Choose anew; does nothing while files are written."""
        if not self._writing.running:
            self._set(ExportState())

    def start(self, request: ExportRequest) -> None:
        """Write these files; does nothing while others are written."""
        if not self._writing.running:
            self._request = request
            self._set(ExportState("running"))
            self._writing.start(partial(self._engine.export, request))

    def answer(self, existing: Existing) -> None:
        """Say what to do with files that are there, which was asked."""
        if self._state.phase == "exists" and self._request is not None:
            self.start(replace(self._request, existing=existing))

    def cancel(self) -> None:
        """Stop writing; nothing is left behind."""
        self._writing.control.cancel()

    def _on_progress(self, progress: Progress) -> None:
        self._set(ExportState("running", progress))

    def _on_success(self, report: ExportReport) -> None:
        self._set(ExportState("done", report=report))

    def _on_failure(self, error: Exception) -> None:
        if isinstance(error, ExistsError):
            self._set(ExportState("exists"))
        else:
            self._set(ExportState("failed", problem=describe(error)))
