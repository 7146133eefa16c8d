import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dsp.peaks import BASE_SAMPLES, PeakColumns, PeakPyramid, exact_columns
from engine.overview import Drawing
from engine.separation import Samples


def noise(channels: int, samples: int) -> Samples:
    return np.random.default_rng(samples).uniform(-1, 1, (channels, samples)).astype(np.float32)


def built(signal: Samples, sizes: Sequence[int] = ()) -> PeakPyramid:
    """The pyramid of a signal that comes in blocks of these sizes, the rest as the last one."""
    drawing = Drawing(signal, 44_100)
    for stop in itertools.accumulate((*sizes, signal.shape[1] - sum(sizes))):
        list(drawing.draw(0, stop))
    return drawing.overview().peaks


def assert_true_to(signal: Samples, columns: PeakColumns) -> None:
    """Each column's low and high, searched for in the signal itself."""
    size = columns.samples_per_column
    for index, (low, high) in enumerate(zip(columns.lows, columns.highs, strict=True)):
        part = signal[:, columns.start + index * size : columns.start + (index + 1) * size]
        assert (low, high) == (part.min(), part.max())


@given(st.lists(st.integers(0, 300), max_size=8), st.integers(1, 3))
def test_the_size_of_the_blocks_does_not_change_the_pyramid(sizes: list[int], channels: int) -> None:
    signal = noise(channels, sum(sizes) + 100)
    expected = built(signal).levels
    for level, other in zip(built(signal, sizes).levels, expected, strict=True):
        np.testing.assert_array_equal(level, other)


@given(st.integers(0, 99_990), st.integers(1, 100_000), st.integers(1, 2_000))
def test_every_view_shows_the_true_lows_and_highs_of_its_range(start: int, span: int, width: int) -> None:
    signal = noise(2, 100_001)
    stop = min(start + span, 100_001)
    columns = built(signal).columns(start, stop, width)
    assert columns.start <= start
    assert columns.start + len(columns.lows) * columns.samples_per_column >= stop
    assert_true_to(signal, columns)


@pytest.mark.parametrize("span", [64_000, 100_000, 400_000, 1_000_000])
def test_a_view_has_one_to_two_columns_per_pixel(span: int) -> None:
    columns = built(noise(1, 1_000_000)).columns(0, span, 1_000)
    assert 1_000 <= len(columns.lows) <= 2_000


def test_closer_than_the_finest_level_a_view_has_that_level() -> None:
    columns = built(noise(1, 100_000)).columns(6_400, 12_800, 1_000)
    assert (columns.start, columns.samples_per_column, len(columns.lows)) == (6_400, BASE_SAMPLES, 100)


@given(st.integers(0, 990), st.integers(1, 1_000), st.integers(1, 50))
def test_exact_columns_are_true_to_the_signal_too(start: int, span: int, width: int) -> None:
    signal = noise(2, 1_001)
    stop = min(start + span, 1_001)
    columns = exact_columns(signal, start, stop, width)
    assert columns.start <= start
    assert columns.start + len(columns.lows) * columns.samples_per_column >= stop
    assert_true_to(signal, columns)


def test_at_the_closest_zoom_every_column_is_one_sample() -> None:
    signal = noise(1, 1_000)
    columns = exact_columns(signal, 100, 150, 1_000)
    np.testing.assert_array_equal(columns.lows, signal[0, 100:150])
    np.testing.assert_array_equal(columns.highs, signal[0, 100:150])


def test_a_view_without_samples_or_width_is_refused() -> None:
    pyramid = built(noise(1, 1_000))
    for start, stop, width in ((1_000, 1_100, 10), (20, 20, 10), (0, 100, 0)):
        with pytest.raises(ValueError, match="nothing to draw"):
            pyramid.columns(start, stop, width)
