"""Builds a finished separation on disk from seeded noise, without a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.separation import (
    Samples,
    Separation,
    Tags,
    append_samples,
    save_manifest,
    signal_path,
    source_path,
)
from engine.stems import DEFAULT_STEMS, Quality, Stage


def noise(channels: int, samples: int, peak: float, seed: int) -> Samples:
    """Uniform noise (C, N) within +-peak."""
    return np.random.default_rng(seed).uniform(-peak, peak, (channels, samples)).astype(np.float32)


def make_separation(
    folder: Path,
    rate: int = 44_100,
    channels: int = 2,
    samples: int = 22_050,
    stems: Sequence[str] = DEFAULT_STEMS,
    stages: Sequence[Stage] = (1, 2),
    seed: int = 0,
    *,
    source: Path = Path("Song.wav"),
    source_subtype: str = "FLOAT",
    tags: Tags | None = None,
    peak: float = 0.1,
    model: str = "noise",
    quality: Quality = "fast",
    of: Samples | None = None,
) -> Separation:
    """Write signals and manifest; every stem of every stage is its own noise, and the last stage leaves a residual.

    Args:
        folder: Created; the separation's home.
        peak: Of each stem; the source is the sum of the last stage's stems plus noise a tenth as loud.
        of: The source, where several results are of one song.
    """
    folder.mkdir(parents=True)
    mix = noise(channels, samples, peak / 10, seed)
    for stage in stages:
        for index, stem in enumerate(stems):
            signal = noise(channels, samples, peak, seed + 100 * stage + index + 1)
            _write(signal_path(folder, stem, stage), signal)
            if stage == max(stages):
                mix = mix + signal
    _write(source_path(folder), mix if of is None else of)
    separation = Separation(
        folder=folder,
        source=source,
        sample_rate=rate,
        channels=channels,
        samples=samples,
        source_subtype=source_subtype,
        stems=tuple(stems),
        stages=tuple(stages),
        model=model,
        model_sha256="0" * 64,
        quality=quality,
        device="cpu",
        device_reason="",
        precision="float32",
        elapsed_seconds=0.0,
        warnings=(),
        tags=tags or Tags(),
    )
    save_manifest(separation)
    return separation


def _write(path: Path, signal: Samples) -> None:
    with path.open("wb") as file:
        append_samples(file, signal)
