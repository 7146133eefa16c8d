"""BSMamba2: one complex mask for vocals, from blocks of Mamba-2 along time and along bands.

Source: arXiv 2508.14556 and its published code, of which two checkpoints for vocals are public.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import ClassVar, cast

from torch import Tensor, nn

from engine.model.band_masks import BandMasksConfig, BandMasksNetwork, HeadSizes
from engine.model.blocks import Recomputable
from engine.model.config import MambaConfig, MixerSizes, Weights, count_parts
from engine.model.mamba2 import Mamba2, Way, project_both_ways

_HEAD_EXPANSION = 4
_RMS_EPS = 1e-5


@dataclass(frozen=True)
class BSMamba2Config(MambaConfig, BandMasksConfig):
    """Hyper-parameters of a BSMamba2 network.

    Attributes:
        depth: Pairs of blocks.
        sources: See `NetworkConfig`.
    """

    architecture: ClassVar[str] = "bs-mamba2"
    title: ClassVar[str] = "BSMamba2"
    mark: ClassVar[str] = "layers.0.0.linear.weight"

    feature_dim: int = 256
    depth: int = 6
    sources: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse sizes that no network can have."""
        if min(self.mixer.feature_dim, self.depth, self.sources) < 1:
            raise ValueError(f"sizes of a network must be positive: {self}")

    @classmethod
    def from_weights(cls, weights: Weights) -> BSMamba2Config:
        """See `NetworkConfig`."""
        mixer = MixerSizes.of(weights, "layers.0.0.forward_blocks.0.mixer.")
        return cls(
            **asdict(mixer),
            depth=count_parts(weights, r"layers\.(\d+)\."),
            sources=count_parts(weights, r"mask_estimators\.(\d+)\."),
        )

    def build(self) -> BandMasksNetwork:
        """See `NetworkConfig`."""
        pairs = ((ResidualBothWays(self.mixer), ResidualBothWays(self.mixer)) for _ in range(self.depth))
        return BandMasksNetwork(self, pairs)

    @property
    def heads(self) -> HeadSizes:
        """See `BandMasksConfig`."""
        return HeadSizes(_HEAD_EXPANSION * self.feature_dim)

    def segment_bytes(self, channels: int, samples: int) -> int:
        """See `NetworkConfig`."""
        return self.mixer.peak_bytes(self.steps(channels, samples))

    def block_macs(self) -> int:
        """See `BandMasksConfig`."""
        n = self.feature_dim
        path = 2 * (2 * n + self.mixer.macs) + 2 * n * n + n
        return len(self.bands) * self.depth * 2 * path


PRESETS: dict[str, BSMamba2Config] = {"bs-mamba2": BSMamba2Config()}


class ResidualBothWays(Recomputable):
    """One mixer forwards and one backwards, each behind a norm of its own and added to its input."""

    def __init__(self, sizes: MixerSizes) -> None:
        super().__init__()
        self.forward_blocks = nn.ModuleList([_direction(sizes)])
        self.backward_blocks = nn.ModuleList([_direction(sizes)])
        self.linear = nn.ConvTranspose1d(2 * sizes.feature_dim, sizes.feature_dim, 1)

    def compute(self, x: Tensor) -> Tensor:
        """See `Recomputable`."""
        ways = (_way(self.forward_blocks, x), _way(self.backward_blocks, x))
        bias = cast("Tensor", self.linear.bias)
        return x + project_both_ways(x, ways, self.linear.weight.squeeze(-1).t(), bias)


def _direction(sizes: MixerSizes) -> nn.ModuleDict:
    return nn.ModuleDict({"norm": nn.RMSNorm(sizes.feature_dim, eps=_RMS_EPS), "mixer": Mamba2(sizes)})


def _way(blocks: nn.ModuleList, x: Tensor) -> Way:
    block = cast("nn.ModuleDict", blocks[0])
    return cast("Mamba2", block["mixer"]), block["norm"](x)
