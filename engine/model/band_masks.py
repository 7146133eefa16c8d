"""What networks of a complex mask per source have around their blocks: bands of joined channels in, masks out.

Bands are ranges of bins that may overlap; a bin's mask is the mean of those that its bands made for it.

Source: arXiv 2309.02612 and its public code, whose frame arXiv 2508.14556 took over.
"""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, cast

import torch
from torch import Tensor, nn

from engine.dsp.stft import StftSize
from engine.model.band_modules import BandHeads, BandSplit, JointBands
from engine.model.blocks import UnitNorm, along_bands, along_time
from engine.model.config import Chunking, NetworkConfig, one_and_rest
from engine.model.network import Estimates, Network, by_channels

_WIDTHS = (*[2] * 24, *[4] * 12, *[12] * 8, *[24] * 8, *[48] * 8, 128, 129)
# Side by side.
BANDS = tuple(range(end - width, end) for width, end in zip(_WIDTHS, itertools.accumulate(_WIDTHS), strict=True))

CHANNELS = 2  # that such a network hears at a time


class HeadSizes(NamedTuple):
    """Sizes of the layers that write a band's mask.

    Attributes:
        hidden: Width of all but the last one.
        layers: How many there are.
    """

    hidden: int
    layers: int = 2


@dataclass(frozen=True)
class BandMasksConfig(NetworkConfig):
    """What such networks have in common. One source is taken to be the vocals, and what it leaves is a stem, too.

    Attributes:
        bands: Bins of each band, K of them.
        final_norm: Whether there is a norm after the last block.
        feature_dim: N.
    """

    stft: ClassVar[StftSize] = StftSize(n_fft=2048, hop=441)
    bands: ClassVar[tuple[range, ...]] = BANDS
    final_norm: ClassVar[bool] = True

    feature_dim: int

    @property
    def chunking(self) -> Chunking:
        """See `NetworkConfig`.

        Source: public configurations: 8 s, two segments over every sample, fades of a tenth (`balanced`).
        """
        segment, fade = 352_800, 35_280
        return Chunking(segment, {"fast": segment - fade, "balanced": segment // 2, "best": segment // 4}, fade)

    @property
    def remainder(self) -> bool:
        """See `NetworkConfig`; a network of one source makes two stems."""
        return self.sources == 1

    def usual_stems(self) -> tuple[str, ...]:
        """See `NetworkConfig`."""
        return one_and_rest("vocals") if self.sources == 1 else super().usual_stems()

    def macs_per_second(self) -> int:
        """See `NetworkConfig`."""
        n, (hidden, layers) = self.feature_dim, self.heads
        cost = self.block_macs() + len(self.bands) * 2 * n * self.final_norm
        layout = self.layout()
        for width in layout.widths:
            numbers = layout.numbers(width)
            cost += 2 * numbers + numbers * n + n
            first = n * hidden + hidden + (layers - 2) * (hidden + 1) * hidden
            cost += self.sources * (first + (hidden + 1) * 2 * numbers)
        return self.frames_per_second() * cost

    def steps(self, channels: int, samples: int) -> int:
        """How many vectors the blocks see of one segment (C, n), which the network hears two channels at a time."""
        return -(-channels // CHANNELS) * len(self.bands) * self.stft.frames(samples)

    def layout(self) -> JointBands:
        """How bands lie in vectors."""
        return JointBands(tuple(len(band) for band in self.bands), CHANNELS)

    @property
    @abstractmethod
    def heads(self) -> HeadSizes:
        """Of the layers that write masks."""

    @abstractmethod
    def block_macs(self) -> int:
        """Multiply-accumulates of all blocks for one frame of all bands."""


class BandMasksNetwork(Network):
    """The whole network, for pairs of channels; the mixture's remainder is not its business.

    Args:
        config: Its sizes.
        layers: A block along time and one along bands each.
    """

    _bins: Tensor  # of all bands
    _counts: Tensor  # (F, 1), in how many bands a bin is

    def __init__(self, config: BandMasksConfig, layers: Iterable[tuple[nn.Module, nn.Module]]) -> None:
        super().__init__(config)
        n, layout = config.feature_dim, config.layout()
        numbers = [layout.numbers(width) for width in layout.widths]
        # With numbers also where the network is put together without any, as no checkpoint brings them.
        bins = torch.tensor([bin_ for band in config.bands for bin_ in band], device="cpu")
        self.register_buffer("_bins", bins, persistent=False)
        self.register_buffer("_counts", bins.bincount()[:, None], persistent=False)
        self._overlap = len(bins) > len(self._counts)
        split = (nn.Sequential(UnitNorm(count), nn.Linear(count, n)) for count in numbers)
        self.band_split = nn.ModuleDict({"to_features": BandSplit(split, layout)})
        self.layers = nn.ModuleList(nn.ModuleList(pair) for pair in layers)
        self.final_norm = UnitNorm(n) if config.final_norm else nn.Identity()
        self.mask_estimators = nn.ModuleList(
            nn.ModuleDict({"to_freqs": BandHeads((_head(n, config.heads, count) for count in numbers), layout)})
            for _ in range(config.sources)
        )

    def forward(self, spectrum: Tensor) -> Estimates:
        """See `Network`."""
        return by_channels(self._masked, spectrum, CHANNELS)

    def _masked(self, spectrum: Tensor) -> Estimates:
        x = self.split(spectrum)
        for layer in self.layers:
            time, bands = cast("nn.ModuleList", layer)
            x = along_bands(bands, along_time(time, x))
        x = self.final_norm(x)
        return self.apply_masks(spectrum, torch.cat([heads(x) for heads in self.heads], dim=1))

    @property
    def heads(self) -> list[BandHeads]:
        """Of every source."""
        return [cast("BandHeads", cast("nn.ModuleDict", each)["to_freqs"]) for each in self.mask_estimators]

    def split(self, spectrum: Tensor) -> Tensor:
        """Features (B, 1, K, T, N) of a pair of channels (B, 2, F, T)."""
        heard = spectrum[:, :, self._bins] if self._overlap else spectrum
        return self.band_split["to_features"](heard)

    def apply_masks(self, spectrum: Tensor, masks: Tensor) -> Estimates:
        """What masks (B, S, 2, bins of all bands, T) leave of a spectrum (B, 2, F, T)."""
        if self._overlap:
            nothing = masks.new_zeros(*masks.shape[:3], *spectrum.shape[2:])
            masks = nothing.index_add(3, self._bins, masks) / self._counts
        return Estimates(spectrum[:, None] * masks, None)


def _head(features: int, sizes: HeadSizes, numbers: int) -> nn.Sequential:
    widths = [features, *[sizes.hidden] * (sizes.layers - 1)]
    layers = [part for ends in itertools.pairwise(widths) for part in (nn.Linear(*ends), nn.Tanh())]
    return nn.Sequential(nn.Sequential(*layers, nn.Linear(widths[-1], 2 * numbers)))  # as the public code nests them
