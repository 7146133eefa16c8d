"""The sound of a metronome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.api import NO_TICKS, Samples, Tick, Ticks

_SECONDS = 0.040
_DECAY_SECONDS = 0.008
_RISE_SECONDS = 0.0005  # with less it would crackle, with more it would be soft
_BEAT_HZ, _FIRST_BEAT_HZ = 1000.0, 1600.0


@dataclass(frozen=True)
class Click:
    """What is clicked.

    Attributes:
        ticks: Beats of the song.
        on: Whether they are heard while it plays.
        gain: Linear, of all clicks.
        count_in_bars: Before it plays; 0 for none.
    """

    ticks: Ticks = NO_TICKS
    on: bool = False
    gain: float = 1.0
    count_in_bars: int = 0

    @property
    def heard_ticks(self) -> Ticks:
        """Those heard while the song plays."""
        return self.ticks if self.on else NO_TICKS

    @property
    def can_count_in(self) -> bool:
        """Whether there is something to count and a tempo to count in."""
        return self.count_in_bars > 0 and len(self.ticks.places) > 1


class Clicker:
    """Adds clicks to a stream of stereo sound, sample by sample the same whatever the blocks are.

    Args:
        sample_rate: In Hz.

    Attributes:
        gain: Linear; a click has its peak near full scale at 1.
    """

    def __init__(self, sample_rate: int) -> None:
        self.gain = 1.0
        self._sounds = {first: click_sound(sample_rate, first=first) for first in (False, True)}
        self._ringing: list[Samples] = []

    def rest(self) -> None:
        """Break off what rings."""
        self._ringing = []

    def add(self, sound: Samples, ticks: Sequence[Tick]) -> Samples:
        """The sound (2, n) with what still rings and with clicks at these of its samples; the same without any."""
        if not self._ringing and not ticks:
            return sound
        mixed, count = sound.copy(), sound.shape[1]
        left: list[Samples] = []
        for start, click in [(0, rest) for rest in self._ringing] + [(at, self._sounds[first]) for at, first in ticks]:
            part = click[: count - start]
            mixed[:, start : start + len(part)] += part * np.float32(self.gain)
            if len(part) < len(click):
                left.append(click[len(part) :])
        self._ringing = left
        return mixed


def click_sound(sample_rate: int, *, first: bool) -> Samples:
    """A short tone that fades away (n,), higher on the first beat of a bar."""
    time = np.arange(round(_SECONDS * sample_rate)) / sample_rate
    tone = np.sin(2 * np.pi * (_FIRST_BEAT_HZ if first else _BEAT_HZ) * time)
    return np.asarray(tone * np.minimum(time / _RISE_SECONDS, 1) * np.exp(-time / _DECAY_SECONDS), np.float32)
