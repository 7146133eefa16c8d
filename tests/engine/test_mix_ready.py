"""A song that is still being made plays as far as it is ready, waits without a click, and goes on by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mix import FADE_SECONDS, Mixer
from engine.mix_transport import HEADWAY_SECONDS
from engine.separation import Samples, SignalKey, Spans, with_span

RATE = 8_000
FADE = round(FADE_SECONDS * RATE)
HEADWAY = round(HEADWAY_SECONDS * RATE)
KEY: SignalKey = ("vocals", 2)
SAMPLES = 6 * RATE
EDGE = 1_000
# Between its own slow fades a song of ones, so that what is heard is the gain of the fades.
ONES = np.clip(np.minimum(np.arange(SAMPLES), SAMPLES - 1 - np.arange(SAMPLES)) / EDGE, 0, 1).astype(np.float32)[None]
STEP = 1 / (FADE + 1) + 1 / EDGE + 1e-6  # of a fade, the song, and float32


class Traps:
    """The song, in which nobody may read what is not ready."""

    def __init__(self) -> None:
        self.ready: Spans = ()
        self.shape = ONES.shape

    def __getitem__(self, part: tuple[slice, slice]) -> Samples:
        first, last, _step = part[1].indices(SAMPLES)
        assert any(start <= first and last <= stop for start, stop in self.ready), (first, last, self.ready)
        return ONES[part]


class Growing:
    """A mixer of a song that becomes ready as a test says."""

    def __init__(self, *ready: tuple[int, int]) -> None:
        self._signal = Traps()
        self.mixer = Mixer({KEY: self._signal}, RATE)
        self.mixer.set_gains({KEY: (1.0, 1.0)})
        self.set_ready(ready)

    def set_ready(self, spans: Spans) -> None:
        self._signal.ready = spans
        self.mixer.set_ready(spans)

    def hear(self, count: int) -> Samples:
        return self.mixer.render(count)[0]


def assert_no_click(sound: Samples) -> None:
    assert np.abs(np.diff(sound)).max(initial=0.0) <= STEP


def test_it_fades_out_where_what_is_ready_ends_and_holds_its_position() -> None:
    song = Growing((0, 10_000))
    sound = song.hear(12_000)
    np.testing.assert_array_equal(sound[: 10_000 - FADE], ONES[0, : 10_000 - FADE])
    assert not sound[10_000:].any()
    assert_no_click(sound)
    assert song.mixer.position == 10_000 - FADE
    assert song.mixer.playing
    assert song.mixer.waiting
    assert not song.hear(500).any()


def test_it_goes_on_by_itself_at_the_same_sample_when_there_is_enough() -> None:
    song = Growing((0, 10_000))
    song.hear(12_000)
    song.set_ready(((0, 10_000 - FADE + HEADWAY - 1),))
    assert not song.hear(500).any()
    assert song.mixer.waiting
    song.set_ready(((0, 10_000 - FADE + HEADWAY),))
    sound = song.hear(500)
    assert_no_click(np.concatenate([np.zeros(1, np.float32), sound]))
    np.testing.assert_array_equal(sound[FADE:], 1.0)
    assert song.mixer.position == 10_000 - FADE + 500
    assert not song.mixer.waiting


def test_the_last_piece_is_played_however_short_it_is() -> None:
    song = Growing((0, SAMPLES - 300))
    song.hear(SAMPLES)
    assert song.mixer.waiting
    song.set_ready(((0, SAMPLES),))
    song.hear(300 + FADE)
    assert song.mixer.position == SAMPLES
    assert not song.mixer.playing
    assert not song.mixer.waiting


def test_a_seek_to_what_is_not_ready_fades_out_and_waits_there() -> None:
    song = Growing((0, 20_000))
    song.hear(1_000)
    song.mixer.seek(30_000)
    sound = song.hear(1_000)
    assert_no_click(np.concatenate([np.ones(1, np.float32), sound]))
    assert not sound[FADE:].any()
    assert (song.mixer.position, song.mixer.waiting) == (30_000, True)
    song.set_ready(((0, 20_000), (29_900, 29_900 + 2 * HEADWAY)))
    sound = song.hear(1_000)
    assert_no_click(sound)
    assert song.mixer.position == 31_000


def test_pausing_ends_the_waiting() -> None:
    song = Growing((0, 9_000))
    song.hear(10_000)
    song.mixer.set_playing(False)
    song.hear(10)
    assert not song.mixer.waiting
    song.mixer.set_playing(True)
    song.hear(10)
    assert song.mixer.waiting


@pytest.mark.parametrize("before", [0, FADE, 500])
def test_a_loop_that_jumps_to_what_is_not_ready_waits_there(before: int) -> None:
    song = Growing((20_000 - before, 40_000))
    song.mixer.seek(20_000)
    song.mixer.set_loop((20_000, 30_000))
    sound = song.hear(12_000)
    assert_no_click(sound)
    assert song.mixer.waiting == (before < FADE)


@given(
    actions=st.lists(
        st.one_of(
            st.tuples(st.just("hear"), st.integers(1, 3_000)),
            st.tuples(st.just("seek"), st.integers(0, SAMPLES)),
            st.tuples(st.just("grow"), st.integers(0, 11)),
            st.tuples(st.just("loop"), st.integers(0, SAMPLES - 400)),
            st.tuples(st.just("play"), st.booleans()),
        ),
        max_size=40,
    )
)
def test_whatever_happens_nothing_unready_is_read_and_nothing_clicks(actions: list[tuple[str, int]]) -> None:
    song = Growing((0, 12_000))
    ready: Spans = ((0, 12_000),)
    heard = [np.zeros(1, np.float32)]
    for kind, value in actions:
        if kind == "hear":
            heard.append(song.hear(value))
        elif kind == "seek":
            song.mixer.seek(value)
        elif kind == "grow":
            ready = with_span(ready, value * 4_000, (value + 1) * 4_000)
            song.set_ready(ready)
        elif kind == "loop":
            song.mixer.set_loop((value, value + 400))
        else:
            song.mixer.set_playing(bool(value))
    assert_no_click(np.concatenate(heard))
