"""The dual-path block: along time, along bands, then across channels.

Features (B, C, K, T, N) stay in this layout between blocks.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from engine.model.config import ModelConfig
from engine.model.mamba2 import BidirectionalMamba2

# Every GroupNorm of the network. Source: the published code uses float32's machine epsilon.
NORM_EPS = 1.1920929e-07


def one_group_norm(features: int) -> nn.GroupNorm:
    """The network's only kind of norm: one group, so its statistics span features and sequence alike."""
    return nn.GroupNorm(1, features, eps=NORM_EPS)


def normalise(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Apply `one_group_norm` to sequences with features last.

    Args:
        x: (..., L, N).
        weight: (N,), or anything that broadcasts against x.
        bias: Like weight.

    Returns:
        (..., L, N) in float32 (float64 stays), with zero mean and unit variance over (L, N) before weight and bias.
    """
    if x.dtype in (torch.bfloat16, torch.float16):
        x = x.float()
    return torch.addcmul(bias, F.layer_norm(x, x.shape[-2:], eps=NORM_EPS), weight)


class ResidualMamba(nn.Module):
    """A bidirectional Mamba-2 behind a norm, added to its input."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.norm = one_group_norm(config.feature_dim)
        self.rnn = BidirectionalMamba2(config)
        self.proj = nn.Linear(2 * config.feature_dim, config.feature_dim)
        # In training: keep only the input, and compute the rest again in the backward pass. One mixer pair of a 3 s
        # stereo segment otherwise keeps almost 2 GB.
        self.recompute = False

    def forward(self, x: Tensor) -> Tensor:
        """Map sequences (B, L, N) to sequences of the same shape."""
        if self.recompute and torch.is_grad_enabled():
            return cast("Tensor", checkpoint(self._forward, x, use_reentrant=False, preserve_rng_state=False))
        return self._forward(x)

    def _forward(self, x: Tensor) -> Tensor:
        return x + self.rnn(normalise(x, self.norm.weight, self.norm.bias), self.proj)


class ChannelExchange(nn.Module):
    """Transform-average-concatenate: every audio channel hears the mean of all.

    Source: Luo et al., "End-to-end microphone permutation and number invariant multi-channel speech separation",
    arXiv 1910.14104, with tanh and a residual as in arXiv 2409.06245.
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        hidden = 3 * features
        self.input_norm = one_group_norm(features)
        self.TAC_input = nn.Sequential(nn.Linear(features, hidden), nn.Tanh())
        self.TAC_mean = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh())
        self.TAC_output = nn.Sequential(nn.Linear(2 * hidden, features), nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, K, T, N) to the same shape."""
        own = self.TAC_input(normalise(x, self.input_norm.weight, self.input_norm.bias))
        mean = self.TAC_mean(own.mean(dim=1, keepdim=True))
        output = cast("nn.Linear", self.TAC_output[0])
        # The output layer on cat[own, mean], without repeating the mean for every channel.
        own_weight, mean_weight = output.weight.chunk(2, dim=1)
        mixed = F.linear(own, own_weight) + F.linear(mean, mean_weight, output.bias)
        return x + torch.tanh(mixed)


class DualPathBlock(nn.Module):
    """One BSNet of the paper."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.band_rnn = ResidualMamba(config)
        self.band_comm = ResidualMamba(config)
        self.channel_comm = ChannelExchange(config.feature_dim)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, C, K, T, N) to the same shape."""
        batch, channels, bands, frames, features = x.shape
        x = self.band_rnn(x.reshape(-1, frames, features))
        x = x.view(batch * channels, bands, frames, features).transpose(1, 2)
        x = self.band_comm(x.reshape(-1, bands, features))
        x = x.view(batch, channels, frames, bands, features).transpose(2, 3).contiguous()
        return self.channel_comm(x)
