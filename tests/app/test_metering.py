from hypothesis import given
from hypothesis import strategies as st

from app.viewmodel.metering import HOLD_SECONDS, METER_FLOOR_DB, MeterState
from engine.api import Level

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
            assert METER_FLOOR_DB <= mean <= max(shown, mean)
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


def test_the_clip_light_stays_on_until_it_is_put_out() -> None:
    state = MeterState().after(Level((1.0, 0.2), (0.1, 0.1)), 0.02)
    assert not state.clipped
    state = state.after(Level((0.1, 1.01), (0.1, 0.1)), 0.02).after(SILENT, 1.0).stopped()
    assert state.clipped
    assert state.peak_db == (METER_FLOOR_DB, METER_FLOOR_DB)
    assert not state.put_out().clipped
