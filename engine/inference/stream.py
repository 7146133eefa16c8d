"""Turns a stream of source audio into streams of stems, at the source's rate and in step with it.

Shapes: C channels, L samples of a segment at the network's rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from engine.audio.resample import StreamResampler
from engine.dsp.overlap_add import Chunk, ChunkCutter, OverlapAdder
from engine.inference.runner import SegmentRunner
from engine.separation import Samples
from engine.stems import Quality


class StemStream:
    """Feeds segments to the network and cross-fades what comes back.

    Args:
        runner: The network.
        sample_rate: In Hz, of the source.
        channels: C.
        quality: How far segments overlap.
        on_segments: Called before each batch of segments, with the seconds of audio that are finished.
    """

    def __init__(
        self,
        runner: SegmentRunner,
        sample_rate: int,
        channels: int,
        quality: Quality,
        on_segments: Callable[[float], None],
    ) -> None:
        self._runner = runner
        self._sample_rate = sample_rate
        self._channels = channels
        self._on_segments = on_segments
        chunking, self._rate = runner.config.chunking, runner.config.sample_rate
        self._segment_samples = chunking.segment_samples
        self._to_network = StreamResampler(sample_rate, self._rate, channels)
        self._to_source = StreamResampler(self._rate, sample_rate, runner.signals * channels)
        self._cutter = ChunkCutter(self._segment_samples, chunking.hop_samples[quality], channels)
        self._adder = OverlapAdder(self._segment_samples, chunking.fade_samples)
        self._waiting: list[Chunk] = []
        self._heard = 0
        self._finished = 0
        self._returned = 0

    def push(self, block: Samples) -> Samples:
        """Feed source samples (C, n).

        Returns:
            The next stem samples (signals, C, m); m is often 0 and lags behind n.
        """
        resampled = self._to_network.push(block)
        self._heard += resampled.shape[1]
        return self._emit([self._separate(self._cutter.push(resampled), flush=False)], last=False)

    def finish(self, samples: int) -> Samples:
        """Return the rest, so that all blocks together have `samples` samples like the source."""
        resampled = self._to_network.push(np.zeros((self._channels, 0), np.float32), last=True)
        self._heard += resampled.shape[1]
        parts = [
            self._separate(self._cutter.push(resampled), flush=False),
            self._separate(self._cutter.finish(), flush=True),
            self._adder.finish(self._heard),
        ]
        rest = self._emit(parts, last=True)
        # Going to the network's rate and back rounds the length twice: a few samples at most.
        missing = samples - (self._returned - rest.shape[-1])
        return np.pad(rest[..., :missing], ((0, 0), (0, 0), (0, max(0, missing - rest.shape[-1]))))

    def _separate(self, chunks: Iterable[Chunk], *, flush: bool) -> Samples:
        done = [np.zeros((self._runner.signals, self._channels, 0), np.float32)]
        for chunk in chunks:
            self._waiting.append(chunk)
            if len(self._waiting) >= self._runner.batch_size(self._channels, self._segment_samples):
                done.extend(self._run_waiting())
        if flush and self._waiting:
            done.extend(self._run_waiting())
        return np.concatenate(done, axis=-1)

    def _run_waiting(self) -> list[Samples]:
        self._on_segments(self._finished / self._rate)
        chunks, self._waiting = self._waiting, []
        done: list[Samples] = []
        outputs = np.zeros((len(chunks), self._runner.signals, self._channels, self._segment_samples), np.float32)
        # Silence needs no network: it separates into silence.
        sounding = [index for index, chunk in enumerate(chunks) if chunk.samples.any()]
        if sounding:
            outputs[sounding] = self._runner.run(np.stack([chunks[index].samples for index in sounding]))
        for chunk, output in zip(chunks, outputs, strict=True):
            done.append(self._adder.add(chunk.start, output))
            self._finished = chunk.start
        return done

    def _emit(self, parts: list[Samples], *, last: bool) -> Samples:
        stems = np.concatenate(parts, axis=-1)
        flat = stems.reshape(self._runner.signals * self._channels, -1)
        out = self._to_source.push(flat, last=last)
        self._returned += out.shape[1]
        return out.reshape(self._runner.signals, self._channels, -1)
