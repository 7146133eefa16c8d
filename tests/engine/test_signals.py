import itertools
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mix import Mixer
from engine.separation import RESIDUAL, SOURCE_KEY, Samples
from engine.signals import (
    COMP_FADE_SECONDS,
    Comp,
    Difference,
    open_signal,
    signal_blocks,
    signal_keys,
    signal_of,
    with_gaps,
)
from tests.support.separations import make_separation, noise

N = 600
WHOLE = (slice(None), slice(None))


def signals(count: int) -> list[Samples]:
    return [noise(2, N, 0.5, seed) for seed in range(count)]


cuts = st.lists(st.integers(0, N), max_size=5).map(sorted)


@pytest.mark.parametrize("name", ["vocals", RESIDUAL])
def test_what_is_written_after_a_piece_was_read_is_read_as_it_is(name: str, tmp_path: Path) -> None:
    song = make_separation(tmp_path / "song", samples=N, channels=1, stems=["vocals"], stages=[2])
    with ExitStack() as stack:
        signal = open_signal(song, (name, 2), stack)
        first = np.array(signal[:, :200])
        with song.path(("vocals", 2)).open("r+b") as file:
            file.seek(200 * 4)
            file.write(np.ones(N - 200, "<f4").tobytes())
        expected = song.source_signal() * 0 + 1 if name == "vocals" else song.source_signal() - 1
        np.testing.assert_array_equal(signal[:, 100:200], first[:, 100:])
        np.testing.assert_array_equal(signal[:, 200:], expected[:, 200:])


@given(cuts=cuts, fade=st.integers(0, 200), start=st.integers(0, N), count=st.integers(0, N))
def test_a_piece_of_a_comp_is_that_piece_of_the_whole(cuts: Sequence[int], fade: int, start: int, count: int) -> None:
    comp = Comp(list(zip((0, *cuts), signals(len(cuts) + 1), strict=True)), fade)
    np.testing.assert_array_equal(comp[:, start : start + count], comp[WHOLE][:, start : start + count])


@given(cuts=cuts, fade=st.integers(0, 200))
def test_a_comp_of_one_signal_is_that_signal_wherever_it_is_cut(cuts: Sequence[int], fade: int) -> None:
    (signal,) = signals(1)
    comp = Comp([(start, signal) for start in (0, *cuts)], fade)
    np.testing.assert_allclose(comp[WHOLE], signal, rtol=0, atol=1e-6)


def test_a_comp_sounds_like_each_part_outside_its_fades_and_between_both_within() -> None:
    low, high = np.zeros((1, N), np.float32), np.ones((1, N), np.float32)
    comp = Comp([(0, low), (200, high), (400, low)], 20)[WHOLE][0]
    assert not comp[:190].any()
    assert (comp[210:390] == 1).all()
    assert not comp[410:].any()
    assert np.abs(np.diff(comp)).max() <= 1 / 20 + 1e-6
    assert (np.diff(comp[190:210]) > 0).all()
    cut = Comp([(0, low), (200, high), (400, low)], 0)[WHOLE][0]
    np.testing.assert_array_equal(cut, np.repeat([0, 1, 0], 200))


@pytest.mark.parametrize("starts", [[], [5], [0, 300, 200]])
def test_parts_of_a_comp_begin_at_the_start_and_are_in_order(starts: list[int]) -> None:
    with pytest.raises(ValueError, match="in order from 0"):
        Comp(list(zip(starts, signals(len(starts)), strict=True)), 10)


def test_signals_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        Difference(noise(2, N, 0.5, 0), [noise(1, N, 0.5, 1)])
    with pytest.raises(ValueError, match="one shape"):
        Comp([(0, noise(2, N, 0.5, 0)), (9, noise(2, N + 1, 0.5, 1))], 10)


def test_a_difference_leaves_its_parts_alone() -> None:
    first, second = signals(2)
    before = first.copy()
    np.testing.assert_array_equal(Difference(first, [second])[:, 10:20], (first - second)[:, 10:20])
    np.testing.assert_array_equal(first, before)


@pytest.mark.parametrize("stage", [1, 2])
def test_stems_and_residual_add_up_to_the_source(tmp_path: Path, stage: int) -> None:
    separation = make_separation(tmp_path / "song", samples=N)
    parts = [signal_of(separation, (name, stage))[WHOLE] for name in (*separation.stems, RESIDUAL)]
    np.testing.assert_allclose(np.sum(parts, axis=0), separation.source_signal(), rtol=0, atol=1e-6)


def test_blocks_from_disk_are_the_mapped_signal(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "song", samples=N)
    for key in signal_keys(separation):
        blocks = list(signal_blocks(separation, key, 128))
        assert max(block.shape[1] for block in blocks) == 128
        np.testing.assert_array_equal(np.concatenate(blocks, axis=1), signal_of(separation, key)[WHOLE])


@pytest.mark.parametrize("part", [WHOLE, np.s_[:, 100:250], np.s_[1:, 590:700], np.s_[:1, 300:300]])
def test_a_piece_read_from_files_is_that_piece_of_the_mapped_signal(tmp_path: Path, part: tuple[slice, slice]) -> None:
    separation = make_separation(tmp_path / "song", samples=N)
    for key in signal_keys(separation):
        with ExitStack() as stack:
            read, mapped = open_signal(separation, key, stack), signal_of(separation, key)
            assert read.shape == mapped.shape == (2, N)
            np.testing.assert_array_equal(read[part], mapped[part])


def test_a_file_that_was_cut_is_told_where_its_samples_are_missing(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "song", samples=N)
    path = separation.path(("bass", 2))
    path.write_bytes(path.read_bytes()[:-8])
    with ExitStack() as stack:
        signal = open_signal(separation, ("bass", 2), stack)
        assert signal[:, : N - 1].shape == (2, N - 1)
        with pytest.raises(ValueError, match="ends early"):
            signal[WHOLE]


def test_there_are_no_signals_of_a_stage_that_was_not_kept(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "song", samples=N, stages=(1,))
    assert signal_keys(separation) == [SOURCE_KEY, *((name, 1) for name in (*separation.stems, RESIDUAL))]
    for name in ("vocals", RESIDUAL):
        with pytest.raises(ValueError, match="no stage 2"):
            signal_of(separation, (name, 2))


def test_the_mixer_plays_made_signals_like_stored_ones() -> None:
    first, second = signals(2)
    made, stored = ("made", 0), ("stored", 0)
    comp = Comp([(0, first), (250, second)], 40)
    for virtual in (Difference(first, [second]), comp):
        mixers = [Mixer({made: virtual}, 8_000), Mixer({stored: virtual[WHOLE]}, 8_000)]
        for mixer, key in zip(mixers, (made, stored), strict=True):
            mixer.set_gains({key: (0.5, 1.0)})
            mixer.set_loop((100, 500))
        np.testing.assert_array_equal(mixers[0].render(1_500), mixers[1].render(1_500))


# --- gaps ---

gaps = st.lists(st.integers(1, N - 1), max_size=6, unique=True).flatmap(
    lambda places: st.integers(0, 1).map(
        lambda first: tuple((at, (first + index) % 2) for index, at in enumerate((0, *sorted(places))))
    )
)


@given(gaps=gaps, rate=st.sampled_from((400, 2_000, 8_000, 44_100)))
def test_gaps_fade_without_a_step_and_are_silent_within(gaps: tuple[tuple[int, int], ...], rate: int) -> None:
    fade = round(COMP_FADE_SECONDS * rate)
    gain = with_gaps(np.ones((2, N), np.float32), gaps, rate)[WHOLE]
    assert gain.min() >= -1e-6
    assert gain.max() <= 1 + 1e-6
    # However close the borders are, neighbours differ by no more than one step of a single fade.
    assert np.abs(np.diff(gain)).max() <= 1 / fade + 1e-6
    half = fade // 2 + 1
    for (start, sounds), (stop, _next) in itertools.pairwise((*gaps, (N, 0))):
        first, last = start + half if start else 0, stop - half if stop < N else N
        assert (gain[:, first : max(first, last)] == sounds).all()


@given(gaps=gaps, start=st.integers(0, N), count=st.integers(0, N))
def test_a_piece_of_a_signal_with_gaps_is_that_piece_of_the_whole(
    gaps: tuple[tuple[int, int], ...], start: int, count: int
) -> None:
    made = with_gaps(noise(2, N, 0.5, 0), gaps, 8_000)
    np.testing.assert_array_equal(made[:, start : start + count], made[WHOLE][:, start : start + count])
    np.testing.assert_array_equal(made[:1, start : start + count], made[WHOLE][:1, start : start + count])


def test_what_sounds_beside_a_gap_is_the_signal_itself() -> None:
    signal = noise(2, N, 0.5, 0)
    made = with_gaps(signal, ((0, 1), (200, 0), (400, 1)), 2_000)
    np.testing.assert_array_equal(made[:, :190], signal[:, :190])
    np.testing.assert_array_equal(made[:, 410:], signal[:, 410:])
    assert not made[:, 210:390].any()
    with pytest.raises(ValueError, match="in order from 0"):
        with_gaps(signal, ((5, 0),), 2_000)
