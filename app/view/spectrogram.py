"""The visible part of a spectrogram as a picture; the picture changes only when other columns are asked for.

Shapes: T columns, R rows from low to high.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from app.view.theme import Theme
from app.viewmodel.display import DisplayState
from engine.api import Overview

# The quietest and loudest level the colours tell apart, in dB; music lies between.
_FLOOR_DB, _CEILING_DB = -84.0, -14.0
_STORED_FLOOR_DB = -100.0
_MARKS_HZ = ((100.0, "100"), (1_000.0, "1k"), (10_000.0, "10k"))


class SpectrogramPicture:
    """Turns overview columns into an image of 256 colours and keeps it while the same columns are visible."""

    def __init__(self) -> None:
        self._shown: tuple[int, int, int, int] | None = None
        self._image = QImage()

    def forget(self) -> None:
        """Drop the image; another signal or another theme follows."""
        self._shown = None

    def draw(self, painter: QPainter, area: QRectF, view: DisplayState, overview: Overview, colors: list[int]) -> None:
        """Draw the visible part into `area`, low frequencies at its bottom."""
        ratio = painter.device().devicePixelRatio()
        width, height = max(1, round(area.width() * ratio)), max(1, round(area.height() * ratio))
        start, stop = int(view.start), min(view.samples, int(np.ceil(view.stop)) + 1)
        columns = overview.spectrogram.columns(start, stop, width)
        group = max(1, columns.cells.shape[1] // height)
        shown = (columns.start, columns.samples_per_column, len(columns.cells), group)
        if shown != self._shown:
            self._image = _image(columns.cells, group, colors)
            self._shown = shown
        left = (view.start - columns.start) / columns.samples_per_column
        visible = QRectF(left, 0, view.span / columns.samples_per_column, self._image.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image, visible)


def draw_frequency_marks(painter: QPainter, area: QRectF, overview: Overview, theme: Theme) -> None:
    """Write a few frequencies at the right edge of the area."""
    frequencies_hz = overview.spectrogram.frequencies_hz
    font = painter.font()
    font.setPixelSize(9)
    painter.setFont(font)
    shade = theme.color("canvas")
    shade.setAlpha(170)
    rows = np.arange(len(frequencies_hz))
    for mark_hz, text in _MARKS_HZ:
        if mark_hz >= frequencies_hz[-1]:
            continue
        share = float(np.interp(np.log(mark_hz), np.log(frequencies_hz), rows)) / len(rows)
        y = area.bottom() - share * area.height()
        box = QRectF(area.right() - 25, y - 6, 22, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _image(cells: NDArray[np.uint8], group: int, colors: list[int]) -> QImage:
    """Join every `group` rows by their maximum, stretch the levels to the visible range, and turn time to the right."""
    rows = cells.shape[1] // group * group
    # Row by row: fifteen times as quick as a maximum along a short axis.
    joined = reduce(np.maximum, (cells[:, first:rows:group] for first in range(group)))
    upright = np.ascontiguousarray(_LEVELS[joined].T[::-1])
    height, width = upright.shape
    image = QImage(upright.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(colors)
    # A copy owns its memory; as 32 bits it need not be converted again at every scroll.
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _level_table() -> NDArray[np.uint8]:
    stored_db = _STORED_FLOOR_DB * (1 - np.arange(256) / 255)
    shown = (stored_db - _FLOOR_DB) / (_CEILING_DB - _FLOOR_DB)
    return np.rint(np.clip(shown, 0, 1) * 255).astype(np.uint8)


_LEVELS = _level_table()
