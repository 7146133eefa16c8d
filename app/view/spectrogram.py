"""The visible part of a spectrogram, or of the difference of two, as a picture.

The picture changes only when other columns are asked for.

Shapes: T columns, R stored rows from low to high, H rows of the picture from top to bottom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
_MOST_STEPS = round(DIFFERENCE_RANGE_DB / _CELL_DB) + 1
_STEP_128THS = round(128 * 127 * _CELL_DB / DIFFERENCE_RANGE_DB)
_MARK_PX = 26


@dataclass(frozen=True)
class _Part:
    """What a picture was made from.

    Attributes:
        first: The number of its first column.
        samples_per_column: How many samples one column spans.
        axis: Of the picture.
        floor_db: Below which levels do not differ.
        rows: Levels or differences (H, T).
    """

    first: int
    samples_per_column: int
    axis: FrequencyAxis
    floor_db: float
    rows: NDArray[np.uint8]

    def in_step_with(self, other: _Part) -> bool:
        """Whether columns of the one can stand in the other."""
        mine = (self.samples_per_column, self.axis, self.floor_db, len(self.rows))
        return mine == (other.samples_per_column, other.axis, other.floor_db, len(other.rows))


class SpectrogramPicture:
    """Turns overview columns into an image of 256 colours; columns that stay in sight are not worked out again."""

    def __init__(self) -> None:
        self._part: _Part | None = None
        self._image = QImage()

    def forget(self) -> None:
        """Drop the image; another signal or other colours follow."""
        self._part = None

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
        size = columns[0].samples_per_column
        axis = overview_axis(overviews[0], view.look)
        rows = np.empty((axis.picture_rows(height), len(columns[0].cells)), np.uint8)
        part = _Part(columns[0].start // size, size, axis, view.look.floor_db, rows)
        if self._renew(part, [each.cells for each in columns], view.look):
            self._image = _image(rows, colors)
            self._part = part
        left = view.start / size - part.first
        visible = QRectF(left, 0, view.span / size, len(rows))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image, visible)

    def _renew(self, part: _Part, cells: Sequence[NDArray[np.uint8]], look: Look) -> bool:
        """Fill the rows of a part from the picture on show and from its columns; False if it is the one on show."""
        count, kept = part.rows.shape[1], self._part
        start = stop = 0
        if kept is not None and kept.in_step_with(part):
            ahead = part.first - kept.first
            if not ahead and kept.rows.shape[1] == count:
                return False
            start, stop = (min(max(place - ahead, 0), count) for place in (0, kept.rows.shape[1]))
            part.rows[:, start:stop] = kept.rows[:, start + ahead : stop + ahead]
        for first, last in ((0, start), (stop, count)):
            if first < last:
                made = [picture_rows(each[first:last], part.axis, len(part.rows)) for each in cells]
                part.rows[:, first:last] = made[0] if len(made) == 1 else differences(made[0], made[1], look)
        return True


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
    steps = np.maximum(second, floor).astype(np.int16)
    steps -= np.maximum(first, floor)
    np.clip(steps, -_MOST_STEPS, _MOST_STEPS, out=steps)
    # In place and in 16 bits: this is a third of the time of a frame that shows another part of six lanes.
    steps *= _STEP_128THS
    steps += 64
    steps >>= 7
    np.clip(steps, -127, 127, out=steps)
    steps += 128
    return steps.astype(np.uint8)


def _image(rows: NDArray[np.uint8], colors: list[int]) -> QImage:
    height, width = rows.shape
    image = QImage(rows.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(colors)
    # A copy owns its memory; as 32 bits it need not be converted again at every scroll.
    return image.convertToFormat(QImage.Format.Format_RGB32)
