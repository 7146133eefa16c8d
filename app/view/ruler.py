"""The time ruler above the lanes, on which the loop is drawn and changed."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QPolygonF

from app.view.theme import Theme
from app.view.time_axis import Loop, TimeAxis
from app.view.widgets import tabular
from app.viewmodel.display import DisplayState, format_ends, format_time, tick_seconds
from app.words import tr

_LABEL_PX = 78
_MINOR = 5
_GRIP_PX = 7
_HANDLE_PX = 6
_DRAG_PX = 4


class Ruler(TimeAxis):
    """Marks and times. A click seeks, a drag makes a loop, and the loop's edges can be dragged."""

    loop_wanted = Signal(int, int)  # first sample, end

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setFixedHeight(24)
        self.setFont(tabular(self.font()))
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Time ruler"))
        self.setToolTip(
            tr(
                "Click to move the playhead, drag to make a loop, drag its edges to change it (I, O, L)\n"
                "Ctrl+wheel zooms, Shift+wheel moves, Alt+drag zooms to a part, Ctrl+0 shows all"
            )
        )
        self._pressed: QPointF | None = None
        self._anchor: float | None = None  # the edge that stays while the other is dragged

    def present_loop(self, loop: Loop | None, *, looping: bool) -> None:
        """Draw the loop with its handles, and say where it is."""
        super().present_loop(loop, looping=looping)
        self.setAccessibleName(_name(self.view, loop, looping=looping))

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

    def draw_loop(self, painter: QPainter, area: QRectF) -> None:
        """Shade the loop and draw a handle at each of its ends."""
        super().draw_loop(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("accent" if self._looping else "faint"))
        for x, inwards in ((area.left(), _HANDLE_PX), (area.right(), -_HANDLE_PX)):
            painter.drawPolygon(QPolygonF([QPointF(x, 0), QPointF(x + inwards, 0), QPointF(x, 1.6 * _HANDLE_PX)]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of an edge of the loop, or wait whether this becomes a click or a drag."""
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt or event.button() != Qt.MouseButton.LeftButton or not self.view.samples:
            super().mousePressEvent(event)
            return
        self._pressed = event.position()
        edge = self._edge_at(event.position())
        if self._loop is not None and edge is not None:
            self._anchor = self._loop[1 - edge]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Stretch the loop from where it began to the pointer."""
        if self._pressed is None:
            super().mouseMoveEvent(event)
            grip = self._edge_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if grip else Qt.CursorShape.ArrowCursor)
            return
        if self._anchor is None and abs(event.position().x() - self._pressed.x()) >= _DRAG_PX:
            self._anchor = self.sample_at(self._pressed)
        if self._anchor is not None:
            start, stop = sorted((round(self._anchor), round(self.sample_at(event.position()))))
            if start < stop:
                self.loop_wanted.emit(start, stop)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Seek, if the pointer did not move."""
        if self._pressed is None:
            super().mouseReleaseEvent(event)
            return
        if self._anchor is None:
            self.seek_wanted.emit(round(self.sample_at(self._pressed)))
        self._pressed = self._anchor = None

    def _edge_at(self, place: QPointF) -> int | None:
        """Which end of the loop is near the pointer: 0, 1 or none."""
        if self._loop is None:
            return None
        distances = [abs(self.x_of(edge) - place.x()) for edge in self._loop]
        nearest = distances.index(min(distances))
        return nearest if distances[nearest] <= _GRIP_PX else None


def _name(view: DisplayState, loop: Loop | None, *, looping: bool) -> str:
    if loop is None:
        return tr("Time ruler")
    start, stop = format_ends(loop, view.sample_rate)
    words = (
        tr("Time ruler, loop from {start} to {stop}, on")
        if looping
        else tr("Time ruler, loop from {start} to {stop}, off")
    )
    return words.format(start=start, stop=stop)
