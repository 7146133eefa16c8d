"""The band of the demo song: one function per sound, each a mono signal that peaks near 1."""

from __future__ import annotations

import numpy as np
from signals import RATE_HZ, Signal, band, decay, filtered, hold, noise, note_hz, times

# Partials of a struck metal plate, spread so that no two of them are in a simple ratio.
METAL_HZ = (2_653.0, 3_761.0, 4_519.0, 5_437.0, 6_871.0, 8_329.0)


def kick() -> Signal:
    """A low drum: a sine whose pitch falls fast, with a click in front."""
    t = times(0.34)
    hz = 47.0 + 120.0 * np.exp(-t / 0.028)
    body = np.sin(2.0 * np.pi * np.cumsum(hz) / RATE_HZ) * decay(t, 0.42)
    click = np.sin(2.0 * np.pi * 2_900.0 * t) * decay(t, 0.012)
    return np.tanh(1.6 * body + 0.35 * click) * hold(t, 0.0008, 0.05)


def snare(rng: np.random.Generator) -> Signal:
    """A shell of two tones under rattling wires."""
    t = times(0.30)
    shell = np.sin(2.0 * np.pi * 187.0 * t) * decay(t, 0.16) + 0.6 * np.sin(2.0 * np.pi * 331.0 * t) * decay(t, 0.10)
    wires = filtered(noise(rng, t.size), band(800.0, 9_500.0)) * decay(t, 0.26)
    return np.tanh(0.75 * shell + 1.5 * wires) * hold(t, 0.0005, 0.04)


def cymbal(rng: np.random.Generator, duration_seconds: float, low_hz: float) -> Signal:
    """Metal: a hi-hat when short, a crash when long and with a lower `low_hz`."""
    t = times(duration_seconds)
    ring = sum(np.sin(2.0 * np.pi * hz * t + 7.0 * hz) for hz in METAL_HZ) / len(METAL_HZ)
    hiss = filtered(noise(rng, t.size) * (1.0 + 0.5 * ring), band(low_hz, 15_000.0))
    strike = decay(t, duration_seconds) + 0.6 * decay(t, duration_seconds / 4.0)
    return (0.8 * hiss + 0.12 * ring) * strike * hold(t, 0.0005, 0.2 * duration_seconds)


def tom(hz: float) -> Signal:
    """A tuned drum for fills."""
    t = times(0.36)
    sweep = hz * (1.0 + 0.5 * np.exp(-t / 0.04))
    body = np.sin(2.0 * np.pi * np.cumsum(sweep) / RATE_HZ)
    stick = np.sin(2.0 * np.pi * 1_700.0 * t) * decay(t, 0.015)
    return np.tanh(1.2 * body * decay(t, 0.38) + 0.25 * stick) * hold(t, 0.0008, 0.08)


def bass_note(midi: int, duration_seconds: float) -> Signal:
    """A plucked electric bass: harmonics under a filter that closes while the note sounds."""
    t = times(duration_seconds)
    hz = float(note_hz(midi))
    cutoff_hz = 420.0 + 2_200.0 * np.exp(-t / 0.13)
    tone = np.zeros(t.size)
    for harmonic in range(1, 25):
        closed = 1.0 / np.sqrt(1.0 + (harmonic * hz / cutoff_hz) ** 4)
        # A string plucked at a fifth of its length lacks every fifth harmonic.
        pluck = abs(np.sin(np.pi * harmonic / 5.0)) / harmonic
        tone += pluck * closed * np.sin(2.0 * np.pi * harmonic * hz * t)
    return np.tanh(1.8 * tone * (0.35 + 0.65 * np.exp(-t / 0.5))) * hold(t, 0.004, 0.05)


def electric_piano_note(midi: int, duration_seconds: float, force: float) -> Signal:
    """A tine piano by frequency modulation; `force` 0..1 sets loudness and brightness."""
    t = times(duration_seconds + 0.25)
    phase = 2.0 * np.pi * float(note_hz(midi)) * t
    body = np.sin(phase + (0.4 + 1.4 * force) * np.exp(-t / 0.35) * np.sin(phase))
    tine = np.sin(phase + 0.6 * np.exp(-t / 0.06) * np.sin(14.0 * phase)) * decay(t, 1.4)
    return force * (0.7 * body + 0.3 * tine) * decay(t, 5.0) * hold(t, 0.003, 0.25)


def pad_note(midi: int, duration_seconds: float) -> Signal:
    """Soft strings: two detuned saw waves without their treble."""
    t = times(duration_seconds + 0.5)
    tone = np.zeros(t.size)
    for cents in (-7.0, 6.0):
        hz = float(note_hz(midi + cents / 100.0))
        for harmonic in range(1, int(5_000.0 / hz)):
            soft = 1.0 / (harmonic * np.sqrt(1.0 + (harmonic * hz / 1_400.0) ** 4))
            tone += soft * np.sin(2.0 * np.pi * harmonic * hz * t + cents * harmonic)
    return 0.4 * tone * hold(t, 0.25, 0.5)


def bell_note(midi: int) -> Signal:
    """A short glassy pluck."""
    t = times(0.7)
    phase = 2.0 * np.pi * float(note_hz(midi)) * t
    return np.sin(phase + 1.2 * np.exp(-t / 0.12) * np.sin(3.5 * phase)) * decay(t, 0.9) * hold(t, 0.002, 0.1)
