"""Export of a finished separation: chosen stems, the residual and minus-one mixes, in one format and at one level.

Shapes: C channels, n samples of one block.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Generator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from engine.audio.encode import AudioFile, AudioWriter, finite, part_path, require_space, write_error
from engine.audio.formats import FORMATS, AudioFormat, audio_format
from engine.errors import EngineError, ExistsError, WriteError
from engine.progress import JobControl, Progress, ProgressCallback, Stopwatch, ignore_progress
from engine.separation import Samples, Separation, read_samples, signal_path, source_path
from engine.stems import STAGE_SUFFIXES, Stage

__all__ = [
    "FORMATS",
    "ExportReport",
    "ExportRequest",
    "PlannedFiles",
    "Selection",
    "check_writable",
    "export",
    "planned_files",
    "remove_partial_export",
]

# Small enough that a cancel is heard within a fraction of a second, also by four MP3 encoders.
BLOCK_SAMPLES = 32_768


@dataclass(frozen=True)
class ExportRequest:
    """What to export and how.

    Attributes:
        separation: The finished separation.
        folder: Where the files are put; created if it is missing.
        stems: The stems to write; None for all, empty for only what `residual` and `minus` add.
        stages: The stages of each; empty for the final one.
        format: One of `FORMATS`.
        residual: Also write what the stems that are written leave of the song.
        minus: For each of these stems, also write the song without it.
        existing: What to do with files that are there: refuse, overwrite, or skip the export when all are there.
    """

    separation: Separation
    folder: Path
    stems: tuple[str, ...] | None = None
    stages: tuple[Stage, ...] = ()
    format: str = "wav"
    residual: bool = False
    minus: tuple[str, ...] = ()
    existing: Literal["refuse", "overwrite", "skip"] = "refuse"


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote.

    Attributes:
        files: For each stem the file of each stage.
        residual: File of the residual, if it was asked for.
        minus: For each stem the file of the song without it.
        gain_db: The gain of all files, 0 or less; it keeps the loudest of them from clipping.
        sample_rate: Of the files, in Hz.
        skipped: Whether nothing was written as all files were there.
        warnings: What the user should know, one sentence each.
    """

    files: Mapping[str, Mapping[Stage, Path]]
    residual: Path | None
    minus: Mapping[str, Path]
    gain_db: float
    sample_rate: int
    skipped: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """Which files are wanted, as in `ExportRequest`, but with stems and stages spelled out."""

    stems: tuple[str, ...]
    stages: tuple[Stage, ...]
    format: str = "wav"
    residual: bool = False
    minus: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedFiles:
    """The files of a selection, as in `ExportReport`."""

    files: Mapping[str, Mapping[Stage, Path]]
    residual: Path | None
    minus: Mapping[str, Path]

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them, in the order they are written."""
        stems = (path for stages in self.files.values() for path in stages.values())
        return (*stems, *([self.residual] if self.residual else []), *self.minus.values())


def planned_files(folder: Path, selection: Selection) -> PlannedFiles:
    """Name the files that an export of `selection` to `folder` writes; looks at no disk.

    Raises:
        ValueError: The format is unknown, or two files would have one name.
    """
    suffix = audio_format(selection.format).suffix
    stage_suffixes = STAGE_SUFFIXES if len(selection.stages) > 1 else dict.fromkeys(selection.stages, "")
    planned = PlannedFiles(
        files={
            stem: {stage: folder / f"{stem}{stage_suffixes[stage]}{suffix}" for stage in selection.stages}
            for stem in selection.stems
        },
        residual=folder / f"residual{suffix}" if selection.residual else None,
        minus={stem: folder / f"minus_{stem}{suffix}" for stem in selection.minus},
    )
    if len(set(planned.paths)) < len(planned.paths):
        raise ValueError(f"two files of {selection} would have the same name")
    return planned


def export(
    request: ExportRequest,
    on_progress: ProgressCallback = ignore_progress,
    control: JobControl | None = None,
) -> ExportReport:
    """Write the files of a request: all of them, or none.

    Every file is written beside its place, closed and read back; only when the last one is whole are they renamed,
    one after the other. Should a rename fail, the files before it stay in place and the rest are removed.

    Args:
        request: What to export and how.
        on_progress: Told once per block; `done` counts the seconds of audio of all files.
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
    selection = _selection(request)
    planned = planned_files(request.folder, selection)
    separation = request.separation
    kind = audio_format(selection.format, separation.source_subtype)
    rate = kind.nearest_rate(separation.sample_rate)
    report = ExportReport(planned.files, planned.residual, planned.minus, 0.0, rate, skipped=False, warnings=())
    if request.existing == "skip" and all(_exists(path) for path in planned.paths):
        return replace(report, skipped=True)
    if request.existing == "refuse":
        for path in planned.paths:
            if _exists(path):
                raise ExistsError(path)
    outputs = _outputs(separation, planned, max(selection.stages))
    job = _Job(separation, outputs, control or JobControl())
    gain = _common_gain(job, kind)
    with ExitStack() as on_failure:
        _make_folder(request.folder, on_failure)
        writers = _write_all(
            job, [_audio_file(separation, kind, out) for out in outputs], gain, on_progress, on_failure
        )
        job.control.checkpoint()
        for writer in writers:
            writer.commit()
        on_failure.pop_all()
    gain_db = 20.0 * math.log10(gain)
    return replace(report, gain_db=gain_db, warnings=_warnings(kind, separation.sample_rate, gain_db))


def check_writable(folder: Path) -> None:
    """Find out before a long job whether its files can be written; leaves no trace.

    Raises:
        WriteError: The folder cannot be made or written to.
    """
    with ExitStack() as undo:
        _make_folder(folder, undo)
        try:
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise write_error(folder, error) from error


def remove_partial_export(request: ExportRequest) -> None:
    """Remove what an export that was killed left behind."""
    for path in planned_files(request.folder, _selection(request)).paths:
        part_path(path).unlink(missing_ok=True)
    _remove_if_empty(request.folder)


@dataclass(frozen=True)
class _Output:
    """One file: a signal of the separation, minus others."""

    path: Path
    label: str
    signal: Path
    without: tuple[Path, ...] = ()


@dataclass(frozen=True)
class _Job:
    separation: Separation
    outputs: list[_Output]
    control: JobControl

    def blocks(self) -> Generator[list[Samples]]:
        """Read the signals side by side and yield one block (C, n) for each output.

        Raises:
            EngineError: A signal is missing or too short.
            Cancelled: Between two blocks.
        """
        channels = self.separation.channels
        paths = {path for out in self.outputs for path in (out.signal, *out.without)}
        with ExitStack() as stack:
            try:
                files = {path: stack.enter_context(path.open("rb")) for path in paths}
                for start in range(0, self.separation.samples, BLOCK_SAMPLES):
                    self.control.checkpoint()
                    count = min(BLOCK_SAMPLES, self.separation.samples - start)
                    blocks = {path: read_samples(file, channels, count) for path, file in files.items()}
                    if any(block.shape[1] < count for block in blocks.values()):
                        raise _incomplete(self.separation)
                    yield [blocks[out.signal] - sum(blocks[path] for path in out.without) for out in self.outputs]
            except (OSError, ValueError) as error:
                raise _incomplete(self.separation) from error


def _incomplete(separation: Separation) -> EngineError:
    return EngineError(f"the separated signals of {separation.source.name!r} are no longer complete: split it again")


def _selection(request: ExportRequest) -> Selection:
    """Fill in the defaults and check the names."""
    separation = request.separation
    stems = separation.stems if request.stems is None else request.stems
    stages = request.stages or (separation.final_stage,)
    if not (stems or request.residual or request.minus):
        raise ValueError("the request asks for no file")
    for name in (*stems, *request.minus):
        if name not in separation.stems:
            raise ValueError(f"there is no stem {name!r}; there are {', '.join(separation.stems)}")
    for stage in stages:
        if stage not in separation.stages:
            raise ValueError(f"stage {stage} was not kept")
    return Selection(stems, stages, request.format, request.residual, request.minus)


def _outputs(separation: Separation, planned: PlannedFiles, best: Stage) -> list[_Output]:
    """Say for each planned file which signals it is made of; the residual and minus-one take the `best` stage."""
    source = source_path(separation.folder)
    outputs = [
        _Output(path, stem.capitalize(), signal_path(separation.folder, stem, stage))
        for stem, stages in planned.files.items()
        for stage, path in stages.items()
    ]
    if planned.residual:
        stems = tuple(signal_path(separation.folder, stem, best) for stem in planned.files)
        outputs.append(_Output(planned.residual, "Residual", source, stems))
    for stem, path in planned.minus.items():
        label = f"without {stem.capitalize()}"
        outputs.append(_Output(path, label, source, (signal_path(separation.folder, stem, best),)))
    return outputs


def _audio_file(separation: Separation, kind: AudioFormat, output: _Output) -> AudioFile:
    title = separation.tags.title or separation.source.stem
    return AudioFile(
        path=output.path,
        format=kind,
        sample_rate=separation.sample_rate,
        channels=separation.channels,
        samples=separation.samples,
        tags=replace(separation.tags, title=f"{title} ({output.label})"),
    )


def _common_gain(job: _Job, kind: AudioFormat) -> float:
    """The one gain, at most 1, at which no file passes the format's peak limit."""
    if kind.peak_limit is None:
        return 1.0
    peak = 0.0
    with closing(job.blocks()) as blocks:
        for outputs in blocks:
            peak = max(peak, *(float(np.abs(finite(block)).max()) for block in outputs))
    return min(1.0, kind.peak_limit / peak) if peak > 0.0 else 1.0


def _write_all(
    job: _Job, files: list[AudioFile], gain: float, on_progress: ProgressCallback, on_failure: ExitStack
) -> list[AudioWriter]:
    """Write and check every part file; `on_failure` gets what removes them."""
    require_space(files[0].path.parent, files)
    writers: list[AudioWriter] = []
    for file in files:
        writers.append(AudioWriter(file))
        on_failure.callback(writers[-1].discard)
    stopwatch = Stopwatch()
    total = len(files) * job.separation.duration_seconds
    done = 0.0
    with closing(job.blocks()) as blocks:
        for outputs in blocks:
            for writer, block in zip(writers, outputs, strict=True):
                writer.write(block * np.float32(gain))
                done += block.shape[1] / job.separation.sample_rate
            on_progress(Progress("write", done, total, stopwatch.eta_seconds(done, total)))
    for writer in writers:
        writer.finish()
    return writers


def _make_folder(folder: Path, on_failure: ExitStack) -> None:
    """Create a folder and the ones above it; `on_failure` gets what removes them again where they are empty."""
    try:
        for path in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
            path.mkdir(exist_ok=True)
            on_failure.callback(_remove_if_empty, path)
        if not folder.is_dir():
            raise WriteError(folder, "a file of that name is in the way")
    except OSError as error:
        raise write_error(folder, error) from error


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise write_error(path, error) from error


def _warnings(kind: AudioFormat, sample_rate: int, gain_db: float) -> tuple[str, ...]:
    warnings: list[str] = []
    file_rate = kind.nearest_rate(sample_rate)
    if file_rate != sample_rate:
        warnings.append(f"{kind.name} cannot hold {sample_rate} Hz, so the files are at {file_rate} Hz.")
    if gain_db < 0.0:
        warnings.append(f"All files were turned down together by {-gain_db:.2f} dB so that none of them clips.")
    return tuple(warnings)
