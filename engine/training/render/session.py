"""What all players of one song share, and how sounds get onto a stereo track.

Shapes: C channels, N samples of the song.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.separation import Samples
from engine.training.render.assets import Assets
from engine.training.render.bank import Item
from engine.training.render.draw import Rng, one_of, uniform
from engine.training.render.instruments import add, resample
from engine.training.render.palette import Palette
from engine.training.render.recipe import SAMPLE_RATE
from engine.training.render.score import Score


@dataclass(frozen=True)
class Session:
    """One song in the making: the pack, what its split may use, the score and N."""

    assets: Assets
    palette: Palette
    score: Score
    samples: int

    def span(self, start: float, stop: float) -> tuple[int, int]:
        """The samples [start, stop) of a span in beats, within the song."""
        first, last = self.score.samples_at(np.array([start, stop]))
        return min(self.samples, int(first)), min(self.samples, int(last))


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right gains of equal power; -1 is left, 0 the middle with 1 on both sides."""
    angle = (pan + 1) * np.pi / 4
    return float(np.cos(angle) * 2**0.5), float(np.sin(angle) * 2**0.5)


def add_stereo(track: Samples, sound: Samples, start: int, level: float, pan: float) -> None:
    """Add a mono or stereo sound (C, n) to a track (2, N) in place."""
    for side, share in enumerate(pan_gains(pan)):
        add(track[side], sound[side % len(sound)], start, level * share)


def long_stretch(session: Session, items: Sequence[Item], stem: str, rng: Rng) -> Samples:
    """Real recordings one after the other (2, N), at a slightly different speed, silent where the stem is muted."""
    track = np.zeros((2, session.samples), np.float32)
    song = one_of(rng, sorted({item.group for item in items}))
    choices = [item for item in items if item.group == song]
    ratio = 2 ** (uniform(rng, (-1.5, 1.5)) / 12)
    at = 0
    while at < session.samples:
        item = one_of(rng, choices)
        first = int(rng.integers(max(1, item.length - 4 * SAMPLE_RATE))) if item.length > 8 * SAMPLE_RATE else 0
        sound = session.assets.signal(item)[:, first : first + int((session.samples - at) * ratio) + 1]
        sound = np.stack([resample(side, ratio) for side in sound])
        sound = edged(sound) * np.float32(item.source_gain)
        add_stereo(track, sound, at, 1.0, 0.0)
        at += sound.shape[1]
    for section in session.score.sections:
        if stem in section.muted:
            start, stop = session.span(section.start, section.stop)
            track[:, start:stop] *= edged(np.ones((1, stop - start), np.float32)) * -1 + 1
    return track


def edged(sound: Samples, fade_samples: int = 441) -> Samples:
    """Fade both ends of a cut sound (C, n)."""
    fade = min(fade_samples, sound.shape[-1] // 2)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    faded = sound.copy()
    faded[..., :fade] *= ramp
    faded[..., sound.shape[-1] - fade :] *= ramp[::-1]
    return faded
