"""A true stem beside a separated one: kept in the separation's folder, drawn, and what both stages are scored against.

    folder/<stem>.reference.f32            the file at the song's rate, length and channels
    folder/<stem>.reference.overview       its drawing data
    folder/<stem>.reference.json           name and figures, written last: without it there is no reference

Its signal has the key `(stem, 0)`.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from engine.audio.decode import AudioReader, open_audio
from engine.audio.resample import StreamResampler
from engine.checked import from_json_text
from engine.comparison import Comparison
from engine.errors import MismatchError, write_error
from engine.evaluation.metrics import Energies, figures, join, measure
from engine.overview import build_overview, overview_path
from engine.progress import JobControl
from engine.said import from_json, say, to_json
from engine.separation import (
    REFERENCE_STAGE,
    SAMPLE_BYTES,
    Samples,
    Separation,
    append_samples,
)
from engine.signals import open_signal
from engine.stems import STAGES, Stage
from engine.whole_file import whole_file

# As much as lossy formats add or lose at the ends of a song; more means another recording.
_TOLERANCE_SECONDS = 0.1
_WINDOWS_AT_ONCE = 8  # seconds of audio scored at once: a few megabytes, and a prompt answer to a cancel


@dataclass(frozen=True)
class ReferenceRequest:
    """Make a file the reference of one stem, in place of the one before.

    Attributes:
        separation: Where it goes.
        stem: Which stem it is.
        file: Any audio file.
    """

    separation: Separation
    stem: str
    file: Path


@dataclass(frozen=True)
class Reference:
    """The reference of one stem.

    Attributes:
        stem: Whose.
        name: Of the file it came from.
        sdr_db: The uSDR of each stage against it (see `engine.evaluation.metrics`); None where it is silent.
        notes: What was done to make it fit, one sentence each.
    """

    stem: str
    name: str
    sdr_db: Mapping[Stage, float | None]
    notes: tuple[str, ...]


def add_reference(request: ReferenceRequest, control: JobControl | None = None) -> Reference:
    """Decode a file, keep it beside the stems, draw it, and score both stages against it.

    Args:
        request: What goes where.
        control: Cancels between blocks.

    Raises:
        DecodeError: The file holds no audio we can use; a reference from before stays.
        MismatchError: It is not as long as the song, or has other channels; a reference from before stays.
        WriteError: The disk stands in the way.
        Cancelled: `control` asked for it.
        ValueError: There is no such stem.
    """
    control = control or JobControl()
    separation, stem = request.separation, request.stem
    if isinstance(separation, Comparison):
        for result in separation.results:
            if stem in result.stems:
                add_reference(replace(request, separation=result), control)
        return _load(separation, stem)
    if stem not in separation.stems:
        raise ValueError(f"no stem {stem!r} in {separation.folder}")
    signal = separation.path((stem, REFERENCE_STAGE))
    with whole_file(signal) as part:
        notes = _store(request, part, control)
        _facts_path(separation, stem).unlink(missing_ok=True)
    try:
        build_overview(separation, (stem, REFERENCE_STAGE), control)
        figures_db = [_sdr_db(separation, stem, stage, control) for stage in separation.stages]
        reference = Reference(stem, request.file.name, dict(zip(separation.stages, figures_db, strict=True)), notes)
        _save(separation, reference)
    except BaseException:
        remove_reference(separation, stem)
        raise
    return reference


def load_references(separation: Separation) -> Mapping[str, Reference]:
    """The references that are there, by stem; a damaged one counts as none."""
    found: dict[str, Reference] = {}
    for stem in separation.stems:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            found[stem] = _load(separation, stem)
    return found


def remove_reference(separation: Separation, stem: str) -> None:
    """Delete a stem's reference, if there is one.

    Raises:
        WriteError: It cannot be deleted, and stays.
    """
    if isinstance(separation, Comparison):
        for result in separation.results:
            remove_reference(result, stem)
        return
    key = (stem, REFERENCE_STAGE)
    facts = _facts_path(separation, stem)
    try:
        facts.unlink(missing_ok=True)
    except OSError as error:
        raise write_error(facts, error) from error
    for path in (overview_path(separation, key), separation.path(key)):
        # Windows removes nothing that is on show; without its facts it counts for nothing, and goes with the song.
        with contextlib.suppress(PermissionError):
            path.unlink(missing_ok=True)


def _store(request: ReferenceRequest, part: Path, control: JobControl) -> tuple[str, ...]:
    """Write the file as the song's rate, channels and length want it; returns what was done to it, in words."""
    separation = request.separation
    length, rate = separation.samples, separation.sample_rate
    most = length + round(_TOLERANCE_SECONDS * rate)
    count = 0
    with open_audio(request.file) as reader, part.open("wb") as out:
        for block in _fitting(request, reader):
            control.checkpoint()
            append_samples(out, block[:, : max(0, length - count)])
            count += block.shape[1]
            if count > most:
                raise _wrong_length(
                    request, say("it is longer than the song, which lasts {seconds:.2f} s", seconds=length / rate)
                )
        missing = length - count
        if missing > most - length:
            words = say("it lasts {its:.2f} s, and the song {songs:.2f} s", its=count / rate, songs=length / rate)
            raise _wrong_length(request, words)
        append_samples(out, np.zeros((separation.channels, max(0, missing)), np.float32))
        notes = list(reader.warnings)
    if missing > 0:
        notes.append(
            say(
                "It is {count} samples ({seconds:.3f} s) too short; silence was added at its end.",
                count=missing,
                seconds=missing / rate,
            )
        )
    elif missing < 0:
        notes.append(
            say(
                "It is {count} samples ({seconds:.3f} s) too long; its end was cut off.",
                count=-missing,
                seconds=-missing / rate,
            )
        )
    return tuple(notes)


def _fitting(request: ReferenceRequest, reader: AudioReader) -> Iterator[Samples]:
    """The file's blocks at the song's rate and with its channels; a mono file goes to all of them."""
    separation, info = request.separation, reader.info
    channels = separation.channels
    if info.channels not in (1, channels):
        words = say("it has {its} channels, and the song {songs}", its=info.channels, songs=channels)
        raise MismatchError(request.file, words)
    resampler = StreamResampler(info.sample_rate, separation.sample_rate, info.channels)
    for block in reader.blocks():
        yield _spread(resampler.push(block), channels)
    if info.sample_rate != separation.sample_rate:
        yield _spread(resampler.push(np.zeros((info.channels, 0), np.float32), last=True), channels)


def _spread(block: Samples, channels: int) -> Samples:
    return block if len(block) == channels else np.repeat(block, channels, axis=0)


def _wrong_length(request: ReferenceRequest, reason: str) -> MismatchError:
    words = say("{reason}; a reference is the same recording, from its start to its end", reason=reason)
    return MismatchError(request.file, words)


def _sdr_db(separation: Separation, stem: str, stage: Stage, control: JobControl) -> float | None:
    """The uSDR of one stage, block by block."""
    size = _WINDOWS_AT_ONCE * separation.sample_rate
    blocks: list[Energies] = []
    with contextlib.ExitStack() as stack:  # files that are closed when this is broken off, for Windows to remove them
        reference, estimate = (open_signal(separation, (stem, number), stack) for number in (REFERENCE_STAGE, stage))
        for start in range(0, separation.samples, size):
            control.checkpoint()
            part = slice(start, start + size)
            blocks.append(measure(reference[:, part][None], estimate[:, part][None], separation.sample_rate))
    # The mixture's energy matters for the leakage alone, which is not asked for.
    usdr_db = figures(join(blocks), mixture_energy=1.0)[0].usdr_db
    return usdr_db if math.isfinite(usdr_db) else None


def _facts_path(separation: Separation, stem: str) -> Path:
    return separation.path((stem, REFERENCE_STAGE)).with_suffix(".json")


def _save(separation: Separation, reference: Reference) -> None:
    path = _facts_path(separation, reference.stem)
    values = {
        "name": reference.name,
        "sdr_db": {str(stage): value for stage, value in reference.sdr_db.items()},
        "notes": list(map(to_json, reference.notes)),
    }
    with whole_file(path) as part:
        part.write_text(json.dumps(values, indent=1), encoding="ascii")


def _load(separation: Separation, stem: str) -> Reference:
    if isinstance(separation, Comparison):
        return _load_from_sides(separation, stem)
    signal = separation.path((stem, REFERENCE_STAGE))
    if signal.stat().st_size != SAMPLE_BYTES * separation.channels * separation.samples:
        raise ValueError(f"{signal} has the wrong size")
    overview_path(separation, (stem, REFERENCE_STAGE)).stat()
    values = cast("dict[str, Any]", from_json_text(_facts_path(separation, stem).read_text(encoding="ascii")))
    figures_db = [_number(values["sdr_db"][str(stage)]) for stage in separation.stages]
    sdr_db = dict(zip(separation.stages, figures_db, strict=True))
    return Reference(stem, str(values["name"]), sdr_db, tuple(map(from_json, values["notes"])))


def _load_from_sides(comparison: Comparison, stem: str) -> Reference:
    """A reference in the folder of either side, and how close each side comes to it that was scored against it."""
    found = {result.folder: result for result in comparison.results if stem in load_references(result)}
    references = {folder: _load(result, stem) for folder, result in found.items()}
    if not references:
        raise ValueError(f"no reference of {stem!r}")
    first = next(iter(references.values()))
    sdr_db: dict[Stage, float | None] = {}
    for stage, side in zip(STAGES, comparison.sides, strict=True):
        reference = references.get(side.separation.folder)
        known = reference is not None and reference.name == first.name
        sdr_db[stage] = reference.sdr_db[side.stage] if reference is not None and known else None
    return replace(first, sdr_db=sdr_db)


def _number(value: object) -> float | None:
    return None if value is None else float(cast("float", value))
