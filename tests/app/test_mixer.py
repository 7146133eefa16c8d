from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.viewmodel.mixer import (
    FADER_MAX_DB,
    MixerModel,
    MixerState,
    Strip,
    db_to_fader,
    db_to_gain,
    fader_to_db,
    format_db,
    gains,
)
from app.viewmodel.signals import SOURCE
from engine.api import Separation
from tests.support.fake_engine import FakePlayer

STEMS = ("vocals", "bass", "drums", "other")


@pytest.fixture
def mixer(player: FakePlayer, separation: Separation) -> MixerModel:
    keys = [(SOURCE, 0), *((stem, stage) for stem in separation.stems for stage in separation.stages)]
    player.load(dict.fromkeys(keys, np.zeros((2, 1), np.float32)), separation.sample_rate)
    model = MixerModel(player)
    model.load(separation)
    return model


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


def test_at_first_all_stems_sound_in_the_last_stage_and_the_original_is_silent(
    mixer: MixerModel, player: FakePlayer
) -> None:
    assert player.gains == {(stem, 2): (1.0, 1.0) for stem in STEMS}
    assert mixer.state.stage == 2


def test_the_stage_switch_moves_all_stems_at_once(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.toggle_stage()
    assert set(player.gains) == {(stem, 1) for stem in STEMS}
    mixer.toggle_stage()
    assert set(player.gains) == {(stem, 2) for stem in STEMS}


def test_one_stem_can_sound_in_another_stage(mixer: MixerModel, player: FakePlayer) -> None:
    mixer.toggle_stage("bass")
    assert ("bass", 1) in player.gains
    assert ("vocals", 2) in player.gains
    assert mixer.state.stage is None
    assert mixer.state.sounding() == "Stage 1 and 2 mixed"


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


def test_a_song_split_without_stage_2_has_no_stage_2(player: FakePlayer, separation: Separation) -> None:
    from dataclasses import replace

    player.load({(stem, 1): np.zeros((2, 1), np.float32) for stem in STEMS}, 44_100)
    model = MixerModel(player)
    model.load(replace(separation, stages=(1,)))
    model.set_stage(2)
    assert set(player.gains) == {(stem, 1) for stem in STEMS}


def test_lanes_that_are_not_there_are_ignored(mixer: MixerModel) -> None:
    before = mixer.state
    mixer.focus(7)
    mixer.toggle_mute_at(7)
    mixer.toggle_solo_at(7)
    assert mixer.state == before


@pytest.mark.parametrize(
    ("value_db", "text"), [(0.0, "0.0 dB"), (-4.5, "−4.5 dB"), (12.0, "+12.0 dB"), (-math.inf, "−∞ dB")]
)
def test_levels_read_as_people_write_them(value_db: float, text: str) -> None:
    assert format_db(value_db) == text
