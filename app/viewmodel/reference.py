"""True stems beside the separated ones, and how close each stage comes to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import Signal

from app.errors import describe
from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.viewmodel.sides import Sides, sides_of, stage_sides
from app.viewmodel.signals import stem_name
from app.viewmodel.view_model import ViewModel
from app.words import number_text, told, tr
from engine.api import (
    REFERENCE_STAGE,
    Reference,
    ReferenceRequest,
    Separation,
    WriteError,
    add_reference,
    load_references,
    remove_reference,
    signal_of,
)


@dataclass(frozen=True)
class ReferenceState:
    """What the lanes show of references.

    Attributes:
        references: By stem.
        reading: The stem whose reference is being read; else None.
        sides: What the stages are called.
    """

    references: Mapping[str, Reference] = field(default_factory=dict)
    reading: str | None = None
    sides: Sides = field(default_factory=stage_sides)

    def line(self, stem: str) -> str:
        """One line for a stem's strip; empty without a reference."""
        if stem == self.reading:
            return tr("Reading the reference…")
        reference = self.references.get(stem)
        return figures_text(reference, self.sides) if reference else ""


def figures_text(reference: Reference, sides: Sides) -> str:
    """How close each stage comes, in one line."""
    figures = [
        f"{sides[stage].short} {number_text(sdr_db, 1)} dB"
        for stage, sdr_db in reference.sdr_db.items()
        if sdr_db is not None
    ]
    return f"{' · '.join(figures)} SDR" if figures else tr("The reference is silent: no SDR")


class ReferenceModel(ViewModel[ReferenceState]):
    """Holds the references of the song on show. They lie in its folder, and come back with it."""

    offered = Signal(str, object)  # a stem and its AudioSignal | None: what the mixer may let it sound as
    failed = Signal(object)  # Problem
    noticed = Signal(str)  # one line for the status bar

    def __init__(self, runner: JobRunner) -> None:
        super().__init__(ReferenceState())
        self._separation: Separation | None = None
        self._reading = Task(runner)
        self._reading.succeeded.connect(self._on_success)
        self._reading.failed.connect(self._on_failure)

    def load(self, separation: Separation | None) -> None:
        """Take another song; a reference that is being read for the one before is given up."""
        self._reading.give_up()
        self._separation = separation
        references = load_references(separation) if separation else {}
        self._set(ReferenceState(references, sides=sides_of(separation) if separation else stage_sides()))
        for stem in self._state.references:
            self._offer(stem)

    def can_have(self, stem: str) -> bool:
        """Whether a lane is one of the song's stems: the original and the residual have no other truth."""
        return self._separation is not None and stem in self._separation.stems

    def add(self, stem: str, file: Path) -> None:
        """Read a file as the reference of a stem, in place of the one before; one at a time."""
        if self._separation is None or not self.can_have(stem):
            return
        if self._reading.running:
            self.noticed.emit(tr("Another reference is still being read; try again in a moment"))
            return
        request = ReferenceRequest(self._separation, stem, file)
        self._file = file
        self._set(replace(self._state, reading=stem))
        self._reading.start(lambda _report, control: add_reference(request, control))

    def remove(self, stem: str) -> None:
        """Delete a stem's reference; the file it came from stays."""
        if self._separation is None or stem not in self._state.references or self._reading.running:
            return
        self.offered.emit(stem, None)
        try:
            remove_reference(self._separation, stem)
        except WriteError as error:
            self.failed.emit(describe(error))
        self._set(self._with(load_references(self._separation)))

    def _on_success(self, reference: Reference) -> None:
        self._set(self._with({**self._state.references, reference.stem: reference}))
        self._offer(reference.stem)
        text = tr("“{file}” is the reference of {stem}.")
        text = text.format(file=reference.name, stem=stem_name(reference.stem))
        self.noticed.emit(" ".join((text, *map(told, reference.notes))))

    def _on_failure(self, error: Exception) -> None:
        if self._separation is not None:
            self._set(self._with(load_references(self._separation)))
            self.failed.emit(describe(error, self._file))

    def _offer(self, stem: str) -> None:
        if self._separation is not None:
            self.offered.emit(stem, signal_of(self._separation, (stem, REFERENCE_STAGE)))

    def _with(self, references: Mapping[str, Reference]) -> ReferenceState:
        """With these, and none that is being read."""
        return replace(self._state, references=references, reading=None)
