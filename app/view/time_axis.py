"""What every widget with time from left to right has in common: playhead, loop, click to seek, zoom and pan."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.view.theme import Theme
from app.viewmodel.display import DisplayState, format_time
from app.words import tr
from engine.api import Spans

Loop = tuple[int, int]

_WHEEL_STEP = 120.0
_ZOOM_PER_STEP = 0.75
_PAN_PER_STEP = 0.15
_HEIGHT_PER_STEP = 1.15
_LEAST_BAND_PX = 4
_LOOP_ALPHA, _IDLE_LOOP_ALPHA, _BAND_ALPHA, _HATCH_ALPHA = 26, 14, 60, 110


class TimeAxis(QWidget):
    """Keeps its content as a picture, so that a moving playhead costs two thin strips and no drawing."""

    seek_wanted = Signal(int)
    zoom_wanted = Signal(float, float)  # sample that stays in place, factor of the visible length
    pan_wanted = Signal(float)  # share of the visible length
    part_wanted = Signal(float, float)  # first and last sample that shall be visible
    height_wanted = Signal(float)  # factor of the lanes' height

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.view = DisplayState()
        self._playhead = 0
        self._loop: Loop | None = None
        self._looping = False
        self._missing: Spans = ()
        self._band: tuple[float, float] | None = None
        self._picture: QPixmap | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.redraw)

    def present(self, view: DisplayState) -> None:
        """Show this part of the song."""
        self.view = view
        self.redraw()

    def present_playhead(self, sample: int) -> None:
        """Move the playhead."""
        if sample == self._playhead:
            return
        for place in (self._playhead, sample):
            self.update(QRect(int(self.x_of(place)) - 2, 0, 5, self.height()))
        rate = self.view.sample_rate
        if sample // rate != self._playhead // rate:  # a screen reader need not hear of every frame
            self.setAccessibleDescription(tr("playhead at {time}").format(time=format_time(sample / rate, 0)))
        self._playhead = sample

    def present_loop(self, loop: Loop | None, *, looping: bool) -> None:
        """Shade the loop, faintly while it is off."""
        if (loop, looping) != (self._loop, self._looping):
            self._loop, self._looping = loop, looping
            self.update()

    def present_missing(self, spans: Spans) -> None:
        """Hatch what is still to come."""
        if spans != self._missing:
            self._missing = spans
            self.update()

    @property
    def complete(self) -> bool:
        """Whether nothing is still to come."""
        return not self._missing

    def redraw(self) -> None:
        """Draw the content anew."""
        self._picture = None
        self.update()

    def x_of(self, sample: float) -> float:
        """Where a sample stands, kept near the widget so that far-away values stay small."""
        return min(max(self.view.share_of(sample), -1.0), 2.0) * self.width()

    def sample_at(self, place: QPointF) -> float:
        """The sample at a place, also beside the widget, but within the song."""
        sample = self.view.sample_at(place.x() / self.width())
        return min(max(sample, 0.0), float(self.view.samples))

    def draw_content(self, painter: QPainter) -> None:
        """Draw everything but the playhead; painted once per view, size and theme."""
        raise NotImplementedError

    def draw_loop(self, painter: QPainter, area: QRectF) -> None:
        """Shade the part that is played again and again."""
        color = self.theme.color("accent")
        for edge in (area.left(), area.right() - 1):
            painter.fillRect(QRectF(edge, 0, 1, self.height()), color)
        color.setAlpha(_LOOP_ALPHA if self._looping else _IDLE_LOOP_ALPHA)
        painter.fillRect(area, color)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the picture and draw loop, selection and playhead over it."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            inner = QPainter(self._picture)
            inner.fillRect(self.rect(), self.theme.color("canvas"))
            self.draw_content(inner)
            inner.end()
        painter = QPainter(self)
        area = event.rect()
        source = QRectF(area.x() * ratio, area.y() * ratio, area.width() * ratio, area.height() * ratio)
        painter.drawPixmap(QRectF(area), self._picture, source)
        ink = self.theme.color("faint")
        ink.setAlpha(_HATCH_ALPHA)
        hatch = QBrush(ink, Qt.BrushStyle.BDiagPattern)
        for span in self._missing:
            painter.fillRect(self._area_of(*span), hatch)
        if self._loop is not None:
            self.draw_loop(painter, self._area_of(*self._loop))
        if self._band is not None:
            color = self.theme.color("text")
            color.setAlpha(_BAND_ALPHA)
            painter.fillRect(self._area_of(*sorted(self._band)), color)
        if self.view.samples and 0.0 <= self.view.share_of(self._playhead) <= 1.0:
            x = min(int(self.x_of(self._playhead)), self.width() - 1)
            painter.fillRect(x, 0, 1, self.height(), self.theme.color("playhead"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew for the new size."""
        super().resizeEvent(event)
        self._picture = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek to where the pointer is; with Alt, begin to select what shall be visible."""
        if event.button() != Qt.MouseButton.LeftButton or not self.view.samples:
            return
        sample = self.sample_at(event.position())
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._band = (sample, sample)
        else:
            self.seek_wanted.emit(round(sample))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select on."""
        if self._band is not None:
            self._band = (self._band[0], self.sample_at(event.position()))
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Zoom to what was selected; a mere click does nothing."""
        del event
        if self._band is None:
            return
        start, stop = sorted(self._band)
        self._band = None
        self.update()
        if self.x_of(stop) - self.x_of(start) >= _LEAST_BAND_PX:
            self.part_wanted.emit(start, stop)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms at the pointer, with Alt the lanes' height; Shift or a sideways wheel pans; else lanes scroll."""
        across, along = event.angleDelta().x(), event.angleDelta().y()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier and (along or across):
            steps = (along or across) / _WHEEL_STEP  # with Alt, Qt turns the wheel sideways
            if modifiers & Qt.KeyboardModifier.AltModifier:
                self.height_wanted.emit(_HEIGHT_PER_STEP**steps)
            else:
                self.zoom_wanted.emit(self.sample_at(event.position()), _ZOOM_PER_STEP**steps)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or across:
            self.pan_wanted.emit(-(across or along) / _WHEEL_STEP * _PAN_PER_STEP)
        else:
            event.ignore()
            return
        event.accept()

    def _area_of(self, start: float, stop: float) -> QRectF:
        left, right = self.x_of(start), self.x_of(stop)
        return QRectF(left, 0, max(1.0, right - left), self.height())
