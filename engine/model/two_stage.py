"""TS-BSMAMBA2: stage 1 masks the mixture, stage 2 adds a residual that a mask cannot make.

Source: Bai, Fang, Wang, Zhang, "A Two-Stage Band-Split Mamba-2 Network for Music Separation", arXiv 2409.06245.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.dsp.bands import BAND_WIDTHS
from engine.dsp.stft import StftSize
from engine.model.band_modules import ChannelBands, gated_heads, head_macs, normed_split, split_macs
from engine.model.blocks import ChannelExchange, DualPathBlock
from engine.model.config import STEREO, MambaConfig, MixerSizes, Weights, count_parts
from engine.model.network import Estimates, Network


@dataclass(frozen=True)
class TwoStageConfig(MambaConfig):
    """Hyper-parameters of a TS-BSMAMBA2 network.

    The map's level does not follow the input's, so without `normalise_level` quiet music gets a residual made for loud
    music; the authors' networks were trained without.

    Attributes:
        mask_blocks: Dual-path blocks of the first stage.
        map_blocks: Dual-path blocks of the second stage; 0 is a network with a first stage only.
    """

    architecture: ClassVar[str] = "ts-bsmamba2"
    title: ClassVar[str] = "TS-BSMAMBA2"
    mark: ClassVar[str] = "mask.0.1.weight"
    stft: ClassVar[StftSize] = StftSize(n_fft=2048, hop=512)

    mask_blocks: int = 8
    map_blocks: int = 4

    def __post_init__(self) -> None:
        """Refuse sizes that no network can have."""
        if min(self.mixer.feature_dim, self.mask_blocks, self.sources) < 1 or self.map_blocks < 0:
            raise ValueError(f"sizes of a network must be positive: {self}")

    @classmethod
    def from_weights(cls, weights: Weights) -> TwoStageConfig:
        """See `NetworkConfig`."""
        mixer = MixerSizes.of(weights, "separator_mask.0.band_rnn.rnn.forward_mamba2.")
        return cls(
            **asdict(mixer),
            mask_blocks=count_parts(weights, r"separator_mask\.(\d+)\."),
            map_blocks=count_parts(weights, r"separator_map\.(\d+)\."),
            sources=weights[cls.mark].shape[0] // mixer.feature_dim,
        )

    def build(self) -> TwoStageNetwork:
        """See `NetworkConfig`."""
        return TwoStageNetwork(self)

    @property
    def stages(self) -> int:
        """See `NetworkConfig`."""
        return 2 if self.map_blocks else 1

    def first_stage(self) -> TwoStageConfig:
        """See `NetworkConfig`."""
        return replace(self, map_blocks=0)

    def segment_bytes(self, channels: int, samples: int) -> int:
        """See `NetworkConfig`."""
        return self.mixer.peak_bytes(channels * len(BAND_WIDTHS) * self.stft.frames(samples))

    def macs_per_second(self) -> int:
        """See `NetworkConfig`.

        Source: this reproduces Table II of the paper to its last digit but one.
        """
        streams = STEREO * self.frames_per_second()
        tokens = streams * len(BAND_WIDTHS)
        cost = tokens * self.mask_blocks * self._block_macs() + streams * self._band_macs()
        if self.map_blocks:
            fusion = 2 * self.feature_dim**2 + self.feature_dim
            cost += tokens * (self.map_blocks * self._block_macs() + fusion) + streams * self._band_macs()
        return cost

    def _block_macs(self) -> int:
        """Per token: two bidirectional mixers and the channel exchange, each behind a norm."""
        n = self.feature_dim
        path = 2 * n + 2 * self.mixer.macs + 2 * n * n + n
        return 2 * path + ChannelExchange.macs(n)

    def _band_macs(self) -> int:
        """Per channel and frame: all bands' projections in and heads out of one stage."""
        layout, n = ChannelBands(BAND_WIDTHS, self.sources), self.feature_dim
        return split_macs(layout, n) + head_macs(layout, n, self.sources * n)


PRESETS: dict[str, TwoStageConfig] = {
    "full": TwoStageConfig(),
    "light": TwoStageConfig(mask_blocks=4, map_blocks=2),
    "small": TwoStageConfig(feature_dim=64, mask_blocks=4, map_blocks=2, normalise_level=True),
}


class TwoStageNetwork(Network):
    """The whole network. Estimates of stage 1 sum to the mixture over the sources."""

    def __init__(self, config: TwoStageConfig) -> None:
        super().__init__(config)
        layout = ChannelBands(BAND_WIDTHS, config.sources)
        self.BN_mask = normed_split(layout, config.feature_dim)
        self.separator_mask = _blocks(config, config.mask_blocks)
        self.mask = gated_heads(layout, config.feature_dim, config.sources * config.feature_dim)
        if config.map_blocks:
            self.BN_map = normed_split(layout, config.feature_dim)
            self.in_conv = nn.Conv1d(2 * config.feature_dim, config.feature_dim, 1)
            self.separator_map = _blocks(config, config.map_blocks)
            self.map = gated_heads(layout, config.feature_dim, config.sources * config.feature_dim)

    def forward(self, spectrum: Tensor) -> Estimates:
        """See `Network`."""
        features = self.separator_mask(self.BN_mask(spectrum))
        stage1 = spectrum[:, None] * sum_to_one(self.mask(features))
        if self.config.stages == 1:
            return Estimates(stage1, None)
        fused = torch.cat([self.BN_map(spectrum), features], dim=-1)
        fused = torch.tanh(F.linear(fused, self.in_conv.weight.squeeze(-1), self.in_conv.bias))
        return Estimates(stage1, stage1 + self.map(self.separator_map(fused)))


def sum_to_one(masks: Tensor) -> Tensor:
    """Shift complex masks (B, S, ...) equally so that they sum to 1 + 0i over the sources."""
    return masks - (masks.sum(dim=1, keepdim=True) - 1) / masks.shape[1]


def _blocks(config: TwoStageConfig, count: int) -> nn.Sequential:
    return nn.Sequential(*(DualPathBlock(config.mixer) for _ in range(count)))
