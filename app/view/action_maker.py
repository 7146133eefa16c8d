"""How actions are made: words, keys, what they do, and icons in the colours of the theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from app.view.theme import Theme
from app.view.widgets import on


class ActionMaker(QObject):
    """Makes actions that belong to one object.

    Args:
        theme: Colours the icons.
        parent: Whose actions they are.
    """

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons: dict[QAction, tuple[str, str]] = {}
        theme.changed.connect(self._draw)

    def __call__(
        self,
        text: str,
        *keys: str,
        do: Callable[[], object] | None = None,
        icon: str = "",
        tip: str = "",
        checkable: bool = False,
    ) -> QAction:
        """Make one.

        Args:
            text: Its words, with a mnemonic.
            keys: Any of them triggers it.
            do: What it does; without it, that is for others to connect.
            icon: Name of one of our own.
            tip: One more line for its tooltip.
            checkable: Whether it is on or off.
        """
        action = QAction(text, self.parent())
        shortcuts = [QKeySequence.fromString(key) for key in keys]
        action.setShortcuts(shortcuts)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        plain = text.replace("&", "").rstrip("…")
        names = ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in shortcuts)
        action.setToolTip(plain + (f" ({names})" if names else "") + (f"\n{tip}" if tip else ""))
        action.setCheckable(checkable)
        if icon:
            self.set_icon(action, icon)
        if do is not None:
            on(action.triggered, do)
        return action

    def one_of(self, actions: Iterable[QAction]) -> None:
        """Let one of these be checked at a time."""
        group = QActionGroup(self)
        for action in actions:
            action.setCheckable(True)
            group.addAction(action)

    def set_icon(self, action: QAction, icon: str, color: str = "text") -> None:
        """Give an action one of our own icons, in a colour of the theme."""
        self._icons[action] = (icon, color)
        if self._theme.name:  # else it is drawn as soon as there is one
            action.setIcon(self._theme.icon(icon, color))

    def _draw(self) -> None:
        for action, (icon, color) in self._icons.items():
            action.setIcon(self._theme.icon(icon, color))
