"""Loops over samples that NumPy would make in several passes over memory, compiled by numba when they are first used.

Shapes: S stems, C channels, N samples, n samples of a sound; all arrays are float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from engine.model import simd as _simd  # noqa: F401 - says where compiled code is kept

Floats = NDArray[np.float32]
Function = TypeVar("Function", bound=Callable[..., Any])

# Sums may be taken in any order and nothing is infinite, so that all loops become vectors.
_FASTMATH = {"contract", "nsz", "arcp", "reassoc", "nnan"}
# Samples at a time that stay in the cache.
_PIECE = 1024


def _compiled(function: Function) -> Function:
    return cast("Any", numba.njit(fastmath=_FASTMATH, error_model="numpy", nogil=True, cache=True))(function)


@_compiled
def add(track: Floats, sound: Floats, start: int, gain: np.float32) -> None:
    """Add a sound (n,) to a track (N,) in place; what lies outside the track is lost."""
    for at in range(max(0, -start), min(sound.shape[0], track.shape[0] - start)):
        track[start + at] += gain * sound[at]


@_compiled
def add_note(track: Floats, tone: Floats, fade: Floats, span: tuple[int, int], gain: np.float32) -> None:
    """Add a tone (n,) to a track (N,) in place from a start on; after a length it fades like `fade`."""
    start, length = span
    end = min(tone.shape[0], track.shape[0] - start)
    for at in range(min(length, end)):
        track[start + at] += gain * tone[at]
    for at in range(length, min(end, length + fade.shape[0])):
        track[start + at] += gain * tone[at] * fade[at - length]


@_compiled
def peaks(signal: Floats, block: int) -> Floats:
    """The highest absolute value of each block of samples (B,), over all channels; the last block may be shorter."""
    channels, length = signal.shape
    found = np.zeros((length + block - 1) // block, np.float32)
    for channel in range(channels):
        samples = signal[channel]
        for number in range(found.shape[0]):
            top = np.float32(0)
            for at in range(number * block, min(length, (number + 1) * block)):
                top = max(top, abs(samples[at]))
            found[number] = max(found[number], top)
    return found


@_compiled
def powers(signal: Floats, block: int) -> Floats:
    """The sum of squares of each whole block of samples (B,), over all channels."""
    found = np.zeros(signal.shape[1] // block, np.float32)
    for channel in range(signal.shape[0]):
        samples = signal[channel]
        for number in range(found.shape[0]):
            total = np.float32(0)
            for at in range(number * block, (number + 1) * block):
                total += samples[at] * samples[at]
            found[number] += total
    return found


@_compiled
def lines(edges: Floats, block: int, length: int) -> Floats:
    """Straight lines (N,) between values (B + 1,) that are a block of samples apart."""
    curve = np.empty(length, np.float32)
    for number in range(edges.shape[0] - 1):
        first = number * block
        slope = (edges[number + 1] - edges[number]) / np.float32(block)
        for at in range(min(block, length - first)):
            curve[first + at] = edges[number] + slope * np.float32(at)
    return curve


@_compiled
def mix_sides(sides: Floats, gains: Floats, out: Floats) -> None:
    """Set every row of `out` (D, N) to a sum of sides (C, N) with gains (D, C)."""
    for row in range(out.shape[0]):
        target, source, gain = out[row], sides[0], gains[row, 0]
        if sides.shape[0] == 1:
            for at in range(target.shape[0]):
                target[at] = gain * source[at]
        else:
            other, other_gain = sides[1], gains[row, 1]
            for at in range(target.shape[0]):
                target[at] = gain * source[at] + other_gain * other[at]


@_compiled
def mixed(stems: Floats, gains: Floats) -> Floats:
    """The sum (C, N) of stems (S, C, N) with gains (S,)."""
    total = np.empty(stems.shape[1:], np.float32)
    for channel in range(total.shape[0]):
        for start in range(0, total.shape[1], _PIECE):
            piece = total[channel, start : start + _PIECE]
            piece[:] = 0
            for stem in range(stems.shape[0]):
                gain, samples = gains[stem], stems[stem, channel, start : start + _PIECE]
                for at in range(piece.shape[0]):
                    piece[at] += gain * samples[at]
    return total


@_compiled
def scaled(stems: Floats, gains: Floats, curve: Floats, audible: np.float32) -> Floats:
    """Stems (S, C, N) times gains (S,) and a curve (1 or C, N); pieces without an audible sample become silent."""
    out = np.empty(stems.shape, np.float32)
    for stem in range(stems.shape[0]):
        gain = gains[stem]
        for start in range(0, stems.shape[2], _PIECE):
            top = np.float32(0)
            for channel in range(stems.shape[1]):
                samples = stems[stem, channel, start : start + _PIECE]
                target = out[stem, channel, start : start + _PIECE]
                level = curve[min(channel, curve.shape[0] - 1), start : start + _PIECE]
                for at in range(target.shape[0]):
                    target[at] = samples[at] * (level[at] * gain)
                for at in range(target.shape[0]):
                    top = max(top, abs(target[at]))
            if top <= audible:
                out[stem, :, start : start + _PIECE] = 0
    return out
