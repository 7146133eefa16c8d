"""What a model must beat, and what no mask can: estimates made without a network.

- `mixture`: the mixture as the estimate of every target.
- `equal_share`: the mixture, divided equally among the stems (a quarter each when there are four).
- `wiener_mask`: a fixed filter for each target, from the average power spectra of other songs' references. It knows
  what bass or drums sound like on the whole, and nothing of the song.
- `ideal_ratio_mask`: the share of each target in the power of every time-frequency cell, from the song's own
  references; the ceiling of real-valued masks.

Both masks act on one STFT of the mixture, that of the first networks, whatever network they are compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.dsp.stft import StftSize, istft, stft
from engine.evaluation.metrics import Values
from engine.separation import Samples

Target = tuple[str, ...]

STFT = StftSize(n_fft=2048, hop=512)

# What a mask's output depends on, to both sides of a sample: a window that reaches to it, and what that one hears.
CONTEXT_SAMPLES = STFT.n_fft


@dataclass(frozen=True)
class Spectrum:
    """The average power spectra of a song's references.

    Attributes:
        targets: T of them.
        sample_rate: In Hz.
        power: (T, F), relative to the song's whole power.
    """

    targets: tuple[Target, ...]
    sample_rate: int
    power: Values

    @staticmethod
    def of(targets: tuple[Target, ...], sample_rate: int, power: Values) -> Spectrum:
        """Make a spectrum of power sums (T, F) in any unit, so that loud songs do not count more than others."""
        return Spectrum(targets, sample_rate, power / max(float(power.sum()), np.finfo(np.float64).tiny))


def power_spectrum(signal: Samples) -> Values:
    """The power (F,) of a signal (C, n), summed over channels and frames; zero when it is shorter than a frame."""
    if signal.shape[-1] < STFT.shortest:
        return np.zeros(STFT.bins)
    power = _power(_spectrum(signal))
    return power.sum(dim=(0, -1), dtype=torch.float64).numpy()


def learn_spectrum(targets: tuple[Target, ...], sample_rate: int, others: Sequence[Spectrum]) -> Values | None:
    """Average the spectra (T, F) of other songs; None when none has references for just these targets."""
    fitting = [_rearranged(other, targets, sample_rate) for other in others]
    known = [power for power in fitting if power is not None]
    return np.mean(known, axis=0) if known else None


def _rearranged(spectrum: Spectrum, targets: tuple[Target, ...], sample_rate: int) -> Values | None:
    """The spectrum for other targets, where each is a sum of some of its own, and at another rate."""
    parts = [[index for index, own in enumerate(spectrum.targets) if set(own) <= set(target)] for target in targets]
    for target, indices in zip(targets, parts, strict=True):
        if sum(len(spectrum.targets[index]) for index in indices) != len(target):
            return None
    power = np.stack([spectrum.power[indices].sum(axis=0) for indices in parts])
    if spectrum.sample_rate == sample_rate:
        return power
    share = np.arange(STFT.bins) / STFT.n_fft
    return np.stack([np.interp(share * sample_rate, share * spectrum.sample_rate, row) for row in power])


class Baselines:
    """The baselines of one song.

    Args:
        targets: T of them.
        spectrum: What was learnt from other songs, (T, F); None leaves the `wiener_mask` out.
    """

    def __init__(self, targets: tuple[Target, ...], spectrum: Values | None) -> None:
        stems = sum(map(len, targets))
        self._shares = np.array([len(target) / stems for target in targets], np.float32)[:, None, None]
        self._wiener: Tensor | None = None
        if spectrum is not None:
            self._wiener = _ratio(torch.from_numpy(spectrum.astype(np.float32)))[:, None, :, None]

    def estimates(self, mixture: Samples, references: Samples) -> dict[str, Samples]:
        """Estimate the targets of a song or a block.

        Args:
            mixture: (C, n), n at least 1025.
            references: (T, C, n).

        Returns:
            (T, C, n) by name. Those of a block equal those of the song except near its cuts, see `CONTEXT_SAMPLES`.
        """
        whole = np.broadcast_to(mixture, references.shape)
        estimates = {"mixture": whole, "equal_share": whole * self._shares}
        spectrum, samples = _spectrum(mixture), mixture.shape[-1]
        if self._wiener is not None:
            estimates["wiener_mask"] = istft(spectrum * self._wiener, STFT, samples).numpy()
        masks = _ratio(_power(_spectrum(references)))
        estimates["ideal_ratio_mask"] = istft(spectrum * masks, STFT, samples).numpy()
        return estimates


def _spectrum(signals: Samples) -> Tensor:
    # A copy, because PyTorch takes no read-only arrays, and maps of files are.
    return stft(torch.from_numpy(np.array(signals, np.float32, order="C")), STFT)


def _power(spectrum: Tensor) -> Tensor:
    return spectrum.real.square() + spectrum.imag.square()


def _ratio(power: Tensor) -> Tensor:
    """Each target's share (T, ...) of the power; zero where there is none."""
    return power / power.sum(dim=0).clamp_min(torch.finfo(power.dtype).tiny)
