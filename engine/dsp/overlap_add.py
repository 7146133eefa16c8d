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
        # Of what begins at `start`, as far as chunks reach; the memory is that of one chunk.
        self._sum: Samples | None = None
        self._weight = np.zeros(length, np.float32)
        self._start = 0
        self._reach = 0

    def add(self, start: int, chunk: Samples, gain: float = 1.0) -> Samples:
        """Add a processed chunk (..., C, L) times a gain; starts must not descend.

        Returns:
            The samples (..., C, n) before `start` that no later chunk can change, as `settle` does.

        Raises:
            ValueError: The chunk has another length, starts before the one before it, or leaves a gap.
        """
        if chunk.shape[-1] != self._length:
            raise ValueError(f"expected chunks of {self._length} samples, got {chunk.shape[-1]}")
        if not self._start <= start <= self._start + self._reach:
            raise ValueError(f"a chunk at {start} does not follow what was added before")
        if self._sum is None:
            self._sum = np.zeros(chunk.shape, np.float32)
        done = self._take(start - self._start)
        window = self._window * np.float32(gain)
        both, new = slice(self._reach), slice(self._reach, None)
        self._sum[..., both] += chunk[..., both] * window[both]
        np.multiply(chunk[..., new], window[new], out=self._sum[..., new])
        self._weight[both] += self._window[both]
        self._weight[new] = self._window[new]
        self._reach = self._length
        return done

    def settle(self, before: int) -> Samples:
        """Return the samples (..., C, n) before a place, when no chunk that is to come starts before it.

        In memory the channels of a sample lie side by side, as in a file.

        Raises:
            ValueError: No chunk was added, the last one starts after that place, or they do not reach it.
        """
        if not self._start <= before <= self._start + self._reach:
            raise ValueError(f"the chunks do not reach sample {before}")
        return self._take(before - self._start)

    def _take(self, count: int) -> Samples:
        if self._sum is None:
            raise ValueError("no chunk was added")
        *leading, channels, _length = self._sum.shape
        done = np.empty((*leading, count, channels), np.float32).swapaxes(-1, -2)
        np.divide(self._sum[..., :count], self._weight[:count], out=done)
        if count:
            for kept in (self._sum, self._weight):
                kept[..., : self._reach - count] = kept[..., count : self._reach]
        self._start += count
        self._reach -= count
        return done
