"""Scores the program's own separation of songs that come with reference stems."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from engine.errors import EngineError
from engine.evaluation.baselines import Baselines, Spectrum, Target, learn_spectrum
from engine.evaluation.metrics import Scores, summarise
from engine.evaluation.score import Read, SongSignals, reader, score_song, stage_system
from engine.evaluation.songs import (
    ReferenceSong,
    read_references,
    read_signal,
    song_folders,
    survey_song,
    write_sum,
)
from engine.inference.describe import ModelRequest, describe
from engine.inference.job import separate
from engine.inference.request import SeparationRequest, chosen_stages
from engine.progress import Progress, ProgressCallback
from engine.separation import Samples, Separation
from engine.stems import STAGES, DeviceChoice, Precision, Quality, Stage

# Told the song, and how far its separation is.
Watch = Callable[[str, Progress], None]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class EvaluationRequest:
    """What to score and how.

    Attributes:
        references: The folder that holds a folder per song.
        model: As in `SeparationRequest`.
        stages: The stages to score; empty for all that the model has.
        quality: As in `SeparationRequest`.
        device: As in `SeparationRequest`.
        precision: As in `SeparationRequest`.
        limit: At most so many songs, the first by name.
        work: Folder for temporary files as large as a song's stems; None: the system's.
    """

    references: Path
    model: str = "default"
    stages: tuple[Stage, ...] = ()
    quality: Quality = "balanced"
    device: DeviceChoice = "auto"
    precision: Precision = "auto"
    limit: int | None = None
    work: Path | None = None


@dataclass(frozen=True)
class SongResult:
    """A song that was scored.

    Attributes:
        song: Name of its folder.
        seconds: Its length.
        sample_rate: In Hz.
        device: Where the network ran; where memory ran out on the way, at the end.
        precision: Of its products there: `float32`, `bfloat16` or `int16`.
        scores: Of every stage and baseline.
        warnings: Of its files and its separation, one sentence each.
    """

    song: str
    seconds: float
    sample_rate: int
    device: str
    precision: str
    scores: Scores
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Evaluation:
    """What came of all songs.

    Attributes:
        model: Its name.
        model_sha256: Of its file, in hex.
        quality: How far segments overlapped.
        songs: Those that were scored.
        failures: Why the others were not, by song.
        summary: Of the songs; see `engine.evaluation.metrics.summarise`.
    """

    model: str
    model_sha256: str
    quality: Quality
    songs: tuple[SongResult, ...]
    failures: Mapping[str, EngineError]
    summary: Scores

    @property
    def computed(self) -> str:
        """Where and how precisely the network ran, which may differ from song to song."""
        return " or ".join(dict.fromkeys(f"{song.device} in {song.precision}" for song in self.songs))


def unwatched(_song: str, _progress: Progress) -> None:
    """For callers that do not watch."""


def evaluate(request: EvaluationRequest, tell: Tell, watch: Watch = unwatched) -> Evaluation:
    """Separate and score songs; one that fails does not stop the rest.

    Args:
        request: What to score.
        tell: Called with a line as soon as a song is scored or fails: many songs take hours.
        watch: See `Watch`.

    Raises:
        EngineError: There are no songs, or there is no such model, stage or device.
    """
    model = describe(ModelRequest(request.model, request.device))
    if not model.file:
        raise EngineError(f"{request.model} is a network without weights; train it, and give the checkpoint's path")
    request = replace(request, stages=chosen_stages(request.stages or STAGES, model.model, model.stages))
    failures: dict[str, EngineError] = {}

    def fail(name: str, error: EngineError) -> None:
        failures[name] = error
        tell(f"error: {name}: {error}")

    songs: list[ReferenceSong] = []
    separated: list[tuple[ReferenceSong, SongResult]] = []
    for folder in song_folders(request.references)[: request.limit]:
        watch(folder.name, Progress("load", 0, 0))
        try:
            song = survey_song(folder, model.stems, model.remainder)
            songs.append(song)
            result = _evaluate_song(song, request, partial(watch, song.name))
        except EngineError as error:
            fail(folder.name, error)
        else:
            separated.append((song, result))
            _tell_result(result, request.stages[-1], tell)
    # Only now, as the Wiener mask of a song is learnt from all others.
    results: list[SongResult] = []
    for song, result in separated:
        watch(song.name, Progress("load", 0, 0))
        others = [other.spectrum for other in songs if other is not song]
        try:
            floors = _score_baselines(song, others, request.work)
        except EngineError as error:
            fail(song.name, error)
        else:
            results.append(replace(result, scores={**result.scores, **floors}))
    return Evaluation(
        model=model.model,
        model_sha256=model.sha256,
        quality=request.quality,
        songs=tuple(results),
        failures=failures,
        summary=summarise([result.scores for result in results]),
    )


@contextmanager
def _decoded(song: ReferenceSong, work: Path | None) -> Generator[tuple[Path, list[Samples], Path]]:
    """A temporary folder, the song's references, which lie in it, and its mixture's file."""
    with tempfile.TemporaryDirectory(prefix="bandsaw-evaluate-", dir=work) as name:
        folder = Path(name)
        references = read_references(song, folder)
        mixture = song.mixture
        if mixture is None:
            mixture = folder / "mixture.wav"
            write_sum(references, song.shape.sample_rate, mixture)
        yield folder, references, mixture


def _score_baselines(song: ReferenceSong, others: Sequence[Spectrum], work: Path | None) -> Scores:
    targets, shape = song.spectrum.targets, song.shape
    with _decoded(song, work) as (folder, references, mixture):
        signals = SongSignals(
            targets=targets,
            sample_rate=shape.sample_rate,
            samples=shape.samples,
            mixture=reader(read_signal([mixture], shape, folder / "mixture.f32")),
            references=_stacked(references),
            estimates={},
        )
        return score_song(signals, Baselines(targets, learn_spectrum(targets, shape.sample_rate, others)))


def _evaluate_song(song: ReferenceSong, request: EvaluationRequest, on_progress: ProgressCallback) -> SongResult:
    """Score the stages of a song."""
    with _decoded(song, request.work) as (folder, references, mixture):
        job = SeparationRequest(
            source=mixture,
            folder=folder / "separation",
            model=request.model,
            stages=request.stages,
            quality=request.quality,
            device=request.device,
            precision=request.precision,
        )
        separation = separate(job, on_progress)
        signals = SongSignals(
            targets=song.spectrum.targets,
            sample_rate=separation.sample_rate,
            samples=separation.samples,
            mixture=reader(separation.source_signal()),
            references=_stacked(references),
            estimates={stage: _estimates(separation, stage, song.spectrum.targets) for stage in request.stages},
        )
        scores = score_song(signals, None)
    warnings = tuple(dict.fromkeys((*song.warnings, *separation.warnings)))
    return SongResult(
        song=song.name,
        seconds=separation.duration_seconds,
        sample_rate=separation.sample_rate,
        device=separation.device,
        precision=separation.precision,
        scores=scores,
        warnings=warnings,
    )


def _tell_result(result: SongResult, stage: Stage, tell: Tell) -> None:
    """Say what came of a song: its warnings, and the uSDR of its last stage."""
    for warning in result.warnings:
        tell(f"warning: {result.song}: {warning}")
    figures = result.scores[stage_system(stage)].items()
    words = (f"{name} " + ("-" if math.isnan(each.usdr_db) else f"{each.usdr_db:.2f}") for name, each in figures)
    tell(f"{result.song}: uSDR of stage {stage} in dB: {', '.join(words)}")


def _stacked(signals: Sequence[Samples]) -> Read:
    """Reads signals (C, N), one beside the other: (T, C, n)."""
    return lambda part: np.stack([signal[:, part] for signal in signals])


def _estimates(separation: Separation, stage: Stage, targets: tuple[Target, ...]) -> Read:
    """Reads the estimates (T, C, n) of the targets: sums of stems."""
    signals = [[separation.stem_signal(stem, stage) for stem in target] for target in targets]
    return lambda part: np.stack([np.sum([stem[:, part] for stem in stems], axis=0) for stems in signals])
