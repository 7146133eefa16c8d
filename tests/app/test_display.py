from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.viewmodel.display import (
    DisplayModel,
    DisplayState,
    drawables,
    format_ends,
    format_left,
    format_time,
    tick_seconds,
)
from engine.api import OverviewRequest, Separation, build_overviews

SAMPLES = 100_000
views = st.tuples(st.floats(0, 1), st.floats(0.001, 1)).map(
    lambda at: DisplayState(SAMPLES, 44_100, at[0] * (1 - at[1]) * SAMPLES, (at[0] * (1 - at[1]) + at[1]) * SAMPLES)
)


@given(view=views, share=st.floats(0, 1), factor=st.floats(0.1, 10))
def test_zoom_stays_within_the_song_and_shows_what_was_under_the_pointer(
    view: DisplayState, share: float, factor: float
) -> None:
    anchor = view.sample_at(share)
    zoomed = view.zoomed(anchor, factor)
    assert -1e-6 <= zoomed.start < zoomed.stop <= SAMPLES + 1e-6
    assert zoomed.start - 1e-3 <= anchor <= zoomed.stop + 1e-3
    inside = zoomed.start > 0 and zoomed.stop < SAMPLES
    if inside:  # at the song's ends the pointer gives way
        assert zoomed.share_of(anchor) == pytest.approx(share, abs=1e-6)


@given(view=views, distance=st.floats(-2 * SAMPLES, 2 * SAMPLES))
def test_panning_keeps_the_zoom_and_stays_within_the_song(view: DisplayState, distance: float) -> None:
    panned = view.panned(distance)
    assert panned.span == pytest.approx(view.span)
    assert panned.start >= 0
    assert panned.stop <= SAMPLES + 1e-6


@given(view=views, position=st.integers(0, SAMPLES - 1))
def test_following_shows_the_playhead_and_leaves_a_view_that_shows_it_alone(view: DisplayState, position: int) -> None:
    followed = view.following(position)
    assert followed.start - 1e-6 <= position <= followed.stop + 1e-6
    if view.start <= position < view.stop:
        assert followed == view


@pytest.fixture
def model(separation: Separation) -> DisplayModel:
    made = DisplayModel()
    made.load(separation)
    made.show(0, 2000)
    return made


def test_the_page_turns_when_the_playhead_leaves_it(model: DisplayModel) -> None:
    model.follow(1990)
    assert model.state.start == 0
    model.follow(2005)
    assert model.state.start == 2005


def test_who_looks_elsewhere_while_it_plays_is_left_alone_until_the_playhead_comes_there(model: DisplayModel) -> None:
    model.follow(1000)
    model.show(10_000, 12_000)
    model.follow(1500)
    model.follow(9990)
    assert model.state.start == 10_000
    model.follow(10_005)
    model.follow(12_005)
    assert model.state.start == 12_005


def test_a_seek_is_always_shown(model: DisplayModel) -> None:
    model.show(10_000, 12_000)
    model.go_to(5000)
    assert model.state.shows(5000)
    model.set_look(follow="off")
    model.go_to(20_000)
    assert model.state.shows(5000)


@given(span=st.floats(0.0005, 20_000), room=st.integers(1, 40))
def test_the_ruler_never_has_more_marks_than_room(span: float, room: int) -> None:
    assert span / tick_seconds(span, room) <= room * (1 + 1e-9)


@pytest.mark.parametrize(
    ("seconds", "decimals", "text"),
    [
        (0.0, 1, "0:00.0"), (59.999, 1, "0:59.9"), (61.25, 2, "1:01.25"), (3661.0, 0, "1:01:01"), (0.3, 1, "0:00.3"),
    ],
)  # fmt: skip
def test_times_read_as_on_a_clock(seconds: float, decimals: int, text: str) -> None:
    assert format_time(seconds, decimals) == text


def test_the_ends_of_a_short_range_can_be_told_apart() -> None:
    assert format_ends((0, 44_100), 44_100) == ("0:00.0", "0:01.0")
    assert format_ends((44_100, 44_100 + 4_410), 44_100) == ("0:01.0", "0:01.1")
    assert format_ends((44_100, 44_100 + 2_205), 44_100) == ("0:01.000", "0:01.050")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2, "a few seconds left"), (31, "about 35 s left"), (61, "about 2 min left"), (7200, "about 2.0 h left")],
)
def test_a_remaining_time_is_as_coarse_as_an_estimate(seconds: float, text: str) -> None:
    assert format_left(seconds) == text


def test_another_song_is_shown_whole(separation: Separation) -> None:
    model = DisplayModel()
    model.load(separation)
    model.set_look(compare="side_by_side")
    model.zoom(100.0, 0.1)
    model.load(separation)
    assert (model.state.start, model.state.stop) == (0.0, float(separation.samples))
    assert model.state.compare == "side_by_side"
    model.load(None)
    assert model.state.samples == 0


def test_all_waveforms_of_a_song_share_one_vertical_zoom_and_none_is_cut(separation: Separation) -> None:
    build_overviews(OverviewRequest(separation))
    found = drawables(separation)
    assert len({drawable.zoom for drawable in found.values()}) == 1
    loudest = max(abs(drawable.signal[:, :]).max() * drawable.zoom for drawable in found.values())
    assert loudest == pytest.approx(1.0, rel=1e-6)
