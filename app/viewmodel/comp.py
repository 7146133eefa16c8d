"""Comping: which stage of a stem sounds where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.api import COMP_FADE_SECONDS, AudioSignal, Comp


@dataclass(frozen=True)
class CompRanges:
    """A song in stretches, each of one stage.

    Attributes:
        starts: Where each stretch begins, in samples, and its stage; the first begins at 0, and neighbours differ.
            Empty: nothing was chosen.
    """

    starts: tuple[tuple[int, int], ...] = ()

    def with_range(self, start: int, stop: int, stage: int, base: int, samples: int) -> CompRanges:
        """Take a stage in [start, stop), limited to the song; what was chosen there is forgotten.

        Args:
            start: First sample.
            stop: The sample after the last.
            stage: To take there.
            base: The stage of the rest, if nothing was chosen yet.
            samples: Length of the song.
        """
        start, stop = max(0, start), min(stop, samples)
        if start >= stop:
            return self
        old = self.starts or ((0, base),)
        before = [(at, one) for at, one in old if at < start]
        after = [(at, one) for at, one in old if at > stop]
        at_stop = [(stop, _stage_at(old, stop))] if stop < samples else []
        joined: list[tuple[int, int]] = []
        for at, one in (*before, (start, stage), *at_stop, *after):
            if not joined or joined[-1][1] != one:
                joined.append((at, one))
        return replace(self, starts=tuple(joined))

    def stretches(self, samples: int) -> tuple[tuple[int, int, int], ...]:
        """Every stretch as (start, stop, stage)."""
        stops = [at for at, _stage in self.starts[1:]] + [samples] * bool(self.starts)
        return tuple((at, stop, stage) for (at, stage), stop in zip(self.starts, stops, strict=True))

    def signal(self, stages: Mapping[int, AudioSignal], sample_rate: int) -> Comp:
        """The stem put together.

        Raises:
            ValueError: Nothing was chosen.
        """
        parts = [(at, stages[stage]) for at, stage in self.starts]
        return Comp(parts, round(COMP_FADE_SECONDS * sample_rate))


def _stage_at(starts: tuple[tuple[int, int], ...], sample: int) -> int:
    return next(stage for at, stage in reversed(starts) if at <= sample)
