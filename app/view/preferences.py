"""The preferences: how the next songs are split, where sound goes, how much room the library has, the theme."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.settings import SettingsStore
from app.view.library_dialog import room_box
from app.view.models_dialog import ModelsDialog
from app.view.output_menu import not_found
from app.view.widgets import ElidedCombo, ElidedLabel, button, combo, label, row, silently
from app.viewmodel.library import LibraryModel
from app.viewmodel.models import ModelsModel, ModelsState
from app.viewmodel.output import OutputModel
from app.viewmodel.queue import is_gone
from app.viewmodel.sides import model_name
from app.viewmodel.signals import stem_names
from app.words import LANGUAGES, tr
from engine.api import DEVICES, QUALITIES, Precision


class PreferencesDialog(QDialog):
    """Nothing changes before OK, but in the window of models. Whoever opens it shows the theme that was chosen."""

    def __init__(
        self, settings: SettingsStore, output: OutputModel, library: LibraryModel, models: ModelsModel, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Preferences"))
        self.setMinimumWidth(480)
        self._settings = settings
        self._outputs = output
        self._library = library
        self._models = models
        chosen = settings.value
        self._model = ElidedCombo(tr("Model"))
        self._model.currentIndexChanged.connect(lambda _index: self._describe_model())
        self._model_facts = ElidedLabel("", "muted")
        self._in_use = ""
        self._more_models = button(tr("Models…"), tip=tr("All models: add one from a file, download or remove one"))
        self._more_models.clicked.connect(lambda: ModelsDialog(models, self).open())
        self._quality = combo(tr("Quality"), _quality_entries(), chosen.quality)
        stages = ((tr("Both, to compare them"), (1, 2)), (tr("Stage 1 only (quicker)"), (1,)))
        self._stages = combo(tr("Stages"), stages, chosen.stages)
        self._device = combo(tr("Device"), _device_entries(), chosen.device)
        self._precision = combo(tr("Precision"), _precision_entries(), chosen.precision)
        self._precision.setToolTip(
            tr("On Intel's and AMD's processors, int16 is up to twice as fast; what it rounds off nobody hears")
        )
        self._output = combo(tr("Output device"), _output_entries(output), output.state.chosen)
        self._cap = room_box()
        self._cap.setValue(chosen.library_gb)
        themes = ((tr("As the system"), "system"), (tr("Dark"), "dark"), (tr("Light"), "light"))
        self._theme = combo(tr("Theme"), themes, chosen.theme)
        languages = [(tr("As the system"), "system"), *((name, code) for code, name in LANGUAGES.items())]
        self._language = combo(tr("Language"), languages, chosen.language)
        self._language.setToolTip(tr("Another language is used when Bandsaw is started the next time"))
        self._build()
        models.changed.connect(self._present_models)
        self._present_models(models.state)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the models on disk."""
        super().showEvent(event)
        self._models.refresh()

    def accept(self) -> None:
        """Keep the choice."""
        self._models.use(self._model.currentData())
        self._settings.update(
            quality=self._quality.currentData(),
            stages=tuple(self._stages.currentData()),
            device=self._device.currentData(),
            precision=self._precision.currentData(),
            theme=self._theme.currentData(),
            language=self._language.currentData(),
        )
        if self._output.currentData() != self._outputs.state.chosen:
            self._outputs.choose(self._output.currentData())
        if self._cap.value() != self._settings.value.library_gb:
            self._library.set_cap(self._cap.value())
        super().accept()

    def _present_models(self, state: ModelsState) -> None:
        """List the models that can be used; one that is taken into use in the window of models is chosen here, too."""
        chosen = self._model.currentData() if state.chosen == self._in_use else state.chosen
        self._in_use = state.chosen
        with silently(self._model):
            self._model.clear()
            for text, name in _model_entries(state):
                self._model.addItem(text, name)
            self._model.setCurrentIndex(max(0, self._model.findData(chosen)))
        self._describe_model()

    def _describe_model(self) -> None:
        """Say below the box what the chosen model is and makes."""
        entries = (entry for entry in self._models.state.entries if entry.name == self._model.currentData())
        entry = next(entries, None)
        words = (entry.architecture, stem_names(entry.stems)) if entry is not None else ()
        self._model_facts.setText(": ".join(word for word in words if word))

    def _build(self) -> None:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        box.button(QDialogButtonBox.StandardButton.Ok).setObjectName("primary")
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 14, 22, 14)
        layout.setSpacing(10)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(6)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(label(tr("SONGS THAT ARE SPLIT FROM NOW ON"), "section"))
        form.addRow(tr("Model"), row(self._model, self._more_models))
        form.addRow("", self._model_facts)
        form.addRow(tr("Quality"), self._quality)
        form.addRow(tr("Stages"), self._stages)
        form.addRow(tr("Device"), self._device)
        form.addRow(tr("Precision"), self._precision)
        form.addRow(_section(tr("SOUND")))
        form.addRow(tr("Output"), self._output)
        form.addRow(_section(tr("LIBRARY OF SPLIT SONGS")))
        form.addRow(tr("At most"), row(self._cap, 1))
        form.addRow(_section(tr("WINDOW")))
        form.addRow(tr("Theme"), self._theme)
        form.addRow(tr("Language"), row(self._language, label(tr("from the next start on"), "muted"), 1))
        layout.addLayout(form)
        layout.addSpacing(6)
        layout.addWidget(box)


def _section(text: str) -> QLabel:
    """A heading nearer to what it heads than to what is above it."""
    made = label(text, "section")
    made.setContentsMargins(0, 8, 0, 0)
    return made


def _model_entries(state: ModelsState) -> list[tuple[str, str]]:
    """The models that can be used, and the one in use also when it is not one of them.

    That may be a file: earlier versions of the preferences opened checkpoints, which go on being used.
    """
    usable = [entry for entry in state.entries if entry.state in ("bundled", "installed")]
    entries = [(model_name(entry.name), entry.name) for entry in usable]
    if any(name == state.chosen for _text, name in entries):
        return entries
    known = model_name(state.chosen)
    if state.entries and is_gone(Path(state.chosen)):
        known = not_found(known)
    return [*entries, (known, state.chosen)]


def _quality_entries() -> list[tuple[str, str]]:
    words = {"fast": tr("Fast"), "balanced": tr("Balanced"), "best": tr("Best (slowest)")}
    return [(words[each], each) for each in QUALITIES]


def _device_entries() -> list[tuple[str, str]]:
    words = {
        "auto": tr("Automatic"),
        "cuda": tr("NVIDIA graphics card"),
        "mps": tr("Apple graphics"),
        "cpu": tr("Processor"),
    }
    return [(words[each], each) for each in DEVICES]


def _precision_entries() -> list[tuple[str, Precision]]:
    return [
        (tr("Automatic"), "auto"),
        (tr("Exact (float32)"), "float32"),
        (tr("Quick on processors (int16)"), "int16"),
    ]


def _output_entries(output: OutputModel) -> list[tuple[str, str]]:
    """The devices there are now, and the chosen one also when it is not there."""
    output.look()
    state = output.state
    entries = [
        (tr("As the system"), ""),
        *((f"{device.name}  ({device.host})", device.key) for device in state.devices),
    ]
    known = {key for _text, key in entries}
    return entries if state.chosen in known else [*entries, (not_found(state.chosen), state.chosen)]
