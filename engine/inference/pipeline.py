"""The separation of one song: decode, run the stem stream, write the separation folder."""

from __future__ import annotations

import math
import os
import shutil
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from engine.audio.decode import AudioReader, open_audio
from engine.audio.source import AudioInfo
from engine.errors import WriteError, write_error
from engine.inference.device import choose_device
from engine.inference.request import (
    SeparationRequest,
    chosen_stages,
    chosen_stems,
    remove_partial_separation,
)
from engine.inference.runner import SegmentRunner
from engine.inference.sketches import MOST_SAMPLES, MOST_THREADS, Sketches
from engine.inference.stem_files import StemFiles
from engine.inference.stream import Splitting, stems_from
from engine.model.library import load_model
from engine.progress import JobControl, Progress, ProgressCallback, Stopwatch
from engine.said import say
from engine.separation import (
    SAMPLE_BYTES,
    SOURCE_KEY,
    Separation,
    Spans,
    Unfinished,
    append_samples,
    save_manifest,
    source_path,
)
from engine.signals import open_signal, signal_keys
from engine.whole_file import part_path, patiently


def run_separation(request: SeparationRequest, on_progress: ProgressCallback, control: JobControl) -> Separation:
    """Do what `engine.inference.job.separate` promises."""
    part = part_path(request.folder)
    try:
        if request.folder.exists():  # else found out by the last step alone
            raise WriteError(request.folder, say("a folder of that name is in the way"))
        with open_audio(request.source) as reader:
            part.mkdir(parents=True)
            separation = _separate(reader, replace(request, folder=part), on_progress, control)
        save_manifest(separation)
        patiently(part.rename, request.folder)
    except OSError as error:
        raise write_error(part, error) from error
    finally:
        remove_partial_separation(request)
    return replace(separation, folder=request.folder)


def _separate(
    reader: AudioReader, request: SeparationRequest, on_progress: ProgressCallback, control: JobControl
) -> Separation:
    started = time.monotonic()
    control.checkpoint()
    checkpoint = load_model(request.model)
    card = checkpoint.card
    request = replace(request, stages=chosen_stages(request.stages, card.name, card.config.stages))
    stems = chosen_stems(request.stems, card.name, card.stems)
    device = choose_device(request.device, request.precision)

    def tell(message: str) -> None:
        on_progress(Progress("load", 0, 0, message=message))

    runner = SegmentRunner(checkpoint, device, request.stages, stems, tell)
    _check_space(request.folder, reader.info, len(runner.signal_names) + 1)
    samples = _decode(reader, request.folder, control)
    separation = Separation(
        folder=request.folder,
        source=request.source,
        sample_rate=reader.info.sample_rate,
        channels=reader.info.channels,
        samples=samples,
        source_subtype=reader.info.subtype,
        stems=stems,
        stages=request.stages,
        model=card.name,
        model_sha256=checkpoint.sha256,
        quality=request.quality,
        device="",
        device_reason="",
        precision="",
        elapsed_seconds=0.0,
        warnings=reader.warnings,
        tags=reader.info.tags,
    )
    report = _Reporter(runner, _with_device(separation, runner), on_progress, control)
    runner.on_fallback = report.fallback
    _compute(separation, runner, report, control, draw=request.draw)
    return replace(
        _with_device(separation, runner),
        elapsed_seconds=time.monotonic() - started - control.paused_seconds,
        warnings=(*reader.warnings, *report.fallbacks),
    )


def _with_device(separation: Separation, runner: SegmentRunner) -> Separation:
    """Say what it runs on, which changes when memory runs out."""
    precision = str(runner.device.precision).removeprefix("torch.")
    return replace(separation, device=runner.device.label, device_reason=runner.reason, precision=precision)


class _Reporter:
    """Reports after every piece of all stems what is final."""

    def __init__(
        self, runner: SegmentRunner, separation: Separation, on_progress: ProgressCallback, control: JobControl
    ) -> None:
        self._runner = runner
        self._separation = separation
        self._on_progress = on_progress
        self._stopwatch = Stopwatch(control)
        self._message = ""
        self.fallbacks: list[str] = []

    def ready(self, spans: Spans) -> None:
        """Note what is final."""
        rate, total_seconds = self._separation.sample_rate, self._separation.duration_seconds
        done_seconds = sum(stop - start for start, stop in spans) / rate
        # Not from the start, as the first segment also warms up: counted, it made the estimate a quarter too long.
        eta_seconds = self._stopwatch.eta_seconds(done_seconds, total_seconds) if done_seconds else None
        where = (self._runner.device.label, self._runner.reason)
        unfinished = Unfinished(self._separation, spans)
        message, self._message = self._message, ""
        self._on_progress(Progress("separate", done_seconds, total_seconds, eta_seconds, message, *where, unfinished))

    def fallback(self, line: str) -> None:
        """Keep a line for the next report and for the result."""
        self.fallbacks.append(line)
        self._message = line


def _decode(reader: AudioReader, folder: Path, control: JobControl) -> int:
    """Write the source; returns the number of samples."""
    samples = 0
    with source_path(folder).open("wb") as file:
        for block in reader.blocks():
            control.checkpoint()
            samples += block.shape[1]
            append_samples(file, block)
    return samples


def _compute(
    separation: Separation, runner: SegmentRunner, report: _Reporter, control: JobControl, *, draw: bool
) -> None:
    """Write every stem, from where the control wants it on."""
    how = Splitting(runner, separation.sample_rate, separation.quality, control.checkpoint)
    with StemFiles(separation, runner.signal_names) as files, ExitStack() as stack:
        source = open_signal(separation, SOURCE_KEY, stack)
        threads = min(MOST_THREADS, os.cpu_count() or 1) if runner.computes_ahead else 1
        sketches = stack.enter_context(Sketches(separation, threads)) if draw and _can_be_drawn(separation) else None
        report.ready(files.ready)
        while (start := files.next_missing(control.wanted)) is not None:
            for first, stems in stems_from(how, source, start):
                files.write(first, stems)
                if sketches is not None:
                    sketches.draw(files.ready)
                report.ready(files.ready)
                if files.next_missing(control.wanted) != first + stems.shape[-1]:
                    break  # what follows is there already, or something else is wanted first
        if sketches is not None:
            sketches.save()


def _can_be_drawn(separation: Separation) -> bool:
    """Whether drawing all signals along the way does not take too much memory."""
    return separation.samples * len(signal_keys(separation)) <= MOST_SAMPLES


def _check_space(folder: Path, info: AudioInfo, signals: int) -> None:
    """Refuse early what cannot end well.

    Raises:
        WriteError: The disk is too small for all signals.
    """
    samples = (info.duration_seconds or 0.0) * info.sample_rate
    needed = samples * info.channels * SAMPLE_BYTES * signals
    free = shutil.disk_usage(folder).free
    if needed > free:
        reason = say(
            "working on this song needs {needed} MB, and {free} MB are free",
            needed=math.ceil(needed / 1e6),
            free=int(free / 1e6),
        )
        raise WriteError(folder, reason)
