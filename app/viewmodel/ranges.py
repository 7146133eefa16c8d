"""What of a stem sounds where: which stage its comp takes, and where it is muted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from engine.api import COMP_FADE_SECONDS, AudioSignal, Comp

RangeKind = Literal["comp", "gaps"]
"""Whether ranges say which stage is taken (1, 2), or where a stem is muted (`SILENT`, `SOUNDING`)."""

SILENT, SOUNDING = 0, 1


@dataclass(frozen=True)
class Ranges:
    """A song in stretches, with one choice for each.

    Attributes:
        starts: Where each stretch begins, in samples, and its choice; the first begins at 0, and neighbours differ.
            Empty: nothing was chosen.
    """

    starts: tuple[tuple[int, int], ...] = ()

    def with_range(self, start: int, stop: int, choice: int, base: int, samples: int) -> Ranges:
        """Choose for [start, stop), limited to the song; what was chosen there is forgotten.

        Args:
            start: First sample.
            stop: The sample after the last.
            choice: For these.
            base: The choice for the rest, if nothing was chosen yet.
            samples: Length of the song.
        """
        start, stop = max(0, start), min(stop, samples)
        if start >= stop:
            return self
        old = self.starts or ((0, base),)
        before = [(at, one) for at, one in old if at < start]
        after = [(at, one) for at, one in old if at > stop]
        at_stop = [(stop, _choice_at(old, stop))] if stop < samples else []
        return replace(self, starts=_joined((*before, (start, choice), *at_stop, *after)))

    def with_border(self, index: int, sample: int, samples: int, sample_rate: int) -> Ranges:
        """Move the start of a stretch, limited by its neighbours, which keep the length of a fade.

        Args:
            index: Of the stretch; the first one has no border.
            sample: Where its start is wanted.
            samples: Length of the song.
            sample_rate: In Hz.
        """
        least = fade_samples(sample_rate)
        at, choice = self.starts[index]
        stops = [stop for _start, stop, _choice in self.stretches(samples)]
        first, last = self.starts[index - 1][0] + least, stops[index] - least
        moved = min(max(sample, min(at, first)), max(at, last))  # a stretch that is shorter already stays so
        return replace(self, starts=(*self.starts[:index], (moved, choice), *self.starts[index + 1 :]))

    def without(self, index: int) -> Ranges:
        """Take a stretch out: it becomes as the one before it, or the first as the one after it."""
        if len(self.starts) == 1:
            return Ranges()
        neighbour = self.starts[index - 1] if index else self.starts[1]
        changed = (*self.starts[:index], (self.starts[index][0], neighbour[1]), *self.starts[index + 1 :])
        return replace(self, starts=_joined(changed))

    def stretches(self, samples: int) -> tuple[tuple[int, int, int], ...]:
        """Every stretch as (start, stop, choice)."""
        stops = [at for at, _choice in self.starts[1:]] + [samples] * bool(self.starts)
        return tuple((at, stop, choice) for (at, choice), stop in zip(self.starts, stops, strict=True))

    def index_at(self, sample: int) -> int:
        """The number of the stretch that a sample lies in.

        Raises:
            ValueError: Nothing was chosen.
        """
        if not self.starts:
            raise ValueError("nothing was chosen")
        return sum(at <= sample for at, _choice in self.starts) - 1

    def signal(self, stages: Mapping[int, AudioSignal], sample_rate: int) -> Comp:
        """The stem of a comp, put together.

        Raises:
            ValueError: Nothing was chosen.
        """
        return Comp([(at, stages[stage]) for at, stage in self.starts], fade_samples(sample_rate))


def fade_samples(sample_rate: int) -> int:
    """The length of a fade from one stretch to the next."""
    return round(COMP_FADE_SECONDS * sample_rate)


def is_silent(gaps: Ranges, sample: int) -> bool:
    """Whether a stem with these muted ranges is silent there."""
    return bool(gaps.starts) and _choice_at(gaps.starts, sample) == SILENT


def _choice_at(starts: tuple[tuple[int, int], ...], sample: int) -> int:
    return next(choice for at, choice in reversed(starts) if at <= sample)


def _joined(starts: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Neighbours of one choice as one."""
    joined: list[tuple[int, int]] = []
    for at, choice in starts:
        if not joined or joined[-1][1] != choice:
            joined.append((at, choice))
    return tuple(joined)
