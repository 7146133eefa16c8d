"""The network's short-time Fourier transform: periodic Hann window, centred frames, reflected edges.

Shapes: n samples, F = n_fft // 2 + 1 bins, T = 1 + n // hop frames.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class StftSize(NamedTuple):
    """Window and hop of a transform, in samples."""

    n_fft: int
    hop: int

    @property
    def bins(self) -> int:
        """F."""
        return self.n_fft // 2 + 1

    @property
    def shortest(self) -> int:
        """The fewest samples that the reflected edge allows."""
        return self.n_fft // 2 + 1

    def frames(self, samples: int) -> int:
        """T of a signal of that many samples."""
        return 1 + samples // self.hop


def stft(signal: Tensor, size: StftSize) -> Tensor:
    """Transform real signals (..., n) to complex spectra (..., F, T).

    Raises:
        ValueError: There are fewer than n_fft // 2 + 1 samples.
    """
    samples = signal.shape[-1]
    if samples < size.shortest:
        raise ValueError(f"the network needs at least {size.shortest} samples, got {samples}")
    window = torch.hann_window(size.n_fft, dtype=signal.dtype, device=signal.device)
    flat = signal.reshape(-1, samples)
    spectrum = torch.stft(flat, size.n_fft, size.hop, window=window, center=True, return_complex=True)
    return spectrum.unflatten(0, signal.shape[:-1])


def istft(spectrum: Tensor, size: StftSize, samples: int) -> Tensor:
    """Transform complex spectra (..., F, T) back to real signals (..., n) of `samples` samples."""
    window = torch.hann_window(size.n_fft, dtype=spectrum.real.dtype, device=spectrum.device)
    flat = spectrum.reshape(-1, *spectrum.shape[-2:])
    signal = torch.istft(flat, size.n_fft, size.hop, window=window, center=True, length=samples)
    return signal.unflatten(0, spectrum.shape[:-2])
