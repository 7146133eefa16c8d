"""Clicks: where they fall in what the mixer renders, and how it counts in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mix import FADE_SECONDS, Mixer
from engine.separation import SignalKey
from engine.ticks import NO_TICKS, Lead, Tick, Ticks, lead_in

RATE = 8_000
FADE = round(FADE_SECONDS * RATE)
KEY: SignalKey = ("drums", 2)
PLACES = np.arange(150, 10_000, 400)


def counting_mixer(samples: int = 10_000) -> Mixer:
    """Sample i sounds as i + 1, so what is heard says where it comes from, and 0 is silence."""
    mixer = Mixer({KEY: np.arange(1, samples + 1, dtype=np.float32)[None]}, RATE)
    mixer.set_gains({KEY: (1.0, 1.0)})
    mixer.wanted_ticks = Ticks(PLACES)
    return mixer


@dataclass(frozen=True)
class Heard:
    sound: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    ticks: list[Tick]


def render(mixer: Mixer, sizes: list[int]) -> Heard:
    sound, ticks, done = [], [], 0
    for size in sizes:
        sound.append(mixer.render(size)[0])
        ticks += [(done + sample, first) for sample, first in mixer.ticks]
        done += size
    return Heard(np.concatenate(sound), ticks)


def places_heard(heard: Heard) -> list[int]:
    """The sample of the song at each click."""
    return [round(float(heard.sound[sample])) - 1 for sample, _first in heard.ticks]


@given(st.lists(st.integers(1, 900), min_size=1, max_size=12))
def test_every_beat_that_sounds_is_told_at_its_sample(sizes: list[int]) -> None:
    heard = render(counting_mixer(), sizes)
    assert places_heard(heard) == [place for place in PLACES.tolist() if place < sum(sizes)][: len(heard.ticks)]
    assert len(heard.ticks) == int((min(sum(sizes), 10_000) > PLACES).sum())
    assert [first for _sample, first in heard.ticks] == [index % 4 == 0 for index in range(len(heard.ticks))]


def test_a_loop_repeats_its_beats_at_their_samples() -> None:
    mixer = counting_mixer()
    mixer.seek(1_000)
    mixer.set_loop((1_000, 2_500))
    heard = render(mixer, [700] * 10)
    per_round = [place for place in PLACES.tolist() if 1_000 <= place < 2_500]
    assert places_heard(heard)[: 3 * len(per_round)] == 3 * per_round
    distances = np.diff([sample for sample, _first in heard.ticks])
    assert distances[len(per_round) * 2 - 1] == per_round[0] - per_round[-1] + 1_500


def test_a_seek_goes_on_with_the_beats_from_there_and_a_stop_has_none() -> None:
    mixer = counting_mixer()
    render(mixer, [300])
    mixer.seek(5_000)
    assert [round(place) for place in places_heard(render(mixer, [500]))] == [5_350 - 5_350 % 400 + 150]
    mixer.set_playing(False)
    assert render(mixer, [500, 2_000]).ticks == []


def test_nothing_that_is_rendered_changes_with_clicks() -> None:
    with_clicks, without = counting_mixer(), counting_mixer()
    without.wanted_ticks = NO_TICKS
    silent = render(without, [700] * 4)
    np.testing.assert_array_equal(render(with_clicks, [700] * 4).sound, silent.sound)
    assert silent.ticks == []


@given(
    sizes=st.lists(st.integers(50, 900), min_size=20, max_size=40),
    start=st.integers(0, 9_000),
    bars=st.integers(1, 2),
    per_bar=st.integers(1, 5),
)
def test_a_count_in_is_silence_with_even_clicks_that_meet_the_next_beat(
    sizes: list[int], start: int, bars: int, per_bar: int
) -> None:
    ticks = Ticks(PLACES, per_bar, first=1)
    mixer = counting_mixer()
    mixer.set_playing(False)
    mixer.wanted_ticks = ticks
    mixer.seek(start)
    lead = lead_in(ticks, start, bars)
    mixer.set_playing(True, lead)
    sizes = [*sizes, lead.samples]
    heard = render(mixer, sizes)
    assert not heard.sound[: lead.samples].any()
    if sum(sizes) > lead.samples + FADE:
        assert heard.sound[lead.samples + FADE] == start + FADE + 1
    clicks = [sample for sample, _first in heard.ticks]
    counted = min(bars * per_bar, len(clicks))
    # Also from the last one counted in to the next beat.
    assert clicks == [400 * index for index in range(len(clicks))]
    following = [place - start + lead.samples for place in PLACES.tolist() if place >= start]
    assert clicks[counted:] == following[: len(clicks) - counted]
    # From the first click on, bars go round without a break.
    if per_bar > 1:
        accents = [index for index, (_sample, first) in enumerate(heard.ticks) if first]
        assert all(step == per_bar for step in np.diff(accents))


def test_counting_in_holds_the_position_and_is_told() -> None:
    mixer = counting_mixer()
    mixer.set_playing(False)
    mixer.seek(2_000)
    mixer.set_playing(True, Lead(1_000, Ticks(np.array([0, 500]))))
    assert not mixer.counting
    mixer.render(999)
    assert (mixer.counting, mixer.playing, mixer.position) == (True, True, 2_000)
    mixer.render(2)
    assert (mixer.counting, mixer.position) == (False, 2_001)


def test_what_sounds_fades_out_before_it_is_counted_in() -> None:
    mixer = counting_mixer()
    mixer.render(1_000)
    mixer.seek(3_000)
    mixer.set_playing(True, Lead(500, Ticks(np.array([0]))))
    heard = render(mixer, [FADE, 500, 100])
    assert 0 < heard.sound[FADE - 1] < 1_000
    assert not heard.sound[FADE : FADE + 500].any()
    assert heard.sound[FADE + 550] == 3_051
    assert heard.ticks[0] == (FADE, True)


def test_a_pause_ends_the_count_and_the_next_start_has_its_own() -> None:
    mixer = counting_mixer()
    mixer.set_playing(False)
    mixer.set_playing(True, Lead(1_000, NO_TICKS))
    mixer.render(300)
    mixer.set_playing(False)
    mixer.render(300)
    mixer.set_playing(True)
    assert mixer.render(100)[0].tolist()[:2] == [1.0, 2.0]
    mixer.set_playing(False)
    mixer.render(300)
    mixer.set_playing(True, Lead(200, NO_TICKS))
    assert np.flatnonzero(mixer.render(300)[0])[0] == 200


def test_there_is_no_counting_in_without_beats() -> None:
    for ticks, bars in ((NO_TICKS, 1), (Ticks(np.array([5])), 1), (Ticks(PLACES), 0)):
        with pytest.raises(ValueError, match="cannot count in"):
            lead_in(ticks, 0, bars)


def test_after_the_last_beat_the_count_goes_up_to_the_start() -> None:
    assert lead_in(Ticks(PLACES), 9_900, 1).samples == 4 * 400
