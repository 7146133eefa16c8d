"""Drum machine sounds in the manner of the 808 and 909, new in every song.

Shapes: hits are (1, n).
"""

from __future__ import annotations

import numpy as np

from engine.separation import Samples
from engine.training.render.draw import Rng, chance, log_uniform, uniform
from engine.training.render.filters import convolve, high_pass, low_pass, minimum_phase, peak
from engine.training.render.instruments import Mono
from engine.training.render.recipe import SAMPLE_RATE
from engine.training.render.synth import decay

MACHINE_PIECES = ("kick", "snare", "clap", "rim", "hat_closed", "hat_open", "tom", "crash", "ride", "shaker", "perc")


def machine_hit(piece: str, rng: Rng) -> Samples:
    """One hit of a piece (1, n), peak 1."""
    if piece in ("kick", "tom"):
        sound = _drum(rng, piece)
    elif piece in ("snare", "clap", "rim"):
        sound = _snare(rng, piece)
    else:
        sound = _metal(rng, piece)
    sound[-64:] *= np.linspace(1, 0, 64, dtype=np.float32)
    return (sound / np.abs(sound).max())[None]


def _swept_sine(samples: int, low_hz: float, high_hz: float, seconds: float) -> Mono:
    """A sine whose pitch falls from high to low."""
    time = np.arange(samples, dtype=np.float32) / SAMPLE_RATE
    cycles = low_hz * time + (high_hz - low_hz) * np.float32(seconds) * (1 - np.exp(-time / np.float32(seconds)))
    return np.sin(np.float32(2 * np.pi) * cycles).astype(np.float32)


def _drum(rng: Rng, piece: str) -> Mono:
    low = log_uniform(rng, (38, 65) if piece == "kick" else (80, 200))
    length = log_uniform(rng, (0.08, 0.8) if piece == "kick" else (0.1, 0.4))
    samples = int(min(1.5, 4 * length) * SAMPLE_RATE)
    body = _swept_sine(samples, low, low * uniform(rng, (2, 7)), log_uniform(rng, (0.01, 0.06))) * decay(
        samples, length
    )
    click = rng.standard_normal(samples, dtype=np.float32) * decay(samples, 0.003) * np.float32(uniform(rng, (0, 0.3)))
    return np.tanh((body + click) * np.float32(uniform(rng, (1, 3))))


def _snare(rng: Rng, piece: str) -> Mono:
    length = {"snare": log_uniform(rng, (0.06, 0.25)), "clap": log_uniform(rng, (0.08, 0.2)), "rim": 0.015}[piece]
    samples = int(5 * length * SAMPLE_RATE)
    noise = rng.standard_normal((1, samples), dtype=np.float32)
    tone = {"snare": high_pass(uniform(rng, (500, 2_500))), "clap": peak(uniform(rng, (900, 1_800)), 24, 0.6)}
    noise = convolve(noise, minimum_phase(tone.get(piece, peak(1_800, 24, 0.4)) * low_pass(9_000, 1)))[0]
    noise *= decay(samples, length) / np.float32(noise.std())
    if piece == "clap":  # some hands are early
        for delay in (0.011, 0.021, 0.03):
            late = int(delay * SAMPLE_RATE)
            noise[late:] += noise[:-late] * decay(samples - late, 0.01)
        return noise
    hz = uniform(rng, (160, 260)) if piece == "snare" else uniform(rng, (400, 1_700))
    return noise + _swept_sine(samples, hz, hz * 1.6, 0.01) * decay(samples, length * 0.6) * np.float32(
        uniform(rng, (0.5, 3))
    )


def _metal(rng: Rng, piece: str) -> Mono:
    """Noise, or six square waves as in the 808, through a high-pass."""
    lengths = {"hat_closed": (0.015, 0.06), "hat_open": (0.1, 0.4), "crash": (0.4, 1.0), "ride": (0.2, 0.6)}
    length = log_uniform(rng, lengths.get(piece, (0.02, 0.08)))
    samples = int(min(2.0, 5 * length) * SAMPLE_RATE)
    if chance(rng, 0.5):
        sound = rng.standard_normal(samples, dtype=np.float32)
    else:
        time = np.arange(samples, dtype=np.float32) / SAMPLE_RATE
        tones = rng.uniform(180, 900, 6) * uniform(rng, (0.8, 2))
        sound = sum(((time * np.float32(hz)) % 1 < 0.5).astype(np.float32) - np.float32(0.5) for hz in tones)
    edge = (1_500, 4_000) if piece == "perc" else (5_000, 9_000)
    sound = convolve(np.asarray(sound)[None], minimum_phase(high_pass(log_uniform(rng, edge), 3)))[0]
    return sound * decay(samples, length)
