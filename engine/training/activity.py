"""Where a stem sounds: an energy-based source-activity detector that learns its threshold from the track itself.

The rule, for a track at 44.1 kHz:

1. The track is cut into chunks of 0.6 s, the last one as short as it comes; the power of a chunk is the mean of its
   squared samples over time and channels.
2. The threshold is the 15 % quantile of the powers that are not zero, but at least 1e-6 (-60 dB of full scale).
3. Ten chunks are a segment (6 s), and a segment begins every five chunks (50 % overlap). One more ends with the track
   where that leaves a rest, and a track shorter than a segment is one segment.
4. A segment is active when more than half of its chunks have at least the threshold's power.

Source: Luo & Yu, "Music Source Separation with Band-split RNN", arXiv:2209.15174, for the method; the segments, chunks,
overlap, quantile and share as public re-implementations of it have them. Those disagree on what an energy is (a sum, a
mean or a root mean square, over a track or over a segment), so the mean over the track and the floor, which is a root
mean square of 1e-3, are ours. So is "at least" instead of "more than" the threshold, without which an unchanging tone
would never be active.

Shapes: C channels, n samples of a block, K chunks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.separation import Samples

CHUNK_SAMPLES = 26_460
SEGMENT_CHUNKS = 10
HOP_CHUNKS = 5
QUANTILE = 0.15
FLOOR_POWER = 1e-6
ACTIVE_SHARE = 0.5

Powers = NDArray[np.float64]


class Span(NamedTuple):
    """The samples [start, stop) of a track."""

    start: int
    stop: int


def chunk_powers(blocks: Iterable[Samples]) -> Powers:
    """Take the power of each chunk (K,) of a track that comes as blocks (C, n) of any size."""
    powers: list[float] = []
    rest: Samples | None = None
    for block in blocks:
        joined = block if rest is None else np.concatenate([rest, block], axis=1)
        whole = joined.shape[1] // CHUNK_SAMPLES * CHUNK_SAMPLES
        powers += [_power(joined[:, at : at + CHUNK_SAMPLES]) for at in range(0, whole, CHUNK_SAMPLES)]
        rest = joined[:, whole:]
    if rest is not None and rest.shape[1]:
        powers.append(_power(rest))
    return np.array(powers, np.float64)


def active_spans(powers: Powers, samples: int) -> list[Span]:
    """Find where a track of `samples` samples sounds, from the powers of its chunks.

    Returns:
        The active segments in order, those that overlap put together. Half a segment (3 s) within a span always holds
        a part of a chunk that reaches the threshold.
    """
    sounding = powers[powers > 0]
    if not sounding.size:
        return []
    reached = powers >= max(FLOOR_POWER, float(np.quantile(sounding, QUANTILE)))
    spans: list[Span] = []
    for first in _segment_starts(len(powers)):
        segment = reached[first : first + SEGMENT_CHUNKS]
        if segment.mean() <= ACTIVE_SHARE:
            continue
        start, stop = first * CHUNK_SAMPLES, min(samples, (first + SEGMENT_CHUNKS) * CHUNK_SAMPLES)
        if spans and start < spans[-1].stop:
            start = spans.pop().start
        spans.append(Span(start, stop))
    return spans


def _segment_starts(chunks: int) -> list[int]:
    """The first chunk of each segment."""
    last = max(0, chunks - SEGMENT_CHUNKS)
    return sorted({*range(0, last + 1, HOP_CHUNKS), last})


def _power(chunk: Samples) -> float:
    return float(np.mean(np.square(chunk, dtype=np.float64)))
