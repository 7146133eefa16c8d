"""Resampling of whole pieces by their spectrum, for training: on any device, with gradients."""

from __future__ import annotations

import torch
from torch import Tensor


def resample(signal: Tensor, samples: int) -> Tensor:
    """Stretch or squeeze signals (..., n) to (..., `samples`); what the new rate cannot hold is left out.

    The piece is taken for a period of something periodic, so its ends ring into each other.
    """
    length = signal.shape[-1]
    if samples == length:
        return signal
    spectrum = torch.fft.rfft(signal.float())[..., : min(length, samples) // 2 + 1]
    return torch.fft.irfft(spectrum, samples) * (samples / length)
