"""Export of a finished separation: all files of a request in one format and at one level, or none of them.

Shapes: C channels, n samples of one block.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.audio.cover import read_cover
from engine.audio.encode import AudioWriter, finite, require_space
from engine.audio.formats import AudioFormat, audio_format
from engine.audio.resample import StreamResampler, resampled_length
from engine.audio.target import AudioFile
from engine.claim import open_alone
from engine.errors import EngineError, ExistsError, WriteError, write_error
from engine.export.colors import stem_color
from engine.export.plan import audio_file, plan_export, selected
from engine.export.reaper import ProjectTrack, project_text
from engine.export.request import ExportReport, ExportRequest, PlannedFile, WrittenFile
from engine.export.sources import Sources
from engine.progress import JobControl, Progress, ProgressCallback, Stopwatch, ignore_progress
from engine.said import say
from engine.separation import Samples, Separation
from engine.whole_file import force_to_disk, part_path, patiently

# Small enough that a cancel is heard within a fraction of a second, also by four MP3 encoders.
BLOCK_SAMPLES = 32_768


def export(
    request: ExportRequest,
    on_progress: ProgressCallback = ignore_progress,
    control: JobControl | None = None,
) -> ExportReport:
    """Write the files of a request: all of them, or none.

    Every file is written beside its place, closed and read back; only when the last one is whole are they renamed,
    one after the other, a project last. Should a rename fail, the files before it stay in place and the rest are
    removed.

    Args:
        request: What to export and how.
        on_progress: Told once per block; `done` counts the seconds of audio that were measured and written.
        control: Cancels or pauses the export between blocks.

    Returns:
        What was written.

    Raises:
        ExistsError: A file is there, and the request says to refuse.
        WriteError: The folder, the disk or the format stands in the way.
        EngineError: The separation is no longer complete.
        ValueError: The request names a stem, a stage or a format that there is not.
        Cancelled: `control` asked for it.
    """
    planned = plan_export(request)
    for file in planned:
        if file.exists and request.existing == "refuse":
            raise ExistsError(file.path)
    kind = audio_format(request.format, request.separation.source_subtype)
    sounds = tuple(file for file in planned if file.content.kind != "project")
    job = _Job(request, sounds, kind, control or JobControl())
    gain, peaks = 1.0, dict[Path, float]()
    if not all(file.skipped for file in planned):
        progress = _Audio(on_progress, job, measured=kind.peak_limit is not None)
        gain = _common_gain(job, progress)
        peaks = _write(job, planned, gain, progress)
    gain_db = 20.0 * math.log10(gain)
    return ExportReport(
        tuple(WrittenFile(file.path, file.content, peaks.get(file.path), file.skipped) for file in planned),
        gain_db,
        job.rate,
        _warnings(job, gain_db),
        _silenced(request, planned),
    )


def check_writable(folder: Path, files: Iterable[AudioFile]) -> None:
    """Find out before a long job whether its files can be written; leaves no trace.

    Raises:
        WriteError: The folder cannot be made or written to, or its disk is too small.
    """
    with ExitStack() as undo:
        _make_folder(folder, undo)
        require_space(folder, files)
        try:
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise write_error(folder, error) from error


def remove_partial_export(request: ExportRequest) -> None:
    """Remove what an export that was killed left behind."""
    for file in plan_export(request):
        part = part_path(file.path)
        with suppress(OSError):  # another process writes there now
            if part.exists():
                open_alone(part).close()
                part.unlink()
    _remove_if_empty(request.folder)


@dataclass(frozen=True)
class _Job:
    request: ExportRequest
    files: tuple[PlannedFile, ...]
    kind: AudioFormat
    control: JobControl

    @property
    def rate(self) -> int:
        return self.kind.nearest_rate(self.request.separation.sample_rate)

    @property
    def seconds(self) -> float:
        return resampled_length(self.request.samples, self.request.separation.sample_rate, self.rate) / self.rate

    def blocks(self) -> Generator[list[Samples]]:
        """Read the signals side by side and yield one block (C, n) for each file, at the files' rate.

        Raises:
            EngineError: A signal is missing or too short.
            Cancelled: Between two blocks.
        """
        stems = selected(self.request).stems or self.request.separation.stems
        with ExitStack() as stack:
            try:
                sources = Sources(self.request, stack)
                readers = [(sources.reader(file.content, stems), self._resampler(file)) for file in self.files]
                for start in range(0, self.request.samples, BLOCK_SAMPLES):
                    self.control.checkpoint()
                    stop = min(start + BLOCK_SAMPLES, self.request.samples)
                    last = stop == self.request.samples
                    yield [resampler.push(reader(start, stop), last) for reader, resampler in readers]
            except (OSError, ValueError) as error:
                raise _incomplete(self.request.separation) from error

    def _resampler(self, file: PlannedFile) -> StreamResampler:
        channels = audio_file(self.request, self.kind, file).channels
        return StreamResampler(self.request.separation.sample_rate, self.rate, channels)


class _Audio:
    """Counts the seconds of audio that went by, in both passes, and tells of them."""

    def __init__(self, on_progress: ProgressCallback, job: _Job, *, measured: bool) -> None:
        written = sum(not file.skipped for file in job.files)
        self._total = job.seconds * (written + measured * len(job.files))
        self._rate = job.rate
        self._on_progress = on_progress
        self._stopwatch = Stopwatch(job.control)
        self._done = 0.0

    def went_by(self, blocks: list[Samples]) -> None:
        self._done += sum(block.shape[1] for block in blocks) / self._rate
        eta_seconds = self._stopwatch.eta_seconds(self._done, self._total)
        self._on_progress(Progress("write", self._done, self._total, eta_seconds))


def _incomplete(separation: Separation) -> EngineError:
    words = say("the separated signals of {name!r} are no longer complete: split it again", name=separation.source.name)
    return EngineError(words)


def _common_gain(job: _Job, progress: _Audio) -> float:
    """The one gain, at most 1, at which no file passes the format's peak limit."""
    if job.kind.peak_limit is None:
        return 1.0
    peak = 0.0
    with closing(job.blocks()) as blocks:
        for outputs in blocks:
            peak = max(peak, *(_peak(block) for block in outputs))
            progress.went_by(outputs)
    return min(1.0, job.kind.peak_limit / peak) if peak > 0.0 else 1.0


def _peak(block: Samples) -> float:
    return float(np.abs(finite(block)).max(initial=0.0))  # a resampler may need more before it gives any


def _write(job: _Job, planned: tuple[PlannedFile, ...], gain: float, progress: _Audio) -> dict[Path, float]:
    """Write what is not skipped and put it in place; returns the peaks."""
    wanted = replace(job, files=tuple(file for file in job.files if not file.skipped))
    cover = read_cover(job.request.separation.source)
    projects = [file for file in planned if file.content.kind == "project" and not file.skipped]
    with ExitStack() as on_failure:
        _make_folder(job.request.folder, on_failure)
        targets = [audio_file(job.request, job.kind, file, cover) for file in wanted.files]
        require_space(job.request.folder, targets)
        writers = [_open(target, on_failure) for target in targets]
        peaks = _fill(wanted, writers, gain, progress)
        for file in projects:
            _write_project(job, file.path, on_failure)
        job.control.checkpoint()
        for writer in writers:
            writer.commit()
        for file in projects:
            _rename(part_path(file.path), file.path)
        on_failure.pop_all()
    return dict(zip((target.path for target in targets), peaks, strict=True))


def _open(target: AudioFile, on_failure: ExitStack) -> AudioWriter:
    writer = AudioWriter(target)
    on_failure.callback(writer.discard)
    return writer


def _fill(job: _Job, writers: list[AudioWriter], gain: float, progress: _Audio) -> list[float]:
    """Write and check every part file; returns the peak of each."""
    peaks = [0.0] * len(writers)
    with closing(job.blocks()) as blocks:
        for outputs in blocks:
            for index, (writer, output) in enumerate(zip(writers, outputs, strict=True)):
                block = output * np.float32(gain)
                writer.write(block)
                peaks[index] = max(peaks[index], _peak(block))
            progress.went_by(outputs)
    for writer in writers:
        writer.finish()
    return peaks


def _write_project(job: _Job, path: Path, on_failure: ExitStack) -> None:
    """Write the part file of a project."""
    text = project_text(list(_tracks(job)), job.seconds, job.rate)
    part = part_path(path)
    on_failure.callback(part.unlink, missing_ok=True)
    try:
        part.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        force_to_disk(part)
    except OSError as error:
        raise write_error(path, error) from error


def _tracks(job: _Job) -> Iterator[ProjectTrack]:
    """Every file; what would double the stems and the residual is muted."""
    separation = job.request.separation
    best = max(selected(job.request).stages)
    doubled = any(file.content.kind == "stem" for file in job.files)
    for file in job.files:
        content = file.content
        named = content.stem != ""
        stage = separation.label(content.stage) if content.kind == "stem" and content.stage else ""
        yield ProjectTrack(
            name=f"{content.label} ({stage})" if stage else content.label,
            file=file.path,
            color=stem_color(content.stem, separation.stems) if named else "",
            muted=doubled and (content.kind not in ("stem", "residual") or content.stage != best),
        )


def _rename(part: Path, path: Path) -> None:
    try:
        patiently(part.replace, path)
    except OSError as error:
        raise write_error(path, error) from error


def _make_folder(folder: Path, on_failure: ExitStack) -> None:
    """Create a folder and the ones above it; `on_failure` gets what removes them again where they are empty."""
    try:
        for path in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
            path.mkdir(exist_ok=True)
            on_failure.callback(_remove_if_empty, path)
        if not folder.is_dir():
            raise WriteError(folder, say("a file of that name is in the way"))
    except OSError as error:
        raise write_error(folder, error) from error


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _silenced(request: ExportRequest, planned: tuple[PlannedFile, ...]) -> tuple[str, ...]:
    """The stems that were written with gaps."""
    kinds = {file.content.kind for file in planned}
    stems = {file.content.stem for file in planned if file.content.kind in ("stem", "comp")}
    return tuple(stem for stem in request.gaps if request.is_silenced(stem) and (stem in stems or "stems" in kinds))


def _warnings(job: _Job, gain_db: float) -> tuple[str, ...]:
    warnings: list[str] = []
    rate = job.request.separation.sample_rate
    if job.rate != rate:
        words = say(
            "{format} cannot hold {rate} Hz, so the files are at {file_rate} Hz.",
            format=job.kind.name,
            rate=rate,
            file_rate=job.rate,
        )
        warnings.append(words)
    if gain_db < 0.0:
        warnings.append(
            say("All files were turned down together by {amount:.2f} dB so that none of them clips.", amount=-gain_db)
        )
    return tuple(warnings)
