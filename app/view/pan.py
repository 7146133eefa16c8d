"""A small balance control: left, middle, right."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen

from app.view.step_slider import StepSlider
from app.view.theme import Theme
from app.viewmodel.strips import format_pan, pan_of

_STEP, _FINE_STEP = 0.1, 0.01
_EDGE = 5.0


class PanControl(StepSlider):
    """Its integer value is the pan in hundredths, which is also what a screen reader says."""

    pan_wanted = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._color = QColor()
        self._pan = 0.0
        self.setRange(-100, 100)
        self.setFixedSize(52, 18)
        theme.changed.connect(self.update)

    def present(self, pan: float, color: QColor) -> None:
        """Show a pan."""
        self._pan, self._color = pan, color
        self.tell(round(pan * 100))
        self.setAccessibleDescription(format_pan(pan))
        self.update()

    def take(self, value: int) -> None:
        """See `StepSlider`."""
        self.pan_wanted.emit(value / 100)

    def step(self, direction: int, *, fine: bool) -> None:
        """See `StepSlider`."""
        self.pan_wanted.emit(round(self._pan + direction * (_FINE_STEP if fine else _STEP), 2))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the pointer is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position().x())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the middle."""
        del event
        self.pan_wanted.emit(0.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a line with a mark in the middle and the way from there to the handle."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, x, center = self.height() / 2, self._x_of(self._pan), self._x_of(0.0)
        painter.setPen(QPen(self._theme.color("faint"), 1.2))
        painter.drawLine(QPointF(center, middle - 5), QPointF(center, middle + 5))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("line"))
        painter.drawRoundedRect(QRectF(_EDGE, middle - 1.5, self.width() - 2 * _EDGE, 3), 1.5, 1.5)
        painter.setBrush(self._color)
        painter.drawRect(QRectF(min(x, center), middle - 1.5, abs(x - center), 3))
        painter.setBrush(self._theme.color("text"))
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
        painter.drawEllipse(QPointF(x, middle), 4.0, 4.0)

    def _go_to(self, x: float) -> None:
        self.pan_wanted.emit(pan_of(2 * (x - _EDGE) / (self.width() - 2 * _EDGE) - 1))

    def _x_of(self, pan: float) -> float:
        return _EDGE + (pan + 1) / 2 * (self.width() - 2 * _EDGE)
