"""What defines a network, the named presets, and their size and cost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.dsp.bands import BAND_WIDTHS


@dataclass(frozen=True)
class ModelConfig:
    """Hyper-parameters of a TS-BSMAMBA2 network.

    Attributes:
        feature_dim: N, features per band and frame.
        mask_blocks: Dual-path blocks of the first stage.
        map_blocks: Dual-path blocks of the second stage; 0 is a network with a first stage only.
        sources: S, the number of stems.
        normalise_level: Bring every segment to one level before the network and back after it. The map's level does
            not follow the input's, so without this quiet music gets a residual made for loud music; the authors'
            networks were trained without.
        state_dim: D of the Mamba-2 mixers.
        conv_taps: Taps of their causal convolution.
        expand: Their inner width is `expand * feature_dim`.
        head_dim: P of their heads.
    """

    feature_dim: int = 128
    mask_blocks: int = 8
    map_blocks: int = 4
    sources: int = 4
    normalise_level: bool = False
    state_dim: int = 128
    conv_taps: int = 4
    expand: int = 4
    head_dim: int = 64

    def __post_init__(self) -> None:
        """Refuse sizes that no network can have."""
        sizes = (self.feature_dim, self.mask_blocks, self.sources, self.state_dim, self.conv_taps, self.expand)
        if min(*sizes, self.head_dim) < 1 or self.map_blocks < 0:
            raise ValueError(f"sizes of a network must be positive: {self}")
        if self.inner_dim % self.head_dim:
            raise ValueError(f"expand * feature_dim = {self.inner_dim} is no multiple of head_dim = {self.head_dim}")

    @property
    def inner_dim(self) -> int:
        """Width of a mixer between its projections."""
        return self.expand * self.feature_dim

    @property
    def heads(self) -> int:
        """H."""
        return self.inner_dim // self.head_dim

    @property
    def conv_dim(self) -> int:
        """Channels of a mixer's convolution: x, B and C."""
        return self.inner_dim + 2 * self.state_dim

    @property
    def projected_dim(self) -> int:
        """W, the width of one direction's input projection: z, x, B, C and dt."""
        return self.inner_dim + self.conv_dim + self.heads

    def first_stage(self) -> ModelConfig:
        """The same network without its second stage."""
        return replace(self, map_blocks=0)


PRESETS: dict[str, ModelConfig] = {
    "full": ModelConfig(),
    "light": ModelConfig(mask_blocks=4, map_blocks=2),
    "small": ModelConfig(feature_dim=64, mask_blocks=4, map_blocks=2, normalise_level=True),
}


def macs_per_second(config: ModelConfig, channels: int = 2, frames: int = 87) -> int:
    """Multiply-accumulates for one second of audio at 44.1 kHz.

    Counts weights, biases, two operations per normalised element, and the state-space scan as the linear recurrence;
    the Fourier transforms are left out. Source: this reproduces Table II of arXiv 2409.06245 to its last digit but one.

    Args:
        config: The network.
        channels: C.
        frames: T of one second; 87 at a hop of 512.
    """
    streams = channels * frames
    tokens = streams * len(BAND_WIDTHS)
    cost = tokens * config.mask_blocks * _block_macs(config, channels) + streams * _band_macs(config)
    if config.map_blocks:
        fusion = 2 * config.feature_dim**2 + config.feature_dim
        cost += tokens * (config.map_blocks * _block_macs(config, channels) + fusion) + streams * _band_macs(config)
    return cost


def _block_macs(config: ModelConfig, channels: int) -> int:
    """Per token: two bidirectional mixers and the channel exchange, each behind a norm."""
    n, inner = config.feature_dim, config.inner_dim
    mixer = (
        n * config.projected_dim
        + config.conv_dim * config.conv_taps
        + 2 * inner * config.state_dim
        + 2 * inner
        + inner * n
    )
    path = 2 * n + 2 * mixer + 2 * n * n + n
    exchange = 2 * n + 3 * n * n + 3 * n + (9 * n * n + 3 * n) // channels + 6 * n * n + n
    return 2 * path + exchange


def _band_macs(config: ModelConfig) -> int:
    """Per channel and frame: all bands' projections in and heads out of one stage."""
    n, wide = config.feature_dim, config.sources * config.feature_dim
    cost = 0
    for width in BAND_WIDTHS:
        cost += 2 * 2 * width + 2 * width * n + n
        cost += 2 * n + n * wide + wide + wide * n + wide
        cost += 4 * width * config.sources * (n + 1)
    return cost
