"""The first page of the export dialog: what, in which format, where and under which names; beside it the files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.view.table import Row, Table
from app.view.theme import Theme
from app.view.widgets import ElidedLabel, button, combo, label, row, silently
from app.viewmodel.display import format_ends
from app.viewmodel.export_form import ExportForm, FormState, gap_words
from app.viewmodel.sides import sides_of
from app.viewmodel.signals import stem_name, stem_names
from app.words import size_text, tr, tr_later
from engine.api import DEFAULT_NAMES, NAME_FIELDS, Comparison, Existing, PlannedFile, song_folder_name

Key = TypeVar("Key")

_STEM_COLUMNS = 4
_FORMAT_WORDS = {
    "wav": tr_later("WAV, as deep as the song"),
    "wav16": tr_later("WAV, 16 bit"),
    "wav24": tr_later("WAV, 24 bit"),
    "wav32f": tr_later("WAV, 32 bit float"),
    "flac": tr_later("FLAC, as deep as the song"),
    "flac16": tr_later("FLAC, 16 bit"),
    "flac24": tr_later("FLAC, 24 bit"),
    "mp3": tr_later("MP3, 320 kb/s"),
    "ogg": tr_later("Ogg Vorbis"),
    "opus": tr_later("Opus"),
    "aac": tr_later("M4A, AAC 256 kb/s"),
    "alac": tr_later("M4A, ALAC, as deep as the song"),
    "stem-aac": tr_later("Stem file (.stem.mp4), AAC"),
    "stem-alac": tr_later("Stem file (.stem.mp4), ALAC"),
}
_EXISTING_WORDS: tuple[tuple[str, Existing], ...] = (
    (tr_later("Ask"), "refuse"),
    (tr_later("Skip them"), "skip"),
    (tr_later("Number the new ones"), "rename"),
    (tr_later("Replace them"), "overwrite"),
)


class ExportFormPage(QWidget):
    """Shows an `ExportForm` and tells it what is chosen."""

    def __init__(self, form: ExportForm, theme: Theme) -> None:
        super().__init__()
        self._form = form
        self._what = _WhatBoxes(form, theme)
        self._format = combo(tr("File format"), ((tr(_FORMAT_WORDS[name]), name) for name in form.state.formats))
        self._project = _check(tr("REAPER project"), tr("Also write a REAPER project"))
        self._project.setToolTip(tr("A .rpp file with every stem on a coloured track; for WAV and FLAC"))
        self._folder = ElidedLabel("", "")
        self._browse = button(tr("Choose…"), tip=tr("Choose the folder to write to"))
        self._browse.setAccessibleName(tr("Choose the folder"))
        self._own_folder = _check("", tr("Put the files in a folder of their own"))
        self._names = QLineEdit()
        self._names.setAccessibleName(tr("Template of the file names"))
        self._names.setPlaceholderText(tr("Plain names: vocals, bass, …"))
        self._names.setToolTip(
            tr("How files are named; a field without a value is left out. Empty: vocals.wav, bass.wav …")
        )
        self._fields = _fields_button(self._insert)
        self._existing = combo(
            tr("When files are there already"), ((tr(words), existing) for words, existing in _EXISTING_WORDS)
        )
        self._files = FileList(tr("Files that will be written"), tr("Size"))
        self._gaps = label("", "small", wrap=True)
        self._total = label("", "small", wrap=True)
        self._obstacle = label("", "danger", wrap=True)
        self._build()
        self._connect()
        self.present(form.state)

    def present(self, state: FormState) -> None:
        """Show the choices and the files they give."""
        choices = state.choices
        own = (self._format, self._project, self._own_folder, self._names, self._existing)
        with silently(*own):
            self._format.setCurrentIndex(self._format.findData(choices.format))
            self._project.setChecked(choices.project and state.project)
            self._own_folder.setChecked(choices.own_folder)
            self._existing.setCurrentIndex(self._existing.findData(choices.existing))
            if self._names.text() != choices.names:
                self._names.setText(choices.names)
        self._what.present(state)
        self._project.setEnabled(state.project)
        self._folder.setText(str(choices.folder))
        own_folder = _short(song_folder_name(state.song.separation.source))
        self._own_folder.setText(tr("In a folder of its own: {folder}").format(folder=own_folder))
        self._files.show_files(map(_file_row, state.files))
        self._files.setVisible(not state.obstacle)
        self._obstacle.setText(state.obstacle)
        self._obstacle.setVisible(bool(state.obstacle))
        self._gaps.setVisible(bool(state.song.gaps))
        self._gaps.setText(gap_words(state.song.gaps))
        self._total.setText(_total(state.files))

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self._what.fill(grid)
        _section(grid, tr("FORMAT"))
        _add(grid, tr("&Format"), self._format, row(self._format, self._project, 1))
        _section(grid, tr("WHERE AND NAMES"))
        _add(grid, tr("F&older"), self._browse, row(self._folder, self._browse))
        _add(grid, "", self._own_folder, row(self._own_folder, 1))
        _add(grid, tr("&Names"), self._names, row(self._names, self._fields))
        _add(grid, tr("&If files exist"), self._existing, row(self._existing, 1))
        left = QVBoxLayout()
        left.addLayout(grid)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(label(tr("FILES"), "section"))
        right.addWidget(self._obstacle)
        right.addWidget(self._files, 1)
        right.addStretch(0)
        right.addWidget(self._total)
        right.addWidget(self._gaps)  # here is room for its lines also where the screen is low
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(24)
        layout.addLayout(left)
        layout.addLayout(right, 1)

    def _connect(self) -> None:
        form = self._form
        self._format.currentIndexChanged.connect(lambda: form.choose(format=self._format.currentData()))
        self._existing.currentIndexChanged.connect(lambda: form.choose(existing=self._existing.currentData()))
        self._project.toggled.connect(lambda on: form.choose(project=on))
        self._own_folder.toggled.connect(lambda on: form.choose(own_folder=on))
        self._names.textChanged.connect(lambda text: form.choose(names=text))
        self._browse.clicked.connect(self._choose_folder)

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, tr("Export to this folder"), str(self._form.state.choices.folder)
        )
        if folder:
            self._form.choose(folder=type(self._form.state.choices.folder)(folder))

    def _insert(self, text: str) -> None:
        if text == DEFAULT_NAMES:
            self._names.setText(text)
        else:
            self._names.insert(text)
        self._names.setFocus()


class _WhatBoxes:
    """The check boxes of what to write."""

    def __init__(self, form: ExportForm, theme: Theme) -> None:
        separation = form.state.song.separation
        self._form = form
        self._stages_words = tr("A and B") if isinstance(separation, Comparison) else tr("Stages")
        export, sides = tr("Export {what}"), sides_of(separation)
        minus = tr("Also export the song without {stem}")
        self._stems = {stem: _check(stem_name(stem), export.format(what=stem_name(stem))) for stem in separation.stems}
        for place, (stem, box) in enumerate(self._stems.items(), start=1):  # 0 is the original
            box.setIcon(theme.dot(theme.stem_color(stem, place)))
        self._stages = {
            stage: _check(sides[stage].long, export.format(what=sides[stage].inline)) for stage in separation.stages
        }
        self._minus = {stem: _check(stem_name(stem), minus.format(stem=stem_name(stem))) for stem in separation.stems}
        self._residual = _check(tr("Residual (what the chosen stems leave)"), tr("Export the residual"))
        self._comps = _check("", tr("Export the comps"))
        self._mix = _check(tr("The mix as heard"), tr("Export the mix as heard"))
        self._loop = _check("", tr("Export only the loop"))
        self._choose_with(self._stems, "stems")
        self._choose_with(self._stages, "stages")
        self._choose_with(self._minus, "minus")
        for box, field in self._single():
            box.toggled.connect(lambda on, field=field: form.choose(**{field: on}))

    def fill(self, grid: QGridLayout) -> None:
        _section(grid, tr("WHAT"))
        for words, boxes in (
            (tr("Stems"), self._stems),
            (self._stages_words, self._stages),
            (tr("Song without"), self._minus),
        ):
            first = next(iter(boxes.values()))
            _add(grid, words, first, _in_columns(boxes.values()))
        for place, (box, _field) in enumerate(self._single()):
            _add(grid, "" if place else tr("Also"), box, row(box, 1))

    def present(self, state: FormState) -> None:
        choices, song = state.choices, state.song
        besides = (*self._minus.values(), self._residual, self._mix)
        for box in besides:
            box.setEnabled(state.besides)
        self._comps.setEnabled(state.besides and bool(song.comps))
        self._loop.setEnabled(song.loop is not None)
        _check_those(self._stems, choices.stems)
        _check_those(self._stages, choices.stages)
        _check_those(self._minus, choices.minus if state.besides else ())
        for box, field in self._single():
            with silently(box):
                box.setChecked(getattr(choices, field) and box.isEnabled())
        comps = tr("Comps: {stems}").format(stems=stem_names(song.comps))
        self._comps.setText(comps if song.comps else tr("Comps (there are none)"))
        self._mix.setToolTip(_mix_tip(state))
        self._loop.setText(_span_words(state) if song.loop else tr("Only the loop (there is none)"))

    def _single(self) -> tuple[tuple[QCheckBox, str], ...]:
        return (
            (self._residual, "residual"), (self._comps, "comps"), (self._mix, "mix"), (self._loop, "loop_only"),
        )  # fmt: skip

    def _choose_with(self, boxes: Mapping[Key, QCheckBox], field: str) -> None:
        """Let the boxes that are checked be the choice."""

        def choose() -> None:
            self._form.choose(**{field: tuple(key for key, box in boxes.items() if box.isChecked())})

        for box in boxes.values():
            box.toggled.connect(choose)


class FileList(Table):
    """Files with a fact beside each. A name keeps its end, which says the stem."""

    def __init__(self, name: str, fact: str) -> None:
        super().__init__(name, (tr("File"), fact), numbers=(1,), elide=Qt.TextElideMode.ElideLeft)

    def show_files(self, files: Iterable[tuple[str, str]]) -> None:
        """Show these names, each with its fact."""
        self.show_rows(Row(name, (name, fact), name) for name, fact in files)


def _check_those(boxes: Mapping[Key, QCheckBox], chosen: Collection[Key]) -> None:
    for key, box in boxes.items():
        with silently(box):
            box.setChecked(key in chosen)


def _file_row(file: PlannedFile) -> tuple[str, str]:
    amount = size_text(file.likely_bytes) if file.content.kind != "project" else ""
    return file.path.name, tr("there already") if file.exists else amount


def _total(files: tuple[PlannedFile, ...]) -> str:
    if not files:
        return ""
    there = sum(file.exists for file in files)
    words = tr("%n files, about {size}", "", len(files))
    words = words.format(size=size_text(sum(file.likely_bytes for file in files)))
    return words + tr("; %n of them there already", "", there) if there else words


def _mix_tip(state: FormState) -> str:
    heard = state.song.heard
    tip = tr("What the faders make now: {words}").format(words=heard.words)
    if heard.left_out:
        without = tr("Without the reference of {stems}, which is no part of the song")
        tip += "\n" + without.format(stems=stem_names(heard.left_out))
    return tip


def _span_words(state: FormState) -> str:
    start, stop = format_ends(state.song.loop or (0, 0), state.song.separation.sample_rate)
    return tr("Only the loop, {start} to {stop}").format(start=start, stop=stop)


def _short(text: str, most: int = 32) -> str:
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-most // 2 :]}"


def _section(grid: QGridLayout, text: str) -> None:
    at = grid.rowCount()
    if at > 1:
        grid.setRowMinimumHeight(at, 8)
    grid.addWidget(label(text, "section"), at + 1, 0, 1, 2)


def _add(grid: QGridLayout, text: str, buddy: QWidget, content: QHBoxLayout | QGridLayout) -> None:
    at = grid.rowCount()
    words = QLabel(text)
    words.setBuddy(buddy)
    grid.addWidget(words, at, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    grid.addLayout(content, at, 1)


def _in_columns(boxes: Iterable[QCheckBox]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(2)
    for place, box in enumerate(boxes):
        grid.addWidget(box, place // _STEM_COLUMNS, place % _STEM_COLUMNS)
    grid.setColumnStretch(_STEM_COLUMNS, 1)
    return grid


def _check(text: str, name: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setAccessibleName(name)
    return box


def _fields_button(insert: Callable[[str], None]) -> QPushButton:
    made = button(tr("Fields"), tip=tr("Insert a field, or go back to the usual names"))
    made.setAccessibleName(tr("Insert a field into the names"))
    menu = QMenu(made)
    for name in NAME_FIELDS:
        menu.addAction(f"{{{name}}}", partial(insert, f"{{{name}}}"))
    menu.addSeparator()
    menu.addAction(tr("Artist - Title (Stem)"), partial(insert, DEFAULT_NAMES))
    made.setMenu(menu)
    return made
