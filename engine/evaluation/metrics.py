"""The two figures that papers report, cSDR and uSDR, and what to say of silent references.

- **cSDR**: the signal-to-distortion ratio of each second, median over seconds, median over songs. A second where any
  reference or estimate of the song is silent counts for no target, and a last partial second is dropped.
  Source: F.-R. Stöter, A. Liutkus, N. Ito, "The 2018 Signal Separation Evaluation Campaign", and museval, its program.
- **uSDR**: the ratio over the whole song, mean over songs. Source: Music Demixing Challenge 2021, arXiv 2108.13559.
  A silent reference has no such ratio; there the **leakage** tells how loud the estimate is, against the mixture.

Everything follows from energies per second, so a song can be measured block by block.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.stems import AVERAGE

Signals = NDArray[np.floating[Any]]
Values = NDArray[np.float64]

# Added to both energies of a uSDR. Source: Music Demixing Challenge 2021.
EPS = 1e-7


class Figures(NamedTuple):
    """How one target came out; NaN where there is no figure.

    Attributes:
        csdr_db: Of a song; NaN when no second of it counts.
        usdr_db: NaN for a silent reference.
        leakage_db: Energy of the estimate against the mixture's; NaN unless the reference is silent and the mixture is
            not.
    """

    csdr_db: float
    usdr_db: float
    leakage_db: float


# By system, then by target.
Scores = Mapping[str, Mapping[str, Figures]]


@dataclass(frozen=True)
class Energies:
    """Sums of squares of a song or a block, window by window; the last window may be shorter.

    Attributes:
        reference: Of the references, (T, W).
        estimate: Of the estimates, (T, W).
        error: Of the differences, (T, W).
        silent: Windows in which a reference or estimate of any target is silent, (W,).
        samples: N.
        window_samples: Length of a window.
    """

    reference: Values
    estimate: Values
    error: Values
    silent: NDArray[np.bool_]
    samples: int
    window_samples: int

    def window_sdr_db(self) -> Values:
        """SDR of each window that museval looks at, (T, W): the whole ones, or all of a song shorter than one."""
        scored = max(1, self.samples // self.window_samples)
        with np.errstate(divide="ignore", invalid="ignore"):
            sdr_db = 10 * np.log10(self.reference[:, :scored] / self.error[:, :scored])
        return np.where(self.silent[:scored], np.nan, sdr_db)


def measure(references: Signals, estimates: Signals, window_samples: int) -> Energies:
    """Take the energies of a song or a block.

    Args:
        references: (T, C, N).
        estimates: The same shape.
        window_samples: Samples of one second.

    Raises:
        ValueError: The shapes differ or are empty.
    """
    if references.shape != estimates.shape or references.ndim != 3 or not references.size:
        raise ValueError(f"expected two arrays (T, C, N), got {references.shape} and {estimates.shape}")
    reference, estimate = references.astype(np.float64), estimates.astype(np.float64)
    return Energies(
        reference=_energies(reference, window_samples),
        estimate=_energies(estimate, window_samples),
        error=_energies(reference - estimate, window_samples),
        silent=_silent(reference, window_samples) | _silent(estimate, window_samples),
        samples=reference.shape[-1],
        window_samples=window_samples,
    )


def join(blocks: Sequence[Energies]) -> Energies:
    """Put neighbouring blocks together.

    Raises:
        ValueError: There are none, or one before the last does not end with a window.
    """
    if not blocks or any(block.samples % block.window_samples for block in blocks[:-1]):
        raise ValueError("expected blocks of whole windows")
    return Energies(
        reference=np.concatenate([block.reference for block in blocks], axis=1),
        estimate=np.concatenate([block.estimate for block in blocks], axis=1),
        error=np.concatenate([block.error for block in blocks], axis=1),
        silent=np.concatenate([block.silent for block in blocks]),
        samples=sum(block.samples for block in blocks),
        window_samples=blocks[0].window_samples,
    )


def figures(energies: Energies, mixture_energy: float) -> list[Figures]:
    """Turn the energies of a whole song, and that of its mixture, into figures, target by target."""
    csdr_db = [_known(np.median, windows) for windows in energies.window_sdr_db()]
    reference, estimate, error = (
        values.sum(axis=1) for values in (energies.reference, energies.estimate, energies.error)
    )
    # Below EPS the ratio would tell of nothing but EPS.
    silent = reference <= EPS
    usdr_db = np.where(silent, np.nan, _ratio_db(reference, error))
    leaks = silent & (mixture_energy > EPS)
    leakage_db = np.where(leaks, _ratio_db(estimate, np.float64(mixture_energy)), np.nan)
    return [Figures(*map(float, values)) for values in zip(csdr_db, usdr_db, leakage_db, strict=True)]


def summarise(songs: Sequence[Scores]) -> Scores:
    """Put the scores of songs together: cSDR by median, uSDR and leakage by mean, over the songs that have them.

    Returns:
        Every system and target that any song has, in the order of appearance, and the mean over targets as `average`,
        which is NaN where a target has no figure.
    """
    systems = dict.fromkeys(system for song in songs for system in song)
    targets = dict.fromkeys(target for song in songs for scores in song.values() for target in scores)
    summary: dict[str, dict[str, Figures]] = {}
    for system in systems:
        scored = [song[system] for song in songs if system in song]
        rows = {target: _over_songs([song[target] for song in scored if target in song]) for target in targets}
        average = np.mean(list(rows.values()), axis=0)
        summary[system] = {**rows, AVERAGE: Figures(*map(float, average))}
    return summary


def _over_songs(songs: list[Figures]) -> Figures:
    csdr_db, usdr_db, leakage_db = np.array(songs, np.float64).reshape(-1, 3).T
    return Figures(_known(np.median, csdr_db), _known(np.mean, usdr_db), _known(np.mean, leakage_db))


def _known(reduce: Callable[[Values], Any], values: Values) -> float:
    """Reduce the values that are not NaN; NaN if there are none."""
    known = values[~np.isnan(values)]
    return float(reduce(known)) if known.size else float("nan")


def _ratio_db(energy: Values, other: Values | np.float64) -> Values:
    return np.asarray(10 * np.log10((energy + EPS) / (other + EPS)))


def _energies(signals: Values, window_samples: int) -> Values:
    """Sums of squares (T, W) over windows and channels."""
    starts = np.arange(0, signals.shape[-1], window_samples)
    return np.add.reduceat(np.square(signals).sum(axis=1), starts, axis=1)


def _silent(signals: Values, window_samples: int) -> NDArray[np.bool_]:
    """Windows (W,) in which a target's channels add up to zero at every sample, which is museval's rule."""
    starts = np.arange(0, signals.shape[-1], window_samples)
    sounding = np.logical_or.reduceat(signals.sum(axis=1) != 0, starts, axis=1)
    return ~np.logical_and.reduce(sounding, axis=0)


def score_values(scores: Scores) -> dict[str, dict[str, dict[str, float | None]]]:
    """Scores as JSON takes them: by system, metric and target; None where there is no figure."""
    return {
        system: {
            metric: {target: _finite(getattr(figures, metric)) for target, figures in targets.items()}
            for metric in Figures._fields
        }
        for system, targets in scores.items()
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
