"""The preferences: how the next songs are split, where sound goes, how much room the library has, the theme."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from app.settings import SettingsStore
from app.view.library_dialog import room_box
from app.view.pages import model_name
from app.view.widgets import ElidedLabel, button, label, row
from app.viewmodel.library import LibraryModel
from app.viewmodel.output import OutputModel
from engine.api import DEVICES, QUALITIES

_QUALITY_WORDS = {"fast": "Fast", "balanced": "Balanced", "best": "Best (slowest)"}
_DEVICE_WORDS = {"auto": "Automatic", "cuda": "NVIDIA graphics card", "mps": "Apple graphics", "cpu": "Processor"}
_STAGE_WORDS = {(1, 2): "Both, to compare them", (1,): "Stage 1 only (quicker)"}
_THEME_WORDS = {"system": "As the system", "dark": "Dark", "light": "Light"}
_CHECKPOINTS = "Checkpoints (*.safetensors *.pt *.pth *.ckpt);;All files (*)"


class PreferencesDialog(QDialog):
    """Nothing changes before OK. Whoever opens it shows the theme that was chosen."""

    def __init__(self, settings: SettingsStore, output: OutputModel, library: LibraryModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self.setMinimumWidth(480)
        self._settings = settings
        self._outputs = output
        self._library = library
        chosen = settings.value
        self._model = chosen.model
        self._model_text = ElidedLabel("", "")
        self._choose_model = button("Open a checkpoint…", tip="Use a trained network from a file")
        self._choose_model.clicked.connect(self._choose)
        self._own = button("Use Bandsaw's own", tip="Go back to the model that comes with Bandsaw")
        self._own.clicked.connect(lambda: self._set_model("default"))
        self._quality = _combo("Quality", [(_QUALITY_WORDS[each], each) for each in QUALITIES], chosen.quality)
        self._stages = _combo("Stages", [(text, stages) for stages, text in _STAGE_WORDS.items()], chosen.stages)
        self._device = _combo("Device", [(_DEVICE_WORDS[each], each) for each in DEVICES], chosen.device)
        self._output = _combo("Output device", _output_entries(output), output.state.chosen)
        self._cap = room_box()
        self._cap.setValue(chosen.library_gb)
        self._theme = _combo("Theme", [(text, choice) for choice, text in _THEME_WORDS.items()], chosen.theme)
        self._build()
        self._set_model(chosen.model)

    def accept(self) -> None:
        """Keep the choice."""
        self._settings.update(
            model=self._model,
            quality=self._quality.currentData(),
            stages=tuple(self._stages.currentData()),
            device=self._device.currentData(),
            theme=self._theme.currentData(),
        )
        if self._output.currentData() != self._outputs.state.chosen:
            self._outputs.choose(self._output.currentData())
        if self._cap.value() != self._settings.value.library_gb:
            self._library.set_cap(self._cap.value())
        super().accept()

    def _choose(self) -> None:
        start = "" if self._model == "default" else str(Path(self._model).parent)
        path, _filter = QFileDialog.getOpenFileName(self, "Open a checkpoint", start, _CHECKPOINTS)
        if path:
            self._set_model(path)

    def _set_model(self, model: str) -> None:
        self._model = model
        self._model_text.setText(model_name(model) if model == "default" else model)
        self._own.setEnabled(model != "default")

    def _build(self) -> None:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 18)
        layout.setSpacing(10)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(9)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(label("SONGS THAT ARE SPLIT FROM NOW ON", "section"))
        form.addRow("Model", self._model_text)
        form.addRow("", row(self._choose_model, self._own, 1))
        form.addRow("Quality", self._quality)
        form.addRow("Stages", self._stages)
        form.addRow("Device", self._device)
        form.addRow(label("SOUND", "section"))
        form.addRow("Output", self._output)
        form.addRow(label("LIBRARY OF SPLIT SONGS", "section"))
        form.addRow("At most", row(self._cap, 1))
        form.addRow(label("WINDOW", "section"))
        form.addRow("Theme", self._theme)
        layout.addLayout(form)
        layout.addSpacing(6)
        layout.addWidget(box)


def _output_entries(output: OutputModel) -> list[tuple[str, str]]:
    """The devices there are now, and the chosen one also when it is not there."""
    output.look()
    state = output.state
    entries = [("As the system", ""), *((f"{device.name}  ({device.host})", device.key) for device in state.devices)]
    known = {key for _text, key in entries}
    return entries if state.chosen in known else [*entries, (f"{state.chosen} (not found)", state.chosen)]


def _combo(name: str, entries: Sequence[tuple[str, object]], chosen: object) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    for text, value in entries:
        combo.addItem(text, value)
        if value == chosen:
            combo.setCurrentIndex(combo.count() - 1)
    return combo
