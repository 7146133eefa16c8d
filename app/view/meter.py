"""A stereo level meter: mean and peak, peak hold, and a clip light that stays on until it is clicked."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.view.theme import Theme
from app.viewmodel.metering import METER_FLOOR_DB, METER_TOP_DB, MeterState
from app.words import tr
from engine.api import Level

_HIGH_DB = -6.0
_LIGHT_PX = 9
_PEAK_ALPHA = 120
_LONGEST_STEP_SECONDS = 0.2  # after a pause the peak need not fall for all of it


class Meter(QWidget):
    """Mean level solid, peak lighter, held peak as a mark, the clip light at the right end."""

    def __init__(self, theme: Theme, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._theme = theme
        self._clock = clock
        self._color = QColor()
        self._state = MeterState()
        self._at_seconds = clock()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(9)
        self.setToolTip(
            tr("Level in dB full scale: mean solid, peak lighter\nThe light at the end: clipped (Shift+C puts it out)")
        )
        theme.changed.connect(self.update)

    @property
    def words(self) -> str:
        """The highest peak, for those who do not see it."""
        return self._state.words

    def set_color(self, color: QColor) -> None:
        """The stem's colour."""
        self._color = color
        self.update()

    def present(self, level: Level | None) -> None:
        """Show what was just heard; None when nothing plays."""
        now = self._clock()
        seconds = min(now - self._at_seconds, _LONGEST_STEP_SECONDS)
        self._at_seconds = now
        self._show(self._state.stopped() if level is None else self._state.after(level, seconds))

    def put_out(self) -> None:
        """Put the clip light out."""
        self._show(self._state.put_out())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the clip light out."""
        del event
        self.put_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw two bars; above -6 dB and above full scale they change colour."""
        del event
        painter = QPainter(self)
        height = (self.height() - 1) / 2
        peaks = zip(self._state.mean_db, self._state.peak_db, self._state.held_db, strict=True)
        for line, (mean_db, peak_db, held_db) in enumerate(peaks):
            bar = QRectF(0, line * (height + 1), self._travel(), height)
            painter.fillRect(bar, self._theme.color("line"))
            self._draw_bar(painter, bar, peak_db, _PEAK_ALPHA)
            self._draw_bar(painter, bar, mean_db, 255)
            if held_db > METER_FLOOR_DB:
                painter.fillRect(QRectF(self._x_of(held_db) - 1, bar.top(), 2, height), self._color_at(held_db))
        painter.fillRect(QRectF(self._x_of(0.0), 0, 1, self.height()), self._theme.color("muted"))
        light = QRectF(self.width() - _LIGHT_PX, 0, _LIGHT_PX, self.height())
        painter.fillRect(light, self._theme.color("meter_over" if self._state.clipped else "line"))

    def _show(self, state: MeterState) -> None:
        if state.clipped != self._state.clipped:
            self.setAccessibleDescription(tr("clipped") if state.clipped else "")
        if state != self._state:
            self._state = state
            self.update()

    def _draw_bar(self, painter: QPainter, bar: QRectF, level_db: float, alpha: int) -> None:
        for low_db, high_db in ((METER_FLOOR_DB, _HIGH_DB), (_HIGH_DB, 0.0), (0.0, METER_TOP_DB)):
            if level_db > low_db:
                left, right = self._x_of(low_db), self._x_of(min(level_db, high_db))
                color = self._color_at(high_db)
                color.setAlpha(alpha)
                painter.fillRect(QRectF(left, bar.top(), right - left, bar.height()), color)

    def _color_at(self, level_db: float) -> QColor:
        if level_db > 0.0:
            return self._theme.color("meter_over")
        return self._theme.color("meter_high") if level_db > _HIGH_DB else QColor(self._color)

    def _travel(self) -> float:
        return self.width() - _LIGHT_PX - 2

    def _x_of(self, value_db: float) -> float:
        share = (min(value_db, METER_TOP_DB) - METER_FLOOR_DB) / (METER_TOP_DB - METER_FLOOR_DB)
        return share * self._travel()
