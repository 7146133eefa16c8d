import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.viewmodel.metering import HOLD_SECONDS, METER_FLOOR_DB, MeterState, null_state
from app.viewmodel.signals import SOURCE
from app.viewmodel.strips import MixerState, Strip
from engine.api import RESIDUAL, Level, Levels

LOUD = Level((0.5, 0.25), (0.2, 0.1))
SILENT = Level((0.0, 0.0), (0.0, 0.0))
levels = st.floats(0, 4).map(lambda peak: Level((peak, peak / 2), (peak / 3, peak / 6)))


@given(st.lists(st.tuples(levels, st.floats(0.001, 0.2)), max_size=30))
def test_a_meter_never_shows_less_than_what_sounds_nor_less_than_its_floor(heard: list[tuple[Level, float]]) -> None:
    state = MeterState()
    for level, seconds in heard:
        state = state.after(level, seconds)
        for peak, shown, held, mean in zip(level.peak, state.peak_db, state.held_db, state.mean_db, strict=True):
            assert 10 ** (shown / 20) >= min(peak, 10) - 1e-9
            assert held >= METER_FLOOR_DB
            assert mean >= METER_FLOOR_DB
            assert held >= shown - 1e-9


def test_a_peak_is_held_and_then_let_go() -> None:
    state = MeterState().after(LOUD, 0.02)
    top = state.held_db
    for _step in range(round(HOLD_SECONDS / 0.02) - 1):
        state = state.after(SILENT, 0.02)
    assert state.held_db == top
    assert state.peak_db < top
    for _step in range(3):
        state = state.after(SILENT, 0.02)
    assert state.held_db == state.peak_db


def test_silence_falls_to_the_floor_in_two_seconds() -> None:
    state = MeterState().after(Level((1.0, 1.0), (1.0, 1.0)), 0.02)
    for _step in range(100):
        state = state.after(SILENT, 0.02)
    assert state.peak_db == (METER_FLOOR_DB, METER_FLOOR_DB)


def test_the_mean_follows_slowly_and_arrives() -> None:
    state = MeterState().after(LOUD, 0.1)
    # A third of the way from the floor to -14 and -20 dB.
    assert state.mean_db == pytest.approx((-44.7, -46.7), abs=0.1)
    assert state.after(LOUD, 1.0).mean_db == pytest.approx((-14.0, -20.0), abs=0.1)


def test_the_clip_light_stays_on_until_it_is_put_out() -> None:
    state = MeterState().after(Level((1.0, 0.2), (0.1, 0.1)), 0.02)
    assert not state.clipped
    state = state.after(Level((0.1, 1.01), (0.1, 0.1)), 0.02).after(SILENT, 1.0).stopped()
    assert state.clipped
    assert state.peak_db == (METER_FLOOR_DB, METER_FLOOR_DB)
    assert not state.put_out().clipped


def test_the_highest_peak_can_be_read_until_the_light_is_put_out() -> None:
    state = MeterState()
    assert state.words == "no peak yet"
    state = state.after(LOUD, 0.02).after(SILENT, 9.0).stopped().after(Level((0.1, 0.4), (0.1, 0.1)), 0.02)
    assert state.words == "highest peak −6.0 dB"
    state = state.after(Level((0.1, 1.1), (0.1, 0.1)), 0.02).after(LOUD, 0.02)
    assert state.words == "clipped, highest peak +0.8 dB"
    assert state.put_out().words == "no peak yet"


def beside(rms: float) -> Levels:
    return Levels({}, SILENT, Level((rms, rms), (rms, rms)), 1024)


FLAT = MixerState((Strip(SOURCE, 0, muted=True), Strip("vocals", 2), Strip(RESIDUAL, 2)), (1, 2))
CHANGED = MixerState((*FLAT.strips[:1], Strip("vocals", 2, gain_db=-3.0), *FLAT.strips[2:]), (1, 2))


def test_the_badge_tells_what_is_measured_while_it_plays() -> None:
    assert null_state(FLAT, beside(1e-7)).kind == "same"
    assert null_state(FLAT, beside(1e-7)).text == "= song −140 dB"
    assert null_state(CHANGED, beside(0.1)).text == "≠ song −20 dB"
    # A mixer that ought to be neutral and is not must show: the badge measures, it does not believe.
    assert null_state(FLAT, beside(0.1)).kind == "different"
    assert null_state(FLAT, beside(0.0)).kind == "same"


def test_the_badge_tells_what_to_expect_while_nothing_plays() -> None:
    assert (null_state(FLAT, None).kind, null_state(CHANGED, None).kind) == ("idle", "idle")
    assert null_state(FLAT, None).text == "Mix = song"
    assert null_state(CHANGED, None).text == "Mix ≠ song"
