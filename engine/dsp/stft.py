"""The network's short-time Fourier transform: periodic Hann window, centred frames, reflected edges.

Shapes: n samples, F = n_fft // 2 + 1 bins, T = 1 + n // hop frames.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
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
    """Transform complex spectra (..., F, T) back to real signals (..., n) of `samples` samples.

    As `torch.istft`, but without its check of the window, for which a GPU would have to be waited for.

    Raises:
        ValueError: The spectra are of fewer samples.
    """
    frames, start = spectrum.shape[-1], size.n_fft // 2
    if samples >= frames * size.hop:
        raise ValueError(f"{frames} frames are too few for {samples} samples")
    window = torch.hann_window(size.n_fft, dtype=spectrum.real.dtype, device=spectrum.device)
    signal = _overlap_add(torch.fft.irfft(spectrum.transpose(-1, -2), size.n_fft) * window, size.hop)
    weight = _overlap_add(window.square().expand(frames, -1), size.hop)
    return signal[..., start : start + samples] / weight[start : start + samples]


def _overlap_add(frames: Tensor, hop: int) -> Tensor:
    """Add frames (..., T, window) up at their places: (..., (T - 1) hop + window, rounded up to whole hops)."""
    parts = F.pad(frames, (0, -frames.shape[-1] % hop)).unflatten(-1, (-1, hop))  # (..., T, hops of a window, hop)
    count, hops = parts.shape[-3:-1]
    total = parts.new_zeros(*parts.shape[:-3], count + hops - 1, hop)
    for late in range(hops):
        total[..., late : late + count, :] += parts[..., late, :]
    return total.flatten(-2)
