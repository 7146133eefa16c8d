"""Signals that are made of others while they are read: differences, and stems put together from their stages.

Shapes: C channels, N samples of the song.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from typing import BinaryIO, Protocol

import numpy as np

from engine.separation import (
    REFERENCE_STAGE,
    RESIDUAL,
    SAMPLE_BYTES,
    SOURCE_KEY,
    Samples,
    Separation,
    SignalKey,
    read_samples,
)

# Of a change from one stage to another: long enough not to click, as the mixer's own ramps.
COMP_FADE_SECONDS = 0.010

GapStarts = tuple[tuple[int, int], ...]
"""From which sample on a signal is silent (0) or sounds (1); the first begins at 0."""


class AudioSignal(Protocol):
    """Something that is read in pieces, as an array is: `signal[:, start:stop]` gives samples (C, stop - start)."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(C, N)."""
        ...

    def __getitem__(self, part: tuple[slice, slice], /) -> Samples:
        """A piece of the signal."""
        ...


class Difference:
    """One signal minus others.

    Args:
        signal: What is taken from.
        without: What is taken away; all of the shape of `signal`.

    Raises:
        ValueError: The shapes differ.
    """

    def __init__(self, signal: AudioSignal, without: Sequence[AudioSignal]) -> None:
        if any(other.shape != signal.shape for other in without):
            raise ValueError(f"expected signals of one shape {signal.shape}")
        self.shape = signal.shape
        self._signal = signal
        self._without = tuple(without)

    def __getitem__(self, part: tuple[slice, slice], /) -> Samples:
        """A piece of the difference."""
        samples = np.array(self._signal[part])
        for other in self._without:
            samples -= other[part]
        return samples


class StoredSignal:
    """A signal file, read piece by piece without mapping it, so that memory stays small.

    Args:
        file: Open for reading.
        channels: C.
        samples: N.
    """

    def __init__(self, file: BinaryIO, channels: int, samples: int) -> None:
        self.shape = (channels, samples)
        self._file = file

    def __getitem__(self, part: tuple[slice, slice], /) -> Samples:
        """A piece of the signal.

        Raises:
            ValueError: The file is shorter than it should be.
        """
        channels, samples = self.shape
        start, stop, _step = part[1].indices(samples)
        self._file.seek(start * channels * SAMPLE_BYTES)
        block = read_samples(self._file, channels, stop - start)
        if block.shape[1] < stop - start:
            raise ValueError("the signal ends early")
        return block[part[0]]


class Silence:
    """Nothing to hear.

    Args:
        shape: (C, N).
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape

    def __getitem__(self, part: tuple[slice, slice], /) -> Samples:
        """Zeros."""
        rows, columns = (len(range(*each.indices(size))) for each, size in zip(part, self.shape, strict=True))
        return np.zeros((rows, columns), np.float32)


class Comp:
    """A signal put together from several, one after the other, with linear cross-fades.

    Args:
        parts: Where each begins, ascending, and what sounds from there on; the first begins at 0.
        fade: Samples of a cross-fade, half of them before the place and half after.

    Raises:
        ValueError: There are no parts, the first does not begin at 0, they are not in order, or their shapes differ.
    """

    def __init__(self, parts: Sequence[tuple[int, AudioSignal]], fade: int) -> None:
        starts = [start for start, _signal in parts]
        if not parts or starts[0] != 0 or starts != sorted(starts):
            raise ValueError(f"expected parts in order from 0, got starts {starts}")
        if len({signal.shape for _start, signal in parts}) > 1:
            raise ValueError("expected signals of one shape")
        self._starts = starts
        self._signals = [signal for _start, signal in parts]
        self._fade = fade
        self.shape = self._signals[0].shape

    def __getitem__(self, part: tuple[slice, slice], /) -> Samples:
        """A piece of the signal."""
        first, last, _step = part[1].indices(self.shape[1])
        count = max(0, last - first)
        total = np.zeros((self.shape[0], count), np.float32)[part[0]]
        gains_now = np.ones(count, np.float32)
        # Only these are heard here; there may be many ranges in a song.
        begin = max(0, bisect_right(self._starts, first - self._fade) - 1)
        end = bisect_left(self._starts, last + self._fade)
        for index in range(begin, end):
            signal = self._signals[index]
            # The share of this part falls as the next one's rises; together they are always 1.
            gains_next = self._rise(self._starts[index + 1] if index + 1 < end else None, first, count)
            gains = gains_now - gains_next
            if gains.any():
                total += signal[part[0], first : first + count] * gains
            gains_now = gains_next
        return total

    def _rise(self, start: int | None, first: int, count: int) -> Samples:
        """From 0 before a place to 1 after it, for `count` samples from `first`; None is never."""
        if start is None:
            return np.zeros(count, np.float32)
        rise = (np.arange(first, first + count) - start + 0.5) / max(1, self._fade) + 0.5
        return np.clip(rise, 0, 1).astype(np.float32)


def with_gaps(signal: AudioSignal, gaps: GapStarts, sample_rate: int) -> Comp:
    """A signal that is silent in places, and fades there as a comp does.

    Args:
        signal: To be silenced.
        gaps: Where; see `GapStarts`.
        sample_rate: In Hz.

    Raises:
        ValueError: `gaps` is empty, does not begin at 0 or is not in order.
    """
    silence = Silence(signal.shape)
    return Comp([(at, signal if sounds else silence) for at, sounds in gaps], round(COMP_FADE_SECONDS * sample_rate))


def signal_keys(separation: Separation) -> list[SignalKey]:
    """Every signal of a song: the source first, then the last stage's stems and residual, then the first stage's."""
    stages = sorted(separation.stages, reverse=True)
    return [SOURCE_KEY, *((name, stage) for stage in stages for name in (*separation.stems, RESIDUAL))]


def signal_of(separation: Separation, key: SignalKey) -> AudioSignal:
    """The signal of one of `signal_keys`, or a stem's reference, mapped from disk.

    Raises:
        ValueError: There is no such signal.
        FileNotFoundError: The stem has no reference.
    """
    if key == SOURCE_KEY:
        return separation.source_signal()
    name, stage = key
    if stage == REFERENCE_STAGE:
        return separation.reference_signal(name)
    if name == RESIDUAL:
        stems = [separation.stem_signal(stem, stage) for stem in separation.stems_of(stage)]
        return Difference(separation.source_signal(), stems)
    if separation.lacks(key):
        return Silence((separation.channels, separation.samples))
    return separation.stem_signal(name, stage)


def open_signal(separation: Separation, key: SignalKey, stack: ExitStack) -> AudioSignal:
    """The signal of one of `signal_keys`, or a stem's reference, read from files that the stack closes.

    Raises:
        FileNotFoundError: There is no such signal.
    """
    name, stage = key
    if name == RESIDUAL:
        stems = [open_signal(separation, (stem, stage), stack) for stem in separation.stems_of(stage)]
        return Difference(open_signal(separation, SOURCE_KEY, stack), stems)
    if separation.lacks(key):
        return Silence((separation.channels, separation.samples))
    # With a buffer of a sample nothing is read ahead: what comes after a piece may be written only later.
    file = stack.enter_context(separation.path(key).open("rb", SAMPLE_BYTES))
    return StoredSignal(file, separation.channels, separation.samples)


def signal_blocks(separation: Separation, key: SignalKey, count: int) -> Generator[Samples]:
    """Read a signal that `open_signal` knows in blocks (C, at most `count`)."""
    with ExitStack() as stack:
        signal = open_signal(separation, key, stack)
        for start in range(0, separation.samples, count):
            yield signal[:, start : start + count]
