"""BSMamba2: one complex mask for vocals, from blocks of Mamba-2 along time and along bands.

Source: arXiv 2508.14556 and its published code, of which two checkpoints for vocals are public.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, cast

import torch
from torch import Tensor, nn

from engine.dsp.stft import StftSize
from engine.model.band_modules import BandHeads, BandSplit, JointBands
from engine.model.blocks import Recomputable, UnitNorm, along_bands, along_time
from engine.model.config import Chunking, MambaConfig, MixerSizes, Weights, count_parts, one_and_rest
from engine.model.mamba2 import Mamba2, Way, project_both_ways
from engine.model.network import Estimates, Network, by_channels

# Bins per band.
BANDS = (*[2] * 24, *[4] * 12, *[12] * 8, *[24] * 8, *[48] * 8, 128, 129)

_CHANNELS = 2
_HEAD_EXPANSION = 4
_RMS_EPS = 1e-5


@dataclass(frozen=True)
class BSMamba2Config(MambaConfig):
    """Hyper-parameters of a BSMamba2 network.

    Attributes:
        depth: Pairs of blocks.
        sources: See `NetworkConfig`.
    """

    architecture: ClassVar[str] = "bs-mamba2"
    title: ClassVar[str] = "BSMamba2"
    mark: ClassVar[str] = "band_split.to_features.0.0.gamma"
    stft: ClassVar[StftSize] = StftSize(n_fft=2048, hop=441)

    feature_dim: int = 256
    depth: int = 6
    sources: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse sizes that no network can have."""
        if min(self.mixer.features, self.depth, self.sources) < 1:
            raise ValueError(f"sizes of a network must be positive: {self}")

    @classmethod
    def from_weights(cls, weights: Weights) -> BSMamba2Config:
        """See `NetworkConfig`."""
        mixer = MixerSizes.of(weights, "layers.0.0.forward_blocks.0.mixer.")
        return cls(
            feature_dim=mixer.features,
            depth=count_parts(weights, r"layers\.(\d+)\."),
            sources=count_parts(weights, r"mask_estimators\.(\d+)\."),
            state_dim=mixer.state_dim,
            conv_taps=mixer.conv_taps,
            expand=mixer.expand,
            head_dim=mixer.head_dim,
        )

    def build(self) -> BSMamba2Network:
        """See `NetworkConfig`."""
        return BSMamba2Network(self)

    @property
    def chunking(self) -> Chunking:
        """See `NetworkConfig`.

        Source: the published configuration: 8 s, two segments over every sample, fades of a tenth (`balanced`).
        """
        segment, fade = 352_800, 35_280
        return Chunking(segment, {"fast": segment - fade, "balanced": segment // 2, "best": segment // 4}, fade)

    @property
    def remainder(self) -> bool:
        """See `NetworkConfig`; a network of one source makes two stems."""
        return self.sources == 1

    def usual_stems(self) -> tuple[str, ...]:
        """See `NetworkConfig`; the public checkpoints are for vocals."""
        return one_and_rest("vocals") if self.sources == 1 else super().usual_stems()

    def segment_bytes(self, channels: int, samples: int) -> int:
        """See `NetworkConfig`."""
        return self.mixer.peak_bytes(-(-channels // _CHANNELS) * len(BANDS) * self.stft.frames(samples))

    def macs_per_second(self, channels: int = 2) -> int:
        """See `NetworkConfig`."""
        n, hidden = self.feature_dim, _HEAD_EXPANSION * self.feature_dim
        path = 2 * (2 * n + self.mixer.macs) + 2 * n * n + n
        cost = len(BANDS) * (self.depth * 2 * path + 2 * n)
        for width in BANDS:
            numbers = JointBands(BANDS).numbers(width)
            cost += 2 * numbers + numbers * n + n
            cost += self.sources * (n * hidden + hidden + (hidden + 1) * 2 * numbers)
        return -(-channels // _CHANNELS) * self.frames_per_second() * cost


PRESETS: dict[str, BSMamba2Config] = {"bs-mamba2": BSMamba2Config()}


class BSMamba2Network(Network):
    """The whole network, for pairs of channels; the mixture's remainder is not its business."""

    def __init__(self, config: BSMamba2Config) -> None:
        super().__init__(config)
        n, layout = config.feature_dim, JointBands(BANDS, _CHANNELS)
        numbers = [layout.numbers(width) for width in BANDS]
        split = (nn.Sequential(UnitNorm(count), nn.Linear(count, n)) for count in numbers)
        self.band_split = nn.ModuleDict({"to_features": BandSplit(split, layout)})
        self.layers = nn.ModuleList(
            nn.ModuleList((ResidualBothWays(config.mixer), ResidualBothWays(config.mixer))) for _ in range(config.depth)
        )
        self.final_norm = UnitNorm(n)
        self.mask_estimators = nn.ModuleList(
            nn.ModuleDict({"to_freqs": BandHeads((_head(n, count) for count in numbers), layout)})
            for _ in range(config.sources)
        )

    def forward(self, spectrum: Tensor) -> Estimates:
        """See `Network`."""
        return by_channels(self._masked, spectrum, _CHANNELS)

    def _masked(self, spectrum: Tensor) -> Estimates:
        x = self.band_split["to_features"](spectrum)  # (B, 1, K, T, N)
        for layer in self.layers:
            time, bands = cast("nn.ModuleList", layer)
            x = along_bands(bands, along_time(time, x))
        x = self.final_norm(x)
        heads = [cast("nn.ModuleDict", estimator)["to_freqs"] for estimator in self.mask_estimators]
        masks = torch.cat([head(x) for head in heads], dim=1)  # (B, S, C, F, T)
        return Estimates(spectrum[:, None] * masks, None)


class ResidualBothWays(Recomputable):
    """One mixer forwards and one backwards, each behind a norm of its own and added to its input."""

    def __init__(self, sizes: MixerSizes) -> None:
        super().__init__()
        self.forward_blocks = nn.ModuleList([_direction(sizes)])
        self.backward_blocks = nn.ModuleList([_direction(sizes)])
        self.linear = nn.ConvTranspose1d(2 * sizes.features, sizes.features, 1)

    def compute(self, x: Tensor) -> Tensor:
        """See `Recomputable`."""
        ways = (_way(self.forward_blocks, x, reverse=False), _way(self.backward_blocks, x, reverse=True))
        bias = cast("Tensor", self.linear.bias)
        return x + project_both_ways(x, ways, self.linear.weight.squeeze(-1).t(), bias)


def _direction(sizes: MixerSizes) -> nn.ModuleDict:
    return nn.ModuleDict({"norm": nn.RMSNorm(sizes.features, eps=_RMS_EPS), "mixer": Mamba2(sizes)})


def _way(blocks: nn.ModuleList, x: Tensor, *, reverse: bool) -> Way:
    block = cast("nn.ModuleDict", blocks[0])
    return Way(cast("Mamba2", block["mixer"]), block["norm"](x), reverse)


def _head(features: int, numbers: int) -> nn.Sequential:
    hidden = _HEAD_EXPANSION * features
    layers = nn.Sequential(nn.Linear(features, hidden), nn.Tanh(), nn.Linear(hidden, 2 * numbers))
    return nn.Sequential(layers)  # as the published code nests them
