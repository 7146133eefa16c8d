"""A fader in dB and a level meter, drawn by ourselves so that both follow the stem's colour."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from app.view.theme import Theme
from app.viewmodel.mixer import FADER_MAX_DB, FADER_UNITY, db_to_fader, fader_to_db, format_db
from engine.api import Level

_SILENCE_DB = -90.0
_HANDLE = 7.0
_STEP_DB, _FINE_STEP_DB = 1.0, 0.1
_UP = (Qt.Key.Key_Right, Qt.Key.Key_Up)
_DOWN = (Qt.Key.Key_Left, Qt.Key.Key_Down)

_METER_FLOOR_DB, _METER_TOP_DB, _METER_HIGH_DB = -60.0, 6.0, -6.0
_METER_FALL_DB = 0.6  # per reading, 60 readings a second: falls from full scale to silence in under two seconds


class Fader(QSlider):
    """Its integer value is the level in tenths of a dB, which is also what a screen reader says."""

    gain_wanted = Signal(float)  # dB, -inf for silence

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._color = QColor()
        self._gain_db = 0.0
        self._grabbed: tuple[float, float] | None = None
        self.setRange(round(_SILENCE_DB * 10), round(FADER_MAX_DB * 10))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(70)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def present(self, gain_db: float, color: QColor) -> None:
        """Show a level."""
        self._gain_db, self._color = gain_db, color
        self.setValue(round(max(gain_db, _SILENCE_DB) * 10))
        self.setAccessibleDescription(format_db(gain_db))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the handle and some travel."""
        return QSize(110, 22)

    def event(self, event: QEvent) -> bool:
        """Claim the arrow keys while the fader has the focus; elsewhere they move the playhead."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return super().event(event)
        event.setAccepted(event.key() in (*_UP, *_DOWN))
        return event.isAccepted()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrow keys."""
        if event.key() in (*_UP, *_DOWN):
            self._step(1 if event.key() in _UP else -1, event.modifiers())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step with the wheel; with Ctrl it zooms the lanes instead."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self._step(1 if delta > 0 else -1, event.modifiers())
        event.accept()

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

    def _step(self, direction: int, modifiers: Qt.KeyboardModifier) -> None:
        step = _FINE_STEP_DB if modifiers & Qt.KeyboardModifier.ShiftModifier else _STEP_DB
        start = _SILENCE_DB if math.isinf(self._gain_db) else self._gain_db
        self.gain_wanted.emit(round(start + direction * step, 1))

    def _travel(self) -> float:
        return max(1.0, self.width() - 2 * _HANDLE)

    def _x_of(self, position: float) -> float:
        return _HANDLE + position * self._travel()

    def _position_at(self, x: float) -> float:
        return min(1.0, max(0.0, (x - _HANDLE) / self._travel()))


class Meter(QWidget):
    """Peak level of left and right, -60..+6 dB full scale, falling slowly."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._color = QColor()
        self._shown_db = (_METER_FLOOR_DB, _METER_FLOOR_DB)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(9)
        theme.changed.connect(self.update)

    def set_color(self, color: QColor) -> None:
        """The stem's colour."""
        self._color = color
        self.update()

    def present(self, level: Level | None) -> None:
        """Show what was just heard; None when nothing plays."""
        if level is None:
            shown = (_METER_FLOOR_DB, _METER_FLOOR_DB)
        else:
            left, right = (
                max(_peak_db(peak), old - _METER_FALL_DB, _METER_FLOOR_DB)
                for peak, old in zip(level.peak, self._shown_db, strict=True)
            )
            shown = (left, right)
        if shown != self._shown_db:
            self._shown_db = shown
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw two bars; above -6 dB and above full scale they change colour and pass a mark."""
        del event
        painter = QPainter(self)
        height = (self.height() - 1) / 2
        for line, shown_db in enumerate(self._shown_db):
            top = line * (height + 1)
            painter.fillRect(QRectF(0, top, self.width(), height), self._theme.color("line"))
            for low_db, high_db, color in (
                (_METER_FLOOR_DB, _METER_HIGH_DB, self._color),
                (_METER_HIGH_DB, 0.0, self._theme.color("meter_high")),
                (0.0, _METER_TOP_DB, self._theme.color("meter_over")),
            ):
                if shown_db > low_db:
                    left, right = self._x_of(low_db), self._x_of(min(shown_db, high_db))
                    painter.fillRect(QRectF(left, top, right - left, height), color)
        painter.fillRect(QRectF(self._x_of(0.0), 0, 1, self.height()), self._theme.color("faint"))

    def _x_of(self, value_db: float) -> float:
        share = (min(value_db, _METER_TOP_DB) - _METER_FLOOR_DB) / (_METER_TOP_DB - _METER_FLOOR_DB)
        return share * self.width()


def _peak_db(peak: float) -> float:
    return 20.0 * math.log10(peak) if peak > 0 else _METER_FLOOR_DB
