from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.ranges import Ranges
from app.viewmodel.signals import DELTA, SOURCE, heard_signals
from app.viewmodel.strips import (
    FADER_MAX_DB,
    MixerState,
    Strip,
    db_to_fader,
    db_to_gain,
    fader_to_db,
    format_db,
    format_pan,
    gains,
    pan_of,
)
from engine.api import RESIDUAL, Levels, Mixer, Separation
from tests.support.fake_engine import FakePlayer
from tests.support.separations import make_separation

STEMS = ("vocals", "bass", "drums", "other")
LANES = (*STEMS, RESIDUAL)


strips = st.builds(
    Strip,
    stem=st.sampled_from(STEMS),
    stage=st.sampled_from((1, 2)),
    gain_db=st.floats(-90, 12),
    muted=st.booleans(),
    soloed=st.booleans(),
)
states = st.lists(strips, min_size=1, max_size=4, unique_by=lambda strip: strip.stem).map(
    lambda found: MixerState(tuple(found), (1, 2))
)


@given(state=states)
def test_a_stem_sounds_in_exactly_its_own_stage_or_not_at_all(state: MixerState) -> None:
    assert set(gains(state)) == {strip.key for strip in state.strips if state.audible(strip)}


@given(state=states)
def test_solo_overrides_mute_and_silences_the_rest(state: MixerState) -> None:
    soloed = {strip.key for strip in state.strips if strip.soloed}
    unmuted = {strip.key for strip in state.strips if not strip.muted}
    assert set(gains(state)) == (soloed or unmuted)


@given(state=states)
def test_what_is_said_to_sound_is_what_sounds(state: MixerState) -> None:
    stages = {stage for _stem, stage in gains(state)}
    text = state.sounding()
    assert ("Nothing" in text) == (not stages)
    for stage in stages:
        assert str(stage) in text
    assert not any(str(stage) in text for stage in {1, 2} - stages)


@given(position=st.floats(0, 1))
def test_fader_travel_and_level_belong_together(position: float) -> None:
    back = db_to_fader(fader_to_db(position))
    # The detent and tenths of a dB: the flattest part has 33 dB on 0.05 of the travel.
    assert back == pytest.approx(position, abs=0.05 if position < 0.05 else 0.013)


@given(first=st.floats(0, 1), second=st.floats(0, 1))
def test_a_higher_fader_is_never_quieter(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert fader_to_db(low) <= fader_to_db(high)


def test_fader_ends_and_detent() -> None:
    assert fader_to_db(0.0) == -math.inf
    assert fader_to_db(1.0) == FADER_MAX_DB
    assert fader_to_db(0.751) == 0.0
    assert db_to_gain(fader_to_db(0.0)) == 0.0
    assert db_to_gain(0.0) == 1.0


def test_at_first_stems_and_residual_sound_in_the_last_stage_and_the_original_is_silent(
    mixer: MixerModel, player: FakePlayer
) -> None:
    assert player.gains == {(stem, 2): (1.0, 1.0) for stem in LANES}
    assert mixer.state.stage == 2
    assert mixer.state.is_flat


def test_the_stage_switch_moves_all_stems_at_once(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.toggle_stage()
    assert set(player.gains) == {(stem, 1) for stem in LANES}
    assert mixer.state.is_flat
    mixer.toggle_stage()
    assert set(player.gains) == {(stem, 2) for stem in LANES}


def test_one_stem_can_sound_in_another_stage(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.toggle_stage("bass")
    assert ("bass", 1) in player.gains
    assert ("vocals", 2) in player.gains
    assert mixer.state.stage is None
    assert mixer.state.sounding() == "Stage 1 and Stage 2"
    assert not mixer.state.is_flat


def test_the_original_has_no_stage_to_switch(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.toggle_solo(SOURCE)
    mixer.set_stage(1)
    assert player.gains == {(SOURCE, 0): (1.0, 1.0)}
    assert mixer.state.sounding() == "The original"


def test_solo_adds_up_and_exclusive_solo_stands_alone(mixer: MixerModel) -> None:
    def soloed() -> set[str]:
        return {strip.stem for strip in mixer.state.strips if strip.soloed}

    mixer.toggle_solo("vocals")
    mixer.toggle_solo("bass")
    assert soloed() == {"vocals", "bass"}
    mixer.toggle_solo("drums", exclusive=True)
    assert soloed() == {"drums"}
    mixer.toggle_solo("drums", exclusive=True)
    assert soloed() == set()


def test_gain_stays_within_the_fader(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.set_gain("vocals", 40.0)
    assert player.gains["vocals", 2][0] == pytest.approx(10 ** (12 / 20))
    mixer.set_gain("vocals", -300.0)
    assert player.gains["vocals", 2] == (0.0, 0.0)
    mixer.focus(1)
    mixer.nudge_focused(1.0)
    assert mixer.state.strips[1].gain_db == -89.0
    mixer.nudge_focused(-1.0)
    assert mixer.state.strips[1].gain_db == -math.inf


@pytest.mark.parametrize("pan", [-1.0, 1.0])
def test_a_pan_ends_where_one_side_is_silent(mixer: MixerModel, player: FakePlayer, pan: float) -> None:
    for wanted in (pan, 7 * pan):
        mixer.set_pan("vocals", wanted)
        assert mixer.state.strips[1].pan == pan
        assert min(player.gains["vocals", 2]) == 0.0 < max(player.gains["vocals", 2])


def test_a_song_split_without_stage_2_has_no_stage_2(player: FakePlayer, separation: Separation) -> None:
    from dataclasses import replace

    first_only = replace(separation, stages=(1,))
    player.load(heard_signals(first_only), 44_100)
    model = MixerModel(player, History())
    model.load(first_only)
    model.set_stage(2)
    model.toggle_delta()
    model.set_take("vocals", "delta")
    assert set(player.gains) == {(stem, 1) for stem in LANES}


def test_lanes_that_are_not_there_are_ignored(mixer: MixerModel) -> None:
    before = mixer.state
    mixer.focus(len(before.strips))
    mixer.toggle_mute_at(len(before.strips))
    mixer.toggle_solo_at(len(before.strips))
    assert mixer.state == before


@pytest.mark.parametrize(
    ("value_db", "text"), [(0.0, "0.0 dB"), (-4.5, "−4.5 dB"), (12.0, "+12.0 dB"), (-math.inf, "−∞ dB")]
)
def test_levels_read_as_people_write_them(value_db: float, text: str) -> None:
    assert format_db(value_db) == text


# Pan


@given(position=st.floats(-1, 1))
def test_balance_only_turns_one_side_down(position: float) -> None:
    pan = pan_of(position)
    state = MixerState((Strip("vocals", 1, pan=pan),), (1, 2))
    left, right = gains(state)["vocals", 1]
    assert max(left, right) == 1.0
    assert min(left, right) == pytest.approx(1 - abs(pan))
    assert (pan > 0) == (left < right)


@pytest.mark.parametrize(("pan", "text"), [(0.0, "C"), (-0.3, "L30"), (1.0, "R100")])
def test_pans_read_as_people_write_them(pan: float, text: str) -> None:
    assert format_pan(pan) == text


# Delta


def test_the_delta_of_all_stems_is_heard_louder_and_without_the_residual(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.toggle_delta()
    assert player.gains == {(stem, DELTA): pytest.approx((db_to_gain(12.0),) * 2) for stem in STEMS}
    assert mixer.state.sounding() == "Delta (stage 2 − stage 1)"
    mixer.set_delta_gain(0.0)
    assert player.gains["vocals", DELTA] == (1.0, 1.0)
    mixer.toggle_delta()
    assert player.gains == {(stem, 2): (1.0, 1.0) for stem in LANES}


def test_after_the_delta_every_stem_sounds_as_before(mixer: MixerModel) -> None:
    mixer.comp("bass", (100, 5000), 1)
    mixer.comp("drums", (100, 5000), 1)
    mixer.set_stage(1, "vocals")
    before = mixer.state.strips
    mixer.toggle_delta()
    assert {strip.take for strip in mixer.state.strips if strip.is_stem} == {"delta"}
    mixer.toggle_delta()
    assert mixer.state.strips == before
    mixer.toggle_delta()
    mixer.clear_ranges("drums", "comp")
    mixer.toggle_delta()
    takes = {strip.stem: strip.take for strip in mixer.state.strips if strip.is_stem}
    assert takes == {"vocals": "stage", "bass": "comp", "drums": "stage", "other": "stage"}


def test_the_delta_is_stage_2_minus_stage_1(separation: Separation) -> None:
    signals = heard_signals(separation)
    expected = separation.stem_signal("bass", 2) - separation.stem_signal("bass", 1)
    np.testing.assert_array_equal(signals["bass", DELTA][:, :], expected)


def test_a_stage_key_ends_the_delta(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.toggle_delta()
    mixer.set_stage(1)
    assert set(player.gains) == {(stem, 1) for stem in LANES}
    mixer.set_take("bass", "delta")
    mixer.toggle_stage("bass")
    assert mixer.state.stage == 1


# The sum beside the original


def test_flat_means_that_the_mix_is_the_song(separation: Separation, mixer: MixerModel) -> None:
    def beside(state: MixerState) -> Levels:
        real = Mixer(heard_signals(separation), separation.sample_rate)
        real.set_gains(gains(state))
        real.render(separation.samples)
        return real.levels()

    assert mixer.state.is_flat
    assert max(beside(mixer.state).beside_source.peak) < 1e-6
    changes = (
        lambda: mixer.set_gain("bass", -3.0),
        lambda: mixer.set_pan("bass", 0.5),
        lambda: mixer.toggle_mute("bass"),
        lambda: mixer.toggle_solo("bass"),
        lambda: mixer.toggle_mute(SOURCE),
        lambda: mixer.toggle_mute(RESIDUAL),
        lambda: mixer.set_stage(1, "bass"),
        mixer.toggle_delta,
    )
    for change in changes:
        mixer.reset()
        change()
        assert not mixer.state.is_flat
        assert max(beside(mixer.state).beside_source.peak) > 1e-4


# Comping

SPANS = st.lists(st.tuples(st.integers(-5, 110), st.integers(-5, 110), st.sampled_from((1, 2))), max_size=6)


@given(spans=SPANS, base=st.sampled_from((1, 2)))
def test_the_last_choice_counts_at_every_sample(spans: list[tuple[int, int, int]], base: int) -> None:
    expected = [base] * 100
    ranges = Ranges()
    for start, stop, stage in spans:
        ranges = ranges.with_range(start, stop, stage, base, 100)
        expected[max(0, start) : max(0, stop)] = [stage] * len(expected[max(0, start) : max(0, stop)])
    stretches = ranges.stretches(100)
    if stretches:
        assert [stage for start, stop, stage in stretches for _sample in range(start, stop)] == expected
        stages = [stage for _start, _stop, stage in stretches]
        assert all(now != after for now, after in itertools.pairwise(stages))
    else:
        assert expected == [base] * 100


def test_a_comp_sounds_in_its_stages_and_can_be_taken_back(
    mixer: MixerModel, player: FakePlayer, separation: Separation, history: History
) -> None:
    half = separation.samples // 2
    mixer.comp("vocals", (0, half), 1)
    strip = mixer.state.strips[1]
    assert strip.take == "comp"
    assert strip.key in player.gains
    sound = player.signals[strip.key][:, :]
    np.testing.assert_array_equal(sound[:, : half - 500], separation.stem_signal("vocals", 1)[:, : half - 500])
    np.testing.assert_array_equal(sound[:, half + 500 :], separation.stem_signal("vocals", 2)[:, half + 500 :])
    assert not mixer.state.is_flat
    history.undo()
    assert set(player.gains) == {(stem, 2) for stem in LANES}
    history.redo()
    assert strip.key in player.gains
    mixer.clear_ranges("vocals", "comp")
    assert mixer.state.is_flat
    mixer.set_take("vocals", "comp")
    assert mixer.state.is_flat


def test_the_original_and_the_residual_have_no_comp(mixer: MixerModel) -> None:
    before = mixer.state
    for stem in (SOURCE, RESIDUAL):
        mixer.comp(stem, (0, 100), 1)
    assert mixer.state == before


# A reference


def test_a_reference_is_heard_when_asked_for_and_goes_away(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.set_take("drums", "reference")
    assert mixer.state.is_flat
    true = np.ones((2, 22_050), np.float32)
    mixer.set_reference("drums", true)
    mixer.set_take("drums", "reference")
    key = mixer.state.strips[3].key
    assert player.signals[key] is true
    assert key in player.gains
    mixer.set_reference("drums", None)
    assert mixer.state.is_flat


# Undo, and songs that come back


def test_every_change_can_be_taken_back_and_made_again(mixer: MixerModel, history: History) -> None:
    states = [mixer.state.strips]
    for change in (
        lambda: mixer.set_gain("bass", -3.0),
        lambda: mixer.set_pan("bass", 0.5),
        lambda: mixer.toggle_mute("drums"),
        lambda: mixer.toggle_solo("bass", exclusive=True),
        lambda: mixer.set_stage(1),
        mixer.toggle_delta,
        mixer.reset,
    ):
        change()
        states.append(mixer.state.strips)
    for expected in reversed(states[:-1]):
        history.undo()
        assert mixer.state.strips == expected
    assert not history.state.can_undo
    for expected in states[1:]:
        history.redo()
        assert mixer.state.strips == expected
    assert not history.state.can_redo


def test_one_travel_of_a_fader_is_one_step(player: FakePlayer, separation: Separation) -> None:
    now = [0.0]
    history = History(lambda: now[0])
    player.load(heard_signals(separation), separation.sample_rate)
    mixer = MixerModel(player, history)
    mixer.load(separation)
    for level in (-1.0, -2.0, -3.0):
        mixer.set_gain("bass", level)
    now[0] = 5.0
    mixer.set_gain("bass", -9.0)
    history.undo()
    assert mixer.state.strips[2].gain_db == -3.0
    history.undo()
    assert mixer.state.strips[2].gain_db == 0.0


def test_a_song_that_comes_back_has_its_mixer_again(
    mixer: MixerModel, player: FakePlayer, separation: Separation, history: History
) -> None:
    mixer.set_gain("bass", -6.0)
    mixer.comp("vocals", (0, 1_000), 1)
    mixer.load(None)
    player.load(heard_signals(separation), separation.sample_rate)  # another life of the player: no comp is known to it
    mixer.load(separation)
    bass, vocals = mixer.state.strips[2], mixer.state.strips[1]
    assert bass.gain_db == -6.0
    assert vocals.take == "comp"
    assert vocals.key in player.signals
    assert not history.state.can_undo


@pytest.mark.parametrize("other", [{"quality": "best"}, {"model_sha256": "1" * 64}, {"samples": 22_000}])
def test_a_comp_of_one_result_is_none_of_another_result_of_the_same_file(
    mixer: MixerModel, player: FakePlayer, separation: Separation, tmp_path: Path, other: dict[str, Any]
) -> None:
    mixer.comp("vocals", (0, 1_000), 1)
    player.load(heard_signals(separation), separation.sample_rate)
    mixer.load(replace(make_separation(tmp_path / "other"), source=separation.source, **other))
    assert mixer.state.strips[1] == Strip("vocals", 2)


def test_a_reference_that_was_heard_is_heard_again_once_it_is_offered(
    mixer: MixerModel, player: FakePlayer, separation: Separation
) -> None:
    true = np.ones((2, 22_050), np.float32)
    mixer.set_reference("drums", true)
    mixer.set_take("drums", "reference")
    for again in (mixer.load, mixer.exchange):
        again(separation)
        assert mixer.state.strips[3].take == "stage"
        mixer.set_reference("drums", true)
        assert mixer.state.strips[3].take == "reference"
        assert mixer.state.strips[3].key in player.gains
    mixer.set_reference("drums", None)
    mixer.set_reference("drums", true)
    assert mixer.state.strips[3].take == "stage"


def test_a_reference_leaves_what_can_be_taken_back(mixer: MixerModel, player: FakePlayer, history: History) -> None:
    mixer.toggle_mute("drums")
    mixer.set_reference("drums", np.ones((2, 22_050), np.float32))
    mixer.set_take("drums", "reference")
    mixer.set_reference("drums", np.zeros((2, 22_050), np.float32))
    sounding = mixer.state.strips[3].key
    history.undo()
    history.undo()
    assert not mixer.state.strips[3].muted
    history.redo()
    history.redo()
    assert mixer.state.strips[3].key == sounding  # the reference of now, not the one of then
    mixer.set_reference("drums", None)
    history.undo()
    history.redo()
    assert mixer.state.strips[3].key == ("drums", 2)
    assert ("drums", 2) not in player.gains  # it is muted
