import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import ShortTimeFFT

from engine.dsp.spectrogram import (
    FLOOR_DB,
    HOP,
    LOWEST_HZ,
    N_FFT,
    ROWS,
    SpectrogramPyramid,
    fold,
    row_edges_hz,
    row_fold,
    to_db,
    window_samples,
)
from engine.overview import Drawing
from engine.separation import Samples

RATE = 44_100
CELL_DB = -FLOOR_DB / 255


def noise(channels: int, samples: int) -> Samples:
    return np.random.default_rng(samples).uniform(-1, 1, (channels, samples)).astype(np.float32)


def sine(hz: float, peak: float = 1.0, samples: int = RATE, rate: int = RATE) -> Samples:
    return (peak * np.sin(2 * np.pi * hz * np.arange(samples) / rate)).astype(np.float32)[None]


def built(signal: Samples, sizes: Sequence[int] = (), rate: int = RATE) -> SpectrogramPyramid:
    """The pyramid of a signal that comes in blocks of these sizes, the rest as the last one."""
    drawing = Drawing(signal, rate)
    for stop in itertools.accumulate((*sizes, signal.shape[1] - sum(sizes))):
        list(drawing.draw(0, stop))
    return drawing.overview().spectrogram


@given(st.lists(st.integers(0, 5_000), max_size=6), st.integers(1, 2))
def test_the_size_of_the_blocks_does_not_change_the_pyramid(sizes: list[int], channels: int) -> None:
    signal = noise(channels, sum(sizes) + 100)
    for level, other in zip(built(signal, sizes).levels, built(signal).levels, strict=True):
        np.testing.assert_array_equal(level, other)


def test_levels_agree_with_an_independent_transform() -> None:
    signal = noise(1, 30_000)
    window = np.hanning(N_FFT + 1)[:-1]
    transform = ShortTimeFFT(window, HOP, RATE, scale_to="magnitude", phase_shift=None)
    # Its frames are centred on multiples of the hop, ours in the middle between two of them.
    shifted = np.concatenate((np.zeros(HOP // 2), signal[0], np.zeros(N_FFT)))
    magnitude = 2 * np.abs(transform.stft(shifted, p0=1, p1=1 + len(built(signal).levels[0]))).T
    rows = fold(np.square(magnitude).astype(np.float32), row_fold(RATE))
    expected_db = np.maximum(10 * np.log10(rows), FLOOR_DB)
    # Rounding to a byte is half a cell at most; a little more for float32.
    np.testing.assert_allclose(to_db(built(signal).levels[0]), expected_db, atol=0.51 * CELL_DB)


@pytest.mark.parametrize(("peak", "level_db"), [(1.0, 0.0), (0.1, -20.0), (1e-4, -80.0), (1e-6, FLOOR_DB)])
def test_a_sine_reads_its_level_in_the_row_of_its_frequency(peak: float, level_db: float) -> None:
    hz = 100 * RATE / N_FFT  # on a bin, so that no level is lost between two
    pyramid = built(sine(hz, peak))
    column = to_db(pyramid.levels[0][40])
    assert column.max() == pytest.approx(level_db, abs=CELL_DB)
    if level_db > FLOOR_DB:
        assert pyramid.frequencies_hz[column.argmax()] == pytest.approx(hz, rel=0.01)  # half a row


def test_silence_is_0_everywhere() -> None:
    assert not any(level.any() for level in built(np.zeros((2, 10_000), np.float32)).levels)


def test_a_click_is_in_its_own_column_and_in_sight_at_every_level() -> None:
    signal = np.zeros((1, 800_000), np.float32)
    signal[0, 500_000] = 1.0
    pyramid = built(signal)
    column = 500_000 // HOP
    assert len(pyramid.levels) > 3
    loudest = int(pyramid.levels[0].max())
    for level, cells in enumerate(pyramid.levels):
        assert cells[column >> level].max() == loudest
        assert len(cells) == -(-1_563 // 2**level)  # 800,000 samples, rounded up at each step


def test_the_loudest_channel_counts() -> None:
    one, other = sine(440.0), sine(3_000.0)
    both = built(np.concatenate((one, other))).levels[0]
    np.testing.assert_array_equal(both, np.maximum(built(one).levels[0], built(other).levels[0]))


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000, 384_000])
def test_folding_loses_no_bin_above_the_lowest_row(rate: int) -> None:
    rows = row_fold(rate)
    size = window_samples(rate)
    for hz_index in range(int(np.ceil(LOWEST_HZ * size / rate)), size // 2 + 1):
        power = np.zeros((1, size // 2 + 1), np.float32)
        power[0, hz_index] = 1.0
        shown = np.flatnonzero(fold(power, rows)[0])
        assert len(shown) >= 1
        # The bin lies in the rows that show it, or they are narrower than half the distance of two bins away.
        edges = row_edges_hz(rate) / (rate / size)
        assert edges[shown[0]] - 0.5 <= hz_index <= edges[shown[-1] + 1] + 0.5


@given(st.integers(0, 299_000), st.integers(1, 300_000), st.integers(1, 2_000))
def test_a_view_covers_its_range_with_a_column_per_pixel_where_there_are_as_many(
    start: int, span: int, width: int
) -> None:
    samples = 300_001
    pyramid = SpectrogramPyramid(samples, np.zeros(ROWS, np.float32), LEVELS)
    stop = min(start + span, samples)
    view = pyramid.columns(start, stop, width)
    size = view.samples_per_column
    level = LEVELS[(size // HOP).bit_length() - 1]
    first = view.start // size
    np.testing.assert_array_equal(view.cells, level[first : first + len(view.cells)])
    assert view.start <= start
    assert view.start + len(view.cells) * size >= stop
    assert size == HOP or (stop - start) / size >= width
    assert size == HOP * 2 ** (len(LEVELS) - 1) or (stop - start) / size < 2 * width


def make_levels() -> tuple[np.ndarray, ...]:
    """A number in each cell that differs between columns and levels."""
    counts = (586, 293, 147)  # of 300,001 samples
    return tuple(
        np.repeat(np.arange(count, dtype=np.uint8)[:, None] + np.uint8(level), ROWS, axis=1)
        for level, count in enumerate(counts)
    )


LEVELS = make_levels()


def test_a_small_move_asks_for_the_same_columns_without_copying() -> None:
    pyramid = built(noise(1, 800_000))
    view, moved = pyramid.columns(200_000, 400_000, 300), pyramid.columns(201_000, 401_000, 300)
    assert (view.start, view.cells.shape) == (moved.start, moved.cells.shape)
    assert np.shares_memory(view.cells, pyramid.levels[0])


def test_a_view_without_samples_or_width_is_refused() -> None:
    pyramid = built(noise(1, 10_000))
    for start, stop, width in ((10_000, 11_000, 10), (20, 20, 10), (0, 100, 0)):
        with pytest.raises(ValueError, match="nothing to draw"):
            pyramid.columns(start, stop, width)


def test_the_level_at_a_point_and_the_loudest_row_are_those_of_the_tone() -> None:
    hz = 100 * RATE / N_FFT
    pyramid = built(np.concatenate((np.zeros((1, 10_240), np.float32), sine(hz, 0.1, 10_240)), axis=1))
    assert pyramid.level_db(15_000, 15_001, hz) == pytest.approx(-20.0, abs=CELL_DB)
    assert pyramid.level_db(0, 20_480, hz) == pytest.approx(-20.0, abs=CELL_DB)  # the loudest of the range
    assert pyramid.level_db(0, 4_000, hz) == FLOOR_DB
    found_hz, level_db = pyramid.loudest(15_000)
    assert found_hz == pytest.approx(hz, rel=0.01)  # half a row
    assert level_db == pytest.approx(-20.0, abs=CELL_DB)
    for ask in (lambda: pyramid.level_db(20_480, 20_481, hz), lambda: pyramid.loudest(20_480)):
        with pytest.raises(ValueError, match="no samples"):
            ask()


@pytest.mark.parametrize("rate", [22_050, 44_100, 88_200, 96_000, 192_000, 384_000])
@pytest.mark.parametrize("hz", [31.0, 41.2, 55.0, 82.4, 96.6, 110.0, 261.6, 440.0, 1_000.0])
def test_the_frequency_of_a_tone_is_found_between_the_bins(hz: float, rate: int) -> None:
    found_hz, _level_db = built(sine(hz, 0.1, rate // 2, rate), rate=rate).loudest(rate // 4)
    # A tenth of a bin below about 1.2 kHz, where rows are narrower than bins; above, half a row.
    assert found_hz == pytest.approx(hz, abs=max(0.1 * rate / window_samples(rate), 0.01 * hz))


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("hz", [0.0, 8.0, 25.0])
def test_what_is_too_low_for_the_axis_is_at_its_foot(hz: float, rate: int) -> None:
    wave = np.cos(2 * np.pi * hz * np.arange(rate) / rate).astype(np.float32)[None]
    found_hz, _level_db = built(wave, rate=rate).loudest(rate // 2)
    assert found_hz == pytest.approx(LOWEST_HZ, rel=0.15)
