"""Parts that networks are built from between band split and heads: norms, and blocks along time, bands and channels.

Features (B, C, K, T, N) stay in this layout between blocks.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from engine.model.config import STEREO, MixerSizes
from engine.model.mamba2 import BidirectionalMamba2

# Every GroupNorm. Source: the published code uses float32's machine epsilon.
NORM_EPS = 1.1920929e-07


def one_group_norm(features: int) -> nn.GroupNorm:
    """The norm of most networks: one group, so its statistics span features and sequence alike."""
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


class FrameNorm(nn.Module):
    """Weights of a `normalise` that has one for every frame and feature, and so fits one length of sequences only."""

    def __init__(self, frames: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(frames, features))
        self.bias = nn.Parameter(torch.zeros(frames, features))


def unit_norm(x: Tensor, gamma: Tensor) -> Tensor:
    """Scale every vector (..., N) to a root mean square of 1, in float32 (float64 stays), then by `gamma`."""
    if x.dtype in (torch.bfloat16, torch.float16):
        x = x.float()
    return F.normalize(x, dim=-1) * (gamma * x.shape[-1] ** 0.5)


class UnitNorm(nn.Module):
    """`unit_norm` with a learnt gain."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(features))

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., N) to the same shape."""
        return unit_norm(x, self.gamma)


class Recomputable(nn.Module):
    """A layer that in training may keep only its input, and compute the rest again in the backward pass.

    One mixer pair of a 3 s stereo segment otherwise keeps almost 2 GB. It must draw no random numbers: the second time
    they would be others.
    """

    def __init__(self) -> None:
        super().__init__()
        self.recompute = False

    def forward(self, x: Tensor) -> Tensor:
        """Map sequences (B, L, N) to sequences of the same shape."""
        if self.recompute and torch.is_grad_enabled():
            return cast("Tensor", checkpoint(self.compute, x, use_reentrant=False, preserve_rng_state=False))
        return self.compute(x)

    @abstractmethod
    def compute(self, x: Tensor) -> Tensor:
        """What `forward` promises."""


class ResidualMamba(Recomputable):
    """A bidirectional Mamba-2 behind a norm, added to its input."""

    def __init__(self, sizes: MixerSizes) -> None:
        super().__init__()
        self.norm = one_group_norm(sizes.feature_dim)
        self.rnn = BidirectionalMamba2(sizes)
        self.proj = nn.Linear(2 * sizes.feature_dim, sizes.feature_dim)

    def compute(self, x: Tensor) -> Tensor:
        """See `Recomputable`."""
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

    @staticmethod
    def macs(features: int) -> int:
        """Multiply-accumulates per channel of stereo, band and frame."""
        n = features
        return 2 * n + 3 * n * n + 3 * n + (9 * n * n + 3 * n) // STEREO + 6 * n * n + n

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
    """One BSNet of TS-BSMAMBA2: along time, along bands, then across channels."""

    def __init__(self, sizes: MixerSizes) -> None:
        super().__init__()
        self.band_rnn = ResidualMamba(sizes)
        self.band_comm = ResidualMamba(sizes)
        self.channel_comm = ChannelExchange(sizes.feature_dim)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, C, K, T, N) to the same shape."""
        return self.channel_comm(along_bands(self.band_comm, along_time(self.band_rnn, x)))


def along_time(layer: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Apply a layer for sequences (B, L, N) to every band of (B, C, K, T, N)."""
    return layer(x.flatten(0, 2)).view(x.shape)


def along_bands(layer: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Apply a layer for sequences (B, L, N) to every frame of (B, C, K, T, N)."""
    across = x.transpose(2, 3)
    return layer(across.flatten(0, 2)).view(across.shape).transpose(2, 3).contiguous()
