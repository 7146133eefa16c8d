import inspect
import threading
import time

import numpy as np
import pytest

from app.playback import Player
from app.playback.output import Output, OutputError, Pull
from app.playback.song import TAIL_SECONDS
from engine.api import Mixer
from tests.support.playback import KEY, RATE, SONG, ManualOutput, Rig, refusing


@pytest.fixture
def rig() -> Rig:
    return Rig()


# Transport


def test_playing_to_the_end_stops_there_after_a_tail_of_silence(rig: Rig) -> None:
    rig.player.play()
    heard = rig.output.run(100)
    np.testing.assert_array_equal(heard[:, : 3 * RATE], SONG)
    assert not heard[:, 3 * RATE :].any()
    assert TAIL_SECONDS * RATE <= heard.shape[1] - 3 * RATE <= (TAIL_SECONDS + 0.1) * RATE
    rig.now_seconds += 10
    assert rig.player.position == 3 * RATE
    assert not rig.player.playing
    assert not rig.output.running


def test_playing_at_the_end_starts_over(rig: Rig) -> None:
    rig.player.seek(3 * RATE)
    rig.player.play()
    assert rig.player.playing
    np.testing.assert_array_equal(rig.output.run(), SONG[:, :800])


def test_a_seek_after_the_end_does_not_start_by_itself(rig: Rig) -> None:
    rig.player.play()
    rig.output.run(31)
    rig.now_seconds += 10
    rig.player.seek(1_000)
    assert not rig.player.playing
    assert not rig.output.run().any()
    assert rig.player.position == 1_000


def test_pausing_goes_silent_and_playing_goes_on_where_it_stopped(rig: Rig) -> None:
    rig.player.play()
    rig.output.run(5, delay_seconds=0.2)
    rig.player.pause()
    assert not rig.player.playing
    assert rig.player.position == 4_000  # not where the listener was, but where it will go on
    assert not rig.output.run(2)[:, 40:].any()  # 40 samples are the fade of 5 ms
    assert rig.player.position == 4_000
    rig.player.play()
    assert rig.output.starts == 1  # the device was still running
    np.testing.assert_array_equal(rig.output.run()[:, 40:], SONG[:, 4_040:4_800])


def test_playing_after_the_device_has_stopped_starts_it_again(rig: Rig) -> None:
    rig.player.play()
    rig.output.run(5)
    rig.player.pause()
    rig.output.run(100)
    assert not rig.output.running
    rig.player.play()
    assert rig.output.starts == 2
    np.testing.assert_array_equal(rig.output.run()[:, 40:], SONG[:, 4_040:4_800])


@pytest.mark.parametrize("moment", ["after its first look", "before its second look"])
def test_play_pressed_just_as_the_device_stops_is_not_lost(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    rig.player.play()
    rig.output.run()
    rig.player.pause()
    rig.output.run(3)  # the tail; from here the next pull would stop the device
    playing = Mixer.playing
    looks: list[bool] = []

    def look_and_press(mixer: Mixer) -> bool:
        if moment == "before its second look" and len(looks) == 1:
            rig.player.play()
        looks.append(playing.__get__(mixer))
        if moment == "after its first look" and len(looks) == 1:
            rig.player.play()
        return looks[-1]

    monkeypatch.setattr(Mixer, "playing", property(look_and_press))
    assert rig.output.run().any()
    assert looks == [False, True]
    assert rig.output.running


def test_a_loop_is_repeated_until_it_is_taken_away(rig: Rig) -> None:
    rig.player.set_loop((800, 1_600))
    rig.player.play()
    heard = rig.output.run(5)
    np.testing.assert_array_equal(heard[:, 3_200:3_960], SONG[:, 800:1_560])
    rig.player.set_loop(None)
    rig.output.run(5)
    assert rig.player.playing
    rig.now_seconds += 10
    assert rig.player.position == 1_600 - 40 + 5 * 800 - 760


# The playhead


def test_the_position_is_what_is_heard_not_what_is_rendered(rig: Rig) -> None:
    rig.player.play()
    for _ in range(5):
        rig.output.run(delay_seconds=0.2)
        rig.now_seconds += 0.1
    # Half a second was rendered, and the listener is 0.2 s behind the last block's start.
    assert rig.player.position == pytest.approx(0.3 * RATE, abs=1)  # a clock in floating point
    rig.now_seconds += 0.05
    assert rig.player.position == pytest.approx(0.35 * RATE, abs=1)  # it moves between blocks


def test_a_seek_moves_the_position_at_once_for_good(rig: Rig) -> None:
    rig.player.play()
    rig.output.run(5, delay_seconds=0.2)
    rig.player.seek(12_345)
    assert rig.player.position == 12_345
    rig.now_seconds += 0.2  # blocks from the old place are heard now
    assert rig.player.position == 12_345
    rig.output.run(delay_seconds=0.2)
    rig.now_seconds += 0.25
    assert rig.player.position == pytest.approx(12_345 + 0.05 * RATE, abs=1)


def test_playing_lasts_until_the_end_has_been_heard(rig: Rig) -> None:
    rig.player.play()
    rig.output.run(30, delay_seconds=0.2)
    assert rig.player.playing
    rig.now_seconds += 0.4
    assert not rig.player.playing


# The choice of an output


class Stubborn(ManualOutput):
    """Opens, but does not start."""

    name = "stubborn"

    def start(self) -> None:
        raise OutputError("it is busy")


def test_the_first_output_that_works_is_taken_and_the_reasons_of_others_are_kept() -> None:
    player = Player([refusing("no library"), ManualOutput])
    player.load({KEY: SONG}, RATE)
    assert player.output_name == "manual"
    assert player.note == "Playing through manual, because: no library."
    player.load({KEY: SONG}, RATE)
    assert player.note == "Playing through manual, because: no library."  # once for each song
    player.close()
    assert (player.note, player.output_name) == ("", "")


def test_an_output_that_does_not_start_gives_way_to_the_next() -> None:
    opened: list[ManualOutput] = []

    def stubborn(sample_rate: int, pull: Pull, latency_seconds: float) -> Output:
        opened.append(Stubborn(sample_rate, pull, latency_seconds))
        return opened[0]

    player = Player([stubborn, ManualOutput])
    player.load({KEY: SONG}, RATE)
    assert (player.output_name, player.note) == ("stubborn", "")
    player.play()
    assert player.output_name == "manual"
    assert player.note == "Playing through manual, because: it is busy."
    assert opened[0].closed


def test_without_any_sound_the_playhead_still_moves_and_the_note_says_why() -> None:
    now_seconds = 0.0
    before = set(threading.enumerate())
    player = Player([refusing("no library"), refusing("no device")], lambda: now_seconds)
    player.load({KEY: SONG}, RATE)
    assert player.note == "No sound, because: no library; no device."
    player.play()
    assert set(threading.enumerate()) != before
    player.close()
    assert set(threading.enumerate()) <= before


# Songs


def test_levels_are_those_of_the_mix_since_the_last_call(rig: Rig) -> None:
    rig.player.play()
    rig.output.run()
    assert rig.player.levels().signals[KEY].peak[0] == np.abs(SONG[0, :800]).max()
    assert rig.player.levels().master.peak == (0.0, 0.0)


def test_another_song_gets_its_own_device_and_starts_stopped_at_0(rig: Rig) -> None:
    rig.player.play()
    rig.output.run(3)
    rig.player.load({KEY: SONG[:, :1_000]}, 2 * RATE)
    assert rig.outputs[0].closed
    assert rig.output.sample_rate == 2 * RATE
    assert (rig.player.position, rig.player.playing) == (0, False)


def test_without_a_song_nothing_happens() -> None:
    player = Player([refusing("never asked")])
    player.play()
    player.pause()
    player.seek(5)
    player.set_gains({KEY: (1.0, 1.0)})
    player.set_loop((0, 5))
    assert (player.position, player.playing, player.output_name, player.note, player.underruns) == (0, False, "", "", 0)
    assert player.levels().signals == {}
    player.close()
    player.close()


def test_the_clock_of_the_playhead_has_no_steps_on_windows() -> None:
    # Where Python's `monotonic` moves by 16 ms before version 3.13. Source: Python, time.get_clock_info.
    assert inspect.signature(Player).parameters["clock"].default is time.perf_counter
