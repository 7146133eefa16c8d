"""A U-Net of sixty thousand parameters that maps the mixture's magnitudes at 16 kHz to those of one stem.

The estimate keeps the mixture's phase. Magnitudes above 8 kHz are in neither stem.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.dsp.stft import StftSize
from engine.model.config import STEREO, Chunking, NetworkConfig, Weights, one_and_rest
from engine.model.network import Estimates, Network, by_channels
from engine.stems import DEFAULT_STEMS

_RATE = 16_000
# Frames and bins are padded to multiples of this, as they are halved three times.
_GRID = 8
_FLOAT_BYTES = 4


@dataclass(frozen=True)
class LightUNetConfig(NetworkConfig):
    """Hyper-parameters of a lightweight U-Net.

    Attributes:
        width: Channels of the first level; each level has twice those of the one before.
        mask: Whether the output is a mask from 0 to 1 instead of a magnitude.
        target: The stem it makes; the other one is what it leaves.
        dropout: Share of whole channels that training drops in the decoder.
    """

    architecture: ClassVar[str] = "light-unet"
    title: ClassVar[str] = "lightweight U-Net"
    mark: ClassVar[str] = "encoder.0.0.weight"
    stft: ClassVar[StftSize] = StftSize(n_fft=1024, hop=512)
    sample_rate: ClassVar[int] = _RATE

    width: int = 8
    mask: bool = False
    target: str = "vocals"
    dropout: float = 0.2
    sources: int = field(default=1, kw_only=True)
    normalise_level: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what no network can be."""
        if self.width < 1 or self.sources != 1 or not 0 <= self.dropout < 1:
            raise ValueError(f"sizes of a network must be positive, and it has one source: {self}")
        if self.target not in DEFAULT_STEMS:
            raise ValueError(f"there is no stem {self.target!r}, only {', '.join(DEFAULT_STEMS)}")

    @classmethod
    def from_weights(cls, weights: Weights) -> LightUNetConfig:
        """See `NetworkConfig`; the target is not told by shapes."""
        return cls(width=weights[cls.mark].shape[0])

    def build(self) -> LightUNetNetwork:
        """See `NetworkConfig`."""
        return LightUNetNetwork(self)

    @property
    def chunking(self) -> Chunking:
        """See `NetworkConfig`."""
        return Chunking.in_sixths(5 * _RATE)

    @property
    def remainder(self) -> bool:
        """See `NetworkConfig`."""
        return True

    def usual_stems(self) -> tuple[str, ...]:
        """See `NetworkConfig`."""
        return one_and_rest(self.target)

    def segment_bytes(self, channels: int, samples: int) -> int:
        """See `NetworkConfig`; the levels together keep about four times the first one's channels."""
        return _FLOAT_BYTES * channels * self.stft.bins * self.stft.frames(samples) * 4 * self.width

    def macs_per_second(self) -> int:
        """See `NetworkConfig`."""
        cost = 0.0
        for level, (before, after) in enumerate(_levels(self.width)):
            cost += (9 * before * after + 3 * after) / 4**level
        for level, (above, below) in reversed(list(enumerate(_levels(self.width)[1:]))):
            cost += (above * below + above + 18 * above * above + 3 * above) / 4**level
        cost += self.width + 1
        return round(STEREO * self.frames_per_second() * self.stft.bins * cost)


PRESETS: dict[str, LightUNetConfig] = {"light-unet": LightUNetConfig()}


class LightUNetNetwork(Network):
    """Encoder of three levels, a bottleneck, and a decoder that hears the encoder's levels again."""

    def __init__(self, config: LightUNetConfig) -> None:
        super().__init__(config)
        levels = _levels(config.width)
        self.encoder = nn.ModuleList(_convolution(before, after) for before, after in levels[:-1])
        self.bottleneck = _convolution(*levels[-1])
        self.bottleneck_dropout = nn.Dropout2d(0.3)
        outward = levels[:0:-1]
        self.up = nn.ModuleList(nn.ConvTranspose2d(below, above, 2, stride=2) for above, below in outward)
        self.decoder = nn.ModuleList(_convolution(2 * above, above) for above, _below in outward)
        self.dropout = nn.Dropout2d(config.dropout)
        self.output = nn.Conv2d(config.width, 1, 1)
        self._mask = config.mask

    def forward(self, spectrum: Tensor) -> Estimates:
        """See `Network`."""
        return by_channels(self._estimate, spectrum, 1)

    def _estimate(self, spectrum: Tensor) -> Estimates:
        magnitude = spectrum.abs()  # (B, 1, F, T)
        made = self._mapped(magnitude)
        if not self._mask and not self.training:
            made = made.clamp_min(0)  # in training it would end all learning wherever the output is negative
        share = torch.sigmoid(made) if self._mask else made / magnitude.clamp_min(1e-8)
        return Estimates((spectrum * share)[:, None], None)

    def _mapped(self, magnitude: Tensor) -> Tensor:
        bins, frames = magnitude.shape[2:]
        x = F.pad(magnitude, (0, -frames % _GRID, 0, -bins % _GRID))
        heard: list[Tensor] = []
        for level in self.encoder:
            heard.append(level(x))
            x = F.max_pool2d(heard[-1], 2)
        x = self.bottleneck_dropout(self.bottleneck(x))
        for up, level in zip(self.up, self.decoder, strict=True):
            x = self.dropout(level(torch.cat([up(x), heard.pop()], dim=1)))
        return self.output(x)[:, :, :bins, :frames]


def _levels(width: int) -> list[tuple[int, int]]:
    """Channels in and out of each level of the encoder and of the bottleneck."""
    return [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]


def _convolution(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU())
