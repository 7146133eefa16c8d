"""The Mamba-2 mixer: input projection, a core that scans along the sequence, output projection.

The core is a plain function so that back-ends can replace it: `core(projected, weights, reverse=...)` maps the
projected input (B, L, W) = [z | x | B | C | dt | padding] to the gated and normalised (B, L, expand * N) that the
output projection expects.
Source: Dao & Gu, arXiv 2405.21060.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.model.config import MixerSizes
from engine.model.ssd import Scan, scan_chunked

# Source: the default of mamba-ssm's gated RMSNorm.
GATED_NORM_EPS = 1e-5


class CoreWeights(NamedTuple):
    """Parameters between a mixer's two projections.

    Shapes: conv_weight (inner + 2 D, 1, taps), conv_bias (inner + 2 D,), dt_bias, a_log and skip (H,),
    norm_weight (inner,). The state is D wide.
    """

    conv_weight: Tensor
    conv_bias: Tensor
    dt_bias: Tensor
    a_log: Tensor
    skip: Tensor
    norm_weight: Tensor

    @property
    def inner_dim(self) -> int:
        """Features between the projections."""
        return self.norm_weight.shape[0]

    @property
    def state_dim(self) -> int:
        """D."""
        return (self.conv_bias.shape[0] - self.inner_dim) // 2


class MixerCore(Protocol):
    """A back-end's implementation of everything between the projections."""

    def __call__(self, projected: Tensor, weights: CoreWeights, *, reverse: bool) -> Tensor:
        """Map (B, L, W) to (B, L, inner), scanning from the last step to the first if `reverse`."""
        ...


class TorchCore:
    """The core in PyTorch operations, in float32 whatever the projections' precision."""

    def __init__(self, scan: Scan = scan_chunked) -> None:
        self._scan = scan

    def __call__(self, projected: Tensor, weights: CoreWeights, *, reverse: bool) -> Tensor:
        """See `MixerCore`."""
        if projected.dtype in (torch.bfloat16, torch.float16):
            projected = projected.float()
        return in_scan_order(self._forward, projected, weights, reverse=reverse)

    def _forward(self, projected: Tensor, weights: CoreWeights) -> Tensor:
        inner, state, heads = weights.inner_dim, weights.state_dim, weights.a_log.shape[0]
        z, xbc, dt = split_projected(projected, weights)
        xbc = F.silu(causal_convolution(xbc, weights.conv_weight, weights.conv_bias))
        x, b, c = xbc.split([inner, state, state], dim=-1)
        x = x.unflatten(-1, (heads, -1))  # (B, L, H, P)
        dt = F.softplus(dt + weights.dt_bias)
        y = self._scan(x, dt, -torch.exp(weights.a_log), b, c)
        y = (y + weights.skip[:, None] * x).flatten(-2)
        # The gate comes before the norm, not after it.
        gated = y * F.silu(z)
        scale = torch.rsqrt(gated.square().mean(-1, keepdim=True) + GATED_NORM_EPS)
        return gated * scale * weights.norm_weight


def in_scan_order(
    forward: Callable[[Tensor, CoreWeights], Tensor], projected: Tensor, weights: CoreWeights, *, reverse: bool
) -> Tensor:
    """Let a core that knows no other order compute steps in that of the scan, in the precision that it chooses."""
    with torch.autocast(projected.device.type, enabled=False):
        return forward(projected.flip(1), weights).flip(1) if reverse else forward(projected, weights)


def split_projected(projected: Tensor, weights: CoreWeights) -> tuple[Tensor, Tensor, Tensor]:
    """Cut a projection into z (B, L, inner), x, B and C together (B, L, inner + 2 D), and dt (B, L, H)."""
    inner, channels, heads = weights.inner_dim, weights.conv_bias.shape[0], weights.a_log.shape[0]
    z, xbc, dt = projected[..., : inner + channels + heads].split([inner, channels, heads], dim=-1)
    return z, xbc, dt


def causal_convolution(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Filter each feature of (B, L, features) over the current step and the `taps - 1` before it."""
    taps, length = weight.shape[-1], x.shape[1]
    padded = F.pad(x, (0, 0, taps - 1, 0))
    y = torch.addcmul(bias, padded[:, :length], weight[:, 0, 0])
    for tap in range(1, taps):
        y = torch.addcmul(y, padded[:, tap : tap + length], weight[:, 0, tap])
    return y


def _project(layer: nn.Linear, u: Tensor) -> Tensor:
    """Apply an input projection; on a GPU with columns of zeros up to a multiple of 8, which its products want."""
    missing = -layer.out_features % 8 if u.is_cuda else 0
    return F.linear(u, F.pad(layer.weight, (0, 0, 0, missing)) if missing else layer.weight)


class GatedNorm(nn.Module):
    """Holds the weight of the core's gated RMSNorm."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))


class Mamba2(nn.Module):
    """One direction of a mixer, up to its output projection, which `project_both_ways` applies."""

    def __init__(self, sizes: MixerSizes) -> None:
        super().__init__()
        self.in_proj = nn.Linear(sizes.feature_dim, sizes.projected_dim, bias=False)
        self.conv1d = nn.Conv1d(sizes.conv_dim, sizes.conv_dim, sizes.conv_taps, groups=sizes.conv_dim)
        self.dt_bias = nn.Parameter(torch.empty(sizes.heads))
        self.A_log = nn.Parameter(torch.empty(sizes.heads))
        if not self.A_log.is_meta:  # functions of tensors without data make PyTorch load its compiler: a second
            self._start()
        self.D = nn.Parameter(torch.ones(sizes.heads))
        self.norm = GatedNorm(sizes.inner_dim)
        self.out_proj = nn.Linear(sizes.inner_dim, sizes.feature_dim, bias=False)
        self.core: MixerCore = TorchCore()

    @torch.no_grad()
    def _start(self) -> None:
        """Set start values. Source: arXiv 2405.21060, mamba-ssm: dt log-uniform in 0.001..0.1, -a uniform in 1..16."""
        dt = self.dt_bias.uniform_(-6.907755, -2.302585).exp()
        self.dt_bias.copy_(dt + torch.log(-torch.expm1(-dt)))
        self.A_log.uniform_(1.0, 16.0).log_()

    def core_weights(self) -> CoreWeights:
        """The parameters a `MixerCore` takes."""
        bias = cast("Tensor", self.conv1d.bias)
        return CoreWeights(self.conv1d.weight, bias, self.dt_bias, self.A_log, self.D, self.norm.weight)

    def forward(self, u: Tensor, *, reverse: bool) -> Tensor:
        """Map (B, L, N) to (B, L, inner), scanning from the last step to the first if `reverse`."""
        return self.core(_project(self.in_proj, u), self.core_weights(), reverse=reverse)


# A mixer that scans sequences, and what it is given: (B, L, N).
Way = tuple[Mamba2, Tensor]


def project_both_ways(added: Tensor, ways: tuple[Way, Way], weight: Tensor, bias: Tensor) -> Tensor:
    """Scan both ways, add something to both results, and project them, side by side, back to the features.

    The two results are never laid side by side: the projection's halves are multiplied into what comes before them, so
    that neither the sums nor their concatenation are made in memory.

    Args:
        added: (B, L, N).
        ways: Forwards and backwards.
        weight: (N, 2 N), of the projection.
        bias: (N,).

    Returns:
        (B, L, N).
    """
    halves = weight.chunk(2, dim=1)
    merged = F.linear(added, halves[0] + halves[1], bias)
    for reverse, (mixer, heard), half in zip((False, True), ways, halves, strict=True):
        merged = merged + F.linear(mixer(heard, reverse=reverse), half @ mixer.out_proj.weight)
    return merged


class BidirectionalMamba2(nn.Module):
    """One mixer forwards and one backwards in time, each with its input added."""

    def __init__(self, sizes: MixerSizes) -> None:
        super().__init__()
        self.forward_mamba2 = Mamba2(sizes)
        self.backward_mamba2 = Mamba2(sizes)

    def forward(self, u: Tensor, projection: nn.Linear) -> Tensor:
        """Scan both ways and project the two results back to the features.

        Args:
            u: (B, L, N).
            projection: From 2 N features, forwards then backwards, to N.

        Returns:
            (B, L, N).
        """
        if torch.is_autocast_enabled(u.device.type):
            u = u.to(torch.get_autocast_dtype(u.device.type))  # once, not for every product
        ways = ((self.forward_mamba2, u), (self.backward_mamba2, u))
        return project_both_ways(u, ways, projection.weight, projection.bias)
