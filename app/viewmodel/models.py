"""The list of models as the user sees it: what is here, what can be got, which one is used, and what is being got."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import describe
from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.jobs.worker import Engine, Work
from app.settings import SettingsStore
from app.viewmodel.view_model import ViewModel
from engine.api import (
    AddModelRequest,
    JobControl,
    ModelEntry,
    Progress,
    ProgressCallback,
    UnnamedOutputsError,
    fetch_model,
    list_models,
    remove_model,
)

_DEFAULT = "default"


@dataclass(frozen=True)
class Unnamed:
    """A checkpoint of which nothing says what its outputs are.

    Attributes:
        path: Its file.
        name: What the model is to be called; empty for the file's name.
        usual: What the outputs most likely are, in their order.
    """

    path: Path
    name: str
    usual: tuple[str, ...]


@dataclass(frozen=True)
class ModelsState:
    """What the window of models shows.

    Attributes:
        entries: All models; empty until the disk was looked at.
        chosen: The model of the next songs: a name, or a checkpoint's path.
        working: Whether a model is being added, downloaded or removed.
        subject: The name of that model, or of its file.
        progress: Of what is being done; None while there is nothing to tell.
        problem: Why the last attempt failed, in a sentence; else empty.
        unnamed: What can only be added once its outputs are named; None if there is nothing to ask.
    """

    entries: tuple[ModelEntry, ...]
    chosen: str
    working: bool = False
    subject: str = ""
    progress: Progress | None = None
    problem: str = ""
    unnamed: Unnamed | None = None


class ModelsModel(ViewModel[ModelsState]):
    """Downloads on a thread of its own; what needs the network's weights runs in the engine."""

    def __init__(self, engine: Engine, runner: JobRunner, settings: SettingsStore) -> None:
        super().__init__(ModelsState((), settings.value.model))
        self._engine = engine
        self._settings = settings
        self._looking = Task(runner)
        self._looking.succeeded.connect(self._on_entries)
        self._changing = Task(runner)
        self._changing.progressed.connect(self._on_progress)
        self._changing.succeeded.connect(self._on_succeeded)
        self._changing.failed.connect(self._on_failed)
        self._changing.ended.connect(self._on_ended)

    def refresh(self) -> None:
        """Look at the disk."""
        self._looking.start(lambda _report, _control: tuple(list_models()))

    def use(self, name: str) -> None:
        """Split the next songs with this model."""
        self._settings.update(model=name)
        self._set(replace(self._state, chosen=name))

    def add(self, path: Path, name: str = "") -> None:
        """Add a checkpoint, under its own name unless another one is given; if nothing names its outputs, ask first."""
        self._add(AddModelRequest(path, name, guess=False))

    def add_named(self, unnamed: Unnamed, stems: tuple[str, ...]) -> None:
        """Add what was asked about, with these names for its outputs, in their order."""
        self.forget_unnamed()
        self._add(AddModelRequest(unnamed.path, unnamed.name, stems))

    def forget_unnamed(self) -> None:
        """Add nothing after all."""
        self._set(replace(self._state, unnamed=None))

    def download(self, name: str) -> None:
        """Get a model that has an address, or the rest of it."""

        def work(report: ProgressCallback, control: JobControl) -> ModelEntry:
            path = fetch_model(name, report, control)
            return self._engine.add_model(AddModelRequest(path, name), report, control)

        self._start(name, work)

    def remove(self, name: str) -> None:
        """Delete a model's file; if it was chosen, Bandsaw's own is."""
        if self._settings.value.model == name:
            self.use(_DEFAULT)
        self._start(name, lambda _report, _control: remove_model(name))

    def cancel(self) -> None:
        """Stop what is being done; what has come of a download stays for the next time."""
        self._changing.control.cancel()

    def _add(self, request: AddModelRequest) -> None:
        def work(report: ProgressCallback, control: JobControl) -> ModelEntry | Unnamed:
            try:
                return self._engine.add_model(request, report, control)
            except UnnamedOutputsError as error:
                return Unnamed(request.path, request.name, error.usual)

        self._start(request.name or request.path.name, work)

    def _start(self, subject: str, work: Work) -> None:
        if not self._changing.running:
            self._set(replace(self._state, working=True, subject=subject, problem=""))
            self._changing.start(work)

    def _on_progress(self, progress: Progress) -> None:
        self._set(replace(self._state, progress=progress))

    def _on_succeeded(self, result: object) -> None:
        if isinstance(result, Unnamed):
            self._set(replace(self._state, unnamed=result))

    def _on_failed(self, error: Exception) -> None:
        self._set(replace(self._state, problem=describe(error).text))

    def _on_ended(self) -> None:
        self._set(replace(self._state, working=False, progress=None))
        self.refresh()

    def _on_entries(self, entries: tuple[ModelEntry, ...]) -> None:
        self._set(replace(self._state, entries=entries))
