"""The engine without its child process, for tests of what is around it."""

from __future__ import annotations

from engine.export import ExportReport, ExportRequest, export
from engine.inference.describe import ModelInfo, ModelRequest, describe
from engine.inference.job import separate
from engine.inference.request import SeparationRequest
from engine.progress import JobControl, ProgressCallback
from engine.separation import Separation


class InProcessEngine:
    """Has `EngineProcess`'s methods and does the work on the spot."""

    def __enter__(self) -> InProcessEngine:
        return self

    def __exit__(self, *_error: object) -> None:
        return

    def separate(self, request: SeparationRequest, on_progress: ProgressCallback, control: JobControl) -> Separation:
        return separate(request, on_progress, control)

    def export(self, request: ExportRequest, on_progress: ProgressCallback, control: JobControl) -> ExportReport:
        return export(request, on_progress, control)

    def describe(self, request: ModelRequest, _control: JobControl) -> ModelInfo:
        return describe(request)
