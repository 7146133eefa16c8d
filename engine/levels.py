"""How loud it was: peaks and energies of what a mixer renders, block by block, and what meters read of them.

Measuring is done by the thread that renders, adding up by the one that reads.

Shapes: A signals that sound, n samples of one run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.separation import SignalKey

# In a measure, beside the signals.
MASTER: SignalKey = ("", 0)
BESIDE_SOURCE: SignalKey = ("", 1)


@dataclass(frozen=True)
class Level:
    """Loudness of one stereo signal after its gain, as linear (left, right); full scale is 1.0."""

    peak: tuple[float, float]
    rms: tuple[float, float]


@dataclass(frozen=True)
class Levels:
    """What was rendered since the last reading: every signal after its gain, and their sum.

    Attributes:
        signals: After their gains.
        master: The sum.
        beside_source: The sum minus the source, whatever the source's own gain; silence without a source.
        samples: How many were rendered; with 0 all levels are zeros and say nothing.
    """

    signals: Mapping[SignalKey, Level]
    master: Level
    beside_source: Level
    samples: int


class Measure:
    """Peaks and energies of a block: the master, its difference to the source, and the signals that sounded.

    Attributes:
        count: Samples of the block.
        parts: For each run, what was measured, and its peaks and energies (A, 2).
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.parts: list[tuple[Sequence[SignalKey], NDArray[np.float32], NDArray[np.float64]]] = []

    def add(self, keys: Sequence[SignalKey], rows: NDArray[np.float32]) -> None:
        """Count in a run (A, 2, n) of what is called so."""
        if keys:
            energies = np.einsum("acn,acn->ac", rows, rows).astype(np.float64)
            self.parts.append((keys, np.abs(rows).max(axis=2), energies))


def levels_of(measured: Iterable[Measure], keys: Sequence[SignalKey]) -> Levels:
    """All of it as linear values; the levels of signals of other keys are left out."""
    wanted = (MASTER, BESIDE_SOURCE, *keys)
    places = {key: place for place, key in enumerate(wanted)}
    peaks = np.zeros((len(wanted), 2), np.float32)
    energies = np.zeros((len(wanted), 2), np.float64)
    count = 0
    for measure in measured:
        count += measure.count
        for names, peak, energy in measure.parts:
            for name, high, sum_of_squares in zip(names, peak, energy, strict=True):
                if (place := places.get(name)) is not None:
                    peaks[place] = np.maximum(peaks[place], high)
                    energies[place] += sum_of_squares
    rms = np.sqrt(energies / max(1, count))
    master, beside, *signals = (
        Level((float(peak[0]), float(peak[1])), (float(mean[0]), float(mean[1])))
        for peak, mean in zip(peaks, rms, strict=True)
    )
    return Levels(dict(zip(keys, signals, strict=True)), master, beside, count)
