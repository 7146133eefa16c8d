"""The actions that choose what files are dragged out as."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from app.settings import DragFormat, SettingsStore
from app.view.mix_actions import Look, connect
from app.words import tr


class DragActions:
    """Made with the window's other actions, by the same function."""

    def __init__(self, make: Callable[[Look], QAction]) -> None:
        self._formats: dict[DragFormat, QAction] = {
            "wav": make(Look(tr("&WAV, at once"))),
            "flac": make(Look(tr("&FLAC, smaller"))),
            "export": make(Look(tr("As in the &export, MP3 after some seconds"))),
        }
        group = QActionGroup(self._formats["wav"])
        for action in self._formats.values():
            action.setCheckable(True)
            group.addAction(action)

    def connect_settings(self, settings: SettingsStore) -> None:
        """Let the actions do their work."""
        for choice, action in self._formats.items():
            action.setChecked(choice == settings.value.drag_format)
            connect(action, partial(settings.update, drag_format=choice))

    def fill_menu(self, menu: QMenu) -> None:
        """Add all as a menu of their own."""
        menu.addMenu(tr("Drag o&ut as")).addActions(list(self._formats.values()))
