"""`bandsaw split`: songs in, one folder of stems per song out."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from engine.audio.decode import open_audio
from engine.audio.encode import require_channels
from engine.audio.formats import STEM_FILE_FORMATS, audio_format
from engine.audio.target import AudioFile
from engine.cli import CANCELLED_EXIT_CODE
from engine.cli.report import JsonReport, Report, TextReport
from engine.cli.work import cancelled_by_signals, work_folder
from engine.errors import Cancelled, DecodeError, EngineError, ExistsError
from engine.export import ExportRequest, Naming, Selection, check_writable, exists, planned_files
from engine.export.names import distinct, same_to_a_disk
from engine.inference.describe import ModelInfo, ModelRequest
from engine.inference.host import EngineProcess
from engine.inference.request import SeparationRequest, chosen_stages, chosen_stems
from engine.naming import AUDIO_SUFFIXES, song_folder_name
from engine.progress import JobControl, Progress
from engine.stems import STAGE_CHOICES, STAGES

_NUMBER = re.compile(r" \(\d+\)$")


def run(options: argparse.Namespace) -> int:
    """Split every song; one that fails does not stop the rest. Returns the exit code."""
    report: Report = JsonReport(sys.stdout) if options.json else TextReport(sys.stdout, sys.stderr)
    failures = 0
    with EngineProcess() as engine, cancelled_by_signals() as control:
        splitter = _Splitter(engine, report, control, options)
        for path, folder in _planned_songs(options.inputs, options.out):
            try:
                if folder is None:
                    raise _nothing_in(path)
                splitter.split(path, folder)
            except Cancelled:
                report.cancelled(path)
                return CANCELLED_EXIT_CODE
            except EngineError as error:
                failures += 1
                report.failed(path, error)
    return 1 if failures else 0


class _Splitter:
    """Splits one song after the other with the same options."""

    def __init__(self, engine: EngineProcess, report: Report, control: JobControl, options: argparse.Namespace) -> None:
        self._engine = engine
        self._report = report
        self._control = control
        self._options = options
        self._model: ModelInfo | None = None

    def split(self, song: Path, folder: Path) -> None:
        """Separate a song in a work folder, then export its stems to `folder`."""
        self._control.checkpoint()
        started = time.monotonic()
        options = self._options
        selection = self._selection()
        missing = self._missing(song, folder, selection)
        if missing is None:
            self._report.skipped(song)
            return
        check_writable(folder, missing)

        def on_progress(progress: Progress) -> None:
            self._report.progress(song, progress)

        with work_folder() as work:
            separation = self._engine.separate(
                SeparationRequest(
                    source=song,
                    folder=work / "separation",
                    model=options.model,
                    stems=tuple(dict.fromkeys((*selection.stems, *selection.minus))),
                    stages=selection.stages,
                    quality=options.quality,
                    device=options.device,
                    precision=options.precision,
                ),
                on_progress,
                self._control,
            )
            files = self._engine.export(
                ExportRequest(
                    separation=separation,
                    folder=folder,
                    stems=selection.stems,
                    stages=selection.stages,
                    format=selection.format,
                    residual=selection.residual,
                    minus=selection.minus,
                    existing=options.existing,
                    names=options.name,
                    project=selection.project,
                ),
                on_progress,
                self._control,
            )
        self._report.done(song, separation, files, time.monotonic() - started)

    def _missing(self, song: Path, folder: Path, selection: Selection) -> list[AudioFile] | None:
        """Look at the song before the work: the files of sound to write, None if all is there and shall be kept."""
        with open_audio(song) as reader:
            info = reader.info
        naming = Naming(self._options.name, song, info.tags, self._described().model)
        planned = planned_files(folder, selection, naming)
        present = [file.path for file in planned if exists(file.path)]
        if self._options.existing == "skip" and len(present) == len(planned):
            return None
        if self._options.existing == "refuse" and present:
            raise ExistsError(present[0])
        kind = audio_format(selection.format, info.subtype)
        require_channels(planned[0].path, kind, info.channels)
        kept = present if self._options.existing == "skip" else []
        rate = kind.nearest_rate(info.sample_rate)
        samples = round((info.duration_seconds or 0.0) * rate)
        tracks = 1 + len(selection.stems) if selection.format in STEM_FILE_FORMATS else 1
        return [
            AudioFile(file.path, kind, rate, info.channels * tracks, samples, info.tags)
            for file in planned
            if file.path not in kept and file.content.kind != "project"
        ]

    def _selection(self) -> Selection:
        options = self._options
        model = self._described()
        stems, minus = chosen_stems(options.stems, model.model, model.stems), tuple(dict.fromkeys(options.minus))
        chosen_stems(minus, model.model, model.stems)  # refuses what there is not
        # The model's last stage, unless others were asked for.
        wanted = STAGE_CHOICES.get(options.stage, STAGES[model.stages - 1 : model.stages])
        stages = chosen_stages(wanted, model.model, model.stages)
        selection = Selection(stems, stages, options.format, options.residual, minus, project=options.reaper)
        obstacle = selection.obstacle()
        if obstacle:
            raise EngineError(obstacle)
        return selection

    def _described(self) -> ModelInfo:
        request = ModelRequest(self._options.model, self._options.device)
        self._model = self._model or self._engine.describe(request, self._control)
        return self._model


def _planned_songs(inputs: Sequence[Path], out: Path) -> list[tuple[Path, Path | None]]:
    """Every song with a folder of its own under `out`; a folder without songs has none.

    Songs of one name are numbered in the order they were given: `Song`, `Song (2)`; see `_NUMBER`.
    """
    taken: set[str] = set()
    songs: list[tuple[Path, Path | None]] = []
    for path in inputs:
        found = _songs_in(path, out) if _is_folder(path) else [path]
        for song in found:
            name = distinct(song_folder_name(song), "", taken)
            taken.add(same_to_a_disk(name))
            songs.append((song, out / name))
        if not found:
            songs.append((path, None))
    return songs


def _nothing_in(folder: Path) -> DecodeError:
    """Why a folder has no songs: a walk passes over what it may not look into."""
    try:
        os.scandir(folder).close()
    except OSError as error:
        return DecodeError(folder, f"the folder cannot be read ({error.strerror or error})")
    return DecodeError(folder, "the folder holds no audio files")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # when it is decoded, it is said what is wrong


def _songs_in(folder: Path, out: Path) -> list[Path]:
    """The songs in a folder, without what was made of songs before."""
    made = os.path.realpath(out)
    songs: list[Path] = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if os.path.realpath(Path(root, name)) != made)
        # Hidden ones, such as the `._Song.mp3` that macOS puts beside a song on other systems' disks, hold no sound.
        shown = (Path(root, name) for name in sorted(files) if not name.startswith("."))
        songs += [path for path in shown if path.suffix.lower() in AUDIO_SUFFIXES]
    # Where stems go into the searched folder itself, they are in folders with the names of songs.
    homes: dict[str, set[Path]] = {}
    for song in songs:
        homes.setdefault(same_to_a_disk(song_folder_name(song)), set()).add(song.parent)

    def holds_stems(home: Path) -> bool:
        named_so = homes.get(same_to_a_disk(_NUMBER.sub("", home.name)), {home})
        return home != folder and os.path.realpath(home.parent) == made and home not in named_so

    return [song for song in songs if not holds_stems(song.parent)]
