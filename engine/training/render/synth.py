"""Synthesised notes of a cycle that repeats: wavetables, saws and sines.

Phases are 32-bit integers that wrap by themselves: one cycle is 2**32. Tables hold only harmonics below half the sample
rate, so nothing aliases.

Shapes: n samples of one note.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.training.render import loops
from engine.training.render.draw import Rng, chance, log_uniform, uniform
from engine.training.render.instruments import Mono, midi_hz, semitones
from engine.training.render.recipe import SAMPLE_RATE

TABLE_BITS = 13
CYCLE = 2.0**32


@dataclass(frozen=True)
class Patch:
    """How a synthesised note sounds.

    Attributes:
        cycle: One period (any even length).
        voices: Detuned copies that sound together.
        detune_cents: Between the outermost of them.
        cutoff_hz: Of the low-pass at rest.
        sweep_octaves: How far the low-pass opens at the onset.
        sweep_seconds: How fast it closes again.
        attack_seconds: Of the level.
        decay_seconds: Time in which the level falls to 37 % of the way to `sustain`.
        sustain: The level that a held note falls to.
        release_seconds: After its end.
        vibrato_cents: Depth of a vibrato at 5.5 Hz; 0 for none.
    """

    cycle: NDArray[np.float32]
    voices: int = 1
    detune_cents: float = 0.0
    cutoff_hz: float = 8_000.0
    sweep_octaves: float = 0.0
    sweep_seconds: float = 0.2
    attack_seconds: float = 0.005
    decay_seconds: float = 1.0
    sustain: float = 1.0
    release_seconds: float = 0.1
    vibrato_cents: float = 0.0


class Synth:
    """A wavetable instrument.

    Args:
        patch: Its sound.
        max_samples: No note sounds longer.
        rng: For the phases of the voices.
    """

    def __init__(self, patch: Patch, max_samples: int, rng: Rng) -> None:
        self.release_samples = int(patch.release_seconds * SAMPLE_RATE)
        self._patch = patch
        self._samples = max_samples + self.release_samples
        self._phases = rng.integers(0, 1 << 32, patch.voices, dtype=np.uint32)
        self._envelope = self._level()
        self._tones: dict[float, Mono] = {}

    def tone(self, pitch: float, velocity: float) -> Mono:  # noqa: ARG002 - velocity only sets the level
        """A note (n,)."""
        if pitch not in self._tones:
            self._tones[pitch] = self._make(pitch)
        return self._tones[pitch]

    def _make(self, pitch: float) -> Mono:
        patch = self._patch
        tone = self._oscillate(table(patch.cycle, midi_hz(pitch), patch.cutoff_hz), pitch)
        if patch.sweep_octaves > 0:
            bright = self._oscillate(
                table(patch.cycle, midi_hz(pitch), patch.cutoff_hz * 2**patch.sweep_octaves), pitch
            )
            bright -= tone
            bright *= decay(self._samples, patch.sweep_seconds)
            tone += bright
        tone *= self._envelope
        return tone

    def _oscillate(self, cycle: Mono, pitch: float) -> Mono:
        patch = self._patch
        spread = np.linspace(-0.5, 0.5, patch.voices) if patch.voices > 1 else np.zeros(1)
        total = np.zeros(self._samples, np.float32)
        for phase, place in zip(self._phases, spread, strict=True):
            hz = midi_hz(pitch + place * patch.detune_cents / 100)
            loops.add_cycle(total, cycle, running_phase(self._samples, hz, int(phase), patch.vibrato_cents), TABLE_BITS)
        total *= np.float32(patch.voices**-0.5)
        return total

    def _level(self) -> Mono:
        patch = self._patch
        level = np.float32(patch.sustain) + np.float32(1 - patch.sustain) * decay(self._samples, patch.decay_seconds)
        attack = min(self._samples, max(16, int(patch.attack_seconds * SAMPLE_RATE)))
        level[:attack] *= np.linspace(0.0, 1.0, attack, dtype=np.float32)
        return level


def running_phase(samples: int, hz: float, start: int = 0, vibrato_cents: float = 0.0) -> NDArray[np.uint32]:
    """The phase (n,) of an oscillator, one cycle being 2**32."""
    step = round(hz / SAMPLE_RATE * CYCLE)
    phase = np.arange(samples, dtype=np.uint32) * np.uint32(step) + np.uint32(start)
    if vibrato_cents > 0:
        rate_hz = 5.5
        swing = hz * (semitones(vibrato_cents / 100) - 1) / (2 * np.pi * rate_hz) * CYCLE
        turn = np.arange(samples, dtype=np.float32) * np.float32(2 * np.pi * rate_hz / SAMPLE_RATE)
        phase += (np.sin(turn) * swing).astype(np.int64).astype(np.uint32)
    return phase


def table(cycle: NDArray[np.float32], hz: float, cutoff_hz: float) -> Mono:
    """One period of a cycle for notes at `hz`: low-passed, without what would alias, at a peak of 1."""
    spectrum = np.fft.rfft(cycle)
    spectrum[0] = 0
    harmonics = np.arange(len(spectrum)) * hz
    spectrum *= (harmonics < 0.45 * SAMPLE_RATE) / np.sqrt(1 + (harmonics / cutoff_hz) ** 4)
    period = np.fft.irfft(spectrum, 1 << TABLE_BITS)
    return (period / max(1e-9, float(np.abs(period).max()))).astype(np.float32)


def decay(samples: int, seconds: float) -> Mono:
    """An exponential (n,) from 1 that falls to 37 % in `seconds`."""
    return np.exp(np.arange(samples, dtype=np.float32) * np.float32(-1 / (seconds * SAMPLE_RATE)))


def saw_cycle() -> NDArray[np.float32]:
    """One period of a sawtooth."""
    return np.linspace(1, -1, 2048, endpoint=False, dtype=np.float32)


def sine_cycle() -> NDArray[np.float32]:
    """One period of a sine."""
    return np.sin(np.linspace(0, 2 * np.pi, 512, endpoint=False, dtype=np.float32))


def draw_patch(rng: Rng, cycles: NDArray[np.float32], role: str) -> Patch:
    """A sound for a role: `pad`, `lead`, `pluck` or `bass`."""
    saws = chance(rng, 0.35)
    voices = int(rng.integers(3, 8)) if saws and role != "bass" else int(rng.integers(1, 3))
    plain = Patch(
        cycle=saw_cycle() if saws else cycles[int(rng.integers(len(cycles)))],
        voices=voices,
        detune_cents=uniform(rng, (5, 35)),
    )
    if role == "pad":
        return replace(
            plain,
            cutoff_hz=log_uniform(rng, (500, 6_000)),
            attack_seconds=uniform(rng, (0.05, 0.6)),
            release_seconds=uniform(rng, (0.2, 0.8)),
        )
    if role == "lead":
        return replace(
            plain,
            cutoff_hz=log_uniform(rng, (1_500, 10_000)),
            attack_seconds=uniform(rng, (0.005, 0.05)),
            decay_seconds=uniform(rng, (0.3, 2)),
            sustain=uniform(rng, (0.5, 1)),
            vibrato_cents=uniform(rng, (0, 40)),
        )
    bass = role == "bass"
    return replace(
        plain,
        # Many single cycles have next to no fundamental, which is what makes a bass.
        cycle=plain.cycle + sine_cycle() if bass and not saws else plain.cycle,
        cutoff_hz=log_uniform(rng, (120, 1_000) if bass else (600, 5_000)),
        sweep_octaves=uniform(rng, (0, 4)),
        sweep_seconds=uniform(rng, (0.03, 0.4)),
        decay_seconds=uniform(rng, (0.1, 2) if bass else (0.1, 0.8)),
        sustain=uniform(rng, (0, 1) if bass else (0, 0.5)),
        release_seconds=uniform(rng, (0.03, 0.06) if bass else (0.05, 0.3)),
    )
