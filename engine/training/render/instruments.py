"""Instruments that sound notes, and the player that places those notes on a track.

Shapes: n samples of one note; tracks are (N,) mono.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from engine.training.render import loops
from engine.training.render.assets import Assets
from engine.training.render.bank import Item
from engine.training.render.palette import PITCH_CORRECTION
from engine.training.render.recipe import SAMPLE_RATE

Mono = NDArray[np.float32]

# Lower than the engine's own resampling: what passes here is a note among many, and it costs a third.
RESAMPLE_QUALITY = "MQ"
FADE_SAMPLES = 64
# Velocity layers this close count as the same layer, so that round robin can choose among them.
SAME_LAYER = 0.12
SAME_PITCH = 0.01


class Instrument(Protocol):
    """Sounds a note; the same array may be returned again, so it must not be changed."""

    release_samples: int

    def tone(self, pitch: float, velocity: float) -> Mono:
        """A note (n,) as long as the instrument can hold it; its peak is near 1 at full velocity."""
        ...


@dataclass(frozen=True)
class Cues:
    """Notes in samples: onsets, lengths, MIDI pitches, velocities 0 to 1; all (notes,)."""

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    pitches: NDArray[np.float32]
    velocities: NDArray[np.float32]


def add(track: Mono, sound: Mono, start: int, gain: float = 1.0) -> None:
    """Add a sound to a track in place; what lies outside the track is lost."""
    loops.add(track, sound, start, np.float32(gain))


def play(track: Mono, instrument: Instrument, cues: Cues) -> None:
    """Add notes to a track in place, each faded out over the instrument's release at its end."""
    release = instrument.release_samples
    fade = np.linspace(1.0, 0.0, release + 2, dtype=np.float32)[1:-1] ** 2
    rows = zip(
        cues.starts.tolist(), cues.lengths.tolist(), cues.pitches.tolist(), cues.velocities.tolist(), strict=True
    )
    for start, length, pitch, velocity in rows:
        loops.add_note(track, instrument.tone(pitch, velocity), fade, (start, length), np.float32(velocity))


def resample(signal: Mono, ratio: float) -> Mono:
    """Play a signal `ratio` times as fast, so that it sounds higher and is shorter."""
    if abs(ratio - 1) < 1e-4:
        return signal
    return np.asarray(soxr.resample(signal, ratio * SAMPLE_RATE, SAMPLE_RATE, RESAMPLE_QUALITY), np.float32)


def semitones(interval: float) -> float:
    """The frequency ratio of an interval."""
    return float(2.0 ** (interval / 12))


def midi_hz(pitch: float) -> float:
    """The frequency of a MIDI note number."""
    return 440.0 * semitones(pitch - 69)


class SampledInstrument:
    """Notes made from the nearest recorded one, at another speed.

    Args:
        assets: The pack.
        items: The instrument's recorded notes.
        max_samples: No note sounds longer.
        release_samples: Of a note that ends before its recording.
        cents: How much everything is out of tune.
    """

    def __init__(
        self, assets: Assets, items: Sequence[Item], max_samples: int, release_samples: int, cents: float = 0.0
    ) -> None:
        self.release_samples = release_samples
        self._assets = assets
        self._items = items
        self._pitches = np.array([item.pitch + PITCH_CORRECTION.get(item.group, 0.0) for item in items])
        self._nearest: dict[float, list[int]] = {}
        self._max_samples = max_samples
        self._cents = cents
        self._tones: dict[tuple[float, int], Mono] = {}
        self._played = 0

    def tone(self, pitch: float, velocity: float) -> Mono:
        """A note (n,); recordings of the same note and layer take turns."""
        if pitch not in self._nearest:
            distance = np.abs(self._pitches - pitch)
            self._nearest[pitch] = np.flatnonzero(distance <= distance.min() + SAME_PITCH).tolist()
        nearest = self._nearest[pitch]
        layers = [abs(self._items[index].velocity - velocity) for index in nearest]
        limit = min(layers) + SAME_LAYER
        choices = [index for index, layer in zip(nearest, layers, strict=True) if layer <= limit]
        self._played += 1
        index = choices[self._played % len(choices)]
        key = (pitch, index)
        if key not in self._tones:
            self._tones[key] = self._make(index, pitch)
        return self._tones[key]

    def _make(self, index: int, pitch: float) -> Mono:
        ratio = semitones(pitch + self._cents / 100 - float(self._pitches[index]))
        limit = int((self._max_samples + self.release_samples) * ratio) + 1
        tone = resample(self._assets.mono(self._items[index], limit), ratio).copy()
        end = min(FADE_SAMPLES, len(tone))
        tone[-end:] *= np.linspace(1.0, 0.0, end, dtype=np.float32)
        return tone
