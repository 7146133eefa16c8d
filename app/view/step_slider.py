"""What the mixer's own sliders have in common: arrow keys and the wheel step, with Shift finely."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QSlider

from app.view.keyboard import claims
from app.view.widgets import silently

_UP = (Qt.Key.Key_Right, Qt.Key.Key_Up)
_DOWN = (Qt.Key.Key_Left, Qt.Key.Key_Down)
_NOTCH = 120  # of a wheel; Source: Qt's documentation of QWheelEvent


class StepSlider(QSlider):
    """A horizontal slider that draws itself. Its integer value serves screen readers, which can set it, too."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._turned = 0
        self.valueChanged.connect(self.take)

    def take(self, value: int) -> None:
        """Ask for what an integer value stands for, which a screen reader or Page Up and Page Down have set."""
        raise NotImplementedError

    def tell(self, value: int) -> None:
        """Let screen readers know of a value that is on show."""
        with silently(self):
            self.setValue(value)

    def step(self, direction: int, *, fine: bool) -> None:
        """Ask for a value one step up (1) or down (-1)."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """Claim the arrow keys while the slider has the focus; elsewhere they move the playhead."""
        return claims(event, *_UP, *_DOWN, finely=True) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrow keys."""
        if event.key() in (*_UP, *_DOWN):
            self.step(1 if event.key() in _UP else -1, fine=_is_fine(event))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step with the wheel; with Ctrl it zooms the lanes instead."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        # A touch pad turns by parts of a notch.
        self._turned += event.angleDelta().y() or event.angleDelta().x()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        for _notch in range(abs(notches)):
            self.step(1 if notches > 0 else -1, fine=_is_fine(event))
        event.accept()


def _is_fine(event: QKeyEvent | QWheelEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
