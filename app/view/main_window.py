"""The window: menus, the page for the song on show, drops, status line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.settings import Places, SettingsStore
from app.view.actions import Actions
from app.view.dialogs import KeysDialog, OptionsDialog, show_about, show_refused
from app.view.drop import DropOverlay, dropped_paths
from app.view.export_dialog import ExportDialog
from app.view.header import Header
from app.view.lanes import LanesPage
from app.view.menus import fill_menus
from app.view.pages import EmptyPage, ErrorPage, JobPage
from app.view.songs_panel import SongsPanel
from app.view.theme import Theme
from app.view.transport_bar import TransportBar
from app.viewmodel.display import DisplayModel
from app.viewmodel.export import ExportModel
from app.viewmodel.mixer import MixerModel
from app.viewmodel.queue import AUDIO_SUFFIXES, Refusal
from app.viewmodel.session import Session, SessionState
from app.viewmodel.transport import TransportModel, TransportState
from engine import __version__
from engine.api import Separation

_MINIMUM = (900, 600)
_FIRST_SIZE = (1280, 800)
_NOTICE_MS = 8000


@dataclass(frozen=True)
class Models:
    """The view-models the window shows."""

    session: Session
    mixer: MixerModel
    transport: TransportModel
    display: DisplayModel
    export: ExportModel


class MainWindow(QMainWindow):
    """Shows the session's page; everything it knows comes from the view-models."""

    closed = Signal()

    def __init__(
        self, models: Models, settings: SettingsStore, theme: Theme, places: Places, demo: Path | None
    ) -> None:
        super().__init__()
        self._models = models
        self._settings = settings
        self._theme = theme
        self._places = places
        self._demo = demo
        self._geometry = QSettings(str(places.config / "window.ini"), QSettings.Format.IniFormat)
        self._actions = Actions(theme, self)
        self._songs = SongsPanel()
        self._header = Header(self._actions, models.mixer)
        self._lanes = LanesPage(theme, models.mixer, models.transport, models.display)
        self._pages = {
            "empty": EmptyPage(theme, demo=demo is not None),
            "running": JobPage(theme),
            "error": ErrorPage(theme),
        }
        self._status = QLabel()
        self._output = QLabel()
        self._overlay = DropOverlay(self)
        self._build()
        self._connect()
        theme.choose(settings.value.theme)
        self._actions.themes[settings.value.theme].setChecked(True)
        self._restore()
        self._present(models.session.state)
        self._present_transport(models.transport.state)

    def load(self, separation: Separation | None) -> None:
        """Show the lanes of another song; the view-models have loaded it already."""
        self._lanes.load(separation)

    def notice(self, text: str) -> None:
        """Say something in the status line for a few seconds."""
        self.statusBar().showMessage(text, _NOTICE_MS)

    def _build(self) -> None:
        self.setWindowTitle("Bandsaw")
        self.setMinimumSize(*_MINIMUM)
        self.setAcceptDrops(True)
        fill_menus(self.menuBar(), self._actions)
        studio = QWidget()
        column = QVBoxLayout(studio)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._lanes, 1)
        column.addWidget(TransportBar(self._actions, self._models.transport))
        self._stack = QStackedWidget()
        self._studio = studio
        for page in (*self._pages.values(), studio):
            self._stack.addWidget(page)
        body = QWidget()
        across = QHBoxLayout(body)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self._songs)
        across.addWidget(self._stack, 1)
        self.setCentralWidget(body)
        self._status.setAccessibleName("Device, model and speed")
        self._output.setAccessibleName("Sound output")
        self.statusBar().addPermanentWidget(self._status)
        self.statusBar().addPermanentWidget(self._output)
        self.statusBar().setSizeGripEnabled(False)

    def _connect(self) -> None:
        models, actions = self._models, self._actions
        actions.connect_models(models.mixer, models.transport, models.display)
        for action, slot in (
            (actions.open, self._open_files),
            (actions.open_folder, self._open_folder),
            (actions.demo, self._open_demo),
            (actions.export, self._export),
            (actions.quit, self.close),
            (actions.cancel, self._cancel_running),
            (actions.remove, self._remove_selected),
            (actions.options, self._options),
            (actions.keys, lambda: KeysDialog(self).exec()),
            (actions.log_folder, self._open_log_folder),
            (actions.about, lambda: show_about(self, __version__)),
        ):
            action.triggered.connect(slot)
        for choice, action in actions.themes.items():
            action.triggered.connect(lambda _on, choice=choice: self._choose_theme(choice))
        models.session.changed.connect(self._present)
        models.session.refused.connect(self._show_refused)
        models.session.noticed.connect(self.notice)
        models.transport.changed.connect(self._present_transport)
        self._songs.select_wanted.connect(models.session.select)
        empty, job, error = self._page_views()
        empty.open.clicked.connect(self._open_files)
        empty.demo.clicked.connect(self._open_demo)
        empty.model.clicked.connect(self._options)
        job.cancel_wanted.connect(self._cancel_selected)
        error.model_wanted.connect(self._options_and_retry)
        error.retry_wanted.connect(self._retry_selected)
        error.remove_wanted.connect(self._remove_selected)
        error.log_wanted.connect(self._open_log_folder)

    def _page_views(self) -> tuple[EmptyPage, JobPage, ErrorPage]:
        empty, job, error = self._pages["empty"], self._pages["running"], self._pages["error"]
        if not (isinstance(empty, EmptyPage) and isinstance(job, JobPage) and isinstance(error, ErrorPage)):
            raise TypeError("the pages changed their kind")
        return empty, job, error
