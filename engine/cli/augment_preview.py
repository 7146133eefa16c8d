"""`bandsaw augment-preview`: hear what the augmentation of training data does."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.audio.encode import write_audio
from engine.audio.formats import audio_format
from engine.audio.target import AudioFile
from engine.cli.work import printable, tell
from engine.separation import Samples, Tags
from engine.stems import DEFAULT_STEMS, NETWORK_RATE
from engine.training.augment import RANGES, Effects, augment, draw_song_effects, draw_suitable, limit_peak
from engine.training.choices import Mode
from engine.training.pool import Rng
from engine.training.songs import SongFolder
from engine.whole_file import make_folder

SECONDS = 10
MIXTURE = "mixture"


def run(options: argparse.Namespace) -> int:
    """Write some seconds of each stem and of their sum to DIR/before and DIR/after, and print what was done.

    Raises:
        EngineError: There are no songs that can be used, or the files cannot be written.
    """
    samples = SECONDS * NETWORK_RATE
    rng = np.random.default_rng(options.seed)
    sources = [int(rng.integers(len(DEFAULT_STEMS)))] if options.mode == "single" else range(len(DEFAULT_STEMS))
    effects = draw_song_effects(rng, options.mode, len(sources), RANGES)
    with tempfile.TemporaryDirectory(prefix="bandsaw-augment-") as cache:
        pool = SongFolder(options.input, Path(cache), DEFAULT_STEMS, "train")
        for warning in pool.warnings:
            tell(f"warning: {printable(warning)}")
        longest = max(samples, *(chosen.samples_in(samples) for chosen in effects))
        stems = _draw(pool, rng, options.mode, sources, longest)
    names = [DEFAULT_STEMS[source] for source in sources]
    _write(options.out / "before", names, limit_peak(np.stack([stem[:, :samples] for stem in stems])))
    _write(options.out / "after", names, augment(stems, effects, samples))
    for name, chosen in zip(names, effects, strict=True):
        sys.stdout.write(f"{name}: {_in_words(chosen)}\n")
    return 0


def _draw(pool: SongFolder, rng: Rng, mode: Mode, sources: Sequence[int], samples: int) -> list[Samples]:
    if mode in {"coherent_shared", "coherent_varied"}:
        return list(pool.together(rng, samples).numpy())
    return [draw_suitable(pool, rng, source, samples).numpy() for source in sources]


def _write(folder: Path, names: list[str], stems: Samples) -> None:
    """Write stems (S, C, n) and their sum as float WAV files, over what is there."""
    make_folder(folder)
    for name, signal in [*zip(names, stems, strict=True), (MIXTURE, stems.sum(axis=0))]:
        path = folder / f"{name}.wav"
        channels, samples = signal.shape
        write_audio(AudioFile(path, audio_format("wav32f"), NETWORK_RATE, channels, samples, Tags()), [signal])


def _in_words(effects: Effects) -> str:
    words: list[str] = []
    if effects.semitones is not None:
        words.append(f"pitch {effects.semitones:+.2f} semitones")
    if effects.stretch is not None:
        words.append(f"length x{effects.stretch:.2f}")
    if effects.compression is not None:
        compression = effects.compression
        words.append(f"compression {compression.ratio:.1f}:1 above {compression.threshold:.0%} of the peak")
    if effects.reverb is not None:
        words.append(f"reverb of {effects.reverb.room_seconds:.2f} s, damping {effects.reverb.damping:.2f}")
    return ", ".join(words) or "as it was"
