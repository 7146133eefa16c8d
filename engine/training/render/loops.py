"""Loops over samples that NumPy would make in several passes over memory, compiled by numba when they are first used.

Shapes: S stems, C channels, N samples, n samples of a sound; all arrays are float32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.model.kept_code import compiled_once

Floats = NDArray[np.float32]

# Sums may be taken in any order and nothing is infinite, so that all loops become vectors.
_FASTMATH = {"contract", "nsz", "arcp", "reassoc", "nnan"}
# Samples at a time: they stay in the cache, and are made silent together.
_PIECE = 1024

_compiled = compiled_once(fastmath=_FASTMATH, error_model="numpy")


@_compiled
def add(track: Floats, sound: Floats, start: int, gain: np.float32) -> None:
    """Add a sound (n,) to a track (N,) in place; what lies outside the track is lost."""
    first = max(0, -start)
    heard = sound[first : max(first, track.shape[0] - start)]
    target = track[start + first : start + first + heard.shape[0]]
    for at in range(heard.shape[0]):
        target[at] += gain * heard[at]


@_compiled
def add_note(track: Floats, tone: Floats, fade: Floats, span: tuple[int, int], gain: np.float32) -> None:
    """Add a tone (n,) to a track (N,) in place from a start on; after a length it fades like `fade`."""
    start, length = span
    add(track, tone[:length], start, gain)
    end = start + length
    first = max(0, -end)
    tail = tone[length + first : length + min(fade.shape[0], max(first, track.shape[0] - end))]
    target, level = track[end + first : end + first + tail.shape[0]], fade[first:]
    for at in range(tail.shape[0]):
        target[at] += gain * tail[at] * level[at]


@_compiled
def with_delayed(out: Floats, signal: Floats, delay: Floats, gain: np.float32) -> None:
    """Set `out` (N,) to a signal (N,) and itself read `delay` samples (N,) earlier, on lines between its samples.

    Nothing is added until the longest delay has passed.
    """
    first = min(signal.shape[0], int(delay.max()) + 2)
    for at in range(first):
        out[at] = signal[at]
    for at in range(first, signal.shape[0]):
        whole = int(delay[at])
        early, late = signal[at - whole], signal[at - whole - 1]
        out[at] = signal[at] + gain * (early + (delay[at] - np.float32(whole)) * (late - early))


@_compiled
def add_cycle(total: Floats, cycle: Floats, phase: NDArray[np.uint32], bits: int) -> None:
    """Add to a tone (n,), in place, what a cycle of 2**bits numbers has at each phase (n,), 2**32 being all of it."""
    for at in range(total.shape[0]):
        total[at] += cycle[phase[at] >> np.uint32(32 - bits)]


@_compiled
def from_pcm(recorded: NDArray[np.int16]) -> Floats:
    """Samples (C, n), full scale 1, of 16-bit integers (n, C)."""
    length, channels = recorded.shape
    signal = np.empty((channels, length), np.float32)
    for channel in range(channels):
        for at in range(length):
            signal[channel, at] = np.float32(recorded[at, channel]) * np.float32(1 / 32768)
    return signal


@_compiled
def _peak(bits: NDArray[np.int32]) -> np.int32:
    """The highest absolute value of numbers (n,), which are compared as integers: only that becomes vectors."""
    top = np.int32(0)
    for at in range(bits.shape[0]):
        magnitude = np.int32(bits[at] & np.int32(0x7FFFFFFF))
        if magnitude > top:
            top = magnitude
    return top


@_compiled
def peaks(signal: Floats, block: int) -> Floats:
    """The highest absolute value of each block of samples (B,), over all channels; the last block may be shorter."""
    channels, length = signal.shape
    found = np.zeros((length + block - 1) // block, np.int32)
    for channel in range(channels):
        bits = signal[channel].view(np.int32)
        for number in range(found.shape[0]):
            found[number] = max(found[number], _peak(bits[number * block : (number + 1) * block]))
    return found.view(np.float32)


@_compiled
def powers(signal: Floats, block: int) -> Floats:
    """The sum of squares of each whole block of samples (B,), over all channels."""
    found = np.zeros(signal.shape[1] // block, np.float32)
    for channel in range(signal.shape[0]):
        for number in range(found.shape[0]):
            samples = signal[channel, number * block : (number + 1) * block]
            total = np.float32(0)
            for at in range(samples.shape[0]):
                total += samples[at] * samples[at]
            found[number] += total
    return found


@_compiled
def lines(edges: Floats, block: int, length: int) -> Floats:
    """Straight lines (N,) between values (B + 1,) that are a block of samples apart."""
    curve = np.empty(length, np.float32)
    for number in range(edges.shape[0] - 1):
        line = curve[number * block : (number + 1) * block]
        slope = (edges[number + 1] - edges[number]) / np.float32(block)
        for at in range(line.shape[0]):
            line[at] = edges[number] + slope * np.float32(at)
    return curve


@_compiled
def blend(target: Floats, one: Floats, other: Floats, gains: Floats) -> None:
    """Set a target (N,) to the sum of two signals (N,) with gains (2,)."""
    gain, other_gain = gains
    for at in range(target.shape[0]):
        target[at] = gain * one[at] + other_gain * other[at]


@_compiled
def mixed(stems: Floats, gains: Floats) -> Floats:
    """The sum (C, N) of stems (S, C, N) with gains (S,)."""
    count, channels, length = stems.shape
    total = np.zeros((channels, length), np.float32)
    for channel in range(channels):
        for start in range(0, length, _PIECE):
            piece = total[channel, start : start + _PIECE]
            for stem in range(count):
                gain, samples = gains[stem], stems[stem, channel, start : start + _PIECE]
                for at in range(piece.shape[0]):
                    piece[at] += gain * samples[at]
    return total


@_compiled
def scaled(stems: Floats, gains: Floats, curve: Floats, audible: np.float32) -> Floats:
    """Stems (S, C, N) times gains (S,) and a curve (1 or C, N); pieces without an audible sample become silent."""
    out, least = np.empty(stems.shape, np.float32), np.full(1, audible).view(np.int32)[0]
    for stem in range(stems.shape[0]):
        gain = gains[stem]
        for start in range(0, stems.shape[2], _PIECE):
            top = np.int32(0)
            for channel in range(stems.shape[1]):
                samples = stems[stem, channel, start : start + _PIECE]
                target = out[stem, channel, start : start + _PIECE]
                level = curve[min(channel, curve.shape[0] - 1), start : start + _PIECE]
                for at in range(target.shape[0]):
                    target[at] = samples[at] * (level[at] * gain)
                top = max(top, _peak(target.view(np.int32)))
            if top <= least:
                out[stem, :, start : start + _PIECE] = 0
    return out
