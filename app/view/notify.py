"""Tells that a song is done when the window is not in front."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from app.viewmodel.queue import Song
from app.words import tr
from resources import ROOT


class Notifier(QObject):
    """Uses the desktop's notifications where there are any; elsewhere the window asks for attention."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def tell(self, song: Song) -> None:
        """Say how the song ended, unless the user sees it anyway."""
        if self._window.isActiveWindow():
            return
        text = tr("“{song}” is ready") if song.phase == "ready" else tr("“{song}” could not be split")
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            tray = self._shown_tray()
            tray.showMessage("Bandsaw", text.format(song=song.short_name), _icon())

    def bring_to_front(self) -> None:
        """Show the window over the others."""
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        QApplication.alert(self._window)  # where a program may not come to the front by itself
        if self._tray is not None:
            self._tray.hide()

    def _shown_tray(self) -> QSystemTrayIcon:
        if self._tray is None:
            self._tray = QSystemTrayIcon(_icon(), self)
            self._tray.setToolTip("Bandsaw")
            self._tray.messageClicked.connect(self.bring_to_front)
            self._tray.activated.connect(self.bring_to_front)
        self._tray.show()
        return self._tray


def _icon() -> QIcon:
    return QIcon(str(ROOT / "icons" / "bandsaw.svg"))
