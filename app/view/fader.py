"""A fader in dB, drawn by ourselves so that it follows the stem's colour."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from app.view.step_slider import StepSlider
from app.view.theme import Theme
from app.viewmodel.strips import FADER_MAX_DB, FADER_MIN_DB, FADER_UNITY, db_to_fader, fader_to_db, format_db

_HANDLE = 7.0
_STEP_DB, _FINE_STEP_DB = 1.0, 0.1


class Fader(StepSlider):
    """Its integer value is the level in tenths of a dB, which is also what a screen reader says."""

    gain_wanted = Signal(float)  # dB, -inf for silence

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._color = QColor()
        self._gain_db = 0.0
        self._grabbed: tuple[float, float] | None = None
        self.setRange(round(FADER_MIN_DB * 10), round(FADER_MAX_DB * 10))
        self.setMinimumWidth(70)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def present(self, gain_db: float, color: QColor) -> None:
        """Show a level."""
        self._gain_db, self._color = gain_db, color
        self.tell(round(max(gain_db, FADER_MIN_DB) * 10))
        self.setAccessibleDescription(format_db(gain_db))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the handle and some travel."""
        return QSize(110, 22)

    def take(self, value: int) -> None:
        """See `StepSlider`."""
        self.gain_wanted.emit(value / 10)

    def step(self, direction: int, *, fine: bool) -> None:
        """See `StepSlider`; from silence it starts at the bottom."""
        start = FADER_MIN_DB if math.isinf(self._gain_db) else self._gain_db
        self.gain_wanted.emit(round(start + direction * (_FINE_STEP_DB if fine else _STEP_DB), 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle, or bring it under the pointer."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        position = db_to_fader(self._gain_db)
        if abs(x - self._x_of(position)) > _HANDLE + 2:
            position = self._position_at(x)
            self.gain_wanted.emit(fader_to_db(position))
        self._grabbed = (x, position)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the handle; with Shift ten times finer."""
        if self._grabbed is None:
            return
        x, position = self._grabbed
        fine = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        position += (event.position().x() - x) / self._travel() * fine
        self._grabbed = (event.position().x(), position)
        self.gain_wanted.emit(fader_to_db(min(1.0, max(0.0, position))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to 0 dB."""
        del event
        self.gain_wanted.emit(0.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw groove, 0 dB mark, travelled part and handle."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, x = self.height() / 2, self._x_of(db_to_fader(self._gain_db))
        left, right = self._x_of(0.0), self._x_of(1.0)
        unity = self._x_of(FADER_UNITY)
        painter.setPen(QPen(self._theme.color("faint"), 1.2))
        painter.drawLine(QPointF(unity, middle - 7), QPointF(unity, middle + 7))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("line"))
        painter.drawRoundedRect(QRectF(left, middle - 2, right - left, 4), 2, 2)
        painter.setBrush(self._color)
        painter.drawRoundedRect(QRectF(left, middle - 2, x - left, 4), 2, 2)
        painter.setBrush(self._theme.color("text"))
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2.5))
        painter.drawEllipse(QPointF(x, middle), _HANDLE - 1, _HANDLE - 1)

    def _travel(self) -> float:
        return max(1.0, self.width() - 2 * _HANDLE)

    def _x_of(self, position: float) -> float:
        return _HANDLE + position * self._travel()

    def _position_at(self, x: float) -> float:
        return min(1.0, max(0.0, (x - _HANDLE) / self._travel()))
