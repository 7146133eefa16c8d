"""A waveform as a picture of coverage: how much of each pixel lies between the lowest and the highest sample.

Shapes: N samples of the song, W x H pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from app.viewmodel.display import DisplayState, Drawable
from engine.api import PeakColumns, exact_columns

# Below this many samples per pixel the stored columns are too coarse and the signal itself is read.
_STORED_SAMPLES_PER_PIXEL = 64.0
_HALF_LINE_PX = 0.6


def waveform_image(drawable: Drawable, view: DisplayState, size: tuple[int, int], color: QColor) -> QImage:
    """Draw the visible part with a transparent background.

    Args:
        drawable: The signal; its samples are read only at close zoom.
        view: The visible part, not empty.
        size: (W, H) in device pixels.
        color: Of the wave.
    """
    width, height = size
    start, stop = int(view.start), min(view.samples, int(np.ceil(view.stop)) + 1)
    if view.span / width >= _STORED_SAMPLES_PER_PIXEL:
        columns = drawable.overview.peaks.columns(start, stop, width)
    else:
        columns = exact_columns(drawable.signal, start, stop, width)
    lows, highs = pixel_extremes(columns, view, width)
    return _coverage_image(lows * drawable.zoom, highs * drawable.zoom, height, color)


def pixel_extremes(
    columns: PeakColumns, view: DisplayState, width: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lowest and highest sample under each of W pixels; at the closest zoom, of the line that joins the samples."""
    edges = view.start + np.arange(width + 1) * (view.span / width)
    places = (edges - columns.start) / columns.samples_per_column
    last = len(columns.lows) - 1
    if view.span / width < columns.samples_per_column:
        numbers = np.arange(last + 1)
        corner = np.ceil(places[:-1])  # of the line, at the pixel's left edge or where a sample lies within it
        points = np.stack((places[:-1], np.where(corner < places[1:], corner, places[:-1]), places[1:]))
        low, high = (np.interp(points, numbers, values) for values in (columns.lows, columns.highs))
        return low.min(axis=0).astype(np.float32), high.max(axis=0).astype(np.float32)
    first = np.clip(np.floor(places[:-1]).astype(np.intp), 0, last)
    stop = np.clip(np.ceil(places[1:]).astype(np.intp), first + 1, last + 1)
    pairs = np.stack((first, stop), axis=1).ravel()
    pairs = pairs[:-1] if pairs[-1] > last else pairs
    return np.minimum.reduceat(columns.lows, pairs)[::2], np.maximum.reduceat(columns.highs, pairs)[::2]


def _coverage_image(lows: NDArray[np.float32], highs: NDArray[np.float32], height: int, color: QColor) -> QImage:
    middle = height / 2
    top = middle * (1 - np.clip(highs, -1, 1)) - _HALF_LINE_PX
    bottom = middle * (1 - np.clip(lows, -1, 1)) + _HALF_LINE_PX
    rows = np.arange(height, dtype=np.float32)[:, None]
    cover = np.minimum(bottom, rows + 1) - np.maximum(top, rows)  # (H, W)
    pixels = _shades(color)[(np.clip(cover, 0, 1) * np.float32(255)).astype(np.uint8)]
    image = QImage(pixels.data, len(lows), height, 4 * len(lows), QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()  # the array's memory ends with this call


def _shades(color: QColor) -> NDArray[np.uint32]:
    """The colour at each of 256 opacities, premultiplied: it fades with its alpha."""
    alpha = np.arange(256, dtype=np.uint32)
    red, green, blue = color.red(), color.green(), color.blue()
    shades = (alpha << 24) | (alpha * red // 255 << 16) | (alpha * green // 255 << 8) | (alpha * blue // 255)
    return shades.astype(np.uint32)
