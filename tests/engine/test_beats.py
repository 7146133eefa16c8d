"""Beats: found in clicks of known places, in songs of known tempo, and taken as the musician says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.beats import Beats, Metre, even_beats, find_song_beats, load_beats, save_beats
from engine.dsp.beats import find_beats
from engine.dsp.onsets import OnsetBuilder, Onsets
from engine.errors import Cancelled, WriteError
from engine.progress import JobControl
from engine.separation import Samples, Separation, signal_path, source_path
from engine.training.render.assets import load_assets
from engine.training.render.recipe import SAMPLE_RATE
from engine.training.render.song import render_song
from tests.support.assets import make_pack
from tests.support.separations import make_separation

RATE = 44_100
Places = NDArray[np.float64]

# Two clicks closer than this are heard as one.
TOLERANCE_SECONDS = 0.030


def clicks(places: Places, seconds: float, rate: int = RATE, channels: int = 1) -> Samples:
    """Bursts of noise that begin at these times."""
    rng = np.random.default_rng(0)
    burst_time = np.arange(round(0.05 * rate)) / rate
    signal = np.zeros((channels, round((seconds + 0.1) * rate)), np.float32)
    for place in places:
        burst = rng.standard_normal(len(burst_time)) * np.exp(-burst_time / 0.01) * 0.3
        start = round(place * rate)
        signal[:, start : start + len(burst)] += burst
    return signal[:, : round(seconds * rate)]


def onsets(signal: Samples, rate: int = RATE, block: int = 50_000) -> Onsets:
    builder = OnsetBuilder(rate)
    for start in range(0, signal.shape[1], block):
        builder.add(signal[:, start : start + block])
    return builder.finish()


def beats_of(signal: Samples, rate: int = RATE) -> Places:
    """Those of a song that was not split."""
    heard = onsets(signal, rate)
    return find_beats(heard, heard)[0]


def share_met(found: Places, true: Places) -> float:
    """The share of true beats that were found, less where too many were found."""
    if not len(found):
        return 0.0
    met = np.abs(found[:, None] - true).min(axis=0) <= TOLERANCE_SECONDS
    beside = found[(found > true[0] - 0.1) & (found < true[-1] + 0.1)]
    return float(np.mean(met)) * min(1.0, len(true) / max(1, len(beside)))


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("bpm", [77, 120, 141, 180])
def test_every_click_of_a_steady_track_is_a_beat(bpm: int, rate: int) -> None:
    true = np.arange(0.37, 29.9, 60 / bpm)
    found = beats_of(clicks(true, 30.0, rate), rate)
    assert share_met(found, true) == 1.0
    inside = found[(found > 0.3) & (found < 29.9)]
    # Far closer than asked for: a click that is 10 ms beside the drum is heard as such.
    np.testing.assert_allclose(inside, true, atol=0.005)


@pytest.mark.parametrize(("first_bpm", "last_bpm"), [(100, 120), (130, 100), (80, 84)])
def test_beats_follow_a_tempo_that_drifts(first_bpm: int, last_bpm: int) -> None:
    seconds, places = 60.0, [0.3]
    while places[-1] < seconds:
        places.append(places[-1] + 60 / (first_bpm + (last_bpm - first_bpm) * places[-1] / seconds))
    true = np.array(places[:-1])
    assert share_met(beats_of(clicks(true, seconds)), true) == 1.0


@pytest.mark.parametrize(
    ("first_bpm", "last_bpm", "change_seconds"), [(120, 80, 10), (90, 130, 10), (120, 132, 0), (120, 100, 0)]
)
def test_beats_stay_on_the_clicks_where_the_tempo_changes(first_bpm: int, last_bpm: int, change_seconds: float) -> None:
    ends, places = (20.0, 20.001 + change_seconds), [0.3]
    while places[-1] < 45.0:
        places.append(places[-1] + 60 / np.interp(places[-1], ends, (first_bpm, last_bpm)))
    true = np.array(places[:-1])
    played = true + np.random.default_rng(2).normal(0, 0.005, len(true))  # as drummers do
    found = beats_of(clicks(played, 46.0))
    assert np.abs(found[:, None] - true).min(axis=0).max() < 0.020


def test_beats_go_on_where_the_drums_pause_and_from_the_start_to_the_end() -> None:
    true = np.arange(0.25, 40, 0.5)
    heard = true[(true > 6) & (true < 34) & ((true < 14) | (true > 20))]  # from bar to bar
    found = beats_of(clicks(heard, 40.0))
    assert share_met(found, true) == 1.0
    assert (found[0] < 0.5, found[-1] > 39.5) == (True, True)


@pytest.mark.parametrize("distance", [0.375, 0.625])
def test_what_is_left_in_the_drums_of_a_song_that_has_none_does_not_count(distance: float) -> None:
    true = np.arange(0.25, 29.9, 0.5)
    left = onsets(0.003 * clicks(np.arange(0.25, 29.9, distance), 30.0))
    found, _first = find_beats(left, onsets(clicks(true, 30.0)))
    inside = found[(found > 0.2) & (found < 29.8)]
    assert len(inside) > 20  # every one or every other of them
    assert np.abs(inside[:, None] - true).min(axis=1).max() < TOLERANCE_SECONDS


def test_the_blocks_do_not_change_the_onsets() -> None:
    signal = clicks(np.arange(0.2, 5, 0.4), 5.0, channels=2)
    whole = onsets(signal, block=signal.shape[1])
    for block in (777, 44_100):
        np.testing.assert_allclose(onsets(signal, block=block).strength, whole.strength, atol=1e-5)


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.4, 30.0])
def test_silence_has_no_beats(seconds: float) -> None:
    assert not len(beats_of(np.zeros((2, round(seconds * RATE)), np.float32)))


def test_a_search_can_be_cancelled() -> None:
    control, heard = JobControl(), onsets(clicks(np.arange(0.2, 5, 0.4), 5.0))
    control.cancel()
    with pytest.raises(Cancelled):
        find_beats(heard, heard, control)


@pytest.mark.slow
def test_beats_of_rendered_songs_are_those_of_their_score(tmp_path: Path) -> None:
    """Whoever renders a song knows its tempo and its first beat, which is at 0."""
    assets = load_assets(make_pack(tmp_path))
    exact, any_octave = [], []
    for seed in range(10):
        song = render_song(assets, seed, 30.0)
        separation = song_on_disk(tmp_path / f"song {seed}", song.mixture, song.stems[2])
        found = np.array(find_song_beats(separation).found) / SAMPLE_RATE
        beat = 60 / song.bpm
        shares = [share_met(found, np.arange(0, 29.5, beat * factor)) for factor in (1, 0.5, 2)]
        exact.append(shares[0] > 0.9)
        any_octave.append(max(shares) > 0.9)
    # One is found twice as fast, which is one click to mend; rendering differs a little between machines.
    assert (sum(exact) >= 8, sum(any_octave) >= 9) == (True, True)


def song_on_disk(folder: Path, mixture: Samples, drums: Samples) -> Separation:
    separation = make_separation(folder, rate=SAMPLE_RATE, samples=mixture.shape[1], stages=(2,))
    for path, signal in (
        (source_path(folder), mixture),
        (signal_path(folder, "drums", 2), drums),
    ):
        path.write_bytes(np.ascontiguousarray(signal.T, "<f4").tobytes())
    return separation


@pytest.mark.parametrize("bar_seconds", [0.1, 1.6])
def test_the_one_is_found_where_chords_change(tmp_path: Path, bar_seconds: float) -> None:
    """Drums that hit every beat alike, and a chord for every four of them, the first of which begins later."""
    seconds, beat = 24, 0.5
    drums = clicks(np.arange(0.1, seconds - 0.5, beat), seconds, channels=2)
    time = np.arange(drums.shape[1]) / RATE
    notes = np.array([220, 330, 247, 392, 294, 440, 262])[((time - bar_seconds) // (4 * beat)).astype(int) % 7]
    chord = np.tile(0.1 * np.sin(2 * np.pi * np.cumsum(notes) / RATE), (2, 1)).astype(np.float32)
    separation = song_on_disk(tmp_path / "song", drums + chord, drums)
    one = find_song_beats(separation).metre.one / RATE
    late = (one - bar_seconds + beat) % (4 * beat) - beat
    assert late == pytest.approx(0, abs=TOLERANCE_SECONDS)


# What the musician says


def found_beats(**metre: float | None) -> Beats:
    return Beats(1000, 8_000, tuple(range(100, 8_000, 500)), replace(Metre(), **metre))  # type: ignore[arg-type]


def test_found_beats_are_clicked_as_they_are() -> None:
    ticks = found_beats().ticks()
    assert ticks.places.tolist() == list(range(100, 8_000, 500))
    assert found_beats().bpm == 120


def test_beats_are_doubled_and_halved_around_the_one() -> None:
    doubled, halved = found_beats(level=1), found_beats(level=-1, one=690)
    assert doubled.ticks().places[:4].tolist() == [100, 350, 600, 850]
    assert (doubled.bpm, halved.bpm) == (240, 60)
    assert halved.ticks().places[:3].tolist() == [600, 1600, 2600]


def test_the_one_is_the_beat_closest_to_a_place_and_bars_count_from_there() -> None:
    ticks = found_beats(one=1_200, per_bar=3).ticks()
    accented = [sample for sample, first in ticks.within(0, 8_000) if first]
    assert accented[:3] == [1_100, 2_600, 4_100]


def test_a_typed_tempo_is_even_through_its_anchor_over_the_whole_song() -> None:
    ticks = found_beats(bpm=90.0, anchor=1_000.5, shift_seconds=0.01).ticks()
    places = ticks.places
    assert np.abs((places - 1_010.5) / (60_000 / 90) - np.rint((places - 1_010.5) / (60_000 / 90))).max() < 0.001
    assert (places[0] < 667, places[-1] >= 8_000 - 667, len(places)) == (True, True, 12)


def test_a_shift_moves_every_click() -> None:
    assert found_beats(shift_seconds=-0.02).ticks().places[:2].tolist() == [80, 580]


@pytest.mark.parametrize("shift_seconds", [-0.49, -0.3, 0.02, 0.3, 0.49])
@pytest.mark.parametrize("metre", [{"one": 1_100}, {"one": 1_100, "level": 1}, {"bpm": 120.0, "anchor": 100.0}])
def test_a_shift_moves_the_first_beats_of_bars_with_the_others(metre: dict[str, float], shift_seconds: float) -> None:
    before, after = (
        {at for at, first in found_beats(**metre, shift_seconds=shift).ticks().within(0, 8_000) if first}
        for shift in (0.0, shift_seconds)
    )
    moved = {at + round(1_000 * shift_seconds) for at in before}
    assert {at for at in moved if 0 <= at < 8_000} == {at for at in after if at - 1_000 * shift_seconds < 7_600}


def test_taps_give_tempo_and_place_also_with_one_left_out() -> None:
    rng = np.random.default_rng(1)
    true = 500.0 + 22_050.0 * np.array([0, 1, 2, 4, 5, 6, 7, 8])
    tapped = even_beats(true + rng.normal(0, 300, len(true)), RATE)
    assert tapped is not None
    bpm, anchor = tapped
    assert (bpm, anchor) == (pytest.approx(120, abs=1), pytest.approx(500, abs=600))
    for taps in ([], [1.0, 2.0], [1.0, 1.0, 1.0], [0.0, 1.0, 2.0]):
        assert even_beats(np.array(taps), RATE) is None


def test_beats_are_found_once_and_come_back_with_what_was_said(tmp_path: Path) -> None:
    signal = clicks(np.arange(0.2, 12, 0.5), 12.0, channels=2)
    separation = song_on_disk(tmp_path / "song", signal, signal)
    beats = find_song_beats(separation)
    assert beats.bpm == pytest.approx(120, abs=0.5)
    said = replace(beats, metre=Metre(bpm=90.5, anchor=3.0, per_bar=3, one=700, shift_seconds=0.02))
    save_beats(separation, said)
    source_path(separation.folder).unlink()  # nothing is searched again
    assert find_song_beats(separation) == said == load_beats(separation)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", '{"found": [1], "metre": {"bpm": "x"}}', '{"found": 3, "metre": {}}'),
        *('{"found": [1e999], "metre": {}}', '{"found": [1e300], "metre": {}}', '{"found": [-1], "metre": {}}'),
        *(
            f'{{"found": [1], "metre": {{"bpm": 90, "anchor": {anchor}}}}}'
            for anchor in ("NaN", "1e300", '"x"', "null")
        ),
        *(f'{{"found": [1], "metre": {{"{name}": 1{"0" * 99}}}}}' for name in ("anchor", "one")),
    ],
)
def test_damaged_beats_count_as_none(tmp_path: Path, text: str) -> None:
    separation = make_separation(tmp_path / "song", samples=100)
    (separation.folder / "beats.json").write_text(text)
    assert load_beats(separation) is None


def test_beats_that_cannot_be_kept_are_an_error(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "song", samples=100)
    (separation.folder / "beats.json").mkdir()
    with pytest.raises(WriteError):
        save_beats(separation, Beats(RATE, 100))
    assert [path.name for path in separation.folder.glob("*.part")] == []
