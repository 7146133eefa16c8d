"""What every widget with time from left to right has in common: playhead, click to seek, zoom and pan by wheel."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.view.theme import Theme
from app.viewmodel.display import DisplayState, format_time

_WHEEL_STEP = 120.0
_ZOOM_PER_STEP = 0.75
_PAN_PER_STEP = 0.15


class TimeAxis(QWidget):
    """Keeps its content as a picture, so that a moving playhead costs two thin strips and no drawing."""

    seek_wanted = Signal(int)
    zoom_wanted = Signal(float, float)  # sample that stays in place, factor of the visible length
    pan_wanted = Signal(float)  # share of the visible length

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.view = DisplayState()
        self._playhead = 0
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
            self.setAccessibleDescription(f"playhead at {format_time(sample / rate, 0)}")
        self._playhead = sample

    def redraw(self) -> None:
        """Draw the content anew."""
        self._picture = None
        self.update()

    def x_of(self, sample: float) -> float:
        """Where a sample stands, kept near the widget so that far-away values stay small."""
        return min(max(self.view.share_of(sample), -1.0), 2.0) * self.width()

    def draw_content(self, painter: QPainter) -> None:
        """Draw everything but the playhead; painted once per view, size and theme."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the picture and draw the playhead over it."""
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
        if self.view.samples and 0.0 <= self.view.share_of(self._playhead) <= 1.0:
            x = min(int(self.x_of(self._playhead)), self.width() - 1)
            painter.fillRect(x, 0, 1, self.height(), self.theme.color("playhead"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew for the new size."""
        super().resizeEvent(event)
        self._picture = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek to where the pointer is."""
        if event.button() == Qt.MouseButton.LeftButton and self.view.samples:
            self.seek_wanted.emit(round(self.view.sample_at(event.position().x() / self.width())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms at the pointer, Shift or a sideways wheel pans; a plain wheel scrolls the lanes."""
        across, along = event.angleDelta().x(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and (along or across):
            steps = (along or across) / _WHEEL_STEP
            anchor = self.view.sample_at(event.position().x() / self.width())
            self.zoom_wanted.emit(anchor, _ZOOM_PER_STEP**steps)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or across:
            self.pan_wanted.emit(-(across or along) / _WHEEL_STEP * _PAN_PER_STEP)
        else:
            event.ignore()
            return
        event.accept()
