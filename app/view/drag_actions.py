"""The actions that choose what files are dragged out as."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu

from app.settings import DragFormat, SettingsStore
from app.view.action_maker import ActionMaker
from app.words import tr


class DragActions:
    """One for each format."""

    def __init__(self, make: ActionMaker, settings: SettingsStore) -> None:
        formats: tuple[tuple[DragFormat, str], ...] = (
            ("wav", tr("&WAV, at once")),
            ("flac", tr("&FLAC, smaller")),
            ("export", tr("As in the &export, MP3 after some seconds")),
        )
        self._formats = [make(text, do=partial(settings.update, drag_format=name)) for name, text in formats]
        make.one_of(self._formats)
        for action, (name, _text) in zip(self._formats, formats, strict=True):
            action.setChecked(name == settings.value.drag_format)

    def fill_menu(self, menu: QMenu) -> None:
        """Add all as a menu of their own."""
        menu.addMenu(tr("Drag o&ut as")).addActions(self._formats)
