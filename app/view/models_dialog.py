"""The models: which there are, which one splits the next songs, and getting others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.view.ask import Question, ask
from app.view.outputs_dialog import OutputsDialog
from app.view.table import Row, Table
from app.view.widgets import ProgressBar, all_files, button, column, label, row
from app.viewmodel.display import format_time
from app.viewmodel.models import ModelsModel, ModelsState
from app.viewmodel.sides import model_name
from app.viewmodel.signals import stem_name, stem_names
from app.words import number_text, size_text, told, tr, tr_later
from engine.api import ModelEntry, Progress

_COLUMNS = (
    tr_later("Model"),
    tr_later("State"),
    tr_later("Network"),
    tr_later("Stems"),
    tr_later("Size"),
)
_SIZE = 4
_LEAST = QSize(680, 400)
_STATES = {
    "bundled": tr_later("part of Bandsaw"),
    "installed": tr_later("installed"),
    "available": tr_later("available"),
    "damaged": tr_later("damaged"),
}
_DOING = {
    "download": tr_later("downloading"),
    "check": tr_later("checking the file"),
    "load": tr_later("reading the weights"),
    "try": tr_later("trying it out on a second of noise"),
    "copy": tr_later("copying the file"),
}

SONGS = (tr_later("rendered songs"), tr_later("real songs without bass"), tr_later("the Multisong set"))  # of scores


class ModelsDialog(QDialog):
    """Lists the models; chooses, adds, downloads and removes."""

    def __init__(self, models: ModelsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Models"))
        self.setMinimumSize(_LEAST)
        self.resize(900, 480)
        self._models = models
        self._list = Table(tr("Models"), [tr(each) for each in _COLUMNS], numbers=(_SIZE,))
        self._listed: tuple[tuple[ModelEntry, ...], str] = ((), "")
        self._facts = label("", "muted", wrap=True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._problem = label("", "danger", wrap=True)
        self._doing = label("", "muted")
        self._bar = ProgressBar(tr("How far it is"))
        self.use = button(tr("Use"), primary=True, tip=tr("Split the next songs with this model (Enter)"))
        self.get = button(tr("Download"), tip=tr("Get this model, or the rest of it"))
        self.open_file = button(tr("Open its file…"), tip=tr("Add this model from the file that you got by hand"))
        self.add = button(tr("Add a checkpoint…"), tip=tr("Add a trained network from a file"))
        self.remove = button(tr("Remove…"), tip=tr("Delete this model from the computer"))
        self.stop = button(tr("Stop"), tip=tr("Stop; what has come of a download stays for the next time"))
        self._build()
        self._list.itemSelectionChanged.connect(lambda: self._present_chosen(models.state))
        self._list.itemActivated.connect(self._use_chosen)
        self.use.clicked.connect(self._use_chosen)
        self.get.clicked.connect(lambda: self._with_chosen_name(models.download))
        self.open_file.clicked.connect(lambda: self._with_chosen_name(self._add_file))
        self.add.clicked.connect(lambda: self._add_file(""))
        self.remove.clicked.connect(lambda: self._with_chosen_name(self._ask_to_remove))
        self.stop.clicked.connect(models.cancel)
        models.changed.connect(self._present)
        self._present(models.state)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the disk."""
        super().showEvent(event)
        self._models.refresh()

    def _present(self, state: ModelsState) -> None:
        if (state.entries, state.chosen) != self._listed:
            self._listed = (state.entries, state.chosen)
            self._fill(state)
        self._problem.setText(state.problem)
        self._problem.setVisible(bool(state.problem))
        self._doing.setText(f"{state.subject}: {_doing_words(state.progress)}")
        for widget in (self._doing, self._bar):
            widget.setVisible(state.working)
        known = state.progress is not None and state.progress.total > 0
        self._bar.present(state.progress.share if state.progress is not None else 0.0, known=known)
        self._present_chosen(state)
        if state.unnamed is not None and self.isVisible() and not self.findChildren(OutputsDialog):
            OutputsDialog(self._models, state.unnamed, self).open()

    def _fill(self, state: ModelsState) -> None:
        """List the models; the selection stays."""
        rows = [_row(entry, in_use=entry.name == state.chosen) for entry in state.entries]
        self._list.show_rows(rows, self._list.chosen or state.chosen)

    def _present_chosen(self, state: ModelsState) -> None:
        entry = self._chosen() or ModelEntry("", "damaged")
        self._facts.setText(_facts(entry) if state.entries else tr("Looking at the disk…"))
        idle = not state.working
        here, by_hand = entry.state != "available", entry.state == "available" and not entry.url
        self.use.setEnabled(here and entry.state != "damaged" and entry.name != state.chosen)
        self.get.setVisible(not by_hand)
        self.get.setEnabled(not here and idle)
        self.open_file.setVisible(by_hand)
        self.open_file.setEnabled(idle)
        self.add.setEnabled(idle)
        self.remove.setEnabled(bool(entry.name) and here and entry.state != "bundled" and idle)
        self.stop.setEnabled(state.working)

    def _chosen(self) -> ModelEntry | None:
        return next((entry for entry in self._models.state.entries if entry.name == self._list.chosen), None)

    def _with_chosen_name(self, act: Callable[[str], object]) -> None:
        entry = self._chosen()
        if entry is not None:
            act(entry.name)

    def _use_chosen(self) -> None:
        if self.use.isEnabled():
            self._with_chosen_name(self._models.use)

    def _add_file(self, name: str) -> None:
        files = ";;".join((tr("Checkpoints") + " (*.safetensors *.pt *.pth *.ckpt)", all_files()))
        path, _filter = QFileDialog.getOpenFileName(self, tr("Add a checkpoint"), "", files)
        if path:
            self._models.add(Path(path), name)

    def _ask_to_remove(self, name: str) -> None:
        question = Question(
            tr("Remove this model?"),
            tr("Remove the model {name}?").format(name=name),
            tr("Its file is deleted from the computer. Songs that were split with it stay as they are."),
            tr("Remove"),
            tr("Keep"),
        )
        ask(self, question, lambda: self._models.remove(name))

    def _build(self) -> None:
        hint = tr("Songs that are split from now on use the chosen model. Nothing is downloaded unless you ask for it.")
        close = button(tr("Close"), tip=tr("Close this list (Esc)"))
        close.clicked.connect(self.close)
        parts = (label(hint, "muted", wrap=True), self._list, self._facts, self._problem, self._doing, self._bar)
        buttons = row(self.use, self.get, self.open_file, self.add, self.remove, 1, self.stop, close)
        self.setLayout(column(*parts, buttons, margins=(18, 16, 18, 16), spacing=10))


def _row(entry: ModelEntry, *, in_use: bool) -> Row:
    state = tr(_STATES[entry.state])
    amount = size_text(entry.size_bytes) if entry.size_bytes else tr("unknown")
    words = (
        model_name(entry.name), tr("{state}, in use").format(state=state) if in_use else state,
        entry.architecture or tr("unknown"), stem_names(entry.stems), amount,
    )  # fmt: skip
    return Row(entry.name, words, entry.name)


def _doing_words(progress: Progress | None) -> str:
    """What is being done, how far it is in megabytes, and how long it will take."""
    if progress is None:
        return tr("starting")
    words = tr(_DOING[progress.phase])
    if progress.phase not in ("download", "copy") or progress.done == 0:
        return words
    done, total = (number_text(count / 1e6, 1) for count in (progress.done, progress.total))
    known = tr("{doing}, {done} of {total} MB") if progress.total else tr("{doing}, {done} MB")
    words = known.format(doing=words, done=done, total=total)
    if progress.eta_seconds is None:
        return words
    return tr("{doing}, {time} left").format(doing=words, time=format_time(progress.eta_seconds, 0))


def _score_words(entry: ModelEntry) -> Iterator[str]:
    words = tr("{what} {metric} on {songs} {db} dB")
    for (stem, metric, songs), value in entry.figures().items():
        what = tr("average") if stem == "average" else stem_name(stem)
        yield words.format(what=what, metric=metric, songs=tr(songs), db=number_text(value, 2))


def _facts(entry: ModelEntry) -> str:
    """Where a model comes from, how good it is and how its file is checked, one fact a line."""
    lines = [tr("Source: {source}").format(source=told(entry.source))] if entry.source else []
    if entry.licence:
        lines.append(tr("Licence: {licence}").format(licence=entry.licence))
    if entry.scores:
        lines.append(tr("Scores: {scores}").format(scores=", ".join(_score_words(entry))))
    if entry.sha256:
        words = tr("SHA-256, as published: {sum}") if entry.published else tr("SHA-256, as when it was added: {sum}")
        lines.append(words.format(sum=entry.sha256))
    if entry.state == "available" and not entry.url:
        lines.append(tr("Bandsaw does not know its address: get the file by hand, then open it here."))
    if entry.remark:
        lines.append(tr("Damaged: {reason}").format(reason=told(entry.remark)))
    return "\n".join(lines)
