"""The frequency axis of a spectrogram, and how frequencies read.

Stored rows are evenly spaced in pitch; a linear axis is made of them when it is drawn.

Shapes: R stored rows from low to high, H rows of a picture from top to bottom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.words import number_text

AxisKind = Literal["log", "linear"]

_A4_HZ = 440.0
_A4_NUMBER = 69  # in MIDI, where C4 is 60
_NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_LOG_MARKS_HZ = (100.0, 1_000.0, 10_000.0)
_LINEAR_STEPS_HZ = (1_000.0, 2_000.0, 5_000.0, 10_000.0, 20_000.0)


@dataclass(frozen=True)
class FrequencyAxis:
    """Where frequencies stand between the bottom (0) and the top (1) of a picture.

    Attributes:
        kind: `log` gives every octave, `linear` every Hz the same height.
        low_hz: The lower border of the lowest stored row.
        high_hz: The upper border of the highest.
        rows: R.
    """

    kind: AxisKind
    low_hz: float
    high_hz: float
    rows: int

    def hz_at(self, share: float) -> float:
        """The frequency at 0..1 of the height."""
        if self.kind == "linear":
            return share * self.high_hz
        return self.low_hz * (self.high_hz / self.low_hz) ** share

    def share_of(self, hz: float) -> float:
        """Where a frequency stands; below 0 or above 1 when it is not on the axis."""
        if self.kind == "linear":
            return hz / self.high_hz
        return math.log(hz / self.low_hz) / math.log(self.high_hz / self.low_hz)

    def picture_rows(self, height: int) -> int:
        """How many rows a picture of this height in pixels is made of; it is scaled to its height when it is drawn.

        On a logarithmic axis as many stored rows make up each, which is three times as quick to join.
        """
        if self.kind == "linear":
            return min(height, self.rows)
        return next(rows for rows in range(min(height, self.rows), self.rows + 1) if self.rows % rows == 0)

    def row_ranges(self, height: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The first stored row of each picture row and the end of its rows, (H,) each.

        Together they hold every stored row, so that no tone vanishes from a low picture; where picture rows are finer
        than stored ones, neighbours share one.
        """
        shares = np.arange(height + 1) / height
        if self.kind == "linear":
            hz = np.maximum(shares * self.high_hz, self.low_hz)
            edges = np.log(hz / self.low_hz) / np.log(self.high_hz / self.low_hz) * self.rows
        else:
            edges = shares * self.rows
        borders = np.clip(np.floor(edges + 1e-6).astype(np.intp), 0, self.rows)
        first = np.minimum(borders[:-1], self.rows - 1)
        stop = np.maximum(borders[1:], first + 1)
        return first[::-1], stop[::-1]

    def marks(self, room: int) -> list[tuple[float, str]]:
        """A few frequencies and their names; on a linear axis at most `room` of them."""
        if self.kind == "log":
            found = list(_LOG_MARKS_HZ)
        else:
            step = next((each for each in _LINEAR_STEPS_HZ if self.high_hz / each <= room + 1), _LINEAR_STEPS_HZ[-1])
            found = [step * number for number in range(1, math.ceil(self.high_hz / step))]
        return [(hz, f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:g}") for hz in found if hz < 0.97 * self.high_hz]


def frequency_axis(kind: AxisKind, frequencies_hz: NDArray[np.float32]) -> FrequencyAxis:
    """The axis for stored rows with these centres (R,)."""
    low, high, rows = float(frequencies_hz[0]), float(frequencies_hz[-1]), len(frequencies_hz)
    half_row = (high / low) ** (0.5 / (rows - 1))
    return FrequencyAxis(kind, low / half_row, high * half_row, rows)


def format_hz(hz: float) -> str:
    """A frequency with about three digits."""
    if hz >= 1000:
        return f"{number_text(hz / 1000, 2)} kHz"
    return f"{number_text(hz, 0 if hz >= 100 else 1)} Hz"


def nearest_note(hz: float) -> tuple[str, int]:
    """The nearest note of equal temperament at A4 = 440 Hz, and how many cents the frequency is above it."""
    number = _A4_NUMBER + 12 * math.log2(hz / _A4_HZ)
    nearest = math.floor(number + 0.5)
    return f"{_NOTES[nearest % 12]}{nearest // 12 - 1}", round(100 * (number - nearest))


def note_name(hz: float) -> str:
    """The nearest note and the distance to it, such as `A4 −12 ¢`."""
    name, cents = nearest_note(hz)
    return f"{name} {'−' if cents < 0 else '+'}{abs(cents)} ¢"
