"""BSRNN, one network per target, and its stereo successor that makes all targets at once.

Source: Luo & Yu, "Music Source Separation with Band-split RNN", arXiv 2209.15174; the second: Luo et al., ICASSP 2024.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from engine.dsp.bands import BAND_WIDTHS, TARGET_BANDS
from engine.dsp.stft import StftSize
from engine.model.band_modules import ChannelBands, gated_heads, head_macs, normed_split, split_macs
from engine.model.blocks import ChannelExchange
from engine.model.config import STEREO, NetworkConfig, Weights, count_parts
from engine.model.lstm_blocks import LstmBlock, ResidualLstm, lstm_macs
from engine.model.network import Estimates, Network
from engine.model.two_stage import sum_to_one
from engine.stems import DEFAULT_STEMS

_FLOAT_BYTES = 4


@dataclass(frozen=True)
class RnnConfig(NetworkConfig):
    """What networks of LSTMs have in common.

    Attributes:
        feature_dim: N.
        blocks: Pairs of LSTMs, along time and along bands.
        hidden: Of the heads' tanh layers.
    """

    stft: ClassVar[StftSize] = StftSize(n_fft=2048, hop=512)

    feature_dim: int = 128
    blocks: int = 12
    hidden: int = 512

    def __post_init__(self) -> None:
        """Refuse sizes that no network can have."""
        if min(self.feature_dim, self.blocks, self.hidden) < 1:
            raise ValueError(f"sizes of a network must be positive: {self}")

    def sequence_bytes(self, bands: int, channels: int, samples: int) -> int:
        """Estimate the memory of an LSTM's gates and outputs, or of the heads' hidden units, for a segment."""
        tokens = channels * bands * self.stft.frames(samples)
        return _FLOAT_BYTES * tokens * max(24 * self.feature_dim, 3 * self.hidden)


@dataclass(frozen=True)
class BSRNNConfig(RnnConfig):
    """Hyper-parameters of four BSRNNs, one for each of the usual stems, each with the bands of its target."""

    architecture: ClassVar[str] = "bsrnn"
    title: ClassVar[str] = "BSRNN"
    mark: ClassVar[str] = "targets.vocals.blocks.0.time.rnn.weight_ih_l0"

    @classmethod
    def from_weights(cls, weights: Weights) -> BSRNNConfig:
        """See `NetworkConfig`."""
        return cls(
            feature_dim=weights[cls.mark].shape[1],
            blocks=count_parts(weights, r"targets\.vocals\.blocks\.(\d+)\."),
            hidden=weights["targets.vocals.heads.0.1.weight"].shape[0],
        )

    def build(self) -> BSRNNNetwork:
        """See `NetworkConfig`."""
        return BSRNNNetwork(self)

    def segment_bytes(self, channels: int, samples: int) -> int:
        """See `NetworkConfig`; the targets are computed one after the other."""
        return self.sequence_bytes(max(len(bands) for bands in TARGET_BANDS.values()), channels, samples)

    def macs_per_second(self) -> int:
        """See `NetworkConfig`."""
        cost = 0
        for bands in TARGET_BANDS.values():
            layout = ChannelBands(bands)
            cost += len(bands) * self.blocks * 2 * lstm_macs(self.feature_dim)
            cost += split_macs(layout, self.feature_dim) + head_macs(layout, self.feature_dim, self.hidden)
        return STEREO * self.frames_per_second() * cost


class BSRNNNetwork(Network):
    """A mask for each target, from parameters of its own."""

    def __init__(self, config: BSRNNConfig) -> None:
        super().__init__(config)
        self.targets = nn.ModuleDict({stem: _OneTarget(config, TARGET_BANDS[stem]) for stem in DEFAULT_STEMS})

    def forward(self, spectrum: Tensor) -> Estimates:
        """See `Network`."""
        masks = torch.cat([target(spectrum) for target in self.targets.values()], dim=1)
        return Estimates(spectrum[:, None] * masks, None)


class _OneTarget(nn.Module):
    def __init__(self, config: BSRNNConfig, bands: tuple[int, ...]) -> None:
        super().__init__()
        n, layout = config.feature_dim, ChannelBands(bands)
        self.split = normed_split(layout, n)
        self.blocks = _blocks(config)
        self.heads = gated_heads(layout, n, config.hidden)

    def forward(self, spectrum: Tensor) -> Tensor:
        """Masks (B, 1, C, F, T) of a spectrum (B, C, F, T)."""
        return self.heads(self.blocks(self.split(spectrum)))


@dataclass(frozen=True)
class SimoBSRNNConfig(RnnConfig):
    """Hyper-parameters of the BSRNN whose blocks connect the audio channels and whose heads make all stems."""

    architecture: ClassVar[str] = "simo-bsrnn"
    title: ClassVar[str] = "SIMO stereo BSRNN"
    mark: ClassVar[str] = "blocks.0.after.TAC_input.0.weight"

    hidden: int = 2048

    @classmethod
    def from_weights(cls, weights: Weights) -> SimoBSRNNConfig:
        """See `NetworkConfig`."""
        hidden, narrowed = weights["heads.0.3.weight"].shape[:2]
        return cls(
            feature_dim=weights[cls.mark].shape[1],
            blocks=count_parts(weights, r"blocks\.(\d+)\."),
            hidden=hidden,
            sources=hidden // narrowed,
        )

    def build(self) -> SimoBSRNNNetwork:
        """See `NetworkConfig`."""
        return SimoBSRNNNetwork(self)

    def segment_bytes(self, channels: int, samples: int) -> int:
        """See `NetworkConfig`."""
        return self.sequence_bytes(len(BAND_WIDTHS), channels, samples)

    def macs_per_second(self) -> int:
        """See `NetworkConfig`."""
        layout, n = ChannelBands(BAND_WIDTHS, self.sources), self.feature_dim
        block = 2 * lstm_macs(n) + ChannelExchange.macs(n)
        cost = len(BAND_WIDTHS) * self.blocks * block + split_macs(layout, n) + head_macs(layout, n, self.hidden)
        return STEREO * self.frames_per_second() * cost


class SimoBSRNNNetwork(Network):
    """Masks that sum to one over the sources."""

    def __init__(self, config: SimoBSRNNConfig) -> None:
        super().__init__(config)
        n, layout = config.feature_dim, ChannelBands(BAND_WIDTHS, config.sources)
        self.split = normed_split(layout, n)
        self.blocks = _blocks(config, lambda: ChannelExchange(n))
        self.heads = gated_heads(layout, n, config.hidden)

    def forward(self, spectrum: Tensor) -> Estimates:
        """See `Network`."""
        masks = self.heads(self.blocks(self.split(spectrum)))
        return Estimates(spectrum[:, None] * sum_to_one(masks), None)


PRESETS: dict[str, NetworkConfig] = {"bsrnn": BSRNNConfig(), "simo-bsrnn": SimoBSRNNConfig()}


def _blocks(config: RnnConfig, after: Callable[[], nn.Module | None] = lambda: None) -> nn.Sequential:
    n = config.feature_dim
    return nn.Sequential(*(LstmBlock(ResidualLstm(n), ResidualLstm(n), after()) for _ in range(config.blocks)))
