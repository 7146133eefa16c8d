"""Augmentation of stems: pitch, stretch, compression and reverb, each drawn with a probability, in this order.

Three pipelines, by what shares a draw:

- **single-stem**: one stem, effects of its own.
- **incoherent**: stems drawn one by one from all songs, each with effects of its own.
- **coherent**: stems of one song at one place. `coherent_shared`: one draw for all of them. `coherent_varied`: a draw
  for each, but one stretch for all, so that they stay together.

Every effect keeps a stem's level (its root mean square over all of the effect's output), treats both channels alike,
and leaves silence silent. What comes out is stems, scaled by one common factor so that their sum, which is the mixture,
does not pass full scale.

Shapes: S stems, C channels, m samples in, n samples out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from python_stretch.Signalsmith import Stretch
from torch import Tensor

from engine.separation import Samples
from engine.stems import NETWORK_RATE
from engine.training.choices import Mode
from engine.training.pool import Rng, StemPool

# The limits and shares from here to `RANGES` are those of the pipelines' authors. Source: the STMAE project.
_WET = 0.3
_NOISE = 0.1
_DECAY = 10.0
_SUITABLE_LEVEL = 0.005
_WINDOW_SAMPLES = 4410
_WINDOW_LEVEL = 0.002
_WINDOW_SHARE = 0.3
_TRIES = 10
# The stretcher makes up some phases; with a seed, the same draw sounds the same.
_STRETCH_SEED = 1


@dataclass(frozen=True)
class Ranges:
    """What is drawn, uniformly between two limits.

    Attributes:
        probability: Of each effect.
        semitones: Of the pitch shift.
        stretch: Length of the output over that of the input.
        threshold: Of the compressor, as a share of the peak.
        ratio: Of the compressor.
        room_seconds: Length of the impulse response.
        damping: Of the response, which falls by a factor of exp(-10 damping) over its length.
    """

    probability: float = 0.6
    semitones: tuple[float, float] = (-2.0, 2.0)
    stretch: tuple[float, float] = (0.8, 1.2)
    threshold: tuple[float, float] = (0.3, 0.7)
    ratio: tuple[float, float] = (2.0, 6.0)
    room_seconds: tuple[float, float] = (0.2, 0.8)
    damping: tuple[float, float] = (0.2, 0.8)


RANGES = Ranges()


@dataclass(frozen=True)
class Compression:
    """A static curve without attack or release: beyond `threshold` of the peak, a rise is divided by `ratio`."""

    threshold: float
    ratio: float


@dataclass(frozen=True)
class Reverb:
    """Decaying noise from `seed` as an impulse response."""

    room_seconds: float
    damping: float
    seed: int


@dataclass(frozen=True)
class Effects:
    """What is done to one stem; None for what is not done.

    Attributes:
        semitones: Pitch shift.
        stretch: See `Ranges`.
        compression: See `Compression`.
        reverb: See `Reverb`.
    """

    semitones: float | None = None
    stretch: float | None = None
    compression: Compression | None = None
    reverb: Reverb | None = None

    def samples_in(self, samples: int) -> int:
        """How many samples the stem should have for `samples` to come out, without silence at the end."""
        return math.ceil(samples / (self.stretch or 1.0))


def draw_effects(rng: Rng, ranges: Ranges) -> Effects:
    """Draw the effects of one stem."""
    pitched, stretched, compressed, reverberant = rng.random(4) < ranges.probability
    compression = Compression(rng.uniform(*ranges.threshold), rng.uniform(*ranges.ratio))
    reverb = Reverb(rng.uniform(*ranges.room_seconds), rng.uniform(*ranges.damping), int(rng.integers(2**31)))
    return Effects(
        semitones=rng.uniform(*ranges.semitones) if pitched else None,
        stretch=rng.uniform(*ranges.stretch) if stretched else None,
        compression=compression if compressed else None,
        reverb=reverb if reverberant else None,
    )


def draw_song_effects(rng: Rng, mode: Mode, stems: int, ranges: Ranges) -> list[Effects]:
    """Draw the effects of all stems of a mixture, as the module's text says for each mode."""
    # As much for every mode, so that modes can be compared at the same seed.
    drawn = [draw_effects(rng, ranges) for _stem in range(stems)]
    if mode == "coherent_shared":
        return [drawn[0]] * stems
    if mode == "coherent_varied":
        return [replace(effects, stretch=drawn[0].stretch) for effects in drawn]
    return drawn


def apply_effects(stem: Samples, effects: Effects, samples: int) -> Samples:
    """Send a stem (C, m) through effects and cut or zero-pad it to (C, n), n being `samples`."""
    if effects.semitones is not None or effects.stretch is not None:
        # In one go, as the second phase vocoder would smear what the first one made.
        stem = _at_level_of(stem, _stretched(stem, effects.semitones or 0.0, effects.stretch or 1.0))
    if effects.compression is not None:
        stem = _at_level_of(stem, _compressed(stem, effects.compression))
    if effects.reverb is not None:
        stem = _at_level_of(stem, _reverberant(stem, effects.reverb))
    kept = stem[:, :samples]
    return np.pad(kept, ((0, 0), (0, samples - kept.shape[1])))


def limit_peak(stems: Samples) -> Samples:
    """Scale stems (S, C, n) by one factor so that their sum does not pass full scale; quieter ones stay as they are."""
    peak = float(np.max(np.abs(stems.sum(axis=0)), initial=0.0))
    return stems * np.float32(1.0 / max(1.0, peak))


def augment(stems: Sequence[Samples], effects: Sequence[Effects], samples: int) -> Samples:
    """Send each stem (C, m) through its effects.

    Returns:
        Stems (S, C, n), n being `samples`; the mixture is their sum.
    """
    treated = [apply_effects(stem, chosen, samples) for stem, chosen in zip(stems, effects, strict=True)]
    return limit_peak(np.stack(treated))


def suitable(stem: Samples) -> bool:
    """Whether a stem (C, n) is worth augmenting: loud enough on the whole, and sounding in enough of its windows."""
    whole = stem.shape[1] // _WINDOW_SAMPLES * _WINDOW_SAMPLES
    if _level(stem) <= _SUITABLE_LEVEL or not whole:
        return False
    windows = stem[:, :whole].reshape(stem.shape[0], -1, _WINDOW_SAMPLES)
    sounding = np.square(windows, dtype=np.float64).mean(axis=(0, 2)) > _WINDOW_LEVEL**2
    return float(sounding.mean()) >= _WINDOW_SHARE


class Augmented:
    """A `StemPool` that augments a share of what another one gives.

    Stems that are drawn alone go through the single-stem pipeline, which makes mixtures of them incoherent ones; stems
    that are drawn together go through the coherent pipeline, with a draw for each.
    """

    def __init__(self, pool: StemPool, sources: int, share: float = 1.0, ranges: Ranges = RANGES) -> None:
        """Augment draws of `pool`, which has `sources` stems, with probability `share`."""
        self._pool = pool
        self._sources = sources
        self._share = share
        self._ranges = ranges

    def together(self, rng: Rng, samples: int) -> Tensor:
        """All stems of one song at one place, (S, C, n) float32."""
        if rng.random() >= self._share:
            return self._pool.together(rng, samples)
        effects = draw_song_effects(rng, "coherent_varied", self._sources, self._ranges)
        drawn = self._pool.together(rng, effects[0].samples_in(samples))
        return torch.from_numpy(augment(list(drawn.cpu().numpy()), effects, samples)).to(drawn.device)

    def alone(self, rng: Rng, source: int, samples: int) -> Tensor:
        """One stem, (C, n) float32; a suitable one if some tries find one."""
        if rng.random() >= self._share:
            return self._pool.alone(rng, source, samples)
        effects = draw_effects(rng, self._ranges)
        drawn = draw_suitable(self._pool, rng, source, effects.samples_in(samples))
        return torch.from_numpy(apply_effects(drawn.cpu().numpy(), effects, samples)).to(drawn.device)


def draw_suitable(pool: StemPool, rng: Rng, source: int, samples: int) -> Tensor:
    """Draw a stem (C, n) alone until it is suitable, but not for ever."""
    drawn = pool.alone(rng, source, samples)
    for _try in range(_TRIES - 1):
        if suitable(drawn.cpu().numpy()):
            break
        drawn = pool.alone(rng, source, samples)
    return drawn


def _stretched(signal: Samples, semitones: float, factor: float) -> Samples:
    stretch = Stretch(_STRETCH_SEED)
    stretch.preset(signal.shape[0], NETWORK_RATE)
    stretch.setTransposeSemitones(semitones)
    stretch.timeFactor = 1 / factor
    # It takes the memory of an array as it lies, whatever the strides say.
    return np.asarray(stretch.process(np.ascontiguousarray(signal, np.float32)), np.float32)


def _compressed(signal: Samples, compression: Compression) -> Samples:
    peak = np.max(np.abs(signal), initial=0.0)
    threshold = peak * np.float32(compression.threshold)
    excess = np.maximum(np.abs(signal) - threshold, 0)
    return signal - np.sign(signal) * excess * np.float32(1 - 1 / compression.ratio)


def _reverberant(signal: Samples, reverb: Reverb) -> Samples:
    length = int(NETWORK_RATE * reverb.room_seconds)
    noise = np.random.default_rng(reverb.seed).normal(0.0, _NOISE, length)
    response = noise * np.exp(-_DECAY * reverb.damping * np.arange(length) / length)
    size = 2 ** math.ceil(math.log2(signal.shape[1] + length))
    spectrum = np.fft.rfft(signal, size) * np.fft.rfft(response.astype(np.float32), size)
    tail = np.fft.irfft(spectrum, size)[:, : signal.shape[1]]
    return ((1 - _WET) * signal + _WET * tail).astype(np.float32)


def _at_level_of(signal: Samples, treated: Samples) -> Samples:
    """The treated signal at the level of the original; silence stays silence."""
    level = _level(treated)
    return treated * np.float32(_level(signal) / level) if level > 0 else treated


def _level(signal: Samples) -> float:
    """Root mean square over time and channels."""
    return math.sqrt(float(np.mean(np.square(signal, dtype=np.float64))))
