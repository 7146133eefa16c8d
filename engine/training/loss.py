"""The training loss: absolute error of spectra and waveforms of both stages.

Shapes: B batch, S sources, C channels, F bins, T frames, n samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from engine.dsp.stft import StftSize, istft, stft
from engine.model.network import Network
from engine.model.separator import REFERENCE_LEVEL


@dataclass(frozen=True)
class LossWeights:
    """How much each part counts; all ones is equation (4) of arXiv 2409.06245.

    Attributes:
        stage1: Of the first stage's error.
        stage2: Of the second stage's error.
        spectrum: Of the real and imaginary parts.
        waveform: Of the samples.
    """

    stage1: float = 1.0
    stage2: float = 1.0
    spectrum: float = 1.0
    waveform: float = 1.0


def two_stage_loss(network: nn.Module, stems: Tensor, weights: LossWeights) -> Tensor:
    """Separate the stems' mixture and measure the error of every estimate.

    The error is the mean absolute difference of the real parts, the imaginary parts and the samples, summed over the
    sources and the stages. A network that normalises levels is trained at the level it will hear.

    Args:
        network: A `Network` in training mode, perhaps wrapped; called once, which a wrapper counts as one step.
        stems: All that the mixture consists of, the network's S sources first: (B, stems, C, n) at its rate.
        weights: Of the parts.

    Returns:
        A scalar.
    """
    config = cast("Network", getattr(network, "module", network)).config
    if config.normalise_level:
        stems = at_reference_level(stems)
    mixture, targets = stems.sum(dim=1), stems[:, : config.sources]
    with torch.autocast(stems.device.type, enabled=False):
        target_spectra = stft(targets, config.stft)
        mixture_spectrum = stft(mixture, config.stft)
    estimates = network(mixture_spectrum)
    total = stems.new_zeros(())
    for estimate, weight in zip(estimates, (weights.stage1, weights.stage2), strict=True):
        if estimate is not None and weight:
            total = total + weight * _stage_error(estimate, target_spectra, targets, config.stft, weights)
    return total


def _stage_error(
    estimate: Tensor, target_spectra: Tensor, targets: Tensor, size: StftSize, weights: LossWeights
) -> Tensor:
    with torch.autocast(targets.device.type, enabled=False):
        waveforms = istft(estimate, size, targets.shape[-1])
        # Means over everything but the sources, which are summed; real and imaginary part each have a mean.
        spectrum = 2 * _mean_absolute(torch.view_as_real(estimate - target_spectra)) * targets.shape[1]
        samples = _mean_absolute(waveforms - targets) * targets.shape[1]
    return weights.spectrum * spectrum + weights.waveform * samples


def _mean_absolute(x: Tensor) -> Tensor:
    # As a norm, which makes no copy of its input.
    return torch.linalg.vector_norm(x, 1) / x.numel()


def at_reference_level(stems: Tensor) -> Tensor:
    """Scale each item (B, S, C, n) so that its mixture has the level that level-normalised networks hear."""
    level = stems.sum(dim=1).square().mean(dim=(1, 2)).sqrt()
    gain = torch.where(level > 0, REFERENCE_LEVEL / level.clamp_min(torch.finfo(level.dtype).tiny), 1.0)
    return stems * gain[:, None, None, None]
