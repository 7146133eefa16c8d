"""A phase vocoder: makes frames of sound last longer or shorter, and sound higher or lower.

The spectrum of a frame keeps its magnitudes; its phases are turned so that the frame joins the one put out before it.
How far they would have turned by themselves is seen from a second frame, which ends one hop earlier in the song. All
bins around a peak are turned alike, and both channels alike, so that neither tones nor the stereo picture fall apart.
Sources: Laroche & Dolson, "Improved phase vocoder time-scale modification of audio", IEEE Trans. Speech and Audio
Processing 7(3), 1999 (identity phase locking); Puckette, "Phase-locked vocoder", WASPAA 1995 (turning against the frame
put out before, without unwrapping a phase).

The pitch is changed by giving the frame more or fewer samples than it had, which for a spectrum means to be cut off or
padded with zeros. Frames that are put out overlap by three quarters.

Shapes: L samples of a frame as it is read, M as it is put out, F = L / 2 + 1 bins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.api import Samples

Spectrum = NDArray[np.complex128]

# A quarter of a frame: long enough to tell the notes of a bass apart, short enough for drums to stay sharp.
_HOP_SECONDS = 0.020
_HOP_LEEWAY = 0.1  # of that length, to come closer to a pitch
_FINE_DIGITS = 5  # of a ratio: 0.02 cents
_OVERLAP = 4
_REACH = 2  # a peak is larger than so many bins on either side
_NOTHING = 1e-12


class Vocoder:
    """Turns overlapping frames of a stereo stream into a stream of another speed and pitch; a new one for each pitch.

    Args:
        sample_rate: In Hz.
        semitones: How much higher it shall sound.
    """

    def __init__(self, sample_rate: int, semitones: int) -> None:
        self.hop_in, self.hop_out = _hops(round(_HOP_SECONDS * sample_rate), 2.0 ** (semitones / 12))
        self.frame_in = _OVERLAP * self.hop_in
        self._frame_out = _OVERLAP * self.hop_out
        self._window_in = _hann(self.frame_in)
        # Both windows together add up to 3/2 at this overlap. A spectrum of M samples has M / L the size.
        self._window_out = _hann(self._frame_out) * (2 / 3) * (self._frame_out / self.frame_in)
        self._sum = np.zeros((2, self._frame_out))
        self._last: Spectrum | None = None

    def put(self, frame: Samples, earlier: Samples) -> Samples:
        """Add a frame and take what is then complete.

        Args:
            frame: (2, L) samples.
            earlier: (2, L) samples that begin `hop_in` before those of `frame`.

        Returns:
            Array (2, hop_out): the first quarter of the frame, with what frames before had to say there.
        """
        spectrum = self._spectrum(frame)
        if self._last is not None:
            spectrum = spectrum * _turn(spectrum, self._last, self._spectrum(earlier))
        self._last = spectrum
        resized = np.zeros((2, self._frame_out // 2 + 1), np.complex128)
        kept = min(resized.shape[1], spectrum.shape[1])
        resized[:, :kept] = spectrum[:, :kept]
        self._sum += np.fft.irfft(resized, self._frame_out) * self._window_out
        ready = self._sum[:, : self.hop_out].astype(np.float32)
        self._sum[:, : -self.hop_out] = self._sum[:, self.hop_out :]
        self._sum[:, -self.hop_out :] = 0.0
        return ready

    def _spectrum(self, frame: Samples) -> Spectrum:
        return np.fft.rfft(frame * self._window_in)


def _hops(usual: int, ratio: float) -> tuple[int, int]:
    """Hops of a length like the usual one, in whole samples, whose ratio is as close as can be to the one wanted."""

    def miss(hop: int) -> tuple[float, int]:
        return round(abs(hop / round(hop / ratio) / ratio - 1), _FINE_DIGITS), abs(hop - usual)

    leeway = round(_HOP_LEEWAY * usual)
    hop_in = min(range(usual - leeway, usual + leeway + 1), key=miss)
    return hop_in, round(hop_in / ratio)


def _turn(spectrum: Spectrum, last: Spectrum, before: Spectrum) -> Spectrum:
    """The unit complex numbers (F,) by which `spectrum` (2, F) continues `last` as it would continue `before`."""
    turn = (last * before.conj()).sum(axis=0)
    turn[1:-1] = turn[:-2] + turn[1:-1] + turn[2:]  # all of one tone: less noise
    size = np.abs(turn)
    known = size > _NOTHING  # what has just begun keeps the phase it has
    turn = np.where(known, turn / np.where(known, size, 1.0), 1.0)
    return np.asarray(turn[_nearest_peak((np.abs(spectrum) ** 2).sum(axis=0))], np.complex128)


def _nearest_peak(power: NDArray[np.float64]) -> NDArray[np.int64]:
    """For each bin (F,) the index of the peak it belongs to."""
    inner = power[_REACH:-_REACH]
    is_peak = np.ones(len(inner), np.bool_)
    for shift in range(1, _REACH + 1):
        is_peak &= inner > power[_REACH - shift : -_REACH - shift]
        is_peak &= inner >= power[_REACH + shift : len(power) - _REACH + shift]
    peaks = np.flatnonzero(is_peak) + _REACH
    bins = np.arange(len(power))
    if not len(peaks):
        return bins
    return peaks[np.searchsorted((peaks[1:] + peaks[:-1]) / 2, bins)]


def _hann(size: int) -> NDArray[np.float64]:
    """A periodic Hann window, whose squares add up evenly when frames overlap by three quarters."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
