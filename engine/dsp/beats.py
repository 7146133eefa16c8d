"""Where the beats of a song are, from how strongly something begins at each moment.

First the tempo, which may change: the autocorrelation of the envelope in windows of 8 s says how well each distance
between beats fits there, and the best path through all windows is taken, on which a change of tempo costs something.
Then the beats: the sequence of moments with the strongest onsets whose distances are close to that of the tempo.
Sources: Ellis, "Beat Tracking by Dynamic Programming", J. New Music Research 36(1), 2007, for the likely tempo,
distances that also fit twice as long, and the recursion over beats; Grosche & Müller, "Extracting Predominant Local
Pulse Information from Music Recordings", IEEE Trans. ASLP 19(6), 2011, for a tempo of every window. All numbers are
ours.

Shapes: T frames of the envelope, W windows, L distances.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.dsp.onsets import Onsets
from engine.progress import JobControl

Frames = NDArray[np.float64]

# What the tempo is searched in; outside it the musician halves or doubles.
SLOWEST_BPM, FASTEST_BPM = 45, 220
# Where tempos are most likely, and how much so: at even onsets of 180 per minute 180 is to win over 90, and at 60
# nothing can win over 60.
_LIKELY_BPM, _WIDTH_OCTAVES = 132.0, 0.9

_WINDOW_SECONDS, _STEP_SECONDS = 8.0, 1.0
# Against the fit of a distance, which is at most about 2: of a change of the tempo by e within a second.
_CHANGE_COST = 30.0
# Against the strength of onsets in standard deviations, for a beat at e times its distance; with less a rushing drummer
# is followed more closely.
_TIGHTNESS = 300.0
_FEWEST_BEATS = 4
_SMOOTH_BEATS = 4  # on either side
_FRAMES_AT_ONCE = 10_000
# An onset shows before it sounds, when it enters the window. Measured on clicks of noise and of sines.
_LEAD_SECONDS = 0.0045


def find_beats(onsets: Onsets, control: JobControl | None = None) -> NDArray[np.float64]:
    """Find the beats of a song.

    Args:
        onsets: How strongly something begins at each moment.
        control: Cancels now and then.

    Returns:
        The places of the beats in seconds, ascending, from the start to the end of the song, also where it is silent;
        none if nothing ever begins or it is shorter than two beats.

    Raises:
        Cancelled: `control` asked for it.
    """
    control = control or JobControl()
    deviation = float(onsets.strength.std()) if len(onsets.strength) else 0.0
    if deviation == 0.0:
        return np.zeros(0)
    strength = np.maximum(onsets.strength - onsets.strength.mean(), 0) / deviation
    beats = _best_sequence(strength, beat_distances(onsets), control)
    if len(beats) < _FEWEST_BEATS:
        return np.zeros(0)
    whole = _extended(_smoothed(_refined(onsets.strength, beats)), len(strength))
    return whole / onsets.frames_per_second + _LEAD_SECONDS


def beat_distances(onsets: Onsets) -> Frames:
    """The distance between beats, in frames, that fits best around each frame (T,)."""
    rate = onsets.frames_per_second
    window, step = round(_WINDOW_SECONDS * rate), round(_STEP_SECONDS * rate)
    distances = np.arange(round(60 * rate / FASTEST_BPM), round(60 * rate / SLOWEST_BPM) + 1)
    padded = np.pad(onsets.strength, window // 2).astype(np.float64)
    centres = np.arange(0, len(onsets.strength), step)
    likely = np.exp(-0.5 * (np.log2(distances * _LIKELY_BPM / (60 * rate)) / _WIDTH_OCTAVES) ** 2)
    fits = np.stack([_fit(padded[at : at + window], distances) for at in centres]) * likely  # (W, L)
    path = _best_path(fits, distances)
    return np.interp(np.arange(len(onsets.strength)), centres, distances[path])


def _fit(window: Frames, distances: NDArray[np.int64]) -> Frames:
    """How well onsets repeat after each distance (L,), about 0 to 1; 0 where nothing begins."""
    # Smoothed over 25 ms: musicians are no machines.
    centred = np.convolve(window, np.hanning(7)[1:-1], "same")
    centred = centred - centred.mean()
    size = 2 * len(window)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2, size)
    if correlation[0] <= 0:
        return np.zeros(len(distances))
    correlation = correlation / correlation[0]
    # Less of a window overlaps with itself at longer distances.
    correlation[: len(window)] /= 1 - np.arange(len(window)) / len(window)
    twice = np.maximum.reduce([correlation[2 * distances + shift] for shift in (-1, 0, 1)])
    return np.asarray(correlation[distances] + 0.5 * twice, np.float64)


def _best_path(fits: Frames, distances: NDArray[np.int64]) -> NDArray[np.int64]:
    """The index of a distance for each window (W,), with the greatest sum of fits less the cost of changes."""
    logs = np.log(distances)
    cost = _CHANGE_COST * np.abs(logs[:, None] - logs[None, :])  # to, from
    score, back = fits[0], np.zeros(fits.shape, np.int64)
    for row in range(1, len(fits)):
        total = score[None, :] - cost
        back[row] = total.argmax(axis=1)
        score = total.max(axis=1) + fits[row]
    path = np.zeros(len(fits), np.int64)
    path[-1] = score.argmax()
    for row in range(len(fits) - 1, 0, -1):
        path[row - 1] = back[row, path[row]]
    return path


def _best_sequence(strength: Frames, distances: Frames, control: JobControl) -> NDArray[np.int64]:
    """The frames whose strengths, less the cost of uneven distances, add up to most."""
    score = strength.astype(np.float64)
    before = np.full(len(score), -1)
    costs: dict[int, tuple[NDArray[np.int64], Frames]] = {}
    for frame, distance in enumerate(distances.round().astype(int).tolist()):
        if frame % _FRAMES_AT_ONCE == 0:
            control.checkpoint()
        if distance not in costs:
            steps = np.arange(2 * distance, distance // 2 - 1, -1)
            costs[distance] = steps, _TIGHTNESS * np.log(steps / distance) ** 2
        steps, cost = costs[distance]
        first = max(0, frame - int(steps[0]))
        reach = score[first : max(0, frame - int(steps[-1]) + 1)]
        if len(reach):
            values = reach - cost[-len(reach) :]
            best = int(values.argmax())
            if values[best] > 0:
                score[frame] += values[best]
                before[frame] = first + best
    tail = max(1, round(float(distances[-1])))
    beats = [len(score) - tail + int(score[-tail:].argmax())]
    while before[beats[-1]] >= 0:
        beats.append(int(before[beats[-1]]))
    return np.array(beats[::-1])


def _refined(strength: NDArray[np.float32], beats: NDArray[np.int64]) -> Frames:
    """Between frames: at the top of the parabola through the strengths around a beat, if that is a peak."""
    inner = np.clip(beats, 1, len(strength) - 2)
    left, middle, right = (strength[inner + shift].astype(np.float64) for shift in (-1, 0, 1))
    bend = left - 2 * middle + right
    peak = (bend < 0) & (middle >= left) & (middle >= right)
    return np.asarray(inner + np.where(peak, 0.5 * (left - right) / np.where(peak, bend, 1.0), 0.0), np.float64)


def _smoothed(beats: Frames) -> Frames:
    """On the line through the beats around each, so that a click is even where the song is, and follows where not."""
    reach = min(_SMOOTH_BEATS, (len(beats) - 1) // 2)
    smooth = beats.copy()
    for index in range(len(beats)):
        first = min(max(0, index - reach), len(beats) - 1 - 2 * reach)
        around = beats[first : first + 2 * reach + 1]
        places = np.arange(first, first + len(around)) - index
        middle = places.mean()
        spread = ((places - middle) ** 2).sum()
        slope = ((places - middle) * around).sum() / spread if spread else 0.0
        smooth[index] = around.mean() - slope * middle
    return smooth


def _extended(beats: Frames, count: int) -> Frames:
    """With beats at the same distance before the first and after the last, as far as there are frames."""
    head, tail = beats[1] - beats[0], beats[-1] - beats[-2]
    before = np.arange(int(max(0.0, beats[0]) / head), 0, -1)
    after = np.arange(1, int(max(0.0, count - beats[-1]) / tail) + 1)
    return np.concatenate([beats[0] - before * head, beats, beats[-1] + after * tail])
