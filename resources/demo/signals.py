"""Signal tools of the demo song: filters by spectrum, envelopes, placing a sound in a track, room and chorus.

A mono signal is (n,), a stereo track (2, n), float64. Random numbers are uniform ones only: of a generator's streams
that is the one least likely to change between versions of numpy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 44_100

Signal = NDArray[np.float64]
Response = Callable[[Signal], Signal]


def times(duration_seconds: float) -> Signal:
    """The time of each sample, in seconds."""
    return np.arange(round(duration_seconds * RATE_HZ)) / RATE_HZ


def note_hz(midi: Signal | float) -> Signal:
    """The frequency of a MIDI note number, in equal temperament with A4 at 440 Hz."""
    return 440.0 * 2.0 ** ((np.asarray(midi, dtype=np.float64) - 69.0) / 12.0)


def decay(t: Signal, seconds: float) -> Signal:
    """An exponential that has fallen by 60 dB after `seconds`."""
    return np.exp(-6.9 * t / seconds)


def hold(t: Signal, attack_seconds: float, release_seconds: float) -> Signal:
    """An envelope that rises at the start of `t` and falls to zero at its end."""
    length = t.size / RATE_HZ
    return np.clip(t / attack_seconds, 0.0, 1.0) * np.clip((length - t) / release_seconds, 0.0, 1.0)


def noise(rng: np.random.Generator, count: int) -> Signal:
    """White noise in -1..1."""
    return 2.0 * rng.random(count) - 1.0


def band(low_hz: float, high_hz: float) -> Response:
    """The gain over frequency of a band-pass with 12 dB per octave on both sides."""

    def response(hz: Signal) -> Signal:
        low = 1.0 / np.sqrt(1.0 + (low_hz / np.maximum(hz, 1e-3)) ** 4)
        return low / np.sqrt(1.0 + (hz / high_hz) ** 4)

    return response


def filtered(signal: Signal, response: Response) -> Signal:
    """Filter along the last axis without shifting the phase."""
    count = signal.shape[-1]
    size = count + 4096  # room for the filter's ringing, which would wrap around otherwise
    hz = np.arange(size // 2 + 1) * (RATE_HZ / size)
    return np.fft.irfft(np.fft.rfft(signal, size) * response(hz), size)[..., :count]


def convolved(signal: Signal, impulse: Signal) -> Signal:
    """Convolve along the last axis, cut to the signal's length."""
    count = signal.shape[-1]
    size = 1 << (count + impulse.shape[-1]).bit_length()
    return np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(impulse, size), size)[..., :count]


class Track:
    """A stereo track of fixed length that sounds are added to."""

    def __init__(self, duration_seconds: float) -> None:
        self.signal: Signal = np.zeros((2, round(duration_seconds * RATE_HZ)))

    def add(self, sound: Signal, start_seconds: float, gain: float = 1.0, pan: float = 0.0) -> None:
        """Add a mono sound (m,) at a time; what would reach past the end is left out.

        Args:
            sound: What to add.
            start_seconds: Where it begins; not before the track does.
            gain: Linear.
            pan: -1 left to 1 right, at constant power.
        """
        start = max(0, round(start_seconds * RATE_HZ))
        count = max(0, min(sound.size, self.signal.shape[1] - start))
        angle = (pan + 1.0) * np.pi / 4.0
        sides = gain * np.array([[np.cos(angle)], [np.sin(angle)]])
        self.signal[:, start : start + count] += sides * sound[:count]


def room(dry: Signal, rng: np.random.Generator, seconds: float, wet: float) -> Signal:
    """Add a room to a stereo track: noise that dies away, its treble twice as fast, after a short pause."""
    t = times(seconds)
    pause = np.zeros(round(0.018 * RATE_HZ))
    impulses: list[Signal] = []
    for _side in range(2):
        dark = filtered(noise(rng, t.size), band(180.0, 2_500.0)) * decay(t, seconds)
        bright = filtered(noise(rng, t.size), band(2_500.0, 9_000.0)) * decay(t, seconds / 2.0)
        tail = np.concatenate([pause, (dark + bright) * np.clip(t / 0.012, 0.0, 1.0)])
        impulses.append(tail / np.sqrt(np.sum(tail**2)))
    middle = dry.mean(axis=0)
    side = 0.5 * (dry[0] - dry[1])
    return dry + wet * np.stack([convolved(middle + side, impulses[0]), convolved(middle - side, impulses[1])])


def chorus(mono: Signal, depth_seconds: float = 0.0022, rate_hz: float = 0.7) -> Signal:
    """Widen a mono signal to stereo by two slowly moving delays in opposite phase."""
    t = np.arange(mono.size, dtype=np.float64)
    swing = depth_seconds * np.sin(2.0 * np.pi * rate_hz * t / RATE_HZ)
    sides: list[Signal] = []
    for sign in (1.0, -1.0):
        delayed = np.interp(t - RATE_HZ * (0.009 + sign * swing), t, mono, left=0.0)
        sides.append(0.72 * mono + 0.5 * delayed)
    return np.stack(sides)
