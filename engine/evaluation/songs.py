"""Songs with references: a folder per song, `<song>/{vocals,bass,drums,other}.<ext>`, as MUSDB18-HQ has them.

`mixture.<ext>` is what is separated; where it is missing, the sum of the references. A reference of several stems is
named after all of them, such as `bass_other.wav`. Other files are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine.audio.decode import open_audio
from engine.audio.encode import write_audio
from engine.audio.formats import audio_format
from engine.audio.target import AudioFile
from engine.errors import EngineError, write_error
from engine.evaluation.baselines import Spectrum, Target, power_spectrum
from engine.evaluation.metrics import Values
from engine.naming import AUDIO_SUFFIXES
from engine.separation import Samples, Tags, append_samples
from engine.stems import DEFAULT_STEMS

MIXTURE = "mixture"


class ReferencesError(EngineError):
    """The references of a song, or the folder of all songs, are not what can be scored."""

    kind = "references"


class Shape(NamedTuple):
    """What all files of a song have in common."""

    sample_rate: int
    channels: int
    samples: int

    def __str__(self) -> str:
        """In words."""
        return f"{self.samples} samples, {self.channels} channels and {self.sample_rate} Hz"


class _Survey(NamedTuple):
    """What was found in a file: its shape, its power spectrum (F,), and what is wrong with it."""

    shape: Shape
    power: Values
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ReferenceSong:
    """A song that can be scored.

    Attributes:
        name: Of its folder.
        files: Those whose sum is the reference of each target.
        mixture: None when it is the sum of the references.
        shape: Of every file.
        spectrum: Of the references.
        warnings: Of decoding them, one sentence each.
    """

    name: str
    files: Mapping[Target, tuple[Path, ...]]
    mixture: Path | None
    shape: Shape
    spectrum: Spectrum
    warnings: tuple[str, ...]


def song_folders(root: Path) -> list[Path]:
    """The folders of songs, by name.

    Raises:
        ReferencesError: There are none, or the root cannot be read.
    """
    folders = [path for path in _entries(root) if path.is_dir() and not path.name.startswith(".")]
    if not folders:
        raise ReferencesError(f"{root} holds no folders of songs")
    return folders


def survey_song(folder: Path, stems: Sequence[str], remainder: str = "") -> ReferenceSong:
    """Find a song's files, check that they fit together, and learn their spectrum; decodes all of them.

    Args:
        folder: Of the song.
        stems: Those of the model; every one must be in exactly one reference.
        remainder: The stem to which all references count that the model does not separate; empty: such a song is
            refused.

    Raises:
        EngineError: The song cannot be scored.
    """
    files, mixture = _find_files(folder, tuple(stems), remainder)
    surveyed = {path: _survey_file(path) for paths in files.values() for path in paths}
    # Stems of a song hardly correlate, so the power of their sum is the sum of their powers.
    spectra = [np.sum([surveyed[path].power for path in paths], axis=0) for paths in files.values()]
    warnings = [f"{path.name}: {warning}" for path, survey in surveyed.items() for warning in survey.warnings]
    if mixture is not None:
        surveyed[mixture] = _survey_file(mixture)  # whose warnings its separation repeats
    first, shape = next((path, survey.shape) for path, survey in surveyed.items())
    for path, survey in surveyed.items():
        if survey.shape != shape:
            raise ReferencesError(f"{first.name} has {shape}, but {path.name} has {survey.shape}")
    if shape.samples < shape.sample_rate:
        raise ReferencesError("it is shorter than a second, and the metrics go by seconds")
    targets = tuple(files)
    spectrum = Spectrum.of(targets, shape.sample_rate, np.stack(spectra))
    return ReferenceSong(folder.name, files, mixture, shape, spectrum, tuple(warnings))


def read_references(song: ReferenceSong, work: Path) -> list[Samples]:
    """Decode the references to raw files in `work` and map them, (C, N) each, in the order of the song's targets.

    Raises:
        EngineError: A file can no longer be read, or the disk does not take it.
    """
    return [read_signal(files, song.shape, work / f"reference{i}.f32") for i, files in enumerate(song.files.values())]


def read_signal(files: Sequence[Path], shape: Shape, raw: Path) -> Samples:
    """Decode the sum of files of one shape to a raw file and map it, (C, N).

    Raises:
        EngineError: A file can no longer be read, or the disk does not take it.
    """
    first, *others = files
    try:
        with raw.open("wb") as file, open_audio(first) as reader:
            for block in reader.blocks():
                append_samples(file, block)
    except OSError as error:
        raise write_error(raw, error) from error
    signal = np.memmap(raw, "<f4", "r+", shape=(shape.samples, shape.channels))
    for other in others:
        _add_file(signal, other)
    return signal.T


def _add_file(signal: Samples, path: Path) -> None:
    """Add a file's samples to a signal (N, C) in place."""
    start = 0
    with open_audio(path) as reader:
        for block in reader.blocks():
            signal[start : start + block.shape[1]] += block.T
            start += block.shape[1]


def write_sum(signals: Sequence[Samples], sample_rate: int, path: Path) -> None:
    """Write the sum of signals (C, N) as a float WAV.

    Raises:
        WriteError: The disk does not take it.
    """
    channels, samples = signals[0].shape
    starts = range(0, samples, sample_rate)
    blocks = (np.sum([signal[:, start : start + sample_rate] for signal in signals], axis=0) for start in starts)
    write_audio(AudioFile(path, audio_format("wav32f"), sample_rate, channels, samples, Tags()), blocks)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise ReferencesError(f"cannot read the folder {folder}: {error.strerror or error}") from error


def _find_files(
    folder: Path, stems: tuple[str, ...], remainder: str
) -> tuple[dict[Target, tuple[Path, ...]], Path | None]:
    files: dict[Target, tuple[Path, ...]] = {}
    mixture: Path | None = None
    owners: dict[str, Path] = {}
    for path in _entries(folder):
        if path.suffix.lower() not in AUDIO_SUFFIXES:
            continue
        if path.stem == MIXTURE:
            if mixture is not None:
                raise ReferencesError(f"there are two mixtures, {mixture.name} and {path.name}")
            mixture = path
            continue
        parts = _parts(path.stem, stems)
        for part in parts:
            if part in owners:
                raise ReferencesError(f"{part} is in two references, {owners[part].name} and {path.name}")
            owners[part] = path
        if parts:
            target = _target(parts, stems, remainder)
            files[target] = (*files.get(target, ()), path)
    _check_targets(files, stems)
    return {target: files[target] for target in sorted(files, key=lambda target: stems.index(target[0]))}, mixture


def _check_targets(files: Mapping[Target, tuple[Path, ...]], stems: tuple[str, ...]) -> None:
    found = [stem for target in files for stem in target]
    missing = [stem for stem in stems if stem not in found]
    if missing:
        raise ReferencesError(f"there is no reference for {', '.join(missing)}")
    twice = [stem for stem in stems if found.count(stem) > 1]
    if twice:
        raise ReferencesError(f"the references for {twice[0]} are not apart from those for other stems")


def _parts(name: str, stems: tuple[str, ...]) -> list[str]:
    """The stems that a file's name stands for; none for a file that is no reference."""
    parts = {name} if name in stems else set(name.split("_"))
    return sorted(parts) if parts <= {*stems, *DEFAULT_STEMS} else []


def _target(parts: list[str], stems: tuple[str, ...], remainder: str) -> Target:
    """The model's stems, in its order, that make what these stems are together."""
    unknown = [part for part in parts if part not in stems]
    if unknown and not remainder:
        raise ReferencesError(f"it has a reference for {unknown[0]}, which the model does not separate")
    return tuple(stem for stem in stems if stem in parts or (unknown and stem == remainder))


def _survey_file(path: Path) -> _Survey:
    with open_audio(path) as reader:
        samples = 0
        power = power_spectrum(np.zeros((1, 0), np.float32))
        for block in reader.blocks():
            samples += block.shape[1]
            power = power + power_spectrum(block)
        return _Survey(Shape(reader.info.sample_rate, reader.info.channels, samples), power, reader.warnings)
