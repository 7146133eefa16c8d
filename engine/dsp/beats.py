"""Where the beats of a song are and which of them begin bars, from how strongly something begins at each moment.

A bar is four beats of four sixteenths. Each moment has a score for being the first beat of a bar, the third, one of the
others, an eighth or a sixteenth: a weighted sum of what begins there, in the drums and in everything else, and of how
much the harmony changes. Of all sequences of beats whose lengths change little, that with the highest sum is taken.
So kick, snare and chords decide which of the pulses that fit is the beat, together with the tempo people prefer.
Sources: Whiteley, Cemgil & Godsill, "Bayesian Modelling of Temporal Structure in Musical Audio", ISMIR 2006, for place
in the bar and tempo as one state; Krebs, Böck & Widmer, "Rhythmic Pattern Modeling for Beat and Downbeat Tracking in
Musical Audio", ISMIR 2013, for patterns of accents that are learned; the same, "An Efficient State-Space Model for
Joint Tempo and Meter Tracking", ISMIR 2015, for tempos that change at beats only; Fillon et al., "Beat and Downbeat
Tracking Based on CRF Models", ICASSP 2015, for weights that tell right from wrong sequences instead of likelihoods.

Shapes: T frames of the onsets, S steps of some 20 ms, F = 7 features, L lengths of a beat, B beats.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engine.dsp.onsets import Onsets
from engine.progress import JobControl

Frames = NDArray[np.float64]
Scores = NDArray[np.float32]

BEATS_PER_BAR = 4
# What the tempo is searched in; outside it the musician halves or doubles.
SLOWEST_BPM, FASTEST_BPM = 45, 220
# Source: Moelants, "Preferred Tempo Reconsidered", ICMPC 2002, for a preference around 120 bpm that is even in octaves.
_LIKELY_BPM, _WIDTH_OCTAVES = 112.0, 0.6
_LIKELY_WEIGHT = 0.05  # of a second, against the scores

FRAMES_PER_STEP = 4
_REACH_FRAMES = 6  # musicians are no machines
# Against the mean of the rest; what is left in the drums of a song that has none is weaker (0.03 to 0.08).
_FAINTEST_DRUMS = 0.2
# Of a change of the beat's length by e, beyond what comes from whole steps; at most so many steps from beat to beat.
_CHANGE_COST = 12.0
_FREE_STEPS = 0.6
_MOST_STEPS = 2
_STEPS_AT_ONCE = 2_500

# Which class each sixteenth of a bar is of.
CLASSES = (0, 4, 3, 4, 2, 4, 3, 4, 1, 4, 3, 4, 2, 4, 3, 4)
# A row for each class: first beat, third, second and fourth, eighths, sixteenths. Columns: low, middle and high onsets
# of the drums, the same of the rest, change of its spectrum, and a constant. Learned by benchmarks/beats_weights.py.
WEIGHTS = (
    (0.42, 0.1, 0.18, 0.38, 0.47, 0.4, 0.4, -0.03),
    (0.06, 0.05, 0.1, 0.17, 0.06, 0.14, 0.06, 0.03),
    (-0.22, 0.26, 0.35, 0.05, 0.06, 0.06, -0.14, -0.02),
    (-0.15, -0.07, 0.23, -0.02, 0.05, 0.17, -0.01, -0.06),
    (-0.25, 0.16, 0.13, -0.07, -0.13, -0.02, -0.22, -0.03),
)

_FEWEST_BEATS = 4
_SMOOTH_BEATS = 4  # on either side
_UNEVEN_SECONDS = 0.010  # root mean square; more than that is no drummer's chance
# An onset shows before it sounds, when it enters the window. Measured on clicks of noise and of sines.
_LEAD_SECONDS = 0.0045


def find_beats(drums: Onsets, rest: Onsets, control: JobControl | None = None) -> tuple[Frames, int]:
    """Find the beats of a song.

    Args:
        drums: What begins in the drums, or in the whole song where there are none.
        rest: The same for everything else, or for the whole song; as many frames.
        control: Cancels now and then.

    Returns:
        The places of the beats in seconds, ascending, from the start to the end of the song, also where it is silent;
        none if nothing ever begins or it is shorter than four beats. And the index of the first that begins a bar.

    Raises:
        Cancelled: `control` asked for it.
    """
    rate = drums.frames_per_second
    strength = np.sum([each.strength / max(float(each.strength.std()), 1e-9) for each in (drums, rest)], axis=0)
    if not len(strength) or strength.max() <= 0:
        return np.zeros(0), 0
    scores = features(drums, rest) @ np.array(WEIGHTS, np.float32).T
    steps, first = _best_bars(scores, rate / FRAMES_PER_STEP, control or JobControl())
    # Before the first sound and after the last one nothing holds the tempo.
    sounds = np.flatnonzero(strength >= strength.mean()) / FRAMES_PER_STEP
    dropped = int((steps < sounds[0] - _MOST_STEPS).sum())
    steps = steps[dropped:][steps[dropped:] <= sounds[-1] + _MOST_STEPS]
    if len(steps) < _FEWEST_BEATS:
        return np.zeros(0), 0
    beats = _smoothed(_refined(strength, _strongest(strength, steps * FRAMES_PER_STEP)), rate)
    whole = _extended(beats, len(strength))
    added = int(np.searchsorted(whole, beats[0]))
    return whole / rate + _LEAD_SECONDS, (first - dropped + added) % BEATS_PER_BAR


def features(drums: Onsets, rest: Onsets) -> Scores:
    """What is heard at each step (S, F + 1), each between 0 and 1; the last is always 1."""
    columns = np.column_stack(
        [_strongest_near(drums.groups), _strongest_near(rest.groups), rest.change[::FRAMES_PER_STEP]]
    )
    means = columns.mean(axis=0)
    means[:3] = np.maximum(means[:3], _FAINTEST_DRUMS * means[3:6])
    heard = columns / (columns + 2 * np.maximum(means, 1e-9))
    return np.column_stack([heard, np.ones(len(heard))]).astype(np.float32)


def preference(bpm: Frames) -> Frames:
    """How much people prefer tempos, as a score of every second; 0 for the likeliest."""
    return -0.5 * _LIKELY_WEIGHT * (np.log2(bpm / _LIKELY_BPM) / _WIDTH_OCTAVES) ** 2


def _strongest_near(groups: Scores) -> Scores:
    """The strongest onsets (S, 3) around each step, less where they are farther from it."""
    around = np.pad(groups, ((_REACH_FRAMES, _REACH_FRAMES), (0, 0)))
    nearness = 1 - np.abs(np.arange(-_REACH_FRAMES, _REACH_FRAMES + 1)) / (_REACH_FRAMES + 1)
    windows = sliding_window_view(around, len(nearness), axis=0)[::FRAMES_PER_STEP]
    return (windows * nearness.astype(np.float32)).max(axis=-1)


def _best_bars(scores: Scores, rate: float, control: JobControl) -> tuple[NDArray[np.int64], int]:
    """The steps of the beats whose scores add up to most, and the index of the first that begins a bar.

    Args:
        scores: (S, 5) of each class.
        rate: Steps per second.
        control: Cancels now and then.
    """
    lengths = np.arange(round(60 * rate / FASTEST_BPM), round(60 * rate / SLOWEST_BPM) + 1)
    within = _within_beats(scores, lengths, rate)
    places = scores[:, CLASSES[::4]]
    change = np.arange(-_MOST_STEPS, _MOST_STEPS + 1)
    ratio = np.abs(np.log(np.maximum(lengths[:, None] + change, 1) / lengths[:, None]))
    cost = (_CHANGE_COST * np.maximum(ratio - _FREE_STEPS / lengths[:, None], 0)).astype(np.float32)  # (L, change)
    # For each of the next steps, place in the bar and length of the beat that ends there: the best sum so far.
    size, indices = int(lengths[-1]) + 1, np.arange(len(lengths))
    sums = np.full((size, BEATS_PER_BAR, len(lengths) + 2 * _MOST_STEPS), -np.inf, np.float32)
    back = np.zeros((len(scores), BEATS_PER_BAR, len(lengths)), np.int8)
    for step in range(len(scores)):
        if step % _STEPS_AT_ONCE == 0:
            control.checkpoint()
        ending = sums[step % size]
        options = sliding_window_view(ending, len(change), axis=-1) - cost
        back[step] = options.argmax(axis=-1)
        best = options.max(axis=-1)
        if step < size:  # it may be the first beat
            first = (best < 0) & (step < lengths)
            back[step][first] = -1
            best[first] = 0
        best += places[step][:, None] + within[step]
        ending[:] = -np.inf
        sums[(step + lengths) % size, :, indices + _MOST_STEPS] = np.roll(best, 1, axis=0).T
    return _traced(sums[:, :, _MOST_STEPS : _MOST_STEPS + len(lengths)], back, lengths)


def _within_beats(scores: Scores, lengths: NDArray[np.int64], rate: float) -> Scores:
    """What beats from each step on have between their ends (S, L), and how likely their tempo is."""
    within = np.tile((preference(60 * rate / lengths) * lengths / rate).astype(np.float32), (len(scores), 1))
    for index, length in enumerate(lengths.tolist()):
        for part in (1, 2, 3):
            heard = scores[round(part * length / 4) :, CLASSES[part]]
            within[: len(heard), index] += heard
    return within


def _traced(sums: Scores, back: NDArray[np.int8], lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The way back from the best sum of a beat that ends after the last step."""
    size, count = len(sums), len(back)
    slot, place, index = np.unravel_index(int(sums.argmax()), sums.shape)
    end = count + (int(slot) - count) % size
    steps: list[int] = []
    change = 0
    while change >= 0:
        end, place = end - int(lengths[index]), (place - 1) % BEATS_PER_BAR
        steps.append(end)
        change = int(back[end, place, index])
        index += change - _MOST_STEPS
    return np.array(steps[::-1]), -int(place) % BEATS_PER_BAR


def _strongest(strength: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """The frame of the strongest onset near each of these."""
    near = frames[:, None] + np.arange(-_REACH_FRAMES, _REACH_FRAMES + 1)
    near = np.clip(near, 0, len(strength) - 1)
    return near[np.arange(len(frames)), strength[near].argmax(axis=1)]


def _refined(strength: NDArray[np.float32], beats: NDArray[np.int64]) -> Frames:
    """Between frames: at the top of the parabola through the strengths around a beat, if that is a peak."""
    inner = np.clip(beats, 1, len(strength) - 2)
    left, middle, right = (strength[inner + shift].astype(np.float64) for shift in (-1, 0, 1))
    bend = left - 2 * middle + right
    peak = (bend < 0) & (middle >= left) & (middle >= right)
    return np.asarray(inner + np.where(peak, 0.5 * (left - right) / np.where(peak, bend, 1.0), 0.0), np.float64)


def _smoothed(beats: Frames, rate: float) -> Frames:
    """On a line through the beats around each, so that a click is even where the song is, and follows where not.

    The line is through as many beats as lie along it: none goes around the bend where the tempo changes.
    """
    smooth = beats.copy()
    for index in range(len(beats)):
        for reach in range(min(_SMOOTH_BEATS, (len(beats) - 1) // 2), 0, -1):
            first = min(max(0, index - reach), len(beats) - 1 - 2 * reach)
            around = beats[first : first + 2 * reach + 1]
            places = np.arange(first, first + len(around)) - index
            slope, here = np.polyfit(places, around, 1)
            if np.std(around - slope * places) <= _UNEVEN_SECONDS * rate:
                smooth[index] = here
                break
    return smooth


def _extended(beats: Frames, count: int) -> Frames:
    """With beats at the same distance before the first and after the last, as far as there are frames."""
    head, tail = beats[1] - beats[0], beats[-1] - beats[-2]
    before = np.arange(int(max(0.0, beats[0]) / head), 0, -1)
    after = np.arange(1, int(max(0.0, count - beats[-1]) / tail) + 1)
    return np.concatenate([beats[0] - before * head, beats, beats[-1] + after * tail])
