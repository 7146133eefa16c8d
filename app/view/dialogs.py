"""Small dialogs: model and quality, keys, what was refused, about."""

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
    QGridLayout,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.settings import SettingsStore
from app.view.pages import model_name
from app.view.widgets import ElidedLabel, button, label, row
from app.viewmodel.queue import Refusal
from engine.api import DEVICES, QUALITIES

_QUALITY_WORDS = {"fast": "Fast", "balanced": "Balanced", "best": "Best (slowest)"}
_DEVICE_WORDS = {"auto": "Automatic", "cuda": "NVIDIA graphics card", "mps": "Apple graphics", "cpu": "Processor"}
_STAGE_WORDS = {(1, 2): "Both, to compare them", (1,): "Stage 1 only (quicker)"}
_CHECKPOINTS = "Checkpoints (*.safetensors *.pt *.pth *.ckpt);;All files (*)"

_KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Listen",
        (
            ("Space", "play or pause"),
            ("Home, End", "to the start, to the end"),
            ("Left, Right", "5 s back or forward; Shift 30 s, Ctrl 0.1 s"),
            ("Click", "move the playhead there"),
        ),
    ),
    (
        "Stages",
        (
            ("A, B", "hear stage 1, stage 2"),
            ("X", "switch between them"),
            ("C", "show both side by side"),
        ),
    ),
    (
        "Lanes",
        (
            ("1 … 9", "focus a lane; Shift solos, Alt mutes it"),
            ("Up, Down", "focus the lane above, below"),
            ("M, S", "mute, solo the focused lane"),
            ("Ctrl+click on S", "solo only this lane"),
            ("Ctrl+Up, Ctrl+Down", "its level by 1 dB"),
            ("Double-click", "a level: back to 0 dB"),
        ),
    ),
    (
        "View",
        (
            ("Ctrl+wheel", "zoom at the pointer"),
            ("Shift+wheel", "move left and right"),
            ("Ctrl+0", "show the whole song"),
        ),
    ),
    (
        "Files",
        (
            ("Ctrl+O", "add songs"),
            ("Ctrl+Shift+O", "add a folder"),
            ("Ctrl+PgUp, Ctrl+PgDown", "previous, next song"),
            ("Ctrl+E", "export stems"),
            ("Ctrl+Shift+E", "export the mix as heard"),
            ("Ctrl+,", "model and quality"),
            ("Enter", "press the button that has the focus"),
        ),
    ),
)


class OptionsDialog(QDialog):
    """Which model splits the next song, and how."""

    def __init__(self, settings: SettingsStore, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Model and quality")
        self.setMinimumWidth(460)
        self._settings = settings
        chosen = settings.value
        self._model = chosen.model
        self._model_text = ElidedLabel("", "")
        choose = button("Open a checkpoint…", tip="Use a trained network from a file")
        choose.clicked.connect(self._choose)
        self._own = button("Use Bandsaw's own", tip="Go back to the model that comes with Bandsaw")
        self._own.clicked.connect(lambda: self._set_model("default"))
        self._quality = _combo("Quality", [(_QUALITY_WORDS[each], each) for each in QUALITIES], chosen.quality)
        self._stages = _combo("Stages", [(text, stages) for stages, text in _STAGE_WORDS.items()], chosen.stages)
        self._device = _combo("Device", [(_DEVICE_WORDS[each], each) for each in DEVICES], chosen.device)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow("Model", self._model_text)
        form.addRow("", row(choose, self._own, 1))
        form.addRow("Quality", self._quality)
        form.addRow("Stages", self._stages)
        form.addRow("Device", self._device)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 18)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(label("This holds for the songs that are split from now on.", "small", wrap=True))
        layout.addWidget(box)
        self._set_model(chosen.model)

    def accept(self) -> None:
        """Keep the choice."""
        self._settings.update(
            model=self._model,
            quality=self._quality.currentData(),
            stages=tuple(self._stages.currentData()),
            device=self._device.currentData(),
        )
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


class KeysDialog(QDialog):
    """The sheet of keys and mouse actions."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        self.resize(520, 540)
        sheet = QWidget()
        sheet.setObjectName("page")
        grid = QGridLayout(sheet)
        grid.setContentsMargins(22, 16, 22, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        line = 0
        for title, entries in _KEYS:
            grid.setRowMinimumHeight(line, 30)
            grid.addWidget(label(title.upper(), "section"), line, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
            for keys, text in entries:
                line += 1
                grid.addWidget(label(keys, "key"), line, 0, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(label(text, "", wrap=True), line, 1)
            line += 1
        grid.setRowStretch(line, 1)
        area = QScrollArea()
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)


def show_refused(parent: QWidget, refusals: Sequence[Refusal]) -> QMessageBox:
    """List what cannot be split, and why; the window stays usable meanwhile."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("Not added")
    box.setIcon(QMessageBox.Icon.NoIcon)
    count = len(refusals)
    box.setText("One item cannot be split." if count == 1 else f"{count} items cannot be split.")
    shown = [f"• {refusal.path.name or refusal.path}: {refusal.reason}" for refusal in refusals[:8]]
    if count > len(shown):
        shown.append(f"and {count - len(shown)} more (see Details)")
        box.setDetailedText("\n".join(f"{refusal.path}: {refusal.reason}" for refusal in refusals))
    box.setInformativeText("\n".join(shown))
    box.setModal(False)
    box.show()
    return box


def show_about(parent: QWidget, version: str) -> None:
    """Name, version, licence."""
    text = (
        f"Bandsaw {version}\n\nSplits songs into stems on your own computer.\n"
        "Apache License 2.0. Built with Qt (LGPL), PyTorch and NumPy."
    )
    QMessageBox.about(parent, "About Bandsaw", text)


def _combo(name: str, entries: Sequence[tuple[str, object]], chosen: object) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    for text, value in entries:
        combo.addItem(text, value)
        if value == chosen:
            combo.setCurrentIndex(combo.count() - 1)
    return combo
