"""Which stems go to which files, and how far that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.settings import SettingsStore
from app.view.theme import Theme
from app.view.widgets import ElidedLabel, button, label, row
from app.viewmodel.export import ExportModel, ExportState
from app.viewmodel.signals import STAGE_NAMES, stem_name
from engine.api import (
    FORMATS,
    ExportReport,
    ExportRequest,
    Selection,
    Separation,
    Stage,
    planned_files,
    song_folder_name,
)

Key = TypeVar("Key")

_UNITS = 1000
_MESSAGE_HEIGHT = 54  # three lines: the dialog keeps its size, whatever there is to say
_FORMAT_WORDS = {
    "wav": "WAV, as deep as the song",
    "wav16": "WAV, 16 bit",
    "wav24": "WAV, 24 bit",
    "wav32f": "WAV, 32 bit float",
    "flac": "FLAC, as deep as the song",
    "flac16": "FLAC, 16 bit",
    "flac24": "FLAC, 24 bit",
    "mp3": "MP3, 320 kb/s",
    "ogg": "Ogg Vorbis",
    "opus": "Opus",
}


class ExportDialog(QDialog):
    """Choose, write, read what came out. It stays open until it is closed."""

    def __init__(
        self, model: ExportModel, separation: Separation, settings: SettingsStore, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export stems")
        self.setMinimumWidth(600)
        self._model = model
        self._separation = separation
        self._settings = settings
        chosen = settings.value
        self._folder = Path(chosen.export_folder) if chosen.export_folder else separation.source.parent
        self._stems = _checks(separation.stems, "Export", on=True)
        for place, (stem, check) in enumerate(self._stems.items(), start=1):  # 0 is the original
            check.setIcon(theme.dot(theme.stem_color(stem, place)))
        self._stages: dict[Stage, QCheckBox] = {}
        for stage in separation.stages:
            self._stages[stage] = _check(f"Stage {stage} ({STAGE_NAMES[stage]})", f"Export stage {stage}")
            self._stages[stage].setChecked(stage == separation.final_stage)
        self._minus = _checks(separation.stems, "Also export the song without", on=False)
        self._residual = _check("Residual: what the chosen stems leave of the song", "Export the residual")
        self._format = QComboBox()
        self._format.setAccessibleName("File format")
        for name in FORMATS:
            self._format.addItem(_FORMAT_WORDS.get(name, name), name)
        self._format.setCurrentIndex(max(0, self._format.findData(chosen.export_format)))
        self._existing = QComboBox()
        self._existing.setAccessibleName("When files are there already")
        for text, value in (("Ask", "refuse"), ("Replace them", "overwrite"), ("Skip if all are there", "skip")):
            self._existing.addItem(text, value)
        self._folder_text = ElidedLabel("", "")
        self._browse = button("Choose…", tip="Choose the folder to write to")
        self._browse.setAccessibleName("Choose the folder")
        self._preview = ElidedLabel("", "small")
        self._message = label("", "", wrap=True)
        self._message.setMinimumHeight(_MESSAGE_HEIGHT)
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._bar = QProgressBar()
        self._bar.setRange(0, _UNITS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Export progress")
        self._replace = button("Replace", primary=True, tip="Write over the files that are there")
        self._show = button("Show the folder", tip="Open the folder with the files")
        self._close = button("Close")
        self._go = button("Export", primary=True, tip="Write the files")
        self._build()
        self._connect()
        model.reset()
        self._present(model.state)

    def request(self) -> ExportRequest:
        """What is chosen now."""
        return ExportRequest(
            separation=self._separation,
            folder=self._folder / song_folder_name(self._separation.source),
            stems=tuple(_chosen(self._stems)),
            stages=tuple(_chosen(self._stages)),
            format=self._format.currentData(),
            residual=self._residual.isChecked(),
            minus=tuple(_chosen(self._minus)),
            existing=self._existing.currentData(),
        )

    def done(self, result: int) -> None:
        """Close, and stop writing first if files are being written."""
        self._model.cancel()
        super().done(result)

    def _build(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow("Stems", row(*self._stems.values(), 1, spacing=14))
        form.addRow("Stages", row(*self._stages.values(), 1, spacing=14))
        form.addRow("Also", self._residual)
        form.addRow("Song without", row(*self._minus.values(), 1, spacing=14))
        form.addRow("Format", self._format)
        form.addRow("Folder", row(self._folder_text, self._browse))
        form.addRow("If files exist", self._existing)
        self._form = QWidget()
        self._form.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 18)
        layout.setSpacing(12)
        layout.addWidget(self._form)
        layout.addWidget(self._preview)
        layout.addWidget(self._message)
        layout.addWidget(self._bar)
        layout.addStretch(1)
        layout.addLayout(row(self._show, 1, self._close, self._replace, self._go))

    def _connect(self) -> None:
        for check in (*self._stems.values(), *self._stages.values(), *self._minus.values(), self._residual):
            check.toggled.connect(self._on_choice)
        self._format.currentIndexChanged.connect(self._on_choice)
        self._existing.currentIndexChanged.connect(self._on_choice)
        self._browse.clicked.connect(self._choose_folder)
        self._replace.clicked.connect(self._model.replace_existing)
        self._show.clicked.connect(self._show_folder)
        self._close.clicked.connect(self._on_close)
        self._go.clicked.connect(self._on_go)
        self._model.changed.connect(self._present)

    def _on_choice(self) -> None:
        self._model.reset()
        self._present(self._model.state)

    def _on_go(self) -> None:
        self._settings.update(export_folder=str(self._folder), export_format=self._format.currentData())
        self._model.start(self.request())

    def _on_close(self) -> None:
        if self._model.state.phase == "running":
            self._model.cancel()
        else:
            self.reject()

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Export to this folder", str(self._folder))
        if folder:
            self._folder = Path(folder)
            self._on_choice()

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.request().folder)))

    def _present(self, state: ExportState) -> None:
        running = state.phase == "running"
        self._form.setEnabled(not running)
        self._bar.setVisible(running)
        self._message.setVisible(not running)
        self._bar.setValue(round(state.progress.share * _UNITS) if state.progress else 0)
        self._close.setText("Stop" if running else "Close")
        self._show.setVisible(state.phase == "done")
        self._replace.setVisible(state.phase == "exists")
        self._go.setVisible(state.phase in ("choosing", "failed"))
        self._folder_text.setText(str(self._folder))
        names = self._file_names()
        self._go.setEnabled(bool(names))
        self._preview.setText(_preview(self.request().folder.name, names))
        self._message.setText(_message(state, self.request().folder))
        self._message.setObjectName("danger" if state.phase in ("failed", "exists") else "")
        self._message.style().unpolish(self._message)
        self._message.style().polish(self._message)

    def _file_names(self) -> list[str]:
        request = self.request()
        if not (request.stages and (request.stems or request.minus or request.residual)):
            return []
        selection = Selection(request.stems or (), request.stages, request.format, request.residual, request.minus)
        return [path.name for path in planned_files(request.folder, selection).paths]


def _checks(stems: Iterable[str], purpose: str, *, on: bool) -> dict[str, QCheckBox]:
    made: dict[str, QCheckBox] = {}
    for stem in stems:
        made[stem] = _check(stem_name(stem), f"{purpose} {stem_name(stem)}")
        made[stem].setChecked(on)
    return made


def _check(text: str, name: str) -> QCheckBox:
    check = QCheckBox(text)
    check.setAccessibleName(name)
    return check


def _chosen(checks: Mapping[Key, QCheckBox]) -> list[Key]:
    return [key for key, check in checks.items() if check.isChecked()]


def _preview(folder: str, names: list[str]) -> str:
    if not names:
        return "Choose at least one file and one stage"
    count = "One file" if len(names) == 1 else f"{len(names)} files"
    more = ", …" if len(names) > 3 else ""
    return f"{count} in {folder}: {', '.join(names[:3])}{more}"


def _message(state: ExportState, folder: Path) -> str:
    if state.phase == "exists":
        return f"Some of these files are in “{folder.name}” already. Replace them, or choose another folder?"
    if state.phase == "failed" and state.problem is not None:
        return f"{state.problem.text} {state.problem.advice}"
    if state.phase == "done" and state.report is not None:
        return _report_text(state.report)
    return ""


def _report_text(report: ExportReport) -> str:
    if report.skipped:
        return "All files were there already; nothing was written."
    count = sum(len(stages) for stages in report.files.values()) + len(report.minus) + (report.residual is not None)
    lines = ["One file was written." if count == 1 else f"{count} files were written."]
    lines.append(
        f"All of them are {-report.gain_db:.1f} dB quieter, so that nothing clips; they still add up."
        if report.gain_db < 0
        else "Levels are unchanged; together with the residual, the stems add up to the song."
    )
    return "\n".join([*lines, *report.warnings])
