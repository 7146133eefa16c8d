"""The separation of one song: decode, run the stem stream, write the separation folder."""

from __future__ import annotations

import errno
import math
import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from engine.audio.decode import AudioInfo, AudioReader, open_audio
from engine.errors import ModelError, WriteError
from engine.inference.device import choose_device
from engine.inference.request import SeparationRequest, partial_folder, remove_partial_separation
from engine.inference.runner import SegmentRunner
from engine.inference.sketches import MOST_SAMPLES, Sketches
from engine.inference.stream import StemStream
from engine.model.checkpoint import Checkpoint
from engine.model.kernel_cache import kernel_cache
from engine.model.library import load_model
from engine.progress import JobControl, Progress, ProgressCallback, Stopwatch
from engine.separation import (
    SAMPLE_BYTES,
    Samples,
    Separation,
    append_samples,
    save_manifest,
    signal_path,
    source_path,
)
from engine.stems import STAGES, Stage


def run_separation(request: SeparationRequest, on_progress: ProgressCallback, control: JobControl) -> Separation:
    """Do what `engine.inference.job.separate` promises."""
    part = partial_folder(request)
    try:
        with open_audio(request.source) as reader:
            part.mkdir(parents=True)
            separation = _separate(reader, replace(request, folder=part), on_progress, control)
        save_manifest(separation)
        part.rename(request.folder)
    except OSError as error:
        reason = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))
        raise WriteError(part, reason) from error
    finally:
        remove_partial_separation(request)
    return replace(separation, folder=request.folder)


def _separate(
    reader: AudioReader, request: SeparationRequest, on_progress: ProgressCallback, control: JobControl
) -> Separation:
    started = time.monotonic()
    control.checkpoint()
    checkpoint = load_model(request.model)
    request = replace(request, stages=_chosen_stages(request, checkpoint))
    stems = _chosen_stems(request, checkpoint)
    device = choose_device(request.device, request.precision)
    if device.torch_device.type == "cpu" and not kernel_cache().is_dir():
        on_progress(Progress("load", 0, 0, message="getting ready for this processor, which happens only once"))
    runner = SegmentRunner(checkpoint, device, request.stages, stems)
    report = _Reporter(runner, reader.info.duration_seconds or 0.0, on_progress, control)
    runner.on_fallback = report.fallback
    stream = StemStream(runner, reader.info.sample_rate, reader.info.channels, request.quality, report.segments)
    samples = _write_signals(reader, stream, runner.signal_names, request)
    seconds = samples / reader.info.sample_rate
    on_progress(Progress("separate", seconds, seconds, 0.0))
    return Separation(
        folder=request.folder,
        source=request.source,
        sample_rate=reader.info.sample_rate,
        channels=reader.info.channels,
        samples=samples,
        source_subtype=reader.info.subtype,
        stems=stems,
        stages=request.stages,
        model=checkpoint.card.name,
        model_sha256=checkpoint.sha256,
        quality=request.quality,
        device=runner.device.label,
        device_reason=runner.reason,
        precision=str(runner.device.precision).removeprefix("torch."),
        elapsed_seconds=time.monotonic() - started - control.paused_seconds,
        warnings=(*reader.warnings, *report.fallbacks),
        tags=reader.info.tags,
    )


class _Reporter:
    """Reports progress between segments, and is where cancel and pause take hold."""

    def __init__(
        self, runner: SegmentRunner, total_seconds: float, on_progress: ProgressCallback, control: JobControl
    ) -> None:
        self._runner = runner
        self._total_seconds = total_seconds
        self._on_progress = on_progress
        self._control = control
        self._stopwatch = Stopwatch(control)
        self._message = ""
        self.fallbacks: list[str] = []

    def segments(self, done_seconds: float) -> None:
        """Note that a batch of segments is about to run."""
        self._control.checkpoint()
        total_seconds, where = self._total_seconds, (self._runner.device.label, self._runner.reason)
        eta_seconds = self._stopwatch.eta_seconds(done_seconds, total_seconds)
        self._on_progress(Progress("separate", done_seconds, total_seconds, eta_seconds, self._message, *where))
        self._message = ""

    def fallback(self, line: str) -> None:
        """Keep a line for the next report and for the result."""
        self.fallbacks.append(line)
        self._message = line


def _chosen_stems(request: SeparationRequest, checkpoint: Checkpoint) -> tuple[str, ...]:
    known = checkpoint.card.stems
    unknown = [stem for stem in request.stems if stem not in known]
    if unknown:
        raise ModelError(f"the model {checkpoint.card.name!r} has no stem {unknown[0]!r}, only {', '.join(known)}")
    return tuple(stem for stem in known if not request.stems or stem in request.stems)


def _chosen_stages(request: SeparationRequest, checkpoint: Checkpoint) -> tuple[Stage, ...]:
    known = STAGES[: checkpoint.card.config.stages]
    stages: tuple[Stage, ...] = tuple(stage for stage in known if stage in request.stages)
    if not stages:
        raise ModelError(f"the model {checkpoint.card.name!r} has no second stage; ask for stage 1")
    return stages


def _write_signals(
    reader: AudioReader, stream: StemStream, names: list[tuple[str, Stage]], request: SeparationRequest
) -> int:
    """Write the source and every stem; returns the number of samples."""
    folder = request.folder
    _check_space(folder, reader.info, len(names) + 1)
    samples = 0
    with ExitStack() as stack:
        sketches = _sketches(request, reader.info, names)
        if sketches is not None:
            stack.enter_context(sketches)
        source = stack.enter_context(source_path(folder).open("wb"))
        files = [stack.enter_context(signal_path(folder, stem, stage).open("wb")) for stem, stage in names]
        for block in reader.blocks():
            samples += block.shape[1]
            append_samples(source, block)
            if sketches is not None:
                sketches.add_source(block)
            _append_stems(files, stream.push(block), sketches)
        _append_stems(files, stream.finish(samples), sketches)
        if sketches is not None:
            sketches.save()
    return samples


def _sketches(request: SeparationRequest, info: AudioInfo, names: list[tuple[str, Stage]]) -> Sketches | None:
    """What draws the signals along the way; None when that is not wanted or could take too much memory."""
    samples = (info.duration_seconds or math.inf) * info.sample_rate
    signals = 1 + len(names) + len(request.stages)
    if not request.draw or samples * signals > MOST_SAMPLES:
        return None
    return Sketches(request.folder, names, info.channels, info.sample_rate)


def _append_stems(files: Sequence[BinaryIO], stems: Samples, sketches: Sketches | None) -> None:
    for file, stem in zip(files, stems, strict=True):
        append_samples(file, stem)
    if sketches is not None:
        sketches.add_stems(stems)


def _check_space(folder: Path, info: AudioInfo, signals: int) -> None:
    """Refuse early what cannot end well.

    Raises:
        WriteError: The disk is too small for all signals.
    """
    samples = (info.duration_seconds or 0.0) * info.sample_rate
    needed = samples * info.channels * SAMPLE_BYTES * signals
    free = shutil.disk_usage(folder).free
    if needed > free:
        reason = f"working on this song needs {needed / 1e9:.1f} GB but only {free / 1e9:.1f} GB are free"
        raise WriteError(folder, reason)
