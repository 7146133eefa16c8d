"""How a file becomes the reference of a lane: dropped on it, or chosen from the menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.view.ask import message_box
from app.view.lane_actions import LaneActions
from app.view.problem_dialog import DetailsDialog, show_problem
from app.view.widgets import audio_files
from app.viewmodel.mixer import MixerModel
from app.viewmodel.reference import ReferenceModel, figures_text
from app.viewmodel.signals import stem_name
from app.words import tr
from engine.api import AUDIO_SUFFIXES


class References(QObject):
    """Asks the user, and hands over to the model."""

    def __init__(self, model: ReferenceModel, mixer: MixerModel, actions: LaneActions, window: QWidget) -> None:
        super().__init__(window)
        self._model = model
        self._mixer = mixer
        self._actions = actions
        self._window = window
        self._folder = ""
        actions.reference.triggered.connect(self._choose)
        actions.remove_reference.triggered.connect(lambda: model.remove(self._focused()))
        model.failed.connect(partial(show_problem, window))
        model.changed.connect(self._present)
        mixer.changed.connect(self._present)
        self._present(None)

    def can_take(self, stem: str, paths: Sequence[Path]) -> bool:
        """Whether what is dragged over the lane of a stem is one audio file, and the stem can have a reference."""
        return len(paths) == 1 and paths[0].suffix.lower() in AUDIO_SUFFIXES and self._model.can_have(stem)

    def take_drop(self, stem: str, file: Path, split: Callable[[], object]) -> None:
        """Ask what a file dropped on the lane of a stem is for.

        Args:
            stem: Whose lane it was.
            file: That it can take.
            split: What to do if it is a song like any other.
        """
        # Later, because the program that the file is dragged from waits for the end of the drop.
        QTimer.singleShot(0, self, partial(self._ask, stem, file, split))

    def show_details(self, stem: str) -> None:
        """Everything about a stem's reference, to read and to copy."""
        reference = self._model.state.references.get(stem)
        if reference is not None:
            name = stem_name(stem)
            lines = [
                tr("Reference: {file}").format(file=reference.name),
                figures_text(reference, self._model.state.sides),
                *reference.notes,
            ]
            text = tr(
                "The true {stem}, as given by you, and how close each stage comes to it over the whole song. "
                "SDR is the level of the reference above what differs from it; more is better."
            ).format(stem=name)
            DetailsDialog(self._window, tr("Reference of {stem}").format(stem=name), text, "\n".join(lines)).exec()

    def _ask(self, stem: str, file: Path, split: Callable[[], object]) -> None:
        text = tr("What is “{file}”?").format(file=file.name)
        details = tr("As the reference it is compared with {stem} of this song; as a song it is split into stems.")
        box = message_box(self._window, tr("Dropped on a lane"), text, details.format(stem=stem_name(stem)))
        words = tr("Use as reference for {stem}").format(stem=stem_name(stem))
        use = box.addButton(words, QMessageBox.ButtonRole.AcceptRole)
        song = box.addButton(tr("Split it"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(use)
        box.exec()
        if box.clickedButton() is use:
            self._model.add(stem, file)
        elif box.clickedButton() is song:
            split()
        box.deleteLater()

    def _choose(self) -> None:
        stem = self._focused()
        if not self._model.can_have(stem):
            return
        title = tr("The true {stem} of this song").format(stem=stem_name(stem))
        name, _filter = QFileDialog.getOpenFileName(self._window, title, self._folder, audio_files(tr("Audio")))
        if name:
            self._folder = str(Path(name).parent)
            self._model.add(stem, Path(name))

    def _focused(self) -> str:
        state = self._mixer.state
        return state.strips[state.focused].stem if state.strips else ""

    def _present(self, _state: object) -> None:
        stem = self._focused()
        self._actions.reference.setEnabled(self._model.can_have(stem))
        self._actions.remove_reference.setEnabled(stem in self._model.state.references)
