"""One picture of a lane: a signal's waveform above its spectrogram, or the level difference of two stages."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from app.view.colors import difference_colors, level_colors, stored_colors
from app.view.range_bars import RangeBars
from app.view.spectrogram import SpectrogramPicture, draw_frequency_marks, overview_axis
from app.view.theme import Theme
from app.view.time_axis import TimeAxis
from app.view.waveform import waveform_image
from app.viewmodel.display import Drawable
from app.viewmodel.pictures import Shown
from app.viewmodel.readout import Point, ranges_text
from app.words import tr

_DIMMED_OPACITY = 0.4
_GRIP_PX = 4
CAPTION_ALPHA = 225  # of what is behind a caption, which can so be read on every wave
_NOTHING = Shown("", "", None)


class LaneCanvas(TimeAxis):
    """Draws one picture of one lane; dimmed when it is not heard."""

    hovered = Signal(bool)  # whether the pointer is here; again whenever it moves
    wave_share_wanted = Signal(float)  # of the height, for the waveform

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._shown = _NOTHING
        self._color = QColor()
        self._colors: list[int] = []
        self._colored_for: tuple[object, ...] = ()
        self._dimmed = False
        self._dragging = False
        self._pointer: QPointF | None = None
        self._spectrogram = SpectrogramPicture()
        self.ranges = RangeBars(self)
        self.setAccessibleName(tr("Picture"))
        self.setMinimumSize(60, 60)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def shown(self) -> Shown:
        """What the picture is of."""
        return self._shown

    @property
    def point(self) -> Point | None:
        """What is under the pointer now; None when it is elsewhere."""
        place = self._pointer
        if place is None:
            return None
        _wave, below = self._areas()
        span = self.view.span / self.width()
        drawable = self._shown.drawable
        if drawable is None or place.y() < below.top() or below.isEmpty():
            return Point(self.sample_at(place), None, span)
        share = min(max((below.bottom() - place.y()) / below.height(), 0.0), 1.0)
        axis = overview_axis(drawable.overview, self.view.look)
        # At the foot of a linear axis there is no stored row, and 0 Hz is no note.
        return Point(self.sample_at(place), max(axis.hz_at(share), axis.low_hz), span)

    def present_picture(self, shown: Shown, color: QColor) -> None:
        """Show this picture; does nothing if it is on show already."""
        if shown == self._shown and color == self._color:
            return
        kind = shown.note or (tr("level difference") if shown.is_difference else tr("waveform and spectrogram"))
        ranges = ranges_text(shown, self.view)
        self.setAccessibleName(f"{shown.title}: {kind}" + (f"; {ranges}" if ranges else ""))
        self.ranges.present(shown.comp, shown.gaps, shown.sides)
        if (shown.drawable, shown.minus, color) != (self._shown.drawable, self._shown.minus, self._color):
            self._spectrogram.forget()
        self._shown, self._color = shown, color
        self.redraw()

    def present_dimmed(self, dimmed: bool) -> None:
        """Show whether the signal is heard."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.redraw()

    def draw_content(self, painter: QPainter) -> None:
        """Draw the visible part of the signal."""
        if not self.view.samples:
            return
        drawable = self._shown.drawable
        wave, below = self._areas()
        if drawable is None or (self._shown.is_difference and self._shown.minus is None):
            self._draw_note(painter, self._shown.note or tr("no picture of this signal"))
        else:
            painter.setOpacity(_DIMMED_OPACITY if self._dimmed else 1.0)
            if not wave.isEmpty():
                self._draw_wave(painter, wave, drawable)
            if not below.isEmpty():
                self._draw_spectrogram(painter, below, drawable)
            painter.setOpacity(1.0)
            if not below.isEmpty():
                axis = overview_axis(drawable.overview, self.view.look)
                draw_frequency_marks(painter, below, axis, self.theme)
            if self.complete and drawable.silent and (self._shown.minus is None or self._shown.minus.silent):
                self._draw_note(painter, tr("silent"))
        self.ranges.draw(painter)
        self._draw_caption(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the border of a range, or of that between waveform and spectrogram, or seek."""
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self.ranges.press(event.position()):
            return
        if left and self._on_border(event.position()):
            self._dragging = True
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the border that is held, or say what is under the pointer."""
        if self._dragging:
            self.wave_share_wanted.emit(event.position().y() / self.height())
            return
        super().mouseMoveEvent(event)
        self.ranges.move(event.position())
        if not event.buttons():
            self.setCursor(self._cursor_at(event.position()))
        if self.view.samples:
            self._pointer = event.position()
            self.hovered.emit(True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the border."""
        self._dragging = False
        self.ranges.release()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Remove a range; elsewhere two clicks are two clicks."""
        left = event.button() == Qt.MouseButton.LeftButton
        if not (left and self.ranges.double_click(event.position())):
            super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of a range."""
        event.setAccepted(self.ranges.open_menu(QPointF(event.pos()), event.globalPos()))

    def leaveEvent(self, event: QEvent) -> None:
        """Say that there is nothing under the pointer any more."""
        super().leaveEvent(event)
        self._pointer = None
        self.hovered.emit(False)

    def _areas(self) -> tuple[QRectF, QRectF]:
        """Waveform and spectrogram; one of them may be empty."""
        share = 0.0 if self._shown.is_difference else self.view.look.shown_wave_share
        split = round(self.height() * share)
        below = split + 1 if 0 < split < self.height() else split
        width = self.width()
        return QRectF(0, 0, width, split), QRectF(0, below, width, self.height() - below)

    def _cursor_at(self, place: QPointF) -> Qt.CursorShape:
        if self.ranges.on_border(place):
            return Qt.CursorShape.SizeHorCursor
        return Qt.CursorShape.SplitVCursor if self._on_border(place) else Qt.CursorShape.ArrowCursor

    def _on_border(self, place: QPointF) -> bool:
        wave, below = self._areas()
        return not wave.isEmpty() and not below.isEmpty() and abs(place.y() - wave.bottom()) <= _GRIP_PX

    def _draw_wave(self, painter: QPainter, area: QRectF, drawable: Drawable) -> None:
        middle = int(area.height()) // 2
        painter.setPen(QPen(self.theme.color("grid"), 1))
        painter.drawLine(0, middle, self.width(), middle)
        ratio = painter.device().devicePixelRatio()
        size = (max(1, round(area.width() * ratio)), max(1, round(area.height() * ratio)))
        painter.drawImage(area, waveform_image(drawable, self.view, size, self._color))

    def _draw_spectrogram(self, painter: QPainter, area: QRectF, drawable: Drawable) -> None:
        self._choose_colors()
        overviews = [each.overview for each in (drawable, self._shown.minus) if each is not None]
        self._spectrogram.draw(painter, area, self.view, overviews, self._colors)

    def _choose_colors(self) -> None:
        """Make the colour table anew when look, stem or theme are others."""
        look = self.view.look
        wanted = (self._shown.is_difference, look.colors, look.floor_db, look.ceiling_db, self._color, self.theme.name)
        if wanted == self._colored_for:
            return
        self._colored_for = wanted
        self._spectrogram.forget()
        if self._shown.is_difference:
            self._colors = difference_colors(self.theme)
        else:
            self._colors = stored_colors(level_colors(self.theme, look, self._color), look)

    def _draw_note(self, painter: QPainter, text: str) -> None:
        """Say why there is nothing to see."""
        font = painter.font()
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(self.theme.color("muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)

    def _draw_caption(self, painter: QPainter) -> None:
        """Write the stage into the upper left corner."""
        if not self._shown.caption:
            return
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        metrics = QFontMetricsF(font, painter.device())
        text = metrics.elidedText(self._shown.caption, Qt.TextElideMode.ElideRight, self.width() - 20)
        box = QRectF(4, 3, metrics.horizontalAdvance(text) + 10, 16)
        shade = self.theme.color("canvas")
        shade.setAlpha(CAPTION_ALPHA)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self.theme.color("text" if self._shown.sounding else "muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
