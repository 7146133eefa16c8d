"""How bands lie in vectors: reading and writing are each other's inverse."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.model.band_modules import BandLayout, ChannelBands, JointBands

WIDTHS = (3, 3, 3, 3)


def _bins(channels: int) -> Tensor:
    """Complex bins (B, C, bands, width, T)."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, channels, len(WIDTHS), WIDTHS[0], 5, dtype=torch.complex64, generator=generator)


@pytest.mark.parametrize(
    ("layout", "channels"), [(ChannelBands(WIDTHS), 3), (JointBands(WIDTHS), 2), (JointBands(WIDTHS, 1), 1)]
)
def test_writing_what_was_read_is_the_identity(layout: BandLayout, channels: int) -> None:
    bins = _bins(channels)
    vectors = layout.read(bins)
    assert vectors.shape[2:] == (len(WIDTHS), 5, layout.numbers(WIDTHS[0]))
    written = layout.write(vectors.transpose(-1, -2))  # (B, 1, C, F, T)
    assert torch.equal(written[:, 0].unflatten(2, (len(WIDTHS), -1)), bins)


def test_sources_lie_between_parts_and_bins() -> None:
    layout, bins = ChannelBands(WIDTHS, sources=2), _bins(1)
    real, imaginary = layout.read(bins).transpose(-1, -2).chunk(2, dim=3)
    written = layout.write(torch.cat([real, -real, imaginary, -imaginary], dim=3))
    assert torch.equal(written[:, 0], -written[:, 1])
    assert torch.equal(written[:, 0].unflatten(2, (len(WIDTHS), -1)), bins)
