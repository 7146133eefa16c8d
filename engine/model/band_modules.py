"""Between spectrum and band features: the split that reads each band, and the heads that write each band.

Every band has its own layers, an `nn.Sequential` of norms, 1-wide linear layers and tanh. Bands of equal width are
computed together with stacked weights, and what does not depend on the width is computed for all bands at once.
Between layers x is (B, C, bands, G, T, features): linear layers may work on G groups of features separately.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.dsp.bands import band_groups
from engine.model.blocks import FrameNorm, UnitNorm, normalise, one_group_norm, unit_norm


class BandLayout(ABC):
    """How the numbers of a band lie in the vectors that layers read and write.

    Args:
        widths: Bins of each band; their sum is F.
        sources: S of what is written.
    """

    def __init__(self, widths: tuple[int, ...], sources: int = 1) -> None:
        self.widths, self.sources = widths, sources
        self.bins = sum(widths)
        self.groups = band_groups(widths)

    @abstractmethod
    def numbers(self, width: int) -> int:
        """How many numbers describe one frame of a band of so many bins, for one source."""

    @abstractmethod
    def read(self, bins: Tensor) -> Tensor:
        """Complex bins (B, C, bands, width, T) as vectors (B, c, bands, T, numbers)."""

    @abstractmethod
    def write(self, vectors: Tensor) -> Tensor:
        """Vectors (B, c, bands, S numbers, T) as complex bins (B, S, C, bands width, T)."""


class ChannelBands(BandLayout):
    """Each audio channel is a stream of its own; vectors are ordered (re | im, source, bin).

    Source: arXiv 2409.06245 and its published code.
    """

    def numbers(self, width: int) -> int:
        """See `BandLayout`."""
        return 2 * width

    def read(self, bins: Tensor) -> Tensor:
        """See `BandLayout`."""
        return torch.cat([bins.real, bins.imag], dim=3).transpose(3, 4)

    def write(self, vectors: Tensor) -> Tensor:
        """See `BandLayout`."""
        y = vectors.unflatten(3, (2, self.sources, -1))  # (B, C, bands, re | im, S, width, T)
        y = y.permute(0, 4, 1, 2, 5, 6, 3)  # (B, S, C, bands, width, T, re | im)
        return torch.view_as_complex(y.flatten(3, 4).contiguous())


class JointBands(BandLayout):
    """All audio channels are one stream; vectors are ordered (bin, channel, re | im), for one source.

    Source: the published code of arXiv 2309.02612 and arXiv 2508.14556.

    Args:
        widths: See `BandLayout`.
        channels: C.
    """

    def __init__(self, widths: tuple[int, ...], channels: int = 2) -> None:
        super().__init__(widths)
        self.channels = channels

    def numbers(self, width: int) -> int:
        """See `BandLayout`."""
        return 2 * self.channels * width

    def read(self, bins: Tensor) -> Tensor:
        """See `BandLayout`."""
        numbers = torch.view_as_real(bins).permute(0, 2, 4, 3, 1, 5)  # (B, bands, T, width, C, re | im)
        return numbers.flatten(3)[:, None]

    def write(self, vectors: Tensor) -> Tensor:
        """See `BandLayout`."""
        y = vectors.unflatten(3, (-1, self.channels, 2))  # (B, 1, bands, width, C, re | im, T)
        y = y.permute(0, 1, 4, 2, 3, 6, 5)  # (B, 1, C, bands, width, T, re | im)
        return torch.view_as_complex(y.flatten(3, 4).contiguous())


def _stack(layers: list[nn.Module]) -> tuple[Tensor, Tensor]:
    """Weights and biases of one layer of several bands: (bands, ...) each, a 1-wide kernel's last axis removed."""
    weights = torch.stack([cast("Tensor", layer.weight) for layer in layers])
    biases = torch.stack([cast("Tensor", layer.bias) for layer in layers])
    return (weights.squeeze(-1) if weights.dim() == 4 else weights), biases


def _apply(layers: list[nn.Module], x: Tensor) -> Tensor:
    """Apply one layer of several bands to (B, C, bands, G, T, features)."""
    first = layers[0]
    if isinstance(first, nn.Tanh):
        return torch.tanh(x)
    if isinstance(first, UnitNorm):
        return unit_norm(x, torch.stack([cast("Tensor", layer.gamma) for layer in layers])[:, None, None])
    gain, offset = _stack(layers)
    if isinstance(first, nn.GroupNorm):
        return normalise(x, gain[:, None, None], offset[:, None, None])
    if isinstance(first, FrameNorm):
        if x.shape[-2] != len(first.weight):
            raise ValueError(f"the network hears {len(first.weight)} frames at a time, got {x.shape[-2]}")
        return normalise(x, gain[:, None], offset[:, None])
    groups = first.groups if isinstance(first, nn.Conv1d) else 1
    if groups > 1 and x.shape[3] == 1:
        x = x.unflatten(-1, (groups, -1)).squeeze(3).transpose(3, 4)
    weight = gain.unflatten(1, (groups, -1))  # (bands, G, out, in)
    return x @ weight.transpose(-1, -2) + offset.unflatten(1, (groups, -1))[:, :, None]


def _shapes(layer: nn.Module) -> tuple[torch.Size, ...]:
    return tuple(parameter.shape for parameter in layer.parameters())


class _Bands(nn.ModuleList):
    """The layers of every band."""

    def __init__(self, bands: Iterable[nn.Sequential], layout: BandLayout) -> None:
        super().__init__(bands)
        self.layout = layout

    def _layers(self, bands: range) -> list[list[nn.Module]]:
        """The layers of some bands: each of all of them."""
        each = [[part for part in self[band].modules() if not isinstance(part, nn.Sequential)] for band in bands]
        return [list(layer) for layer in zip(*each, strict=True)]


class BandSplit(_Bands):
    """Project each band of a complex spectrum to N features: a norm, then a linear map of its real and imaginary parts.

    Source: Luo & Yu, "Music Source Separation with Band-split RNN", arXiv 2209.15174.
    """

    def forward(self, spectrum: Tensor) -> Tensor:
        """Map a complex spectrum (B, C, F, T) to features (B, c, K, T, N).

        Raises:
            ValueError: F is not the sum of the band widths.
        """
        if spectrum.shape[2] != self.layout.bins:
            raise ValueError(f"expected F = {self.layout.bins} bins, got {spectrum.shape[2]}")
        features: list[Tensor] = []
        for group in self.layout.groups:
            bins = spectrum[:, :, group.bins].unflatten(2, (group.bands, group.width))  # (B, C, bands, width, T)
            x = self.layout.read(bins)[:, :, :, None]
            for layers in self._layers(group.indices):
                x = _apply(layers, x)
            features.append(x.squeeze(3))
        return torch.cat(features, dim=2)


def normed_split(layout: BandLayout, features: int) -> BandSplit:
    """A split whose norm spans the bins and frames of a band."""
    numbers = [layout.numbers(width) for width in layout.widths]
    return BandSplit((nn.Sequential(one_group_norm(n), nn.Conv1d(n, features, 1)) for n in numbers), layout)


def split_macs(layout: BandLayout, features: int) -> int:
    """Multiply-accumulates of `normed_split` per frame."""
    numbers = sum(layout.numbers(width) for width in layout.widths)
    return 2 * numbers + numbers * features + len(layout.widths) * features


class BandHeads(_Bands):
    """Turn features into complex values per source and bin: layers of each band, the last one's output gated.

    The last layer writes all values, then as many gates, in the layout's order.
    """

    def __init__(self, bands: Iterable[nn.Sequential], layout: BandLayout) -> None:
        super().__init__(bands, layout)
        layers = self._layers(range(len(self)))[:-1]
        alike = [len({_shapes(part) for part in layer}) == 1 for layer in layers]
        # So many layers, from the first on, do not depend on the width of the band.
        self._common = alike.index(False) if False in alike else len(layers)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, c, K, T, N) to complex values (B, S, C, F, T)."""
        x = x[:, :, :, None]
        for layers in self._layers(range(len(self)))[: self._common]:
            x = _apply(layers, x)
        runs = [group.indices for group in self.layout.groups]
        parts = x.split([len(run) for run in runs], dim=2)
        return torch.cat([self._output(part, run) for part, run in zip(parts, runs, strict=True)], dim=3)

    def of_band(self, x: Tensor, band: int) -> Tensor:
        """Map features (B, c, T, N) of one band to its complex values (B, S, C, width, T), with its layers as they are.

        Instead of stacked ones, which are copies; for layers that know nothing of groups.
        """
        made = F.glu(self[band](x), dim=-1)
        return self.layout.write(made.transpose(-1, -2)[:, :, None])

    def _output(self, x: Tensor, bands: range) -> Tensor:
        """Complex values (B, S, C, bins, T) of neighbouring bands of one width."""
        y = x
        for layers in self._layers(bands)[self._common :]:
            y = _apply(layers, y)
        y = y.transpose(-1, -2).flatten(3, 4)  # (B, c, bands, value | gate, T)
        value, gate = y.chunk(2, dim=3)
        return self.layout.write(value * torch.sigmoid(gate))


def gated_heads(layout: BandLayout, features: int, hidden: int) -> BandHeads:
    """Heads of a norm and two tanh layers, whose channels fall into S groups after the first.

    A group is a slice of the hidden units, not a source: every group feeds every source.
    Source: arXiv 2409.06245 and its published code.

    Args:
        layout: Of what is written.
        features: N.
        hidden: Of both tanh layers.
    """
    sources = layout.sources
    bands = (
        nn.Sequential(
            one_group_norm(features),
            nn.Conv1d(features, hidden, 1),
            nn.Tanh(),
            nn.Conv1d(hidden, hidden, 1, groups=sources),
            nn.Tanh(),
            nn.Conv1d(hidden, 2 * sources * layout.numbers(width), 1, groups=sources),
        )
        for width in layout.widths
    )
    return BandHeads(bands, layout)


def head_macs(layout: BandLayout, features: int, hidden: int) -> int:
    """Multiply-accumulates of `gated_heads` per frame."""
    sources = layout.sources
    cost = len(layout.widths) * (2 * features + features * hidden + hidden + hidden * hidden // sources + hidden)
    numbers = sum(layout.numbers(width) for width in layout.widths)
    return cost + 2 * sources * numbers * (hidden // sources + 1)
