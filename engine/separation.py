"""The result of splitting one song, kept in a folder of raw float32 signals with a JSON manifest.

Playback, views and export all read this folder; nothing else keeps stems. Every signal is at the source's sample rate
and has its length, so sample i of a stem and of the source sound at the same time. The residual is not stored: it is
the source minus the stems, which makes "stems + residual = input" true by construction.

    folder/separation.json       the manifest, written last: a folder without it is an unfinished job, whose signals
                                 have their length already and are filled in any order
    folder/source.f32            samples interleaved by channel, little-endian float32, full scale 1.0
    folder/<stem>.<stage>.f32    the same for each stem and stage
    folder/<stem>.reference.f32  the same for a stem's true signal, see engine.evaluation.reference

Shapes: C channels, N samples.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from engine.checked import checked, from_json_text
from engine.said import from_json, to_json
from engine.stems import STAGE_CHOICES, STAGE_SUFFIXES, Quality, Stage

Samples = NDArray[np.float32]

# Which signal: stem name and stage; the source has a key of its own.
SignalKey = tuple[str, int]
SOURCE_KEY: SignalKey = ("source", 0)
# A stem's reference, where the user has given one, has this in place of a stage.
REFERENCE_STAGE = 0
RESIDUAL = "residual"  # with a stage: what that stage's stems leave of the source

MANIFEST = "separation.json"
SAMPLE_BYTES = 4

# More than any song has, in a manifest that is damaged.
_MOST = 2**48  # samples
_LONGEST = 10_000  # characters

Spans = tuple[tuple[int, int], ...]
"""Ranges of samples [start, stop), in order; between one and the next there is a gap."""


@dataclass(frozen=True)
class Tags:
    """The text tags that travel from the source to its stems; empty when unknown."""

    title: str = ""
    artist: str = ""
    album: str = ""
    date: str = ""
    track: str = ""
    genre: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Separation:
    """A finished separation on disk.

    Attributes:
        folder: Where the signals are.
        source: The song file this was made from.
        sample_rate: In Hz, of the source and of every signal.
        channels: C of every signal.
        samples: N of every signal.
        source_subtype: How the source stored a sample, in libsndfile's words (`PCM_16`, `FLOAT`, `MPEG_LAYER_III`).
        stems: Names in the model's order.
        stages: The stages that were kept for every stem.
        model: Name of the model.
        model_sha256: Of the weights, in hex.
        quality: The overlap preset.
        device: What the network ran on, such as `cpu (2 threads)` or `cuda (NVIDIA H200)`.
        device_reason: One sentence why it ran there and which back-end computed.
        precision: `float32`, `bfloat16` or `int16`.
        elapsed_seconds: Wall-clock time of the job.
        warnings: One sentence each, for the user.
        tags: Of the source.
    """

    folder: Path
    source: Path
    sample_rate: int
    channels: int
    samples: int
    source_subtype: str
    stems: tuple[str, ...]
    stages: tuple[Stage, ...]
    model: str
    model_sha256: str
    quality: Quality
    device: str
    device_reason: str
    precision: str
    elapsed_seconds: float
    warnings: tuple[str, ...]
    tags: Tags

    @property
    def finished(self) -> bool:
        """Whether it is whole and still there."""
        return (self.folder / MANIFEST).exists()

    @property
    def duration_seconds(self) -> float:
        """Length of the song."""
        return self.samples / self.sample_rate

    @property
    def final_stage(self) -> Stage:
        """The best stage that is there."""
        return max(self.stages)

    def stems_of(self, stage: int) -> tuple[str, ...]:
        """The stems that a stage has: all, unless the stages are of two models (see `engine.comparison`).

        Raises:
            ValueError: There is no such stage.
        """
        if stage not in self.stages:
            raise ValueError(f"no stage {stage} in {self.folder}")
        return self.stems

    def lacks(self, key: SignalKey) -> bool:
        """Whether this stage has no such stem, though another stage has it; it is silence then."""
        stem, stage = key
        return stem in self.stems and stage in self.stages and stem not in self.stems_of(stage)

    def label(self, stage: Stage) -> str:
        """A stage in words, for names of tracks."""
        return f"stage {stage}"

    def suffix(self, stage: Stage) -> str:
        """What tells files of this stage from those of another one."""
        return STAGE_SUFFIXES[stage]

    def path(self, key: SignalKey) -> Path:
        """Where the signal of a key lies; drawing data and facts have this name with another ending."""
        stem, stage = key
        if key == SOURCE_KEY:
            return source_path(self.folder)
        if stage == REFERENCE_STAGE:
            return self.folder / f"{stem}.reference.f32"
        return signal_path(self.folder, stem, stage)

    def stem_signal(self, stem: str, stage: int) -> Samples:
        """Map one stem (C, N) read-only from disk.

        Raises:
            ValueError: There is no such stem or stage.
        """
        if stem not in self.stems_of(stage):
            raise ValueError(f"no stage {stage} of {stem!r} in {self.folder}")
        return self._map(self.path((stem, stage)))

    def reference_signal(self, stem: str) -> Samples:
        """Map the reference of one stem (C, N) read-only from disk.

        Raises:
            FileNotFoundError: It has none.
        """
        return self._map(self.path((stem, REFERENCE_STAGE)))

    def source_signal(self) -> Samples:
        """Map the source (C, N) read-only from disk."""
        return self._map(self.path(SOURCE_KEY))

    def _map(self, path: Path) -> Samples:
        mapped = np.memmap(path, dtype="<f4", mode="r", shape=(self.samples, self.channels))
        return mapped.T


@dataclass(frozen=True)
class Unfinished:
    """A separation that is being made. Its signals have their length already and are silent where they are to come.

    Attributes:
        separation: As it will be, in the folder where it is made, which holds no manifest. How long it took and what
            it runs on may change.
        ready: What is final of all stems.
    """

    separation: Separation
    ready: Spans = ()


def with_span(spans: Spans, start: int, stop: int) -> Spans:
    """Add a range to others; ranges that touch become one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted((*spans, (start, stop))):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        elif last > first:
            merged.append((first, last))
    return tuple(merged)


def span_end(spans: Spans, sample: int) -> int:
    """Where the range that holds a sample ends; the sample itself where none does."""
    return next((stop for start, stop in spans if start <= sample < stop), sample)


def source_path(folder: Path) -> Path:
    """Where the decoded source lies."""
    return folder / "source.f32"


def signal_path(folder: Path, stem: str, stage: int) -> Path:
    """Where one stem of one stage lies."""
    return folder / f"{stem}.{stage}.f32"


def append_samples(file: BinaryIO, block: Samples) -> None:
    """Write a block (C, n) at the end of an open signal file."""
    file.write(np.ascontiguousarray(block.T, dtype="<f4").data)


def read_samples(file: BinaryIO, channels: int, count: int) -> Samples:
    """Read up to `count` samples (C, n) from an open signal file without mapping it, so memory stays small."""
    data = np.frombuffer(file.read(count * channels * SAMPLE_BYTES), dtype="<f4")
    return data.reshape(-1, channels).T


def save_manifest(separation: Separation) -> None:
    """Write the manifest, which makes the folder a finished separation."""
    values = dataclasses.asdict(separation)
    values["source"] = str(separation.source)
    values["warnings"] = list(map(to_json, separation.warnings))
    values |= {name: to_json(values[name]) for name in ("device", "device_reason")}
    del values["folder"]
    text = json.dumps(values, indent=1, ensure_ascii=True)
    (separation.folder / MANIFEST).write_text(text, encoding="ascii")


def load_separation(folder: Path) -> Separation:
    """Read a finished separation back; what only later versions note of it is left out.

    Raises:
        ValueError: The folder holds no finished separation.
        OSError: The disk does not say now.
    """
    try:
        stored: object = from_json_text((folder / MANIFEST).read_text(encoding="ascii"))
        values = _fields(Separation, stored)
        values["source"] = Path(cast("str", values["source"]))
        values["tags"] = Tags(**cast("dict[str, str]", _fields(Tags, values["tags"])))
        for name in ("stems", "stages"):
            values[name] = tuple(cast("list[object]", values[name]))
        values["warnings"] = tuple(map(from_json, cast("list[object]", values["warnings"])))
        values |= {name: from_json(values[name]) for name in ("device", "device_reason")}
        return _sensible(Separation(folder=folder, **values))  # type: ignore[arg-type]
    except (FileNotFoundError, NotADirectoryError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder} holds no finished separation: {error}") from error


def _sensible(made: Separation) -> Separation:
    """Raise ValueError for what no separation is."""
    checked(made)
    numbers = (made.sample_rate, made.channels, made.samples)
    if min(numbers) < 1 or max(numbers) > _MOST or made.elapsed_seconds < 0:
        raise ValueError("its numbers are those of no song")
    names = dict.fromkeys(Path(stem).name for stem in made.stems)  # a stem is part of a file's name
    if not names or tuple(names) != made.stems or made.stages not in STAGE_CHOICES.values():
        raise ValueError("it has no such stems or stages")
    if max(len(made.device), len(made.device_reason)) > _LONGEST:
        raise ValueError("its device is no name")
    return made


def _fields(kind: type[Separation | Tags], stored: object) -> dict[str, object]:
    """What was stored of the fields of a dataclass."""
    values = cast("dict[str, object]", stored)
    return {field.name: values[field.name] for field in dataclasses.fields(kind) if field.name in values}
