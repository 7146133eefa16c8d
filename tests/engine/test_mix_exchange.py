"""Other signals in place of all, while they sound: the sides of a comparison are exchanged this way."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mix import RAMP_SECONDS, Gains, Mixer
from engine.separation import SOURCE_KEY, Samples, SignalKey
from engine.signals import AudioSignal

RATE = 8_000
RAMP = round(RAMP_SECONDS * RATE)
LENGTH = 6_000
VOCALS, BASS = ("vocals", 1), ("bass", 1)
UNITY = (1.0, 1.0)

Bank = Mapping[SignalKey, AudioSignal]

gains_of_both = st.fixed_dictionaries(
    {VOCALS: st.tuples(st.floats(0, 2), st.floats(0, 2))}, optional={BASS: st.just(UNITY)}
)


def noise(seed: int, samples: int = LENGTH) -> Samples:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (2, samples)).astype(np.float32)


def bank(seed: int) -> Bank:
    return {VOCALS: noise(seed), BASS: noise(seed + 1)}


def mixer_of(signals: Bank, gains: Gains, position: int = 0, loop: tuple[int, int] | None = None) -> Mixer:
    made = Mixer(signals, RATE)
    made.set_gains(gains)
    made.set_loop(loop)
    made.seek(position)
    return made


def exchange(mixer: Mixer, signals: Bank, gains: Gains) -> None:
    mixer.set_signals(signals)
    mixer.set_gains(gains)


def biggest_step(sound: Samples) -> float:
    return float(np.abs(np.diff(sound)).max())


@given(
    before=gains_of_both,
    after=gains_of_both,
    blocks=st.lists(st.integers(1, 700), min_size=1, max_size=6),
    loop=st.sampled_from([None, (500, 1_900)]),
)
def test_outside_the_fade_one_hears_what_fresh_mixers_of_either_play_at_the_same_samples(
    before: Gains, after: Gains, blocks: list[int], loop: tuple[int, int] | None
) -> None:
    mixer = mixer_of(bank(1), before, 100, loop)
    old, new = mixer_of(bank(1), before, 100, loop), mixer_of(bank(5), after, 100, loop)
    heard = np.concatenate([mixer.render(size) for size in blocks], axis=1)
    np.testing.assert_array_equal(heard, old.render(sum(blocks)))
    new.render(sum(blocks))
    exchange(mixer, bank(5), after)
    assert mixer.position == new.position
    heard = np.concatenate([mixer.render(size) for size in (*blocks, 400)], axis=1)
    fading, expected = old.render(RAMP), new.render(heard.shape[1])
    np.testing.assert_array_equal(heard[:, RAMP:], expected[:, RAMP:])
    share = np.arange(1, RAMP + 1, dtype=np.float32) / RAMP
    blend = fading + (expected[:, :RAMP] - fading) * share
    short = min(RAMP, heard.shape[1])
    np.testing.assert_allclose(heard[:, :short], blend[:, :short], atol=1e-5)  # float32 rounding of sums below 4


@given(size=st.integers(1, 500), start=st.integers(0, 2_000))
def test_an_exchange_sounds_sample_by_sample_like_switching_between_two_sides(size: int, start: int) -> None:
    a, b = noise(1), noise(2)
    switched = mixer_of({("vocals", 1): a, ("vocals", 2): b}, {("vocals", 1): UNITY}, start)
    exchanged = mixer_of({VOCALS: a}, {VOCALS: UNITY}, start)
    np.testing.assert_array_equal(exchanged.render(300), switched.render(300))
    switched.set_gains({("vocals", 2): UNITY})
    exchange(exchanged, {VOCALS: b}, {VOCALS: UNITY})
    for _ in range(3):
        np.testing.assert_array_equal(exchanged.render(size), switched.render(size))


def test_an_exchange_for_the_same_samples_is_not_heard() -> None:
    mixer, plain = (mixer_of(bank(1), {VOCALS: UNITY, BASS: (0.5, 1.5)}) for _ in range(2))
    for size in (100, 3, 1, RAMP // 2, RAMP, 700):
        exchange(mixer, bank(1), {VOCALS: UNITY, BASS: (0.5, 1.5)})
        # The shares of old and new are rounded before they are added.
        np.testing.assert_allclose(mixer.render(size), plain.render(size), atol=1e-6)


def test_exchanges_within_one_fade_make_no_step_that_a_switch_would_not_make() -> None:
    sine = np.sin(2 * np.pi * 50 * np.arange(LENGTH) / RATE).astype(np.float32)[None]
    sides = (sine, -sine)
    mixer = mixer_of({VOCALS: sine}, {VOCALS: UNITY})
    heard = [mixer.render(123)]
    for turn in range(1, 40):
        exchange(mixer, {VOCALS: sides[turn % 2]}, {VOCALS: UNITY})
        heard.append(mixer.render(1 + turn * 7 % 50))
    # The sine's own step times a gain of at most 1, and its size times the step of two gains.
    assert biggest_step(np.concatenate(heard, axis=1)) <= biggest_step(sine) + 2 / RAMP


def test_what_sounds_goes_on_until_gains_are_given() -> None:
    mixer, plain = (mixer_of(bank(1), {VOCALS: UNITY}) for _ in range(2))
    mixer.render(100)
    plain.render(100)
    mixer.set_signals({VOCALS: noise(7)})
    np.testing.assert_array_equal(mixer.render(200), plain.render(200))
    mixer.set_gains({})
    assert not mixer.render(RAMP + 100)[:, RAMP:].any()


def test_a_paused_song_starts_with_the_new_signals_and_without_a_rest_of_the_old() -> None:
    ones, twos = np.ones((1, LENGTH), np.float32), np.full((1, LENGTH), 2, np.float32)
    mixer = mixer_of({VOCALS: ones}, {VOCALS: UNITY})
    mixer.render(500)
    mixer.set_playing(False)
    mixer.render(500)
    exchange(mixer, {VOCALS: twos}, {VOCALS: UNITY})
    mixer.set_playing(True)
    fade = mixer.render(500)[0]
    assert (np.diff(fade) >= 0).all()  # from silence to twos: nothing but the fade-in
    assert fade[-1] == 2


class Mapped:
    """A signal whose end can be watched."""

    shape = (2, LENGTH)

    def __getitem__(self, part: tuple[slice, slice]) -> Samples:
        return np.ones(self.shape, np.float32)[part]


@pytest.mark.parametrize("stands", ["plays", "has not begun", "paused", "at the end"])
def test_signals_that_faded_out_are_let_go(stands: str) -> None:
    living: list[weakref.ref[Mapped]] = []

    def signals() -> Bank:
        made = {VOCALS: Mapped(), SOURCE_KEY: Mapped()}
        living.extend(weakref.ref(signal) for signal in made.values())
        return made

    mixer = mixer_of(signals(), {VOCALS: UNITY})
    if stands != "has not begun":
        mixer.render(100)
    if stands == "paused":
        mixer.set_playing(False)
        mixer.render(500)
    if stands == "at the end":
        mixer.render(LENGTH)
    for _ in range(4):
        exchange(mixer, signals(), {VOCALS: UNITY})
        if stands == "plays":
            mixer.render(RAMP)
            mixer.render(1)
            mixer.levels()  # whoever reads levels lets go of them, so that the rendering thread need not
        gc.collect()
        assert [each() is not None for each in living] == [False] * (len(living) - 2) + [True] * 2


def test_the_rendering_thread_ends_no_signal_but_whoever_reads_levels_does() -> None:
    signal = Mapped()
    mixer, old = mixer_of({VOCALS: signal}, {VOCALS: UNITY}), weakref.ref(signal)
    del signal
    mixer.render(100)
    exchange(mixer, {VOCALS: Mapped()}, {VOCALS: UNITY})
    for _ in range(3):
        mixer.render(RAMP)
    assert old() is not None
    mixer.levels()
    assert old() is None


def test_gains_that_are_given_again_do_not_lengthen_the_fade() -> None:
    again, once = (mixer_of(bank(1), {VOCALS: UNITY}) for _ in range(2))
    for mixer in (again, once):
        mixer.render(100)
        exchange(mixer, bank(5), {VOCALS: UNITY})
    for _ in range(4):
        again.set_gains({VOCALS: UNITY})
        np.testing.assert_array_equal(again.render(RAMP // 3), once.render(RAMP // 3))


def test_levels_are_of_the_signals_there_are_and_of_both_in_a_fade() -> None:
    loud, soft = np.full((2, LENGTH), 0.8, np.float32), np.full((2, LENGTH), 0.1, np.float32)
    mixer = mixer_of({SOURCE_KEY: loud, VOCALS: loud, BASS: soft}, {VOCALS: UNITY, BASS: UNITY})
    mixer.render(100)
    exchange(mixer, {SOURCE_KEY: soft, VOCALS: soft}, {VOCALS: UNITY})
    mixer.render(RAMP)
    levels = mixer.levels()
    assert set(levels.signals) == {SOURCE_KEY, VOCALS}
    assert levels.signals[VOCALS].peak == pytest.approx((0.8, 0.8))
    assert levels.samples == 100 + RAMP
    mixer.render(100)
    after = mixer.levels()
    assert after.signals[VOCALS].peak == pytest.approx((0.1, 0.1))
    assert after.beside_source.peak == (0.0, 0.0)


def test_a_key_is_free_again_after_an_exchange() -> None:
    mixer = mixer_of(bank(1), {VOCALS: UNITY, BASS: UNITY})
    mixer.render(100)
    exchange(mixer, {VOCALS: noise(1)}, {VOCALS: UNITY})
    late = noise(9)
    mixer.add_signals({BASS: late})
    mixer.set_gains({BASS: UNITY})
    np.testing.assert_array_equal(mixer.render(RAMP + 100)[:, RAMP:], late[:, 100 + RAMP : 200 + RAMP])


def test_a_signal_in_place_of_another_of_its_key_is_faded_to_with_the_next_gains_and_the_old_one_let_go_of() -> None:
    first, second = (np.full((2, LENGTH), level, np.float32) for level in (0.8, -0.8))
    gone = weakref.ref(first)
    mixer = mixer_of({VOCALS: first}, {VOCALS: UNITY}, 100)
    mixer.render(RAMP)
    del first
    mixer.add_signals({VOCALS: second})
    assert (mixer.render(100) == np.float32(0.8)).all()
    mixer.set_gains({VOCALS: UNITY})
    sound = mixer.render(RAMP + 100)
    assert biggest_step(sound) <= 1.61 / RAMP
    np.testing.assert_array_equal(sound[:, RAMP:], second[:, :100])
    mixer.levels()
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("signals", [{}, {VOCALS: noise(0, LENGTH - 1)}, {VOCALS: noise(0)[:0]}])
def test_signals_of_another_length_or_none_are_refused_and_change_nothing(signals: Bank) -> None:
    mixer, plain = (mixer_of(bank(1), {VOCALS: UNITY}) for _ in range(2))
    with pytest.raises(ValueError, match=r"no signals|no room"):
        mixer.set_signals(signals)
    mixer.set_gains({VOCALS: UNITY})
    np.testing.assert_array_equal(mixer.render(200), plain.render(200))
