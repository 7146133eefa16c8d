"""The clicks of a metronome: where they are in a song, and those that count in before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Tick = tuple[int, bool]
"""At which sample, and whether it is the first beat of a bar."""


@dataclass(frozen=True, eq=False)
class Ticks:
    """Beats, compared by identity.

    Attributes:
        places: Samples, ascending.
        per_bar: Beats of a bar; with 1 none stands out.
        first: Index of a beat that begins a bar.
    """

    places: NDArray[np.int64]
    per_bar: int = 4
    first: int = 0

    def within(self, start: int, stop: int) -> Iterator[Tick]:
        """Those of samples [start, stop), counted from `start`."""
        begin, end = np.searchsorted(self.places, (start, stop)).tolist()
        for index in range(begin, end):
            yield int(self.places[index]) - start, self.per_bar > 1 and (index - self.first) % self.per_bar == 0


@dataclass(frozen=True, eq=False)
class Lead:
    """Silence before something sounds, with clicks in it. Compared by identity: to be counted in twice is two wishes.

    Attributes:
        samples: How long.
        ticks: Counted from its start.
    """

    samples: int
    ticks: Ticks


NO_TICKS = Ticks(np.zeros(0, np.int64))


def lead_in(ticks: Ticks, sample: int, bars: int) -> Lead:
    """Count in to a sample: clicks of whole bars, evenly up to the beat that comes next and in step with it.

    Args:
        ticks: Of the song; at least two.
        sample: Where it will begin to sound, on a beat or not.
        bars: How many, at least 1.

    Returns:
        A lead of `bars` bars, shorter by what lies between the sample and the next beat.

    Raises:
        ValueError: There are fewer than two beats, or no bars.
    """
    places, count = ticks.places, bars * ticks.per_bar
    if len(places) < 2 or count < 1:
        raise ValueError(f"cannot count in {count} beats with {len(places)}")
    index = int(np.searchsorted(places, sample))
    nearest = min(index, len(places) - 2)
    distance = int(places[nearest + 1] - places[nearest])
    to_next = int(places[index] - sample) if index < len(places) else 0
    samples = max(count * distance - to_next, 1)
    # The beat that comes next has the number `count` here.
    first = (ticks.first - index + count) % ticks.per_bar
    return Lead(samples, Ticks(np.arange(count, dtype=np.int64) * distance, ticks.per_bar, first))
