"""A singing voice from nothing: a glottal pulse train through the resonances of a throat, with breath and consonants.

A pulse train has harmonics only, so the voice is built harmonic by harmonic: each one takes the gain and the phase that
the throat's resonances have at its frequency. This is the filtered pulse train itself, without aliasing and without a
sample-by-sample filter. What the mouth does is drawn as curves at a control rate and smoothed, so that sounds melt into
each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from signals import RATE_HZ, Signal, band, filtered, noise, note_hz

CONTROL_HOP = 64  # samples between two points of a curve: 1.5 ms, far below what an ear can follow
HARMONICS_TO_HZ = 13_000.0

# The first three resonances of women's vowels, in Hz.
# Source: Peterson & Barney, "Control methods used in a study of the vowels", JASA 24 (1952), table II.
VOWELS = {
    "a": (850.0, 1_220.0, 2_810.0),
    "e": (610.0, 2_330.0, 2_990.0),
    "i": (310.0, 2_790.0, 3_310.0),
    "o": (590.0, 920.0, 2_710.0),
    "u": (370.0, 950.0, 2_670.0),
}
# The fourth and fifth hardly move; the widths grow with frequency.
UPPER_FORMANTS_HZ = (4_000.0, 5_000.0)
WIDTHS_HZ = (80.0, 95.0, 130.0, 190.0, 260.0)


@dataclass(frozen=True)
class Consonant:
    """What comes before a vowel.

    Attributes:
        seconds: How long it lasts; it ends where the vowel begins.
        voicing: How loud the voice goes on meanwhile, 0..1.
        formants_hz: Where the resonances go meanwhile; None leaves them on their way to the vowel.
        noise_hz: The band of its hiss or burst; None for none.
        noise_gain: How loud that is.
    """

    seconds: float
    voicing: float
    formants_hz: tuple[float, float, float] | None = None
    noise_hz: tuple[float, float] | None = None
    noise_gain: float = 0.0


CONSONANTS = {
    "l": Consonant(0.07, 0.45, (360.0, 1_300.0, 2_900.0)),
    "m": Consonant(0.08, 0.35, (280.0, 1_000.0, 2_300.0)),
    "n": Consonant(0.07, 0.35, (280.0, 1_500.0, 2_500.0)),
    "d": Consonant(0.06, 0.10, (300.0, 1_700.0, 2_700.0), (2_500.0, 6_000.0), 0.45),
    "h": Consonant(0.08, 0.00, None, (900.0, 4_500.0), 0.40),
    "s": Consonant(0.11, 0.00, (350.0, 1_700.0, 2_700.0), (5_000.0, 11_000.0), 0.42),
    "t": Consonant(0.05, 0.00, (350.0, 1_800.0, 2_700.0), (3_000.0, 8_000.0), 0.55),
}


@dataclass(frozen=True)
class Syllable:
    """One sung note: a consonant and a vowel, such as `la`; `gain` is linear."""

    start_seconds: float
    seconds: float
    midi: int
    text: str
    gain: float = 1.0

    @property
    def consonant(self) -> Consonant:
        """How it begins."""
        return CONSONANTS[self.text[0]]

    @property
    def end_seconds(self) -> float:
        """Where its vowel ends."""
        return self.start_seconds + self.seconds


@dataclass(frozen=True)
class Curves:
    """What the throat does over time, one value per control point: pitch, loudness, five resonances, breath."""

    pitch_midi: Signal
    voicing: Signal
    formants_hz: Signal
    breath: Signal


def sing(line: list[Syllable], duration_seconds: float, rng: np.random.Generator) -> Signal:
    """Sing a line of notes that do not overlap, ascending in time, as a mono signal that peaks at 1."""
    count = round(duration_seconds * RATE_HZ)
    curves = _draw_curves(line, count // CONTROL_HOP + 2, rng)
    voiced = _voiced(curves, count)
    voice = voiced / np.max(np.abs(voiced)) + _breath(curves, count, rng) + _hiss(line, count, rng)
    return voice / np.max(np.abs(voice))


def _draw_curves(line: list[Syllable], points: int, rng: np.random.Generator) -> Curves:
    t = np.arange(points) * CONTROL_HOP / RATE_HZ
    pitch = np.full(points, float(line[0].midi))
    voicing = np.zeros(points)
    vibrato = np.zeros(points)
    formants = np.tile(np.array([[*VOWELS["a"], *UPPER_FORMANTS_HZ]]).T, (1, points))
    for syllable in line:
        onset = syllable.start_seconds - syllable.consonant.seconds
        vowel = (t >= syllable.start_seconds) & (t < syllable.end_seconds)
        before = (t >= onset) & (t < syllable.start_seconds)
        pitch[t >= onset] = syllable.midi
        age = np.clip((t - syllable.start_seconds) / syllable.seconds, 0.0, 1.0)
        voicing[vowel] = syllable.gain * (0.82 + 0.18 * np.sin(np.pi * age[vowel]))
        voicing[before] = syllable.gain * syllable.consonant.voicing
        vibrato[vowel] = 0.38 * np.clip((t[vowel] - syllable.start_seconds - 0.22) / 0.35, 0.0, 1.0)
        formants[:3, t >= onset] = np.array([VOWELS[syllable.text[1]]]).T
        if syllable.consonant.formants_hz is not None:
            formants[:3, before] = np.array([syllable.consonant.formants_hz]).T
    wobble = _smoothed(noise(rng, points), 0.25) * 0.6 + _smoothed(noise(rng, points), 0.05) * 0.12
    pitch = _smoothed(pitch, 0.07) + _smoothed(vibrato, 0.1) * np.sin(2.0 * np.pi * 5.4 * t) + wobble
    voicing = _smoothed(voicing, 0.05)
    formants = np.stack([_smoothed(curve, 0.06) for curve in formants])
    # A singer lifts the first resonance with the note, else high notes would turn thin.
    formants[0] = np.maximum(formants[0], 1.04 * note_hz(pitch))
    return Curves(pitch, voicing, formants, 0.045 * voicing)


def _throat(formants_hz: Signal, hz: Signal) -> NDArray[np.complex128]:
    gain = np.ones(hz.shape, dtype=np.complex128)
    for centre_hz, width_hz in zip(formants_hz, WIDTHS_HZ, strict=True):
        gain = gain * (centre_hz**2 / (centre_hz**2 - hz**2 + 1j * hz * width_hz))
    # The resonances above the fifth are left out; this gives back the treble they would carry.
    return gain * (1.0 + (hz / 2_000.0) ** 2)


def _voiced(curves: Curves, count: int) -> Signal:
    control = np.arange(curves.pitch_midi.size) * float(CONTROL_HOP)
    samples = np.arange(count, dtype=np.float64)
    f0 = note_hz(curves.pitch_midi)
    phase = 2.0 * np.pi * np.cumsum(np.interp(samples, control, f0)) / RATE_HZ
    harmonics = range(1, int(HARMONICS_TO_HZ / f0.min()) + 1)
    # Pulses fall by 12 dB per octave and the lips give 6 back; a clear voice falls by a little less.
    gains = [_throat(curves.formants_hz, k * f0) * k**-0.9 * (k * f0 < HARMONICS_TO_HZ) for k in harmonics]
    # Vowels differ by 15 dB on their own; most of that is evened out, as a singer and an engineer would.
    loudness = np.sqrt(sum(np.abs(gain) ** 2 for gain in gains))
    level = curves.voicing / loudness**0.8
    voice = np.zeros(count)
    for k, gain in zip(harmonics, gains, strict=True):
        amplitude = np.interp(samples, control, level * np.abs(gain))
        shift = np.interp(samples, control, np.unwrap(np.angle(gain)))
        voice += amplitude * np.sin(k * phase + shift)
    return voice


def _breath(curves: Curves, count: int, rng: np.random.Generator) -> Signal:
    samples = np.arange(count, dtype=np.float64)
    control = np.arange(curves.breath.size) * float(CONTROL_HOP)
    air = filtered(noise(rng, count), band(2_000.0, 12_000.0))
    return air * np.interp(samples, control, curves.breath)


def _hiss(line: list[Syllable], count: int, rng: np.random.Generator) -> Signal:
    hiss = np.zeros(count)
    for syllable in line:
        consonant = syllable.consonant
        if consonant.noise_hz is None:
            continue
        burst = filtered(noise(rng, round(consonant.seconds * RATE_HZ)), band(*consonant.noise_hz))
        burst *= np.sin(np.pi * np.arange(burst.size) / burst.size)
        end = round(syllable.start_seconds * RATE_HZ)
        hiss[end - burst.size : end] += syllable.gain * consonant.noise_gain * burst
    return hiss


def _smoothed(curve: Signal, seconds: float) -> Signal:
    width = max(3, round(seconds * RATE_HZ / CONTROL_HOP) | 1)
    kernel = 1.0 - np.cos(2.0 * np.pi * np.arange(1, width + 1) / (width + 1))
    padded = np.pad(curve, width // 2, mode="edge")
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), mode="valid"), dtype=np.float64)
