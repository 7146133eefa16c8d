"""The network between waveforms: Fourier transforms around it, level handling, and silence."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from engine.dsp.stft import istft, stft
from engine.model.config import NetworkConfig
from engine.model.network import Estimates

# A spectrum (B, C, F, T) to estimates.
Compute = Callable[[Tensor], Estimates]

# Root mean square that level-normalised networks hear: a usual level of mastered music.
REFERENCE_LEVEL = 0.1


class Separator(nn.Module):
    """Separate waveforms of any length and channel count."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.network = config.build()
        self._compute: Compute | None = None

    def compute_with(self, compute: Compute | None) -> None:
        """Let something else compute what the network defines; None is the network itself."""
        self._compute = compute

    @property
    def config(self) -> NetworkConfig:
        """Of the network."""
        return self.network.config

    def estimate(self, mixture: Tensor) -> Estimates:
        """Run the bare network.

        Args:
            mixture: (B, C, n) at the network's rate, full scale 1.0, at least `config.stft.shortest` samples.

        Returns:
            Waveforms (B, S, C, n) of every stage.
        """
        size = self.config.stft
        spectra = (self._compute or self.network)(stft(mixture, size))
        return spectra.map(lambda stage: istft(stage, size, mixture.shape[-1]))

    def forward(self, mixture: Tensor) -> Estimates:
        """Run the network at the level it was made for, and make all stems; silence in gives exact silence out.

        Args:
            mixture: Like `estimate`.

        Returns:
            Waveforms (B, stems, C, n) of every stage, at the mixture's level.
        """
        level = mixture.square().mean(dim=(1, 2), keepdim=True).sqrt()  # (B, 1, 1)
        silent = mixture.abs().amax(dim=(1, 2), keepdim=True) == 0
        if not self.config.normalise_level:
            gain = torch.ones_like(level)
        else:
            gain = level.clamp_min(torch.finfo(level.dtype).tiny) / REFERENCE_LEVEL
        undo = torch.where(silent, 0.0, gain)[:, None]  # (B, 1, 1, 1)
        estimates = self.estimate(mixture / gain).map(lambda stage: _scaled(stage, undo))
        if not self.config.remainder:
            return estimates
        whole = mixture[:, None]
        return estimates.map(lambda stage: torch.cat([stage, whole - stage.sum(dim=1, keepdim=True)], dim=1))


def _scaled(stage: Tensor, gain: Tensor) -> Tensor:
    # Where the gain is zero the network may have made anything, even NaN; the answer is silence.
    return torch.where(gain > 0, stage * gain, torch.zeros_like(stage))
