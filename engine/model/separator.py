"""The network between waveforms: Fourier transforms around it, level handling, and silence."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from engine.dsp.stft import StftSize, istft, stft
from engine.model.config import ModelConfig
from engine.model.network import Estimates, TwoStageNetwork

SAMPLE_RATE = 44100
STFT = StftSize(n_fft=2048, hop=512)

# A spectrum (B, C, F, T) to estimates.
Compute = Callable[[Tensor], Estimates]

# Root mean square that level-normalised networks hear: a usual level of mastered music.
REFERENCE_LEVEL = 0.1


class Separator(nn.Module):
    """Separate waveforms of any length and channel count."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.network = TwoStageNetwork(config)
        self._compute: Compute | None = None

    def compute_with(self, compute: Compute | None) -> None:
        """Let something else compute what the network defines; None is the network itself."""
        self._compute = compute

    @property
    def config(self) -> ModelConfig:
        """Of the network."""
        return self.network.config

    def estimate(self, mixture: Tensor) -> Estimates:
        """Run the bare network.

        Args:
            mixture: (B, C, n) at 44.1 kHz, full scale 1.0, n >= 1025.

        Returns:
            Waveforms (B, S, C, n) of both stages.
        """
        spectra = (self._compute or self.network)(stft(mixture, STFT))
        samples = mixture.shape[-1]
        stage2 = None if spectra.stage2 is None else istft(spectra.stage2, STFT, samples)
        return Estimates(istft(spectra.stage1, STFT, samples), stage2)

    def forward(self, mixture: Tensor) -> Estimates:
        """Run the network at the level it was made for; silence in gives exact silence out.

        Args:
            mixture: Like `estimate`.

        Returns:
            Like `estimate`, at the mixture's level.
        """
        level = mixture.square().mean(dim=(1, 2), keepdim=True).sqrt()  # (B, 1, 1)
        silent = mixture.abs().amax(dim=(1, 2), keepdim=True) == 0
        if not self.config.normalise_level:
            gain = torch.ones_like(level)
        else:
            gain = level.clamp_min(torch.finfo(level.dtype).tiny) / REFERENCE_LEVEL
        estimates = self.estimate(mixture / gain)
        undo = torch.where(silent, 0.0, gain)[:, None]  # (B, 1, 1, 1)
        stage2 = None if estimates.stage2 is None else _scaled(estimates.stage2, undo)
        return Estimates(_scaled(estimates.stage1, undo), stage2)


def _scaled(stage: Tensor, gain: Tensor) -> Tensor:
    # Where the gain is zero the network may have made anything, even NaN; the answer is silence.
    return torch.where(gain > 0, stage * gain, torch.zeros_like(stage))
