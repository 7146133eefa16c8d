from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mix import FADE_SECONDS, RAMP_SECONDS, Gains, Mixer, SignalKey
from engine.separation import SOURCE_KEY, Samples

RATE = 8_000
RAMP = round(RAMP_SECONDS * RATE)
FADE = round(FADE_SECONDS * RATE)
A: SignalKey = ("vocals", 1)
B: SignalKey = ("vocals", 2)
BOTH: Gains = {A: (1.0, 1.0), B: (1.0, 1.0)}
HZ = 50.0


def noise(channels: int = 2, samples: int = 2_000, seed: int = 0) -> Samples:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (channels, samples)).astype(np.float32)


def sine(samples: int = RATE, hz: float = HZ, phase: float = 0.0) -> Samples:
    return np.sin(2 * np.pi * hz * np.arange(samples) / RATE + phase).astype(np.float32)[None]


def counting(samples: int) -> Samples:
    """Sample i is i, so what sounds says where it comes from; exact in float32 below 2**24."""
    return np.arange(samples, dtype=np.float32)[None]


def biggest_step(signal: Samples) -> float:
    return float(np.abs(np.diff(signal)).max())


SINE_STEP = biggest_step(sine())


def mixer_of(signal: Samples, other: Samples | None = None) -> Mixer:
    mixer = Mixer({A: signal, B: signal if other is None else other}, RATE)
    mixer.set_gains({A: (1.0, 1.0)})
    return mixer


# What is mixed


@given(st.lists(st.integers(1, 700), min_size=1, max_size=12))
def test_the_size_of_the_blocks_does_not_change_the_sound(sizes: list[int]) -> None:
    signals = {A: noise(seed=1), B: noise(1, seed=2)}
    gains = {A: (0.5, 0.25), B: (1.0, 2.0)}
    whole, cut = Mixer(signals, RATE), Mixer(signals, RATE)
    for mixer in (whole, cut):
        mixer.set_gains(gains)
        mixer.set_loop((100, 900))
    expected = whole.render(sum(sizes))
    np.testing.assert_array_equal(np.concatenate([cut.render(size) for size in sizes], axis=1), expected)


def test_the_mix_is_the_sum_of_the_signals_times_their_gains_from_the_first_sample() -> None:
    a, b = noise(seed=1), noise(seed=2)
    mixer = mixer_of(a, b)
    mixer.set_gains({A: (0.5, 0.25), B: (1.0, 2.0)})
    expected = a * np.array([[0.5], [0.25]], np.float32) + b * np.array([[1.0], [2.0]], np.float32)
    np.testing.assert_array_equal(mixer.render(a.shape[1]), expected)


def test_mono_goes_to_both_sides() -> None:
    mono = noise(1)
    np.testing.assert_array_equal(mixer_of(mono).render(500), np.repeat(mono[:, :500], 2, axis=0))


def test_a_signal_with_gain_0_is_not_read() -> None:
    poison = np.full((1, 2_000), np.nan, np.float32)
    assert np.isfinite(mixer_of(noise(), poison).render(2_000)).all()


def test_after_the_end_there_is_silence_and_the_position_stays() -> None:
    signal = noise(samples=300)
    mixer = mixer_of(signal)
    out = mixer.render(500)
    np.testing.assert_array_equal(out[:, :300], signal)
    assert not out[:, 300:].any()
    assert mixer.position == 300
    assert not mixer.playing


# Changes of gain


def switch_stage(mixer: Mixer) -> None:
    mixer.set_gains({B: (1.0, 1.0)})


def mute(mixer: Mixer) -> None:
    mixer.set_gains({})


@pytest.mark.parametrize("change", [switch_stage, mute])
def test_a_change_of_gain_makes_no_step_that_its_ramp_does_not_explain(change: Callable[[Mixer], None]) -> None:
    mixer = mixer_of(sine(), -sine())
    before = mixer.render(123)
    change(mixer)
    heard = np.concatenate((before, mixer.render(1_000)), axis=1)
    # A product changes by at most: one factor's step times the other's size. Two signals take part in a switch.
    explained = SINE_STEP + 2 / RAMP
    assert biggest_step(heard) <= explained
    assert explained < 0.1  # a hard switch would step by up to 2


def test_a_stage_switch_is_sample_locked_and_done_after_10_ms() -> None:
    stage1, stage2 = noise(seed=1), noise(seed=2)
    mixer = mixer_of(stage1, stage2)
    mixer.render(200)
    switch_stage(mixer)
    out = mixer.render(RAMP + 300)
    share = np.arange(1, RAMP + 1) / RAMP
    ramp = slice(200, 200 + RAMP)
    expected = stage1[:, ramp] * (1 - share) + stage2[:, ramp] * share
    np.testing.assert_allclose(out[:, :RAMP], expected, atol=1e-6)  # float32 rounding of values below 1
    np.testing.assert_array_equal(out[:, RAMP:], stage2[:, 200 + RAMP : 500 + RAMP])


def test_a_change_in_the_middle_of_a_ramp_goes_on_from_there() -> None:
    ones = np.ones((1, 2_000), np.float32)
    mixer = mixer_of(ones)
    mixer.render(100)
    mute(mixer)
    falling = mixer.render(RAMP // 2)
    mixer.set_gains({A: (1.0, 1.0)})
    rising = mixer.render(RAMP)
    assert falling[0, -1] == pytest.approx(0.5)
    # The way back is half as far and takes as long; 1e-6 for float32 rounding.
    np.testing.assert_allclose(np.diff(np.concatenate((falling[0, -1:], rising[0]))), 0.5 / RAMP, atol=1e-6)


# Moving


def test_a_seek_lands_on_its_sample_and_makes_no_step_that_its_fade_does_not_explain() -> None:
    signal = sine()
    mixer = mixer_of(signal)
    before = mixer.render(400)
    target = 1_080  # half a period off: as far from the old sound as can be
    mixer.seek(target)
    assert mixer.position == target
    after = mixer.render(500)
    assert mixer.position == target + 500
    np.testing.assert_array_equal(after[0, FADE:], signal[0, target + FADE : target + 500])
    assert biggest_step(np.concatenate((before, after), axis=1)) <= SINE_STEP + 2 / FADE


def test_seeks_within_one_fade_still_end_at_the_last_place_without_a_click() -> None:
    mixer = mixer_of(sine())
    heard = [mixer.render(400)]
    for target in (1_080, 3_000, 2_120):
        mixer.seek(target)
        assert mixer.position == target
        heard.append(mixer.render(3))
    heard.append(mixer.render(1_000))
    assert biggest_step(np.concatenate(heard, axis=1)) <= SINE_STEP + 2 / FADE
    # The last wish waited for the first fade, whose rest is shorter than a fade.
    assert 2_120 + 1_000 + 3 - FADE <= mixer.position <= 2_120 + 1_000 + 3


def test_a_seek_is_limited_to_the_song() -> None:
    mixer = mixer_of(noise(samples=300))
    mixer.seek(-5)
    assert mixer.position == 0
    mixer.seek(1_000)
    assert mixer.position == 300


def test_a_loop_repeats_without_a_gap_and_sample_exact_up_to_its_fade() -> None:
    start, stop = 1_000, 3_000
    mixer = mixer_of(counting(RATE))
    mixer.set_loop((start, stop))
    out = mixer.render(stop + 3 * (stop - start))[0]
    np.testing.assert_array_equal(out[: stop - FADE], np.arange(stop - FADE))
    for turn in range(3):
        first = stop + turn * (stop - start)
        np.testing.assert_array_equal(out[first : first + 2_000 - FADE], np.arange(start, stop - FADE))


def test_a_loop_from_the_very_start_of_the_song_blends_into_the_silence_before_it() -> None:
    mixer = mixer_of(np.ones((1, RATE), np.float32))
    mixer.set_loop((0, 1_000))
    out = mixer.render(2_000 - FADE)[0]
    np.testing.assert_allclose(np.diff(out[999 - FADE : 1_000]), -1 / (FADE + 1), atol=1e-6)  # float32 rounding
    assert (out[1_000:] == 1.0).all()


def test_a_loop_of_whole_periods_of_a_sine_is_that_sine() -> None:
    signal = sine()
    mixer = mixer_of(signal)
    mixer.set_loop((800, 800 + 5 * round(RATE / HZ)))
    # The sine's own rounding, and twice that where two of its periods are blended.
    np.testing.assert_allclose(mixer.render(RATE)[0], signal[0], atol=1e-5)


def test_a_loop_between_opposite_phases_makes_no_step_that_its_fade_does_not_explain() -> None:
    mixer = mixer_of(sine())
    mixer.set_loop((840, 840 + 1_080))
    assert biggest_step(mixer.render(RATE)) <= SINE_STEP + 2 / FADE


def test_a_seek_into_the_last_moments_of_a_loop_stays_in_the_loop() -> None:
    mixer = mixer_of(sine())
    mixer.set_loop((1_000, 3_000))
    heard = [mixer.render(1_500)]
    mixer.seek(2_999)
    heard.append(mixer.render(500))
    assert mixer.position == 999 + 500
    assert biggest_step(np.concatenate(heard, axis=1)) <= SINE_STEP + 2 / FADE


@pytest.mark.parametrize("length", [2, 3, FADE, 2 * FADE - 1])
def test_a_loop_shorter_than_its_fades_still_repeats(length: int) -> None:
    mixer = mixer_of(counting(RATE))
    mixer.set_loop((1_000, 1_000 + length))
    mixer.render(5_000)
    assert 1_000 - FADE <= mixer.position < 1_000 + length


def test_a_position_after_the_loop_plays_on_to_the_end() -> None:
    mixer = mixer_of(counting(RATE))
    mixer.set_loop((1_000, 2_000))
    mixer.seek(2_000)
    mixer.render(RATE)
    assert mixer.position == RATE


def test_stopping_and_starting_lose_no_sample_and_make_no_click() -> None:
    signal = sine()
    mixer = mixer_of(signal)
    heard = [mixer.render(440)]
    mixer.set_playing(False)
    heard.append(mixer.render(500))
    assert mixer.position == 440
    assert not heard[1][:, FADE:].any()
    mixer.set_playing(True)
    heard.append(mixer.render(500))
    np.testing.assert_array_equal(heard[2][0, FADE:], signal[0, 440 + FADE : 940])
    assert biggest_step(np.concatenate(heard, axis=1)) <= SINE_STEP + 1 / FADE


def test_a_seek_while_stopped_brings_nothing_of_the_old_place_back() -> None:
    mixer = mixer_of(np.where(np.arange(RATE) < 2_000, 1.0, 0.0).astype(np.float32)[None])
    mixer.render(500)
    mixer.set_playing(False)
    mixer.render(500)
    mixer.seek(3_000)
    mixer.set_playing(True)
    assert not mixer.render(500).any()


def test_stopping_and_seeking_at_once_never_sounds_the_new_place() -> None:
    mixer = mixer_of(np.where(np.arange(RATE) < 2_000, 0.0, 1.0).astype(np.float32)[None])
    mixer.render(500)
    mixer.seek(3_000)
    mixer.set_playing(False)
    assert not mixer.render(500).any()
    assert mixer.position == 3_000


@dataclass
class Expected:
    """Where playback must be, by plain arithmetic."""

    position: int = 0
    loop: tuple[int, int] | None = None

    def play(self, count: int, samples: int) -> None:
        start, stop = self.loop or (0, 0)
        inside = self.position < stop
        self.position += count
        while inside and self.position >= stop - FADE:  # the last samples of a loop already lead into its start
            self.position -= stop - start
        self.position = min(self.position, samples)


def test_an_hour_of_random_actions_drifts_by_no_sample() -> None:
    samples = 60 * RATE
    signal = counting(samples)
    mixer = Mixer({A: signal, B: signal}, RATE)
    rng = np.random.default_rng(7)
    expected = Expected()
    played = turn = 0
    while played < 3_600 * RATE:
        turn += 1
        action = int(rng.integers(4))
        if action == 0 or expected.position >= samples:
            expected.position = int(rng.integers(samples))
            mixer.seek(expected.position)
        elif action == 1:
            start = int(rng.integers(samples - RATE))
            expected.loop = None if turn % 3 else (start, start + int(rng.integers(4 * FADE, RATE)))
            mixer.set_loop(expected.loop)
        mixer.set_gains({A: (1.0, 0.0), B: (0.0, 1.0)} if action != 2 else {A: (0.0, 1.0), B: (1.0, 0.0)})
        count = int(rng.integers(4 * FADE, 2 * RATE))
        out = mixer.render(count)
        expected.play(count, samples)
        played += count
        assert mixer.position == max(0, expected.position)
        inside_loop = expected.loop and expected.position - expected.loop[0] < FADE
        if count > 2 * RAMP and expected.position < samples and not inside_loop:
            assert out[0, -1] == out[1, -1] == expected.position - 1
    assert turn > 1_000


# Levels


def test_levels_are_the_peak_and_rms_of_a_sine_after_its_gain() -> None:
    mixer = mixer_of(sine())
    mixer.set_gains({A: (1.0, 0.5)})
    for _ in range(4):
        mixer.render(RATE // 4)
    level = mixer.levels().signals[A]
    assert level.peak == pytest.approx((1.0, 0.5), abs=1e-3)  # the highest sample may miss the crest a little
    assert level.rms == pytest.approx((2**-0.5, 2**-1.5), abs=1e-4)  # exact over whole periods


def test_the_master_level_is_that_of_the_sum() -> None:
    mixer = mixer_of(sine(), -0.75 * sine())
    mixer.set_gains(BOTH)
    mixer.render(RATE)
    levels = mixer.levels()
    assert levels.signals[B].peak == pytest.approx((0.75, 0.75), abs=1e-3)
    assert levels.master.peak == pytest.approx((0.25, 0.25), abs=1e-3)


def test_levels_start_anew_with_every_reading_and_a_muted_signal_has_none() -> None:
    mixer = mixer_of(sine())
    mixer.render(RATE // 2)
    mixer.render(100)
    levels = mixer.levels()
    assert (levels.signals[B].peak, levels.samples) == ((0.0, 0.0), RATE // 2 + 100)
    again = mixer.levels()
    assert (again.master.peak, again.samples) == ((0.0, 0.0), 0)


# Wrong arguments


@pytest.mark.parametrize("loop", [(-1, 10), (10, 10), (10, 11), (20, 10), (0, RATE + 1)])
def test_a_loop_outside_the_song_or_without_length_is_refused(loop: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no loop"):
        mixer_of(sine()).set_loop(loop)


def test_a_gain_for_an_unknown_signal_is_refused() -> None:
    with pytest.raises(ValueError, match="no such signals"):
        mixer_of(sine()).set_gains({("bass", 1): (1.0, 1.0)})


@pytest.mark.parametrize("signals", [{}, {A: noise(samples=10), B: noise(samples=11)}, {A: noise(0)}])
def test_signals_must_be_of_one_length_and_have_channels(signals: dict[SignalKey, Samples]) -> None:
    with pytest.raises(ValueError, match=r"no signals|no room"):
        Mixer(signals, RATE)


# Signals that come later, and the difference to the source


def test_a_signal_that_comes_later_fades_in_beside_what_plays() -> None:
    mixer = mixer_of(sine())
    mixer.render(1_000)
    mixer.add_signals({("late", 0): -sine()})
    np.testing.assert_array_equal(mixer.render(100)[0], sine()[0, 1_000:1_100])
    mixer.set_gains({A: (1.0, 1.0), ("late", 0): (1.0, 1.0)})
    sound = mixer.render(1_000)
    assert biggest_step(sound) <= SINE_STEP + 1 / RAMP
    assert not sound[:, RAMP:].any()
    assert set(mixer.levels().signals) == {A, B, ("late", 0)}


@pytest.mark.parametrize("late", [{A: noise(0)}, {("late", 0): noise(samples=1_999)}])
def test_a_late_signal_must_fit(late: dict[SignalKey, Samples]) -> None:
    mixer = mixer_of(noise())
    with pytest.raises(ValueError, match="no room"):
        mixer.add_signals(late)
    np.testing.assert_array_equal(mixer.render(50), noise()[:, :50])


def test_the_difference_to_the_source_is_measured_whether_or_not_the_source_sounds() -> None:
    source, part = noise(seed=1), noise(seed=2)
    mixer = Mixer({SOURCE_KEY: source, A: part, B: source - part}, RATE)
    mixer.set_gains(BOTH)
    mixer.render(500)
    mixer.seek(900)  # in the cross-fade too
    mixer.render(500)
    assert max(mixer.levels().beside_source.peak) < 1e-6
    mixer.set_gains({A: (1.0, 1.0)})
    mixer.render(RAMP)
    mixer.levels()
    at = mixer.position
    mixer.render(100)
    assert mixer.levels().beside_source.peak[0] == pytest.approx(np.abs(source - part)[0, at : at + 100].max(), 1e-5)
