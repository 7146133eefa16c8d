"""Where the listener is, which is behind what has been rendered by as long as the device keeps sound waiting."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

# More than any device keeps waiting: 0.2 s are nine blocks of 1024 samples at 44.1 kHz.
MOST_BLOCKS = 256


class Block(NamedTuple):
    """A rendered block: its first sample, the sample after it, when it is heard, and how fast."""

    start: int
    stop: int
    heard_at_seconds: float
    speed: float = 1.0


class Playhead:
    """Follows the sound from block to block. One thread notes blocks, another asks; neither waits."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._start = 0
        self._blocks: deque[Block] = deque(maxlen=MOST_BLOCKS)

    @property
    def notes(self) -> deque[Block]:
        """Where to note blocks; to be taken before rendering, as `move` starts new notes."""
        return self._blocks

    def move(self, sample: int) -> None:
        """Be at `sample` at once, whatever is still waiting in the device."""
        self._start = sample
        self._blocks = deque(maxlen=MOST_BLOCKS)

    def at(self, now_seconds: float) -> int:
        """The sample heard at a time on the clock of the notes."""
        position = self._start
        for block in list(self._blocks):
            if block.heard_at_seconds > now_seconds:
                break
            elapsed = int((now_seconds - block.heard_at_seconds) * self._sample_rate * block.speed)
            # A block that jumps back (a loop) stands still for its few milliseconds.
            position = max(block.start, min(block.start + elapsed, block.stop))
        return position
