from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.playback.pace import PLAIN, Pace
from app.viewmodel.history import History, HistoryState
from app.viewmodel.transport import SHORTEST_LOOP_SECONDS, TransportModel, TransportState
from engine.api import Levels, Separation
from tests.support.fake_engine import FakePlayer
from tests.support.separations import make_separation


@pytest.fixture
def transport(qapp: QApplication, player: FakePlayer, separation: Separation) -> Iterator[TransportModel]:
    del qapp  # a timer needs it
    model = TransportModel(player)
    model.load(separation)
    yield model
    model.close()


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


def test_where_the_user_wants_to_be_is_told(transport: TransportModel, player: FakePlayer) -> None:
    sought: list[int] = []
    transport.sought.connect(sought.append)
    transport.seek(10**9)
    player.position = 123
    transport.toggle()
    transport.tick()
    transport.toggle()
    assert sought == [transport.state.samples, 123]


def test_a_tick_tells_where_it_is_and_how_loud(transport: TransportModel, player: FakePlayer) -> None:
    moved: list[int] = []
    metered: list[Levels] = []
    transport.moved.connect(moved.append)
    transport.metered.connect(metered.append)
    player.position = 123
    transport.tick()
    assert moved == [123]
    assert len(metered) == 1


def test_meters_wait_for_the_next_block_instead_of_falling_to_nothing(
    transport: TransportModel, player: FakePlayer
) -> None:
    metered: list[Levels] = []
    transport.toggle()
    transport.metered.connect(metered.append)
    transport.tick()
    player.rendered = 0
    transport.tick()
    assert [levels.samples for levels in metered] == [1024]
    player.playing = False
    transport.tick()
    assert len(metered) == 2  # the last word, at which meters fall back


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


# The loop


def test_a_loop_is_kept_while_it_is_off(transport: TransportModel, player: FakePlayer) -> None:
    transport.set_loop(9_000, 4_000)
    assert (transport.state.loop, transport.state.looping, player.loop) == ((4_000, 9_000), True, (4_000, 9_000))
    transport.toggle_loop()
    assert (transport.state.loop, transport.state.looping, player.loop) == ((4_000, 9_000), False, None)
    transport.toggle_loop()
    assert (transport.state.looping, player.loop) == (True, (4_000, 9_000))
    transport.clear_loop()
    assert (transport.state.loop, transport.state.looping, player.loop) == (None, False, None)


def test_a_result_that_is_gone_is_not_made_again_by_its_loop(transport: TransportModel, separation: Separation) -> None:
    transport.set_loop(4_000, 9_000)
    shutil.rmtree(separation.folder)
    transport.keep()
    assert not separation.folder.exists()


def test_a_loop_stays_within_the_song_and_is_never_too_short(transport: TransportModel) -> None:
    shortest = round(SHORTEST_LOOP_SECONDS * transport.state.sample_rate)
    samples = transport.state.samples
    for start, stop, expected in (
        (-5, 10**9, (0, samples)),
        (5_000, 5_001, (5_000, 5_000 + shortest)),
        (10**9, 10**9, (samples - shortest, samples)),
    ):
        transport.set_loop(start, stop)
        assert transport.state.loop == expected


def test_in_and_out_are_set_at_the_playhead(transport: TransportModel, player: FakePlayer) -> None:
    samples = transport.state.samples
    for position, act, expected in (
        (6_000, transport.loop_in, (6_000, samples)),
        (12_000, transport.loop_out, (6_000, 12_000)),
        (8_000, transport.loop_in, (8_000, 12_000)),
        (15_000, transport.loop_in, (15_000, samples)),
        (9_000, transport.loop_out, (0, 9_000)),
    ):
        player.position = position
        act()
        assert transport.state.loop == player.loop == expected


def test_the_loop_is_played_from_its_start(transport: TransportModel, player: FakePlayer) -> None:
    transport.set_loop(5_000, 10_000)
    transport.toggle_loop()
    transport.play_loop()
    assert (player.playing, player.position, player.loop) == (True, 5_000, (5_000, 10_000))
    player.position = 7_000
    transport.play_loop()
    assert (player.playing, player.position) == (True, 5_000)


def test_every_start_by_hand_may_be_counted_in_and_that_is_told(transport: TransportModel, player: FakePlayer) -> None:
    transport.set_loop(5_000, 10_000)
    for start in (transport.toggle, transport.play_loop, transport.play_loop):
        player.counted_in = False
        start()
        assert player.counted_in
    player.counting = True
    transport.tick()
    assert transport.state.counting
    player.counting = False
    transport.tick()
    assert not transport.state.counting


def test_without_a_loop_the_whole_song_is_one(transport: TransportModel, player: FakePlayer) -> None:
    transport.toggle_loop()
    assert player.loop == transport.state.loop == (0, transport.state.samples)
    transport.clear_loop()
    player.position = 100
    transport.play_loop()
    assert (player.playing, player.position, player.loop) == (True, 0, (0, transport.state.samples))


def test_loop_pace_and_position_stay_with_their_song(
    transport: TransportModel, player: FakePlayer, separation: Separation, tmp_path: Path
) -> None:
    transport.set_loop(5_000, 10_000)
    transport.set_speed(80)
    transport.toggle()
    transport.toggle()
    assert (transport.state.loop, transport.state.pace) == ((5_000, 10_000), Pace(80))
    player.position = 7_000
    other = make_separation(tmp_path / "other")
    transport.load(replace(other, source=tmp_path / "other.wav"))
    assert (transport.state.loop, transport.state.looping, transport.state.pace) == (None, False, PLAIN)
    assert (player.loop, player.pace, player.position) == (None, PLAIN, 0)
    transport.load(None)
    transport.load(separation)
    assert (transport.state.loop, transport.state.looping, transport.state.pace) == ((5_000, 10_000), True, Pace(80))
    assert (player.loop, player.pace, player.position) == ((5_000, 10_000), Pace(80), 7_000)
    assert (transport.state.position, transport.state.playing) == (7_000, False)
    transport.load(
        replace(other, source=separation.source, samples=other.samples - 1)
    )  # the file is another one by now
    assert (transport.state.loop, player.position) == (None, 0)


def test_a_song_that_cannot_be_loaded_takes_nothing_from_the_one_before(
    transport: TransportModel, separation: Separation, tmp_path: Path
) -> None:
    transport.set_loop(5_000, 10_000)
    other = replace(separation, source=tmp_path / "other.wav", folder=tmp_path / "moved")
    with pytest.raises(FileNotFoundError):
        transport.load(other)
    transport.load(None)
    transport.load(replace(other, folder=make_separation(tmp_path / "other").folder))
    assert transport.state.loop is None


def test_without_a_song_there_is_no_loop_and_no_pace(transport: TransportModel) -> None:
    transport.load(None)
    for act in (transport.toggle_loop, transport.play_loop, transport.loop_in, transport.loop_out):
        act()
    transport.set_loop(0, 100)
    transport.set_speed(50)
    assert transport.state == TransportState()


def test_a_loop_can_be_taken_back_and_made_again(
    qapp: QApplication, player: FakePlayer, separation: Separation
) -> None:
    del qapp
    now_seconds = 100.0
    history = History(lambda: now_seconds)
    transport = TransportModel(player, history)
    transport.load(separation)
    for stop in (6_000, 7_000, 8_000):  # one drag
        now_seconds += 0.5
        transport.set_loop(4_000, stop)
    now_seconds += 2
    transport.toggle_loop()
    assert history.state == HistoryState(can_undo=True, can_redo=False)
    history.undo()
    assert (transport.state.loop, transport.state.looping, player.loop) == ((4_000, 8_000), True, (4_000, 8_000))
    assert history.state == HistoryState(can_undo=True, can_redo=True)
    history.undo()
    assert (transport.state.loop, player.loop) == (None, None)
    assert history.state == HistoryState(can_undo=False, can_redo=True)
    history.redo()
    assert (transport.state.loop, player.loop) == ((4_000, 8_000), (4_000, 8_000))
    history.redo()
    assert history.state == HistoryState(can_undo=True, can_redo=False)


# The pace


def test_speed_and_pitch_are_kept_within_their_limits(transport: TransportModel, player: FakePlayer) -> None:
    transport.set_speed(1_000)
    transport.set_pitch(-100)
    assert player.pace == transport.state.pace == Pace(150, -12)
    transport.set_speed(0)
    transport.set_pitch(100)
    assert player.pace == Pace(50, 12)
    transport.reset_pace()
    assert player.pace == transport.state.pace == PLAIN


def test_a_drop_out_and_another_buffer_are_told(transport: TransportModel, player: FakePlayer) -> None:
    changed: list[TransportState] = []
    transport.changed.connect(changed.append)
    player.underruns, player.latency_seconds = 3, 0.06
    transport.tick()
    assert (changed[0].underruns, changed[0].latency_seconds) == (3, 0.06)
