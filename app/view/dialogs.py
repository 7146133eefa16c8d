"""The dialogs of the window: each is opened by a method that a menu entry or a button is connected to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMainWindow, QMessageBox, QWidget

from app.view.abx_dialog import AbxDialog
from app.view.ask import message_box
from app.view.export_dialog import ExportDialog
from app.view.given import Models, Surroundings
from app.view.keys_dialog import KeysDialog
from app.view.library_dialog import LibraryDialog
from app.view.models_dialog import ModelsDialog
from app.view.preferences import PreferencesDialog
from app.view.song_actions import show_folder
from app.view.status import SupportDialog, show_status
from app.view.widgets import audio_files
from app.viewmodel.abx import AbxSong
from app.viewmodel.export_form import SongOnShow
from app.viewmodel.queue import Refusal
from app.viewmodel.support import SupportFacts
from app.words import tr
from engine import __version__

_MOST_REFUSALS = 8  # that are listed at once


class Dialogs(QObject):
    """Opens them, each about what is on show and chosen at that moment.

    Args:
        models: What they show and change.
        around: Settings, colours, folders and the demo song.
        on_show: What can be exported now.
        window: Below all of them.
    """

    def __init__(
        self, models: Models, around: Surroundings, on_show: Callable[[], SongOnShow | None], window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._models = models
        self._around = around
        self._on_show = on_show
        self._window = window

    def add_songs(self) -> None:
        """Choose files to split."""
        self._models.session.expect_songs()
        settings = self._around.settings
        start = settings.value.open_folder
        names, _filter = QFileDialog.getOpenFileNames(self._window, tr("Add songs"), start, audio_files(tr("Songs")))
        if names:
            settings.update(open_folder=str(Path(names[0]).parent))
            self._models.session.add([Path(name) for name in names])

    def add_folder(self) -> None:
        """Choose a folder whose songs are split."""
        self._models.session.expect_songs()
        settings = self._around.settings
        title, start = tr("Add all songs of a folder"), settings.value.open_folder
        name = QFileDialog.getExistingDirectory(self._window, title, start)
        if name:
            settings.update(open_folder=name)
            self._models.session.add([Path(name)])

    def export_stems(self) -> None:
        """Choose which stems to write, and how."""
        self._export(mix=False)

    def export_mix(self) -> None:
        """The same, with the mix as heard chosen."""
        self._export(mix=True)

    def blind_test(self) -> None:
        """Compare what is on show without knowing which is which."""
        models, shown, song = self._models, self._on_show(), self._models.session.state.song
        if shown is None or song is None:
            return
        models.transport.stop()
        models.abx.open(AbxSong(shown.separation, song.name, models.mixer.state, models.transport.state.loop))
        AbxDialog(models.abx, song.source.parent, self._window).exec()

    def preferences(self) -> bool:
        """Change the settings; whether anything was accepted."""
        models = self._models
        dialog = PreferencesDialog(self._around.settings, models.output, models.library, models.models, self._window)
        return dialog.exec() == QDialog.DialogCode.Accepted

    def library(self) -> None:
        """List what was split."""
        LibraryDialog(self._models.library, self._models.session, self._window).open()

    def models(self) -> None:
        """List the networks."""
        ModelsDialog(self._models.models, self._window).open()

    def keys(self) -> None:
        """List the keys."""
        KeysDialog(self._window.menuBar(), self._window).exec()

    def status(self) -> None:
        """Tell every fact about device and memory."""
        transport = self._models.transport.state
        show_status(self._window, self._models.status.state, transport.note or transport.output)

    def support_file(self) -> None:
        """Save what helps whoever helps."""
        SupportDialog(self.support_facts, self._window).exec()

    def support_facts(self) -> SupportFacts:
        """What a support file would hold now."""
        models, around = self._models, self._around
        sound = f"{models.transport.state.output} {models.transport.state.note}"
        songs = models.session.state.songs
        return SupportFacts(models.status.state, sound, around.settings.value, songs, around.places)

    def about(self) -> None:
        """Name, version, licence."""
        show_about(self._window, __version__)

    def log_folder(self) -> None:
        """Show where the log is."""
        folder = self._around.places.logs
        folder.mkdir(parents=True, exist_ok=True)
        show_folder(folder)

    def refused(self, refusals: Sequence[Refusal]) -> None:
        """List what cannot be split."""
        show_refused(self._window, refusals)

    def _export(self, *, mix: bool) -> None:
        shown, models = self._on_show(), self._models
        if shown is not None:
            models.form.open(shown, mix=mix)
            ExportDialog(models.export, models.form, self._around.theme, self._window).exec()


def show_refused(parent: QWidget, refusals: Sequence[Refusal]) -> QMessageBox:
    """List what cannot be split, and why; the window stays usable meanwhile."""
    count = len(refusals)
    shown = [f"• {refusal.path.name or refusal.path}: {refusal.reason}" for refusal in refusals[:_MOST_REFUSALS]]
    if count > _MOST_REFUSALS:
        shown.append(tr("and %n more (see Details)", "", count - len(shown)))
    box = message_box(parent, tr("Not added"), tr("%n items cannot be split.", "", count), "\n".join(shown))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if count > _MOST_REFUSALS:
        box.setDetailedText("\n".join(f"{refusal.path}: {refusal.reason}" for refusal in refusals))
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)  # to select and copy, also with keys
    box.setModal(False)
    box.show()
    return box


def show_about(parent: QWidget, version: str) -> None:
    """Name, version, licence."""
    text = tr(
        "Bandsaw {version}\n\nSplits songs into stems on your own computer.\n"
        "Apache License 2.0. Built with Qt (LGPL), PyTorch and NumPy."
    ).format(version=version)
    QMessageBox.about(parent, tr("About Bandsaw"), text)
