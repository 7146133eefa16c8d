"""Writes rendered songs to a folder, to listen to and to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import soundfile

from engine.errors import WriteError
from engine.separation import Samples
from engine.training.render.assets import Assets
from engine.training.render.recipe import SAMPLE_RATE, STEMS, Split
from engine.training.render.song import render_song

BLOCK_SAMPLES = 65_536


def write_preview(
    assets: Assets, folder: Path, seeds: Iterable[int], seconds: float = 30.0, split: Split = "train"
) -> Iterator[Path]:
    """Write a song with each step of the iteration: `folder/<split>-<seed>/<stem>.flac`, `mixture.flac` and a text.

    Yields:
        Each song's folder once it is written; `description.txt` says what was drawn.

    Raises:
        WriteError: A file cannot be written.
    """
    for seed in seeds:
        song = render_song(assets, seed, seconds, split)
        target = folder / f"{split}-{seed}"
        try:
            target.mkdir(parents=True, exist_ok=True)
            lines = [f"{name}: {value}\n" for name, value in song.description.items()]
            (target / "description.txt").write_text("".join(lines), encoding="utf-8")
            for name, signal in (("mixture", song.mixture), *zip(STEMS, song.stems, strict=True)):
                write_signal(target / f"{name}.flac", signal)
        except (OSError, soundfile.SoundFileError) as error:
            raise WriteError(target, str(error)) from error
        yield target


def write_signal(path: Path, signal: Samples) -> None:
    """Write a signal (C, N) with 24 bits, in the format that the path's suffix names."""
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, len(signal), "PCM_24") as file:
        for start in range(0, signal.shape[1], BLOCK_SAMPLES):
            file.write(signal[:, start : start + BLOCK_SAMPLES].T)
