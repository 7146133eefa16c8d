"""Clicks in what the device gets: at their samples at every pace, in loops, and before the song."""

from __future__ import annotations

import numpy as np
import pytest

from app.playback.click import Click, Clicker, click_sound
from app.playback.pace import Pace
from app.playback.playhead import Playhead
from app.playback.stream import Stream
from engine.api import Mixer, Samples, Ticks
from tests.support.playback import KEY, RATE, SONG, Rig

PLACES = np.array([400, 3_000, 7_777, 12_345, 20_000])
STUDIO_RATE = 44_100


def clicks_alone(places: list[int], count: int, rate: int = RATE, gain: float = 1.0, first: int = 0) -> Samples:
    """What clicks at these samples sound like; every fourth is a first beat."""
    expected = np.zeros((2, count + rate), np.float32)
    for index, place in enumerate(places):
        sound = click_sound(rate, first=(index - first) % 4 == 0)
        expected[:, place : place + len(sound)] += sound * np.float32(gain)
    return expected[:, :count]


def stream_of(song: Samples, ticks: Ticks, rate: int = RATE) -> tuple[Mixer, Stream]:
    mixer = Mixer({KEY: song}, rate)
    mixer.set_gains({KEY: (1.0, 1.0)})
    mixer.wanted_ticks = ticks
    return mixer, Stream(mixer, Playhead(rate), rate)


def take(stream: Stream, sizes: list[int]) -> Samples:
    return np.concatenate([stream.take(size, 0.0) for size in sizes], axis=1)


@pytest.mark.parametrize("block", [37, 512, 4_000])
def test_a_click_is_added_to_the_sample_it_belongs_to(block: int) -> None:
    count = 22_000
    sizes = [block] * (count // block)
    heard = take(stream_of(SONG, Ticks(PLACES))[1], sizes)
    expected = SONG[:, : sum(sizes)] + clicks_alone(PLACES.tolist(), sum(sizes))
    np.testing.assert_allclose(heard, expected, atol=1e-6)  # float32, added in another order


@pytest.mark.parametrize("pace", [Pace(50), Pace(75), Pace(133), Pace(150), Pace(100, 5), Pace(80, -7)])
def test_at_every_pace_a_click_comes_when_its_sample_is_heard_and_sounds_the_same(pace: Pace) -> None:
    places = np.array([0, 1, 5_000, 12_345, 33_333, 60_001])
    _mixer, stream = stream_of(np.zeros((2, 90_000), np.float32), Ticks(places), STUDIO_RATE)
    stream.wanted = pace
    heard = take(stream, [500] * 100)
    # The first sample at which the song has come so far.
    expected = [-(-place * 100 // pace.speed_percent) for place in places.tolist()]
    expected = [place for place in expected if place < 50_000]
    assert len(expected) >= 4
    np.testing.assert_allclose(heard, clicks_alone(expected, 50_000, STUDIO_RATE), atol=1e-6)


def test_no_click_is_lost_or_doubled_where_the_pace_changes() -> None:
    places = np.arange(100, 80_000, 700)
    _mixer, stream = stream_of(np.zeros((2, 90_000), np.float32), Ticks(places, per_bar=1))
    stream.clicker = Counter(RATE)
    for percent in (100, 50, 117, 83, 100, 150, 61, 100):
        stream.wanted = Pace(percent)
        take(stream, [331] * 20)
    take(stream, [1_000] * 90)  # to the end, as it is
    assert stream.clicker.count == len(places)


class Counter(Clicker):
    count = 0

    def add(self, sound: Samples, ticks: list[tuple[int, bool]]) -> Samples:  # type: ignore[override]
        self.count += len(ticks)
        return super().add(sound, ticks)


def test_in_a_loop_clicks_come_with_every_round() -> None:
    mixer, stream = stream_of(np.zeros((2, 24_000), np.float32), Ticks(np.array([100, 1_100]), per_bar=1))
    mixer.set_loop((0, 2_000))
    heard = take(stream, [700] * 20)
    places = [place for start in range(0, 14_000, 2_000) for place in (start + 100, start + 1_100)]
    expected = np.zeros_like(heard)
    for place in places:
        sound = click_sound(RATE, first=False)[: heard.shape[1] - place]
        expected[:, place : place + len(sound)] += sound
    np.testing.assert_allclose(heard, expected, atol=1e-6)


def test_a_first_beat_sounds_higher_and_a_click_stays_below_full_scale() -> None:
    def pitch(sound: Samples) -> int:
        return int(np.abs(np.fft.rfft(sound, STUDIO_RATE)).argmax())

    first, other = (click_sound(STUDIO_RATE, first=each) for each in (True, False))
    assert pitch(first) > 1.4 * pitch(other)
    assert 0.5 < np.abs(first).max() < 1.0
    assert first[0] == 0.0


def test_without_clicks_the_stream_is_the_mix_bit_for_bit() -> None:
    _mixer, stream = stream_of(SONG, Ticks(np.zeros(0, np.int64)))
    np.testing.assert_array_equal(take(stream, [700] * 20), SONG[:, :14_000])


# The player


def test_the_player_clicks_only_when_told_and_as_loud_as_told() -> None:
    rig = Rig()
    ticks = Ticks(PLACES)
    rig.player.set_click(Click(ticks))
    rig.player.play()
    np.testing.assert_array_equal(rig.hear(0.5), SONG[:, :4_000])
    rig.player.seek(0)
    rig.player.set_click(Click(ticks, on=True, gain=0.25))
    heard = rig.hear(0.5)[:, 100:]  # a seek fades
    expected = SONG[:, 100:4_000] + clicks_alone([400, 3_000], 4_000, gain=0.25)[:, 100:]
    np.testing.assert_allclose(heard, expected, atol=1e-6)


@pytest.mark.parametrize("percent", [100, 50])
def test_it_counts_in_at_the_speed_of_the_song_and_then_begins(percent: int) -> None:
    rig = Rig()
    rig.player.set_pace(Pace(percent))
    rig.player.seek(2_400)
    beats = Ticks(np.arange(400, 24_000, 1_000))  # the next one is 1 000 samples later
    rig.player.set_click(Click(beats, count_in_bars=1))
    rig.player.play(count_in=True)
    assert not rig.player.counting  # nothing has been rendered yet
    heard = rig.hear(0.2)
    assert (rig.player.counting, rig.player.playing, rig.player.position) == (True, True, 2_400)
    stretched = 100 // percent
    heard = np.concatenate([heard, rig.hear(0.5 * stretched + 0.2)], axis=1)
    counted = 4_000 * stretched
    expected = clicks_alone([index * 1_000 * stretched for index in range(4)], counted, first=2)
    # A vocoder hears what comes a little before it is there.
    quiet = counted - (0 if percent == 100 else 800)
    np.testing.assert_allclose(heard[:, :quiet], expected[:, :quiet], atol=1e-6)
    assert np.abs(heard[:, counted + 100 :]).max() > 0.1
    assert not rig.player.counting


def test_a_loop_that_is_played_from_its_start_is_counted_in_while_it_plays_and_then_not_again() -> None:
    rig = Rig()
    rig.player.set_click(Click(Ticks(np.arange(0, 24_000, 500)), count_in_bars=1))
    rig.player.set_loop((1_000, 2_000))
    rig.player.play()
    rig.hear(0.5)
    rig.player.seek(1_000)
    rig.player.play(count_in=True)
    heard = rig.hear(1.0)
    assert np.abs(heard[:, :40]).max() > 0.1  # fades out
    lead = heard[:, 40 : 40 + 2_000]
    np.testing.assert_allclose(lead, clicks_alone([0, 500, 1_000, 1_500], 2_000, first=2), atol=1e-6)
    rounds = heard[:, 2_040:]
    np.testing.assert_array_equal(rounds[:, 100:900], SONG[:, 1_100:1_900])
    np.testing.assert_array_equal(rounds[:, 1_100:1_900], SONG[:, 1_100:1_900])


def test_a_seek_while_it_counts_counts_in_to_the_new_place() -> None:
    rig = Rig()
    rig.player.set_click(Click(Ticks(np.arange(0, 24_000, 500)), count_in_bars=1))
    rig.player.play(count_in=True)
    rig.hear(0.1)
    rig.player.seek(5_200)
    heard = rig.hear(0.5)
    expected = clicks_alone([0, 500, 1_000, 1_500], 1_700, first=1)
    np.testing.assert_allclose(heard[:, 30:1_700], expected[:, 30:], atol=1e-6)  # before, the last count still rings
    np.testing.assert_array_equal(heard[:, 1_830:2_300], SONG[:, 5_330:5_800])


@pytest.mark.parametrize(
    "click", [Click(count_in_bars=1), Click(Ticks(PLACES[:1]), count_in_bars=1), Click(Ticks(PLACES))]
)
def test_it_plays_at_once_where_there_is_nothing_to_count_in(click: Click) -> None:
    rig = Rig()
    rig.player.set_click(click)
    rig.player.play(count_in=True)
    np.testing.assert_array_equal(rig.hear(0.5), SONG[:, :4_000])


def test_pause_ends_the_count_and_another_song_has_no_click() -> None:
    rig = Rig()
    rig.player.set_click(Click(Ticks(PLACES), on=True, count_in_bars=2))
    rig.player.play(count_in=True)
    rig.hear(0.1)
    rig.player.pause()
    assert not rig.player.counting
    rig.player.load({KEY: SONG}, RATE)
    rig.player.set_gains({KEY: (1.0, 1.0)})
    rig.player.play(count_in=True)
    np.testing.assert_array_equal(rig.hear(0.5), SONG[:, :4_000])


def test_levels_are_those_of_the_song_and_not_of_the_click() -> None:
    rig = Rig(SONG * 0)
    rig.player.set_click(Click(Ticks(PLACES), on=True))
    rig.player.play()
    assert np.abs(rig.hear(0.5)).max() > 0.5
    assert rig.player.levels().master.peak == (0.0, 0.0)
