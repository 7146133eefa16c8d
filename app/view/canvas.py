"""One signal over time: its waveform above its spectrogram."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from app.view.spectrogram import SpectrogramPicture, draw_frequency_marks
from app.view.theme import Theme
from app.view.time_axis import TimeAxis
from app.view.waveform import waveform_image
from app.viewmodel.display import Drawable

_WAVE_SHARE = 0.42
_DIMMED_OPACITY = 0.4


class LaneCanvas(TimeAxis):
    """Draws one signal of one lane; dimmed when it is not heard."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._drawable: Drawable | None = None
        self._color = QColor()
        self._colors: list[int] = []
        self._dimmed = False
        self._picture_of_spectrogram = SpectrogramPicture()
        self.setMinimumSize(60, 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def present_signal(self, name: str, drawable: Drawable, color: QColor) -> None:
        """Show this signal; does nothing if it is on show already."""
        if drawable is self._drawable and color == self._color:
            return
        self.setAccessibleName(f"{name}: waveform and spectrogram")
        self._drawable, self._color = drawable, color
        self._colors = self.theme.color_table(color)
        self._picture_of_spectrogram.forget()
        self.redraw()

    def present_dimmed(self, dimmed: bool) -> None:
        """Show whether the signal is heard."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.redraw()

    def draw_content(self, painter: QPainter) -> None:
        """Draw the visible part of the signal."""
        if self._drawable is None or not self.view.samples:
            return
        split = round(self.height() * _WAVE_SHARE)
        wave = QRectF(0, 0, self.width(), split)
        below = QRectF(0, split + 1, self.width(), self.height() - split - 1)
        painter.setOpacity(_DIMMED_OPACITY if self._dimmed else 1.0)
        painter.setPen(QPen(self.theme.color("grid"), 1))
        painter.drawLine(0, split // 2, self.width(), split // 2)
        ratio = painter.device().devicePixelRatio()
        size = (max(1, round(wave.width() * ratio)), max(1, round(wave.height() * ratio)))
        image = waveform_image(self._drawable, self.view, size, self._color)
        painter.drawImage(wave, image)
        self._picture_of_spectrogram.draw(painter, below, self.view, self._drawable.overview, self._colors)
        painter.setOpacity(1.0)
        draw_frequency_marks(painter, below, self._drawable.overview, self.theme)
