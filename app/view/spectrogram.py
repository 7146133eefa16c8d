"""The visible part of a spectrogram, or of the difference of two, as a picture.

The picture changes only when other columns are asked for.

Shapes: T columns, R stored rows from low to high, H rows of the picture from top to bottom.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from app.view.theme import Theme
from app.viewmodel.display import DisplayState
from app.viewmodel.frequency import FrequencyAxis, frequency_axis
from app.viewmodel.look import Look
from app.viewmodel.pictures import DIFFERENCE_RANGE_DB
from engine.api import Overview

_CELL_DB = 100 / 255
_MARK_PX = 26


class SpectrogramPicture:
    """Turns overview columns into an image of 256 colours and keeps it while the same columns are visible."""

    def __init__(self) -> None:
        self._shown: tuple[object, ...] = ()
        self._image = QImage()

    def forget(self) -> None:
        """Drop the image; another signal or other colours follow."""
        self._shown = ()

    def draw(
        self, painter: QPainter, area: QRectF, view: DisplayState, overviews: Sequence[Overview], colors: list[int]
    ) -> None:
        """Draw the visible part into `area`, low frequencies at its bottom.

        Args:
            painter: Of the canvas.
            area: Where to draw.
            view: The visible part, not empty.
            overviews: One for its levels; two for the levels of the first minus those of the second.
            colors: For each stored byte, or for each difference.
        """
        ratio = painter.device().devicePixelRatio()
        width, height = max(1, round(area.width() * ratio)), max(1, round(area.height() * ratio))
        start, stop = int(view.start), min(view.samples, int(np.ceil(view.stop)) + 1)
        columns = [overview.spectrogram.columns(start, stop, width) for overview in overviews]
        first = columns[0]
        axis = overview_axis(overviews[0], view.look)
        shown = (first.start, first.samples_per_column, len(first.cells), axis.picture_rows(height), axis)
        if shown != self._shown:
            rows = [picture_rows(each.cells, axis, axis.picture_rows(height)) for each in columns]
            self._image = _image(rows[0] if len(rows) == 1 else differences(rows[0], rows[1], view.look), colors)
            self._shown = shown
        left = (view.start - first.start) / first.samples_per_column
        visible = QRectF(left, 0, view.span / first.samples_per_column, self._image.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image, visible)


def overview_axis(overview: Overview, look: Look) -> FrequencyAxis:
    """The frequency axis of a signal's picture."""
    return frequency_axis(look.axis, overview.spectrogram.frequencies_hz)


def draw_frequency_marks(painter: QPainter, area: QRectF, axis: FrequencyAxis, theme: Theme) -> None:
    """Write a few frequencies at the right edge of the area."""
    font = painter.font()
    font.setPixelSize(9)
    painter.setFont(font)
    shade = theme.color("canvas")
    shade.setAlpha(170)
    for mark_hz, text in axis.marks(int(area.height() / _MARK_PX)):
        y = area.bottom() - axis.share_of(mark_hz) * area.height()
        box = QRectF(area.right() - 25, y - 6, 22, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def picture_rows(cells: NDArray[np.uint8], axis: FrequencyAxis, height: int) -> NDArray[np.uint8]:
    """Stored levels (T, R) as picture rows (H, T): the loudest of the stored rows that fall into each."""
    group, left_over = divmod(axis.rows, height)
    if axis.kind == "log" and not left_over:
        joined = reduce(np.maximum, (cells[:, first::group] for first in range(group)))
        return np.ascontiguousarray(joined.T[::-1])
    upright = np.ascontiguousarray(cells.T)  # so that each row is one piece of memory: four times as quick
    made = np.empty((height, len(cells)), np.uint8)
    for row, first, stop in zip(made, *axis.row_ranges(height), strict=True):
        np.maximum.reduce(upright[first:stop], axis=0, out=row)
    return made


def differences(second: NDArray[np.uint8], first: NDArray[np.uint8], look: Look) -> NDArray[np.uint8]:
    """Level differences as bytes: 128 is none, 1 is -24 dB and less, 255 is +24 dB and more.

    Levels count from the floor of the look, so where both are below it there is no difference.
    """
    floor = round(255 + look.floor_db / _CELL_DB)
    table = np.rint(np.arange(-255, 256) * (_CELL_DB * 127 / DIFFERENCE_RANGE_DB))
    table = (np.clip(table, -127, 127) + 128).astype(np.uint8)
    steps = np.maximum(second, floor).astype(np.int16) - np.maximum(first, floor)
    return table[steps + 255]


def _image(rows: NDArray[np.uint8], colors: list[int]) -> QImage:
    height, width = rows.shape
    image = QImage(rows.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(colors)
    # A copy owns its memory; as 32 bits it need not be converted again at every scroll.
    return image.convertToFormat(QImage.Format.Format_RGB32)
