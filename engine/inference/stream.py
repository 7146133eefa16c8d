"""Turns a stream of source audio into streams of stems, at the source's rate and in step with it.

A song need not be separated from its start: `stems_from` begins near any sample, and gives every sample the same as if
it had begun at the start, because it begins where a segment does and leaves out what segments before it would change.

Shapes: C channels, L samples of a segment at the network's rate, S signals.
"""

from __future__ import annotations

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
    """Segments that the network was given: those with sound, what waits for their result, and its polarity (B,)."""

    chunks: list[Chunk]
    sounding: list[int]
    result: Result | None
    signs: Samples


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
        self._waiting: list[Chunk] = []
        self._begun: deque[_Begun] = deque()
        self._lead = lead_samples * network_rate // rate
        self._end = resampled_length(samples, rate, network_rate) - self._lead
        self._returned = 0

    def push(self, block: Samples) -> Samples:
        """Feed source samples (C, n).

        Returns:
            The next stem samples (S, C, m), after those of the lead; m is often 0 and lags behind n.
        """
        return self._emit([self._separate(self._heard(block), flush=False)], last=False)

    def finish(self) -> Samples:
        """Return the rest, so that there is a stem sample for every source sample after the lead."""
        rest = self._heard(np.zeros((self._channels, 0), np.float32), last=True)
        parts = [
            self._separate(rest, flush=False),
            self._separate(self._cutter.finish(), flush=True),
            self._adder.settle(self._end),
        ]
        stems = self._emit(parts, last=True)
        # Going to the network's rate and back rounds the length twice: a few samples at most.
        missing = self._samples - (self._returned - stems.shape[-1])
        return np.pad(stems[..., :missing], ((0, 0), (0, 0), (0, max(0, missing - stems.shape[-1]))))

    def _heard(self, block: Samples, *, last: bool = False) -> Iterator[Chunk]:
        resampled = self._to_network.push(block, last=last)
        skipped = min(self._lead, resampled.shape[1])
        self._lead -= skipped
        return self._cutter.push(resampled[:, skipped:])

    def _separate(self, chunks: Iterable[Chunk], *, flush: bool) -> Samples:
        done = [np.zeros((self._runner.signals, self._channels, 0), np.float32)]
        for chunk in chunks:
            self._waiting.append(chunk)
            if len(self._waiting) >= self._runner.batch_size(self._channels, self._how.segment_samples):
                done.extend(self._run_waiting())
        if flush:
            done.extend(self._run_waiting())
            done.extend(self._merged(0))
        return np.concatenate(done, axis=-1)

    def _run_waiting(self) -> list[Samples]:
        if not self._waiting:
            return []
        self._how.before_segments()
        chunks, self._waiting = self._waiting, []
        # Silence needs no network: it separates into silence.
        sounding = [index for index, chunk in enumerate(chunks) if chunk.samples.any()]
        numbers = [self._segments_before + -(-chunks[index].start // self._how.hop_samples) for index in sounding]
        signs = np.array([1 - 2 * (number % 2) for number in numbers], np.float32)[:, None, None]
        batch = [chunks[index].samples for index in sounding]
        result = self._runner.begin(np.stack(batch) * signs) if sounding else None
        self._begun.append(_Begun(chunks, sounding, result, signs))
        return self._merged(1 if self._runner.computes_ahead else 0)

    def _merged(self, left: int) -> list[Samples]:
        """Cross-fade the results of all batches that were begun but for the last `left`."""
        done: list[Samples] = []
        while len(self._begun) > left:
            batch = self._begun.popleft()
            count = len(batch.chunks)
            outputs = np.zeros((count, self._runner.signals, self._channels, self._how.segment_samples), np.float32)
            if batch.result is not None:
                outputs[batch.sounding] = batch.result() * batch.signs[:, None]
            for chunk, output in zip(batch.chunks, outputs, strict=True):
                done.append(self._adder.add(chunk.start, output))
                done.append(self._adder.settle(self._next_start(chunk.start)))
        return done

    def _next_start(self, start: int) -> int:
        """Where the segment after the one at `start` begins: the last one ends with the song."""
        return max(start, min(start + self._how.hop_samples, self._end - self._how.segment_samples))

    def _emit(self, parts: list[Samples], *, last: bool) -> Samples:
        stems = np.concatenate(parts, axis=-1)
        flat = stems.reshape(self._runner.signals * self._channels, -1)
        out = self._to_source.push(flat, last=last)
        self._returned += out.shape[1]
        return out.reshape(self._runner.signals, self._channels, -1)


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
        stems = stream.finish() if first is None else stream.push(source[:, first : first + hop])
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
