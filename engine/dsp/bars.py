"""Which beat of a song is the first of its bar.

Harmony changes with bars more often than within them, so the spectrum differs most from one beat to the next where a
bar begins.
Source: Davies & Plumbley, "A spectral difference approach to downbeat extraction in musical audio", EUSIPCO 2006; the
cosine in place of their divergence, and drums left out by the caller, are ours.

Shapes: B beats, R rows of a spectrum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def first_of_bar(spectra: NDArray[np.float32], per_bar: int) -> int:
    """Find the first beat of a bar.

    Args:
        spectra: (B, R) levels in dB, the mean of each beat.
        per_bar: Beats of a bar.

    Returns:
        Index of the first beat that begins a bar, below `per_bar`; 0 if there are fewer than two bars.
    """
    if len(spectra) < 2 * per_bar:
        return 0
    shapes = (spectra - spectra.mean(axis=1, keepdims=True)).astype(np.float64)  # how loud a beat is does not count
    sizes = np.sqrt((shapes**2).sum(axis=1))
    sizes = sizes[1:] * sizes[:-1]
    alike = (shapes[1:] * shapes[:-1]).sum(axis=1)
    change = np.concatenate([[0.0], np.where(sizes > 0, 1 - alike / np.where(sizes > 0, sizes, 1), 0)])
    # The first beat has none before it to differ from.
    return int(np.argmax([change[phase or per_bar :: per_bar].mean() for phase in range(per_bar)]))
