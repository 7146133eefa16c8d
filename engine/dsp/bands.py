"""How the spectrum's bins are grouped into bands."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

# Bins per band of a 2048-point spectrum at 44.1 kHz: floor(hz / 22050 * 1025) for steps of 50, 100, 250, 500, 1000 and
# 2000 Hz, then the rest. Source: arXiv 2409.06245 and its published code.
BAND_WIDTHS: tuple[int, ...] = (*[2] * 20, *[4] * 10, *[11] * 8, *[23] * 8, *[46] * 8, *[92] * 2, 121)


class BandGroup(NamedTuple):
    """A run of neighbouring bands of one width, which can be computed together."""

    first_band: int
    bands: int
    width: int
    first_bin: int

    @property
    def bins(self) -> slice:
        """The bins of the whole run."""
        return slice(self.first_bin, self.first_bin + self.bands * self.width)

    @property
    def indices(self) -> range:
        """The bands of the run."""
        return range(self.first_band, self.first_band + self.bands)


def band_groups(widths: tuple[int, ...]) -> tuple[BandGroup, ...]:
    """Join neighbouring bands of equal width.

    Args:
        widths: Bins per band, lowest frequency first.

    Returns:
        Runs of bands that together cover every band and bin once, in order.
    """
    groups: list[BandGroup] = []
    band = first_bin = 0
    for width, run in groupby(widths):
        count = len(list(run))
        groups.append(BandGroup(band, count, width, first_bin))
        band += count
        first_bin += count * width
    return tuple(groups)
