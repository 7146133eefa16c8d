"""Who gets a key: Enter presses the button that has the focus, and widgets claim keys that are shortcuts elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class EnterPressesButtons(QObject):
    """Watches the application's key presses; dialogs keep their own default button."""

    def __init__(self, application: QApplication, window: QObject) -> None:
        super().__init__(window)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Click a focused button of the main window."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(watched, QAbstractButton):
            return False
        if not isinstance(event, QKeyEvent) or event.key() not in _ENTER or isinstance(watched.window(), QDialog):
            return False
        watched.click()
        return True


def claims(event: QEvent, *keys: Qt.Key) -> bool:
    """Whether this asks for one of these keys before a shortcut gets it; then it is claimed for the widget.

    To be returned from `QWidget.event` where true; else the event goes its usual way.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent) or event.key() not in keys:
        return False
    event.accept()
    return True
