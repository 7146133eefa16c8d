"""How the spectrum's bins are grouped into bands."""

from __future__ import annotations

import math
from itertools import groupby, pairwise
from typing import NamedTuple

# Bins per band of a 2048-point spectrum at 44.1 kHz: floor(hz / 22050 * 1025) for steps of 50, 100, 250, 500, 1000 and
# 2000 Hz, then the rest. Source: arXiv 2409.06245 and its published code.
BAND_WIDTHS: tuple[int, ...] = (*[2] * 20, *[4] * 10, *[11] * 8, *[23] * 8, *[46] * 8, *[92] * 2, 121)

_BINS, _TOP_HZ = 1025, 22_050


def bands_of_steps(*steps: tuple[int, int]) -> tuple[int, ...]:
    """Bins per band of a 2048-point spectrum at 44.1 kHz.

    Args:
        steps: Width of a band and where bands of this width end, in Hz, from low to high; the rest is one band more.

    Returns:
        How many bins have their frequency in each band.
    """
    edges_hz: list[int] = []
    for step, end in steps:
        edges_hz += range((edges_hz or [0])[-1] + step, end + 1, step)
    edges = [0, *(math.ceil(hz * (_BINS - 1) / _TOP_HZ) for hz in edges_hz), _BINS]
    return tuple(high - low for low, high in pairwise(edges))


_WIDE = ((100, 1000), (250, 4000), (500, 8000), (1000, 16_000), (2000, 20_000))

# Bins per band for each target of networks that make one. Source: arXiv 2209.15174, "V7" and the schemes for bass and
# drums.
TARGET_BANDS: dict[str, tuple[int, ...]] = {
    "vocals": bands_of_steps(*_WIDE),
    "bass": bands_of_steps((50, 500), (100, 1000), (500, 4000), (1000, 8000), (2000, 16_000)),
    "drums": bands_of_steps((50, 1000), (100, 2000), (250, 4000), (500, 8000), (1000, 16_000)),
    "other": bands_of_steps(*_WIDE),
}


def mel_bands(count: int) -> tuple[range, ...]:
    """The bins of a 2048-point spectrum at 44.1 kHz in bands of equal width in mel, which overlap by half.

    The mel scale is Slaney's: 15 mel for the first 1000 Hz, then 27 for every factor of 6.4.

    Args:
        count: K.
    """
    straight = 1000.0
    mels = 15.0 + 27.0 * math.log(_TOP_HZ / straight, 6.4)
    edges = [mels * edge / (count + 1) for edge in range(count + 2)]
    hertz = [mel * straight / 15.0 if mel < 15.0 else straight * 6.4 ** ((mel - 15.0) / 27.0) for mel in edges]
    places = [frequency * (_BINS - 1) / _TOP_HZ for frequency in hertz]
    # The first bin lies on the edge of the first band, the last one on that of the last band.
    firsts = [0, *(math.floor(place) + 1 for place in places[1:count])]
    ends = [*(math.ceil(place) for place in places[2 : count + 1]), _BINS]
    return tuple(range(first, end) for first, end in zip(firsts, ends, strict=True))


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
