"""Who gets a key: what has the focus, also where Enter means nothing to Qt or an arrow key is a shortcut elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QDialog

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FocusKeys(QObject):
    """Watches the application's key presses: Enter presses a button, and plain arrow keys change a field.

    Letters and Space are what they are elsewhere also in a field for a number. Dialogs keep their own default button.
    """

    def __init__(self, application: QApplication, window: QObject) -> None:
        super().__init__(window)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Click a focused button of the main window; let a focused field have its arrow keys."""
        if isinstance(watched, QAbstractSpinBox | QComboBox) and claims(event, Qt.Key.Key_Up, Qt.Key.Key_Down):
            return True
        if isinstance(watched, QAbstractSpinBox):
            return _leaves(event)
        if event.type() != QEvent.Type.KeyPress or not isinstance(watched, QAbstractButton):
            return False
        if not isinstance(event, QKeyEvent) or event.key() not in _ENTER or isinstance(watched.window(), QDialog):
            return False
        watched.click()
        return True


def claims(event: QEvent, *keys: Qt.Key, finely: bool = False) -> bool:
    """Whether this asks for one of these keys before a shortcut gets it; then it is claimed for the widget.

    To be returned from `QWidget.event` where true; else the event goes its usual way. Keys with Ctrl or Alt are left
    alone, and those with Shift where it does not mean to do it `finely`.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent) or event.key() not in keys:
        return False
    ours = Qt.KeyboardModifier.KeypadModifier
    if finely:
        ours |= Qt.KeyboardModifier.ShiftModifier
    if event.modifiers() & ~ours:
        return False
    event.accept()
    return True


def _leaves(event: QEvent) -> bool:
    """Whether this asks a field for a number for a key that is in none; then it is left to the shortcut, if any."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.text() != " " and not event.text().isalpha():
        return False
    event.ignore()
    return True
