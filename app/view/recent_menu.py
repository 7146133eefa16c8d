"""File, Open recent: the songs and folders that were added last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.settings import SettingsStore
from app.view.widgets import on, plain_tip
from app.words import tr

_WIDEST_PX = 480  # of a name, which may have 255 letters


class RecentMenu(QMenu):
    """Filled whenever it opens."""

    def __init__(self, settings: SettingsStore, add: Callable[[list[Path]], object], parent: QWidget) -> None:
        """Args: settings: Remember what was added; add: Takes what is chosen; parent: The window."""
        super().__init__(tr("Open &recent"), parent)
        self._settings = settings
        self._add = add
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        self.clear()
        recent = [Path(name) for name in self._settings.value.recent]
        names = [path.name for path in recent]
        for path in recent:
            # The folder tells apart what has the same name.
            shown = path.name if names.count(path.name) == 1 else f"{path.name}  –  {path.parent.name}"
            shown = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideMiddle, _WIDEST_PX)
            action = self.addAction(shown.replace("&", "&&"))
            action.setToolTip(plain_tip(str(path)))
            on(action.triggered, partial(self._add, [path]))
        self.addSeparator()
        clear = self.addAction(tr("&Clear this list"))
        clear.setEnabled(bool(recent))
        on(clear.triggered, partial(self._settings.update, recent=()))
