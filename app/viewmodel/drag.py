"""Files for dragging out of the window: written to the cache before the drag begins, removed at the next start."""

from __future__ import annotations

import shutil
import uuid
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.errors import Problem, describe
from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.jobs.worker import Engine
from app.settings import SettingsStore
from app.viewmodel.export_form import SongOnShow
from app.viewmodel.queue import is_gone
from app.viewmodel.sides import sides_of
from app.viewmodel.signals import SOURCE, stem_name
from app.viewmodel.strips import Strip
from app.words import tr
from engine.api import DEFAULT_NAMES, FORMATS, RESIDUAL, ExportReport, ExportRequest, Progress, Stage

_FOLDER_OF_NONE = Path()


class DragModel(QObject):
    """Writes one file at a time and keeps them, so that a second drag of the same sound begins at once."""

    ready = Signal(object)  # Path
    progressed = Signal(float)  # how much of the file is written, 0 to 1
    failed = Signal(object)  # Problem

    def __init__(self, engine: Engine, runner: JobRunner, settings: SettingsStore, folder: Path) -> None:
        """Remove what was dragged in the sessions before; `folder` is the drags' own."""
        super().__init__()
        self._engine = engine
        self._settings = settings
        self._folder = folder
        self._wanted: ExportRequest | None = None
        self._writing = Task(runner)
        self._writing.progressed.connect(self._on_progress)
        self._writing.succeeded.connect(self._on_success)
        self._writing.failed.connect(self._on_failure)
        self._written: list[tuple[ExportRequest, Path]] = []
        shutil.rmtree(folder, ignore_errors=True)

    @property
    def busy(self) -> bool:
        """Whether a file is being written."""
        return self._writing.running

    def prepare_lane(self, song: SongOnShow, strip: Strip) -> None:
        """Write what a lane sounds as; the original is the song's own file."""
        if strip.stem == SOURCE:
            self._give_source(song.separation.source)
        elif strip.take == "stage" and song.separation.lacks(strip.take_key):
            words = tr("{side} has no {stem}, and so no file of it.")
            text = words.format(side=sides_of(song.separation)[strip.stage].long, stem=stem_name(strip.stem))
            title, advice = tr("There is nothing to drag"), tr("Drag the lane of the other side.")
            self.failed.emit(Problem(title, text, advice, song.separation.source, "", "none"))
        else:
            self._prepare(_lane_request(self._request(song), song, strip))

    def prepare_mix(self, song: SongOnShow, *, loop_only: bool) -> None:
        """Write the mix as heard: all of it, or the loop."""
        heard, span = song.heard, song.loop if loop_only else None
        self._prepare(replace(self._request(song), mix=heard.gains, mixed_comps=heard.comps, span=span))

    def _request(self, song: SongOnShow) -> ExportRequest:
        kept = self._settings.value
        kind = kept.export_format if kept.drag_format == "export" else kept.drag_format
        kind = kind if kind in FORMATS else FORMATS[0]
        names = kept.export_names or DEFAULT_NAMES
        return ExportRequest(song.separation, _FOLDER_OF_NONE, stems=(), format=kind, names=names, gaps=song.gaps)

    def _give_source(self, source: Path) -> None:
        if not is_gone(source):
            self.ready.emit(source)
        else:
            text, advice = (
                tr("There is no {file} any more.").format(file=source.name),
                tr("Drag the mix instead, or export it."),
            )
            self.failed.emit(Problem(tr("The song is gone"), text, advice, source, "", "none"))

    def _prepare(self, request: ExportRequest) -> None:
        """Write the one file of a request, whose folder is given to it here."""
        known = next((path for written, path in self._written if written == request and path.exists()), None)
        if known is not None:
            self.ready.emit(known)
            return
        if self._writing.running and self._wanted == request:
            return
        self._writing.give_up()
        # Not left to the export: one that is cancelled removes the folders it made, perhaps under the one after it.
        with suppress(OSError):  # which the export will meet, and tell
            self._folder.mkdir(parents=True, exist_ok=True)
        self._wanted = request
        self._writing.start(partial(self._engine.export, replace(request, folder=self._folder / uuid.uuid4().hex)))

    def _on_progress(self, progress: Progress) -> None:
        if progress.total > 0:
            self.progressed.emit(min(1.0, progress.done / progress.total))

    def _on_success(self, report: ExportReport) -> None:
        if self._wanted is not None:
            path = report.written[0].path
            self._written.append((self._wanted, path))
            self.ready.emit(path)

    def _on_failure(self, error: Exception) -> None:
        self.failed.emit(describe(error))


def _lane_request(request: ExportRequest, song: SongOnShow, strip: Strip) -> ExportRequest:
    stage: Stage = 1 if strip.stage == 1 else 2
    if strip.stem == RESIDUAL:
        return replace(request, residual=True, stages=(stage,))
    if strip.take == "comp":
        return replace(request, comps={strip.stem: song.comps[strip.stem]})
    if strip.take == "delta":  # not a file of an export, but a mix of the two stages under the stem's name
        stem = strip.stem[:1].upper() + strip.stem[1:]  # names of files are in English everywhere
        name = f"{{artist}} - {{title}} ({stem} delta)"
        return replace(request, mix={(strip.stem, 2): (1.0, 1.0), (strip.stem, 1): (-1.0, -1.0)}, names=name)
    # A reference is a file of the user's own, so there the stage is dragged that it is compared with.
    return replace(request, stems=(strip.stem,), stages=(stage,))
