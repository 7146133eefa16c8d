"""The time ruler above the lanes."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPen

from app.view.theme import Theme
from app.view.time_axis import TimeAxis
from app.view.widgets import tabular
from app.viewmodel.display import format_time, tick_seconds

_LABEL_PX = 78
_MINOR = 5


class Ruler(TimeAxis):
    """Marks and times; press or drag to seek."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setFixedHeight(24)
        self.setFont(tabular(self.font()))
        self.setAccessibleName("Time ruler")
        self.setToolTip("Click or drag to move the playhead\nCtrl+wheel zooms, Shift+wheel moves, Ctrl+0 shows all")

    def draw_content(self, painter: QPainter) -> None:
        """Draw the marks of the visible part."""
        view, height = self.view, self.height()
        painter.fillRect(self.rect(), self.theme.color("window"))
        if not view.samples:
            return
        rate = view.sample_rate
        step = tick_seconds(view.span / rate, self.width() // _LABEL_PX)
        decimals = max(0, math.ceil(-math.log10(step) - 1e-9)) if step < 1 else 0
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        for number in range(math.floor(view.start / rate / step), math.ceil(view.stop / rate / step) + 1):
            x = self.x_of(number * step * rate)
            painter.setPen(QPen(self.theme.color("faint"), 1))
            painter.drawLine(int(x), height - 9, int(x), height)
            for part in range(1, _MINOR):
                minor = int(self.x_of((number + part / _MINOR) * step * rate))
                painter.drawLine(minor, height - 4, minor, height)
            text = format_time(number * step, decimals)
            if x + 4 + painter.fontMetrics().horizontalAdvance(text) <= self.width():
                painter.setPen(self.theme.color("muted"))
                painter.drawText(QRectF(x + 4, 0, _LABEL_PX, height - 5), Qt.AlignmentFlag.AlignVCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Seek along with the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton and self.view.samples:
            self.seek_wanted.emit(round(self.view.sample_at(event.position().x() / self.width())))
