"""Scores one song, or many short items, for every system at once, in memory that does not grow with the song."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.evaluation.baselines import (
    CONTEXT_SAMPLES,
    STFT,
    Baselines,
    Spectrum,
    Target,
    learn_spectrum,
    power_spectrum,
)
from engine.evaluation.metrics import Energies, Scores, figures, join, measure
from engine.separation import Samples
from engine.stems import NETWORK_RATE, Stage

Read = Callable[[slice], Samples]

_BLOCK_SECONDS = 10


@dataclass(frozen=True)
class SongSignals:
    """Where the signals of a song come from; every `Read` gives the samples of a slice.

    Attributes:
        targets: T of them.
        sample_rate: In Hz.
        samples: N.
        mixture: (C, n).
        references: (T, C, n).
        estimates: (T, C, n) of each stage.
    """

    targets: tuple[Target, ...]
    sample_rate: int
    samples: int
    mixture: Read
    references: Read
    estimates: Mapping[Stage, Read]


def stage_system(stage: Stage) -> str:
    """The name of a stage among systems."""
    return f"stage{stage}"


def target_name(target: Target) -> str:
    """The name of a target, as a reference file has it."""
    return "_".join(target)


def score_song(signals: SongSignals, baselines: Baselines | None) -> Scores:
    """Score all stages and baselines of a song; without `baselines` only the stages."""
    parts: dict[str, list[Energies]] = {}
    mixture_energy = 0.0
    block = _BLOCK_SECONDS * signals.sample_rate
    for start in range(0, signals.samples, block):
        part = slice(start, min(start + block, signals.samples))
        wide, inner = _with_context(part, signals.samples)
        mixture, references = signals.mixture(wide), signals.references(wide)
        estimates = {stage_system(stage): read(part) for stage, read in signals.estimates.items()}
        if baselines is not None:
            made = baselines.estimates(mixture, references)
            estimates.update((system, estimate[..., inner]) for system, estimate in made.items())
        for system, estimate in estimates.items():
            energies = measure(references[..., inner], estimate, signals.sample_rate)
            parts.setdefault(system, []).append(energies)
        mixture_energy += float(np.square(mixture[:, inner], dtype=np.float64).sum())
    names = [target_name(target) for target in signals.targets]
    return {
        system: dict(zip(names, figures(join(blocks), mixture_energy), strict=True)) for system, blocks in parts.items()
    }


def score_items(
    references: Sequence[Samples] | Samples,
    estimates: Iterable[Mapping[Stage, Samples]],
    stems: Sequence[str],
    *,
    songs: Sequence[str] = (),
    floors: bool = True,
) -> list[Scores]:
    """Score validation items at 44.1 kHz, each as if it were a song.

    A silent reference is left out of the uSDR, and what the estimate holds there is reported as leakage. By museval's
    rule an item with a silent stem has no cSDR for any stem, so uSDR is the figure to watch here.

    Args:
        references: Items (S, C, n) of at least 1025 samples, or one array (I, S, C, n) of all; an item's mixture is the
            sum of its stems.
        estimates: For each item, (S, C, n) by stage; taken one by one, so a generator keeps memory small. With empty
            mappings only the baselines are scored.
        stems: S names.
        songs: I names of what the items were cut from; empty: each from a song of its own.
        floors: Whether to score the baselines too; they are the same for every model. The Wiener mask of an item is
            learnt from the items of other songs.

    Raises:
        ValueError: The number or shape of the estimates is not that of the references.
    """
    targets: tuple[Target, ...] = tuple((stem,) for stem in stems)
    songs = songs or [str(index) for index in range(len(references))]
    spectra: list[tuple[str, Spectrum]] = []
    if floors:
        spectra = [
            (song, Spectrum.of(targets, NETWORK_RATE, np.stack([power_spectrum(stem) for stem in item])))
            for song, item in zip(songs, references, strict=True)
        ]
    items: list[Scores] = []
    for own, item, stages in zip(songs, references, estimates, strict=True):
        signals = SongSignals(
            targets,
            NETWORK_RATE,
            item.shape[-1],
            reader(item.sum(axis=0)),
            reader(item),
            {stage: reader(estimate) for stage, estimate in stages.items()},
        )
        others = [spectrum for song, spectrum in spectra if song != own]
        baselines = Baselines(targets, learn_spectrum(targets, NETWORK_RATE, others)) if floors else None
        items.append(score_song(signals, baselines))
    return items


def reader(signals: Samples) -> Read:
    """Reads signals (..., N) that are there."""
    return lambda part: signals[..., part]


def _with_context(part: slice, samples: int) -> tuple[slice, slice]:
    """A wider slice that starts on the STFT's grid, and where the part lies in it."""
    start = max(0, part.start - part.start % STFT.hop - CONTEXT_SAMPLES)
    wide = slice(start, min(samples, part.stop + CONTEXT_SAMPLES))
    return wide, slice(part.start - start, part.stop - start)
