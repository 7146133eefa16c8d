"""Cutting a signal of unknown length into overlapping chunks, and cross-fading processed chunks back together.

Both work on a stream, so that memory does not grow with the song. Shapes: C channels, L samples of a chunk;
leading axes of processed chunks (such as stems) are free.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engine.separation import Samples


class Chunk(NamedTuple):
    """A piece (C, L) of the signal that starts at sample `start`."""

    start: int
    samples: Samples


class ChunkCutter:
    """Cuts a stream into chunks of L samples every `hop` samples.

    The last chunk is moved forward so that it ends with the signal and hears only music; a signal shorter than L
    becomes one chunk padded with zeros at its end.
    """

    def __init__(self, length: int, hop: int, channels: int) -> None:
        if not 0 < hop <= length:
            raise ValueError(f"hop {hop} must be in 1..{length}")
        self._length = length
        self._hop = hop
        self._buffer = np.zeros((channels, 0), np.float32)
        self._buffer_start = 0
        self._next_start = 0
        self._covered = 0

    def push(self, block: Samples) -> Iterator[Chunk]:
        """Add a block (C, n) and yield the chunks that are complete."""
        self._buffer = np.concatenate([self._buffer, block], axis=1)
        while self._next_start + self._length <= self._buffer_start + self._buffer.shape[1]:
            offset = self._next_start - self._buffer_start
            yield Chunk(self._next_start, self._buffer[:, offset : offset + self._length])
            self._covered = self._next_start + self._length
            self._next_start += self._hop
        # Keep a whole chunk back: the last one of the signal may start anywhere in it.
        spare = self._buffer.shape[1] - self._length
        if spare > 0:
            self._buffer = self._buffer[:, spare:]
            self._buffer_start += spare

    def finish(self) -> Iterator[Chunk]:
        """Yield the last chunk if the signal's end is not covered yet."""
        end = self._buffer_start + self._buffer.shape[1]
        if end <= self._covered:
            return
        chunk = self._buffer[:, -self._length :]
        start = end - chunk.shape[1]
        yield Chunk(start, np.pad(chunk, ((0, 0), (0, self._length - chunk.shape[1]))))


class OverlapAdder:
    """Cross-fades chunks under a window with linear fades and divides by the windows' sum.

    Args:
        length: L.
        fade: Samples of the rise at a chunk's start and of the fall at its end.
    """

    def __init__(self, length: int, fade: int) -> None:
        self._length = length
        # Never zero, so the division is safe even where only one chunk reaches.
        ramp = np.linspace(-1.0, 1.0, length + 2, dtype=np.float32)[1:-1]
        rise = (1.0 - np.abs(ramp)) * ((length + 1) / (2 * max(fade, 1)))
        self._window = np.minimum(1.0, rise).astype(np.float32)
        self._sum: Samples | None = None
        self._weight = np.zeros(0, np.float32)
        self._start = 0

    def add(self, start: int, chunk: Samples) -> Samples:
        """Add a processed chunk (..., L); starts must not descend.

        Returns:
            The samples (..., n) before `start` that no later chunk can change.

        Raises:
            ValueError: The chunk has another length, starts before the one before it, or leaves a gap.
        """
        if chunk.shape[-1] != self._length:
            raise ValueError(f"expected chunks of {self._length} samples, got {chunk.shape[-1]}")
        if not self._start <= start <= self._start + self._weight.shape[0]:
            raise ValueError(f"a chunk at {start} does not follow what was added before")
        if self._sum is None:
            self._sum = np.zeros((*chunk.shape[:-1], 0), np.float32)
        done = self._take(start - self._start)
        missing = self._length - self._weight.shape[0]
        self._sum = np.pad(self._sum, [(0, 0)] * (chunk.ndim - 1) + [(0, missing)])
        self._weight = np.pad(self._weight, (0, missing))
        self._sum += chunk * self._window
        self._weight += self._window
        return done

    def settle(self, before: int) -> Samples:
        """Return the samples (..., n) before a place, when no chunk that is to come starts before it.

        Raises:
            ValueError: No chunk was added, the last one starts after that place, or they do not reach it.
        """
        if not self._start <= before <= self._start + self._weight.shape[0]:
            raise ValueError(f"the chunks do not reach sample {before}")
        return self._take(before - self._start)

    def _take(self, count: int) -> Samples:
        if self._sum is None:
            raise ValueError("no chunk was added")
        done = self._sum[..., :count] / self._weight[:count]
        self._sum = self._sum[..., count:]
        self._weight = self._weight[count:]
        self._start += count
        return done
