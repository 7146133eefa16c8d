"""Between spectrum and band features: the split that reads each band, and the heads that write each band.

Every band has its own parameters. Bands of equal width are stacked and computed together, and the parts of the heads
that do not depend on the width are computed for all bands at once.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from engine.dsp.bands import BAND_WIDTHS, band_groups
from engine.model.blocks import normalise, one_group_norm

GROUPS = band_groups(BAND_WIDTHS)
BINS = sum(BAND_WIDTHS)


def _stack(layers: list[nn.Module]) -> tuple[Tensor, Tensor]:
    """Weights and biases of one layer of several bands: (bands, ...) each, a 1-wide kernel's last axis removed."""
    weights = torch.stack([cast("Tensor", layer.weight) for layer in layers])
    biases = torch.stack([cast("Tensor", layer.bias) for layer in layers])
    return (weights.squeeze(-1) if weights.dim() == 4 else weights), biases


class BandSplit(nn.ModuleList):
    """Project each band of a complex spectrum to N features: norm, then a linear map of its real and imaginary parts.

    Source: Luo & Yu, "Music Source Separation with Band-split RNN", arXiv 2209.15174.
    """

    def __init__(self, features: int) -> None:
        super().__init__(
            nn.Sequential(one_group_norm(2 * width), nn.Conv1d(2 * width, features, 1)) for width in BAND_WIDTHS
        )

    def _layers(self, bands: range, position: int) -> list[nn.Module]:
        return [cast("nn.Sequential", self[band])[position] for band in bands]

    def forward(self, spectrum: Tensor) -> Tensor:
        """Map a complex spectrum (B, C, F, T) to features (B, C, K, T, N).

        Raises:
            ValueError: F is not the sum of the band widths.
        """
        if spectrum.shape[2] != BINS:
            raise ValueError(f"expected F = {BINS} bins, got {spectrum.shape[2]}")
        features: list[Tensor] = []
        for group in GROUPS:
            bins = spectrum[:, :, group.bins].unflatten(2, (group.bands, group.width))  # (B, C, bands, width, T)
            x = torch.cat([bins.real, bins.imag], dim=3).transpose(3, 4)  # (B, C, bands, T, 2 width)
            gain, offset = _stack(self._layers(group.indices, 0))
            weight, bias = _stack(self._layers(group.indices, 1))
            x = normalise(x, gain[:, None], offset[:, None])
            features.append(x @ weight.transpose(1, 2) + bias[:, None])
        return torch.cat(features, dim=2)


class BandHeads(nn.ModuleList):
    """Turn features into one complex value per source and bin: two tanh layers and a gated output.

    After the first layer the channels fall into S groups; a group is a slice of the hidden units, not a source: the
    last layer's outputs are ordered (value | gate, re | im, source, bin), so every group feeds every source.
    """

    def __init__(self, features: int, sources: int) -> None:
        wide = sources * features
        super().__init__(
            nn.Sequential(
                one_group_norm(features),
                nn.Conv1d(features, wide, 1),
                nn.Tanh(),
                nn.Conv1d(wide, wide, 1, groups=sources),
                nn.Tanh(),
                nn.Conv1d(wide, 4 * width * sources, 1, groups=sources),
            )
            for width in BAND_WIDTHS
        )
        self.sources = sources

    def _layers(self, bands: range, position: int) -> list[nn.Module]:
        return [cast("nn.Sequential", self[band])[position] for band in bands]

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, C, K, T, N) to complex values (B, S, C, F, T)."""
        every = range(len(BAND_WIDTHS))
        gain, offset = _stack(self._layers(every, 0))
        x = normalise(x, gain[:, None], offset[:, None])
        weight, bias = _stack(self._layers(every, 1))
        x = torch.tanh(x @ weight.transpose(1, 2) + bias[:, None])  # (B, C, K, T, S N)
        x = x.unflatten(-1, (self.sources, -1)).transpose(3, 4)  # (B, C, K, S groups, T, N)
        x = torch.tanh(self._grouped(x, every, 3))
        runs = [group.indices for group in GROUPS]
        parts = x.split([len(run) for run in runs], dim=2)
        return torch.cat([self._output(part, run) for part, run in zip(parts, runs, strict=True)], dim=3)

    def _grouped(self, x: Tensor, bands: range, position: int) -> Tensor:
        """Apply a grouped layer to (B, C, bands, S groups, T, in)."""
        weight, bias = _stack(self._layers(bands, position))
        weight = weight.unflatten(1, (self.sources, -1))  # (bands, S groups, out, in)
        bias = bias.unflatten(1, (self.sources, -1))
        return x @ weight.transpose(-1, -2) + bias[:, :, None]

    def _output(self, x: Tensor, bands: range) -> Tensor:
        """Complex values (B, S, C, bins, T) of neighbouring bands of one width."""
        y = self._grouped(x, bands, 5)
        y = y.transpose(-1, -2).flatten(3, 4)  # (B, C, bands, 16 width, T)
        y = y.unflatten(3, (2, 2, self.sources, -1))  # (B, C, bands, value | gate, re | im, S, width, T)
        y = y[:, :, :, 0] * torch.sigmoid(y[:, :, :, 1])
        y = y.permute(0, 4, 1, 2, 5, 6, 3)  # (B, S, C, bands, width, T, re | im)
        return torch.view_as_complex(y.flatten(3, 4).contiguous())
