"""The activity detector: laws for any track, and the rule on tracks built chunk by chunk."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.separation import Samples
from engine.training.activity import (
    CHUNK_SAMPLES,
    FLOOR_POWER,
    HOP_CHUNKS,
    SEGMENT_CHUNKS,
    Powers,
    Span,
    active_spans,
    chunk_powers,
)

chunks = st.lists(st.sampled_from([0.0, 1e-9, 1e-5, 1e-4, 1e-3, 1e-2]), min_size=1, max_size=60).map(np.array)


def _spans(powers: Powers) -> list[Span]:
    return active_spans(powers, len(powers) * CHUNK_SAMPLES)


def _segments(*seconds: tuple[int, int]) -> list[Span]:
    return [Span(start * 44_100, stop * 44_100) for start, stop in seconds]


@given(samples=st.integers(1, 3 * CHUNK_SAMPLES), cuts=st.lists(st.integers(0, 3 * CHUNK_SAMPLES)))
def test_powers_do_not_depend_on_the_blocks(samples: int, cuts: list[int]) -> None:
    track = np.random.default_rng(samples).standard_normal((2, samples), dtype=np.float32)
    blocks = np.split(track, sorted(min(cut, samples) for cut in cuts), axis=1)
    assert np.array_equal(chunk_powers(blocks), chunk_powers([track]))


def test_powers_are_mean_squares_and_the_last_chunk_is_as_short_as_it_comes() -> None:
    track = np.zeros((2, 2 * CHUNK_SAMPLES + 10), np.float32)
    track[0, :CHUNK_SAMPLES] = 0.5
    track[:, -10:] = 0.25
    assert chunk_powers([track]) == pytest.approx([0.125, 0, 0.0625])
    assert chunk_powers([]).shape == (0,)


@given(powers=chunks, gain_db=st.floats(0, 60))
def test_a_gain_changes_nothing_while_the_threshold_is_above_the_floor(powers: Powers, gain_db: float) -> None:
    powers = np.where(powers > 0, np.maximum(powers, FLOOR_POWER), 0)
    assert _spans(powers * 10 ** (gain_db / 10)) == _spans(powers)


@given(powers=chunks)
def test_spans_are_ordered_apart_and_inside_the_track(powers: Powers) -> None:
    samples = len(powers) * CHUNK_SAMPLES - 17
    spans = active_spans(powers, samples)
    assert all(0 <= span.start < span.stop <= samples for span in spans)
    assert all(first.stop <= second.start for first, second in pairwise(spans))


@given(powers=chunks)
def test_half_a_segment_within_a_span_always_sounds(powers: Powers) -> None:
    for span in _spans(powers):
        first, stop = span.start // CHUNK_SAMPLES, span.stop // CHUNK_SAMPLES
        for at in range(first, stop - HOP_CHUNKS + 1):
            assert powers[at : at + HOP_CHUNKS].max() >= FLOOR_POWER


@pytest.mark.parametrize("chunk_count", [1, 9, 10, 11, 37])
def test_silence_is_inactive_and_an_unchanging_tone_is_active(chunk_count: int) -> None:
    assert _spans(np.zeros(chunk_count)) == []
    assert _spans(np.full(chunk_count, FLOOR_POWER * 0.99)) == []
    assert _spans(np.full(chunk_count, FLOOR_POWER)) == [Span(0, chunk_count * CHUNK_SAMPLES)]


def test_a_segment_is_active_when_more_than_half_of_its_chunks_sound() -> None:
    half, more = np.zeros(SEGMENT_CHUNKS), np.zeros(SEGMENT_CHUNKS)
    half[:5], more[:6] = 0.1, 0.1
    assert _spans(half) == []
    assert _spans(more) == _segments((0, 6))


def test_segments_begin_every_three_seconds_and_one_ends_with_the_track() -> None:
    powers = np.zeros(43)
    powers[20:30] = 0.1  # 12 to 18 s; the segments at 9 and 15 s have 5 sounding chunks each, which is not enough
    assert _spans(powers) == _segments((12, 18))
    powers = np.zeros(43)
    powers[36:] = 0.1  # 7 of the last 10 chunks, and 4 of the segment before
    assert _spans(powers) == [Span(33 * CHUNK_SAMPLES, 43 * CHUNK_SAMPLES)]


def test_the_quietest_chunks_of_a_track_are_below_its_threshold() -> None:
    powers = np.full(100, 1e-2)
    powers[50:60] = 1e-4  # the quietest 10 of 100; the quantile takes 15
    assert _spans(powers) == _segments((0, 30), (36, 60))


def test_a_track_of_noise_with_a_pause() -> None:
    rate = 44_100
    noise = np.random.default_rng(0).standard_normal((2, 30 * rate), dtype=np.float32) * 0.1
    noise[:, 12 * rate : 24 * rate] = 0
    blocks: list[Samples] = np.split(noise, range(10_000, noise.shape[1], 10_000), axis=1)
    (first, second) = active_spans(chunk_powers(blocks), noise.shape[1])
    assert (first.start, second.stop) == (0, 30 * rate)
    assert 12 * rate <= first.stop <= 15 * rate
    assert 21 * rate <= second.start <= 24 * rate
