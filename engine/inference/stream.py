"""Turns a stream of source audio into streams of stems, at the source's rate and in step with it.

A song need not be separated from its start: `stems_from` begins near any sample, and gives every sample the same as if
it had begun at the start, because it begins where a segment does and leaves out what segments before it would change.

Shapes: C channels, L samples of a segment at the network's rate, S signals.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.audio.resample import StreamResampler, resampled_length
from engine.dsp.overlap_add import Chunk, ChunkCutter, OverlapAdder
from engine.inference.runner import Result, SegmentRunner
from engine.separation import Samples
from engine.signals import AudioSignal
from engine.stems import Quality

# What a resampler hears before the first sample that counts; its filter is a few hundredths of a second long.
_LEAD_SECONDS = 1
# So many times as many segments as in the batch before, beginning with one: the first sound comes soon, and what comes
# with a batch plays for as long as a device takes for the next one, unless that is not much faster than real time.
_BATCH_GROWTH = 4


@dataclass(frozen=True)
class Splitting:
    """How a song is split.

    Attributes:
        runner: The network.
        sample_rate: In Hz, of the source.
        quality: How far segments overlap.
        before_segments: Called before each batch of segments.
    """

    runner: SegmentRunner
    sample_rate: int
    quality: Quality
    before_segments: Callable[[], None]

    @property
    def network_rate(self) -> int:
        """In Hz, of what the network hears."""
        return self.runner.config.sample_rate

    @property
    def segment_samples(self) -> int:
        """L."""
        return self.runner.config.chunking.segment_samples

    @property
    def hop_samples(self) -> int:
        """From a segment's start to the next one's, at the network's rate."""
        return self.runner.config.chunking.hop_samples[self.quality]


class _Begun(NamedTuple):
    """Segments that the network was given: where they start, their polarity, and what waits for their result.

    Silent ones have the polarity 0, and the network was not given them.
    """

    starts: list[int]
    signs: list[int]
    result: Result | None


class StemStream:
    """Feeds segments to the network and cross-fades what comes back.

    Every other segment is separated with its polarity inverted: so what the network makes of a signal's sign cancels
    where segments overlap. Source: `use_tta` of https://github.com/ZFTurbo/Music-Source-Separation-Training, which
    separates every segment three times: as it is, inverted, and with its sides exchanged.

    Args:
        how: The song is split.
        channels: C.
        samples: How many source samples there will be.
        lead_samples: How many of the first are for the resampler only; they end where both rates have a sample.
        segments_before: How many segments of the song begin before these samples.
    """

    def __init__(
        self, how: Splitting, channels: int, samples: int, lead_samples: int = 0, segments_before: int = 0
    ) -> None:
        rate, network_rate = how.sample_rate, how.network_rate
        self._how, self._runner = how, how.runner
        self._channels = channels
        self._samples = samples - lead_samples
        self._segments_before = segments_before
        self._to_network = StreamResampler(rate, network_rate, channels)
        self._to_source = StreamResampler(network_rate, rate, how.runner.signals * channels)
        self._cutter = ChunkCutter(how.segment_samples, how.hop_samples, channels)
        self._adder = OverlapAdder(how.segment_samples, how.runner.config.chunking.fade_samples)
        shape = (how.runner.signals, channels, how.segment_samples)
        self._silence = np.broadcast_to(np.float32(0.0), shape)
        self._waiting: list[Chunk] = []
        self._largest_batch = 1
        self._begun: deque[_Begun] = deque()
        self._lead = lead_samples * network_rate // rate
        self._end = resampled_length(samples, rate, network_rate) - self._lead
        self._returned = 0

    def push(self, block: Samples) -> Iterator[Samples]:
        """Feed source samples (C, n).

        Yields:
            The next stem samples (S, C, m), after those of the lead; together they lag behind n.
        """
        for stems in self._separated(self._heard(block)):
            yield self._at_source_rate(stems)

    def finish(self) -> Iterator[Samples]:
        """Yield the rest, so that there is a stem sample for every source sample after the lead."""
        silence = np.zeros((self._channels, 0), np.float32)
        chunks = itertools.chain(self._heard(silence, last=True), self._cutter.finish())
        for stems in itertools.chain(self._separated(chunks), self._run_waiting(), self._merged(0)):
            yield self._at_source_rate(stems)
        stems = self._at_source_rate(self._adder.settle(self._end), last=True)
        # Going to the network's rate and back rounds the length twice: a few samples at most.
        yield np.pad(stems, ((0, 0), (0, 0), (0, self._samples - self._returned)))

    def _heard(self, block: Samples, *, last: bool = False) -> Iterator[Chunk]:
        resampled = self._to_network.push(block, last=last)
        skipped = min(self._lead, resampled.shape[1])
        self._lead -= skipped
        return self._cutter.push(resampled[:, skipped:])

    def _separated(self, chunks: Iterable[Chunk]) -> Iterator[Samples]:
        for chunk in chunks:
            self._waiting.append(chunk)
            fitting = self._runner.batch_size(self._channels, self._how.segment_samples)
            if len(self._waiting) >= min(self._largest_batch, fitting):
                yield from self._run_waiting()

    def _run_waiting(self) -> Iterator[Samples]:
        if not self._waiting:
            return
        self._how.before_segments()
        chunks, self._waiting = self._waiting, []
        self._largest_batch = len(chunks) * _BATCH_GROWTH
        # Silence needs no network: it separates into silence.
        signs = [self._polarity(chunk) if chunk.samples.any() else 0 for chunk in chunks]
        batch = [chunk.samples * np.float32(sign) for chunk, sign in zip(chunks, signs, strict=True) if sign]
        result = self._runner.begin(np.stack(batch)) if batch else None
        self._begun.append(_Begun([chunk.start for chunk in chunks], signs, result))
        yield from self._merged(1 if self._runner.computes_ahead else 0)

    def _polarity(self, chunk: Chunk) -> int:
        number = self._segments_before + -(-chunk.start // self._how.hop_samples)
        return 1 - 2 * (number % 2)

    def _merged(self, left: int) -> Iterator[Samples]:
        """Cross-fade the results of all batches that were begun but for the last `left`."""
        while len(self._begun) > left:
            starts, signs, result = self._begun.popleft()
            made = iter(() if result is None else result())
            for start, sign in zip(starts, signs, strict=True):
                yield self._adder.add(start, next(made) if sign else self._silence, sign)
                yield self._adder.settle(self._next_start(start))

    def _next_start(self, start: int) -> int:
        """Where the segment after the one at `start` begins: the last one ends with the song."""
        return max(start, min(start + self._how.hop_samples, self._end - self._how.segment_samples))

    def _at_source_rate(self, stems: Samples, *, last: bool = False) -> Samples:
        out = self._to_source.push(stems, last=last)[..., : self._samples - self._returned]
        self._returned += out.shape[-1]
        return out


def stems_from(how: Splitting, source: AudioSignal, sample: int) -> Iterator[tuple[int, Samples]]:
    """Separate a song from one of its samples to its end.

    Args:
        how: The song is split.
        source: (C, N), read in blocks.
        sample: In [0, N).

    Yields:
        Where a piece starts, and the piece (S, C, n); together they are samples [sample, N) of all stems.
    """
    (channels, samples), rate = source.shape, how.sample_rate
    begin = _begin(how, sample, samples)
    lead = min(begin, _LEAD_SECONDS * rate)
    segments_before = begin * how.network_rate // (rate * how.hop_samples)
    stream = StemStream(how, channels, samples - begin + lead, lead, segments_before)
    hop = how.hop_samples * rate // how.network_rate
    at = begin
    for first in [*range(begin - lead, samples, hop), None]:
        for stems in stream.finish() if first is None else stream.push(source[:, first : first + hop]):
            start, at = max(at, sample), at + stems.shape[-1]
            if start < at:
                yield start, stems[..., start - at :]


def _begin(how: Splitting, sample: int, samples: int) -> int:
    """The start of the last segment from which on a sample comes out as if from the song's start."""
    rate, hop = how.network_rate, how.hop_samples
    # Where both rates have a sample, or the resampler would be out of step.
    step = hop * (rate // math.gcd(hop * how.sample_rate, rate))
    wanted = sample * rate // how.sample_rate
    end = resampled_length(samples, how.sample_rate, rate)
    # The segment before is the last that would reach into what comes out; the last one of all is moved to the end.
    latest = min(wanted - how.segment_samples + hop, end - how.segment_samples)
    return max(0, latest // step) * step * how.sample_rate // rate
