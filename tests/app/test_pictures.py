"""Frequency axes, looks, which pictures a lane shows, and what the read-out says: rules without a window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.viewmodel.display import DisplayModel, DisplayState, Drawable, drawables
from app.viewmodel.frequency import FrequencyAxis, format_hz, frequency_axis, note_name
from app.viewmodel.look import Look
from app.viewmodel.pictures import Picture, Shown, pictures_of, shown
from app.viewmodel.ranges import Ranges
from app.viewmodel.readout import Point, playhead_text, point_text
from app.viewmodel.sides import sides_of
from app.viewmodel.signals import DELTA
from app.viewmodel.strips import MixerState, Strip, Take
from engine.api import REFERENCE_STAGE, OverviewRequest, Samples, Side, build_overviews, compared, load_overview
from engine.separation import append_samples, signal_path
from tests.support.separations import make_separation

RATE = 44_100
axes = st.sampled_from([FrequencyAxis("log", 30.0, 22_050.0, 384), FrequencyAxis("linear", 30.0, 22_050.0, 384)])


@given(axis=axes, share=st.floats(0.01, 1))
def test_a_frequency_stands_where_it_is_read(axis: FrequencyAxis, share: float) -> None:
    assert axis.share_of(axis.hz_at(share)) == pytest.approx(share)


@given(axis=axes, height=st.integers(1, 384))
def test_no_stored_row_is_left_out_of_a_picture_and_order_is_kept(axis: FrequencyAxis, height: int) -> None:
    first, stop = axis.row_ranges(height)
    assert len(first) == height
    assert set().union(*(range(a, b) for a, b in zip(first, stop, strict=True))) == set(range(axis.rows))
    assert np.all(np.diff(first) <= 0)  # high ones on top
    assert np.all(stop > first)


@given(axis=axes, height=st.integers(30, 384))
def test_a_stored_row_is_drawn_where_its_frequency_is_marked(axis: FrequencyAxis, height: int) -> None:
    first, stop = axis.row_ranges(height)
    for hz in (100.0, 1000.0, 15_000.0):
        row = int(np.log(hz / 30) / np.log(22_050 / 30) * 384)
        drawn = [place for place in range(height) if first[place] <= row < stop[place]]
        wanted = (1 - axis.share_of(hz)) * height
        # Half a stored row is 0.9 % of its frequency: on a linear axis several pixels at the top.
        slack = 1 + 0.02 * axis.share_of(hz) * height
        assert min(drawn) - slack <= wanted <= max(drawn) + 1 + slack


def test_the_axis_of_a_stored_spectrogram_ends_at_half_the_sample_rate(tmp_path: Path) -> None:
    axis = frequency_axis("linear", drawable(tmp_path / "s", np.zeros((1, 5000), np.float32)).overview_frequencies)
    assert axis.high_hz == pytest.approx(RATE / 2, rel=1e-4)
    assert axis.low_hz == pytest.approx(30, rel=1e-4)


@given(kind=st.sampled_from(["log", "linear"]), room=st.integers(1, 40))
def test_marks_lie_on_the_axis_and_have_room(kind: str, room: int) -> None:
    axis = FrequencyAxis("linear" if kind == "linear" else "log", 30.0, 22_050.0, 384)
    marks = axis.marks(room)
    assert all(0 < axis.share_of(hz) < 1 for hz, _text in marks)
    assert len(marks) <= max(room, 3)


@pytest.mark.parametrize(
    ("hz", "text"),
    [(440, "A4 +0 ¢"), (261.626, "C4 +0 ¢"), (27.5, "A0 +0 ¢"),
     (445, "A4 +20 ¢"), (430, "A4 −40 ¢"), (466, "A♯4 −1 ¢")],
)  # fmt: skip
def test_notes_are_those_of_a_tuning_fork(hz: float, text: str) -> None:
    assert note_name(hz) == text


@pytest.mark.parametrize(("hz", "text"), [(41.2, "41.2 Hz"), (440.0, "440 Hz"), (12_345.0, "12.35 kHz")])
def test_frequencies_have_about_three_digits(hz: float, text: str) -> None:
    assert format_hz(hz) == text


@given(share=st.floats(-1, 2), zoom=st.floats(0.1, 20), floor_db=st.floats(-100, -20), ceiling_db=st.floats(-40, 0))
def test_a_look_keeps_its_limits(share: float, zoom: float, floor_db: float, ceiling_db: float) -> None:
    for changes in ({"floor_db": floor_db}, {"ceiling_db": ceiling_db}, {"wave_share": share, "lane_zoom": zoom}):
        look = Look(floor_db=-45.0, ceiling_db=-40.0).changed(**changes)
        assert 0.1 <= look.wave_share <= 0.9
        assert 1.0 <= look.lane_zoom <= 6.0
        assert look.ceiling_db - look.floor_db >= 10.0
        assert all(getattr(look, name) == value for name, value in changes.items() if name.endswith("_db"))


def test_the_look_stays_when_another_song_is_opened(tmp_path: Path) -> None:
    one, two = make_separation(tmp_path / "a", stages=(1,)), make_separation(tmp_path / "b")
    model = DisplayModel()
    model.set_look(compare="stacked", axis="linear")
    model.load(one)
    assert (model.state.compare, model.state.look.axis) == ("single", "linear")
    model.load(two)
    assert model.state.compare == "stacked"


def test_choices_are_gone_through_in_turn() -> None:
    model = DisplayModel()
    seen: list[object] = []
    for _ in range(4):
        model.cycle("follow", ("off", "page", "centred"))
        seen.append(model.state.look.follow)
    assert seen == ["centred", "off", "page", "centred"]
    model.set_look(compare="difference")
    model.cycle("compare", ("single", "side_by_side"))
    assert model.state.look.compare == "single"


@given(position=st.integers(0, 99_999), span=st.integers(64, 100_000))
def test_the_centred_playhead_is_in_the_middle_as_far_as_the_song_goes(position: int, span: int) -> None:
    view = DisplayState(100_000, RATE, 0.0, float(span), look=Look(follow="centred"))
    followed = view.following(position)
    assert followed.span == pytest.approx(span)
    assert -1e-6 <= followed.start <= followed.stop <= 100_000 + 1e-6
    if followed.start > 0 and followed.stop < 100_000:
        assert followed.share_of(position) == pytest.approx(0.5)


def test_without_following_the_view_stays() -> None:
    view = DisplayState(100_000, RATE, 0.0, 1000.0, look=Look(follow="off"))
    assert view.following(50_000) is view


@given(start=st.floats(0, 99_000), length=st.floats(1, 50_000))
def test_a_part_is_shown_whole(start: float, length: float) -> None:
    stop = min(100_000.0, start + length)
    view = DisplayState(100_000, RATE, 0.0, 100_000.0).showing(start, stop)
    assert view.start <= start + 1e-6
    assert view.stop >= stop - 1e-6
    assert view.span == pytest.approx(max(64.0, stop - start))


VOCALS = Strip("vocals", 2)
STATE = MixerState((VOCALS,), (1, 2))
BOTH = (Picture(("vocals", 1)), Picture(("vocals", 2)))
DIFFERENCE = Picture(("vocals", 2), minus=("vocals", 1))


def test_each_way_to_compare_shows_its_pictures() -> None:
    assert pictures_of(VOCALS, "single", (1, 2), ()) == BOTH[1:]
    assert pictures_of(VOCALS, "side_by_side", (1, 2), ()) == BOTH
    assert pictures_of(VOCALS, "stacked", (1, 2), ()) == (*BOTH, DIFFERENCE)
    assert pictures_of(VOCALS, "difference", (1, 2), ()) == (DIFFERENCE,)
    source = Strip("source", 0)
    assert [len(pictures_of(source, mode, (1, 2), ())) for mode in ("single", "side_by_side", "stacked")] == [1, 2, 1]


def test_a_reference_is_shown_where_it_sounds_and_below_the_stages() -> None:
    strip = Strip("vocals", 2, take="reference", reference_key=7)
    assert pictures_of(strip, "single", (1, 2), ()) == (Picture(("vocals", 2)),)
    reference = ("vocals", REFERENCE_STAGE)
    assert pictures_of(strip, "single", (1, 2), {reference}) == (Picture(reference),)
    assert pictures_of(strip, "stacked", (1, 2), {reference}) == (*BOTH, DIFFERENCE, Picture(reference))


def test_captions_say_which_stage_a_picture_is_and_what_sounds() -> None:
    def caption(picture: Picture, strip: Strip, *, audible: bool = True) -> str:
        state = MixerState((replace(strip, muted=not audible),), (1, 2))
        return shown(picture, state.strips[0], state, {}).caption

    assert caption(BOTH[0], VOCALS) == "Stage 1"
    assert caption(BOTH[1], VOCALS) == "Stage 2 · sounding"
    assert caption(BOTH[1], VOCALS, audible=False) == "Stage 2"
    assert caption(DIFFERENCE, VOCALS) == "Stage 2 − stage 1, in dB"
    delta = Strip("vocals", 2, take="delta")
    assert delta.key == ("vocals", DELTA)
    assert caption(BOTH[1], delta) == "Stage 2 · delta sounding"
    reference = Strip("vocals", 2, take="reference", reference_key=7)
    assert caption(Picture(("vocals", REFERENCE_STAGE)), reference) == "Reference · sounding"


class Drawn:
    """One signal as a lane has it."""

    def __init__(self, drawn: Drawable) -> None:
        self.drawable = drawn
        self.overview_frequencies = drawn.overview.spectrogram.frequencies_hz


def drawable(folder: Path, signal: Samples) -> Drawn:
    separation = make_separation(folder, channels=len(signal), samples=signal.shape[1], stems=("vocals",), stages=(1,))
    with signal_path(folder, "vocals", 1).open("wb") as file:
        append_samples(file, signal)
    build_overviews(OverviewRequest(separation))
    return Drawn(Drawable(load_overview(separation, ("vocals", 1)), separation.stem_signal("vocals", 1), 1.0))


def tone(level: float) -> Samples:
    return (level * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE))[None].astype(np.float32)


def test_the_read_out_says_time_frequency_note_and_level(tmp_path: Path) -> None:
    found = drawable(tmp_path / "s", tone(0.1)).drawable
    view = DisplayState(2 * RATE, RATE, 0.0, 2.0 * RATE)
    text = point_text(Shown("Vocals, stage 2", "", found), Point(RATE, 440.0, 100.0), view)
    title, time, hz, note, level = text.split("  ·  ")
    assert (title, time, hz, note) == ("Vocals, stage 2", "0:01.000", "440 Hz", "A4 +0 ¢")
    # 440 Hz lies between two bins of a Hann window, of which the further one is 2 dB lower.
    assert -22.5 < float(level.replace("−", "-").removesuffix(" dB")) < -19.5
    assert point_text(Shown("V", "", found), Point(RATE, 9000.0, 100.0), view).endswith("below −100 dB")


def test_the_read_out_of_a_waveform_is_its_samples(tmp_path: Path) -> None:
    signal = np.zeros((1, 1000), np.float32)
    signal[0, 500] = -0.5
    found = Shown("V", "", drawable(tmp_path / "s", signal).drawable)
    view = DisplayState(1000, RATE, 400.0, 600.0)
    assert point_text(found, Point(500.0, None, 0.2), view).endswith("−0.500 (−6.0 dB)")
    assert point_text(found, Point(495.0, None, 10.0), view).endswith("−0.500 … 0.000 (−6.0 dB)")
    assert point_text(found, Point(10.0, None, 900.0), view).endswith("−0.500 … 0.000 (−6.0 dB)")
    assert point_text(found, Point(0.0, None, 0.2), view).endswith("0.000 (−∞ dB)")


def test_the_read_out_of_a_difference_says_which_stage_is_louder(tmp_path: Path) -> None:
    soft, loud = (drawable(tmp_path / name, tone(level)).drawable for name, level in (("a", 0.05), ("b", 0.1)))
    view = DisplayState(2 * RATE, RATE, 0.0, 2.0 * RATE)
    point = Point(RATE, 440.0, 100.0)
    for first, second, end in ((soft, loud, "louder"), (loud, soft, "softer")):
        text = point_text(Shown("V", "", second, first, is_difference=True), point, view)
        assert text.endswith((f"stage 2 is 6.3 dB {end}", f"stage 2 is 5.9 dB {end}"))
        assert f"dB {end} there" in playhead_text(Shown("V", "", second, first, is_difference=True), RATE, view)
    quiet = Point(RATE, 9000.0, 100.0)
    assert point_text(Shown("V", "", soft, loud, is_difference=True), quiet, view).endswith("equally loud")


def test_at_the_playhead_the_loudest_tone_is_named(tmp_path: Path) -> None:
    found = Shown("Vocals", "", drawable(tmp_path / "s", tone(0.1)).drawable)
    view = DisplayState(2 * RATE, RATE, 0.0, 2.0 * RATE)
    text = playhead_text(found, RATE, view)
    assert text.startswith("Playhead: Vocals  ·  0:01.000  ·  loudest 4")
    assert "(A4)" in text
    assert playhead_text(found, 2 * RATE, view)  # the end of the song is a place too


def test_a_signal_without_drawing_data_is_left_out_and_said_so(tmp_path: Path) -> None:
    separation = make_separation(tmp_path / "s", stems=("vocals",))
    build_overviews(OverviewRequest(separation))
    (separation.folder / "vocals.1.overview").unlink()
    found = drawables(separation)
    assert ("vocals", 1) not in found
    assert ("vocals", 2) in found
    missing = shown(Picture(("vocals", 1)), VOCALS, STATE, found)
    assert point_text(missing, Point(0.0, None, 1.0), DisplayState(100, RATE, 0.0, 100.0)).endswith("no picture")


def test_a_signal_below_90_db_counts_as_silent(tmp_path: Path) -> None:
    assert drawable(tmp_path / "a", np.full((1, 1000), 1e-5, np.float32)).drawable.silent
    assert not drawable(tmp_path / "b", np.full((1, 1000), 1e-4, np.float32)).drawable.silent


def test_a_picture_of_a_stage_says_which_stretches_the_comp_takes() -> None:
    comp = Ranges(((0, 2), (100, 1), (300, 2)))
    strip = Strip("vocals", 2, take="comp", comp=comp, comp_key=4)
    told = shown(Picture(("vocals", 2)), strip, STATE, {})
    assert told.comp.stretches(1_000) == ((0, 100, 2), (100, 300, 1), (300, 1_000, 2))
    assert told.caption == "Stage 2 · comp sounding"
    muted = shown(Picture(("vocals", 2), minus=("vocals", 1)), replace(strip, gaps=Ranges(((0, 0),))), STATE, {})
    assert muted.gaps.starts == ((0, 0),)
    assert not shown(Picture(("vocals", 2), minus=("vocals", 1)), strip, STATE, {}).comp.starts


@pytest.mark.parametrize("take", ["stage", "reference"])
def test_muted_ranges_change_nothing_about_which_picture_sounds(take: Take) -> None:
    strip = Strip("vocals", 2, take=take, gaps=Ranges(((0, 1), (100, 0))), gap_key=9, reference_key=5)
    key = ("vocals", 2 if take == "stage" else REFERENCE_STAGE)
    assert pictures_of(strip, "single", (1, 2), {key}) == (Picture(key),)
    told = shown(Picture(key), strip, STATE, {})
    assert told.sounding
    assert told.gaps == strip.gaps


def test_a_picture_of_a_stem_that_a_side_lacks_says_where_its_sound_is(tmp_path: Path) -> None:
    four = make_separation(tmp_path / "four", model="four")
    two = make_separation(tmp_path / "two", stems=("vocals", "other"), stages=(1,), model="two")
    voice = make_separation(tmp_path / "voice", stems=("vocals",), stages=(1,), model="voice")
    bass = Strip("bass", 2)
    for other, rest in ((two, "Other"), (voice, "Residual")):
        state = MixerState((bass,), (1, 2), sides=sides_of(compared(Side(four, 2), Side(other, 1))))
        note = f"B does not split off Bass: it is part of {rest}"
        told = shown(Picture(("bass", 2)), bass, state, {})
        assert (told.note, told.sounding, told.caption) == (note, False, f"B: {other.model}")
        assert shown(Picture(("bass", 2), minus=("bass", 1)), bass, state, {}).note == note
        assert shown(Picture(("bass", 1)), bass, state, {}).note == ""
