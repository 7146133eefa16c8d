"""Small dialogs: model and quality, what was refused, about."""

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
    QMessageBox,
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
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)  # to select and copy, also with keys
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
