from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.viewmodel.transport import TransportModel, TransportState
from engine.api import Levels, Separation
from tests.support.fake_engine import FakePlayer


@pytest.fixture
def transport(qapp: QApplication, player: FakePlayer, separation: Separation) -> TransportModel:
    del qapp  # a timer needs it
    model = TransportModel(player)
    model.load(separation)
    return model


def test_a_song_brings_the_original_the_residual_both_stages_of_every_stem_and_their_difference(
    transport: TransportModel, player: FakePlayer, separation: Separation
) -> None:
    assert set(player.signals) == {
        ("source", 0),
        *((stem, 3) for stem in separation.stems),
        *((name, stage) for name in (*separation.stems, "residual") for stage in (1, 2)),
    }
    assert transport.state.samples == separation.samples


def test_play_and_pause_alternate(transport: TransportModel, player: FakePlayer) -> None:
    transport.toggle()
    assert player.playing
    assert transport.state.playing
    transport.toggle()
    assert not player.playing
    assert not transport.state.playing


def test_seeking_stays_within_the_song(transport: TransportModel, player: FakePlayer) -> None:
    transport.seek(-5)
    assert player.position == 0
    transport.seek(10**9)
    assert player.position == transport.state.samples
    transport.seek_by(-0.1)
    assert player.position == transport.state.samples - 4410


def test_a_tick_tells_where_it_is_and_how_loud(transport: TransportModel, player: FakePlayer) -> None:
    moved: list[int] = []
    metered: list[Levels] = []
    transport.moved.connect(moved.append)
    transport.metered.connect(metered.append)
    player.position = 123
    transport.tick()
    assert moved == [123]
    assert len(metered) == 1


def test_a_song_that_ends_by_itself_shows_as_paused(transport: TransportModel, player: FakePlayer) -> None:
    changed: list[TransportState] = []
    transport.toggle()
    transport.changed.connect(changed.append)
    transport.tick()
    assert changed == []  # a moving playhead alone is no change
    player.playing, player.position = False, transport.state.samples
    transport.tick()
    assert [state.playing for state in changed] == [False]
    assert changed[0].position == transport.state.samples


def test_another_output_is_told(transport: TransportModel, player: FakePlayer) -> None:
    changed: list[TransportState] = []
    transport.changed.connect(changed.append)
    player.note = "No sound, because: the cable is out."
    transport.tick()
    assert changed[0].note == player.note


def test_without_a_song_nothing_plays(transport: TransportModel, player: FakePlayer) -> None:
    transport.load(None)
    transport.toggle()
    transport.seek(10)
    assert not player.playing
    assert player.position == 0
    assert player.signals == {}
