"""Time left and time held, by a clock that the test moves."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from engine.progress import JobControl, Stopwatch


@pytest.fixture
def pass_seconds(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [100.0]
    monkeypatch.setattr("engine.progress.time.monotonic", lambda: now[0])

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


def test_the_time_left_follows_the_share_that_is_done(pass_seconds: Callable[[float], None]) -> None:
    watch = Stopwatch()
    assert watch.eta_seconds(0, 100) is None
    pass_seconds(5)
    assert watch.eta_seconds(10, 100) == pytest.approx(45)


def test_a_pause_is_not_work(pass_seconds: Callable[[float], None]) -> None:
    control = JobControl()
    watch = Stopwatch(control)
    watch.eta_seconds(0, 100)
    pass_seconds(5)
    control.pause()
    pass_seconds(1000)
    control.pause()
    assert control.paused_seconds == 1000
    control.resume()
    control.resume()
    pass_seconds(5)
    assert control.paused_seconds == 1000
    assert watch.eta_seconds(20, 100) == pytest.approx(40)


@pytest.mark.parametrize("hop", [2.5, 1.5, 0.5])
@pytest.mark.parametrize("seconds", [60, 240])
def test_the_time_left_of_a_split_is_right_to_a_fifth_from_a_tenth_to_the_half(
    pass_seconds: Callable[[float], None], seconds: float, hop: float
) -> None:
    # As the engine reports: after each segment all is final up to where the next one begins; the first is a warm-up.
    # Later than half-way, the last segments, which overlap nothing, are more than a fifth of a short song's rest.
    segments = math.ceil((seconds - 3) / hop) + 1
    watch = Stopwatch()
    compared = 0
    for segment in range(segments // 2):
        done = segment * hop
        eta_seconds = watch.eta_seconds(done, seconds) if done else None
        if done >= seconds / 10:
            assert eta_seconds == pytest.approx(2.0 * (segments - segment), rel=0.2)
            compared += 1
        pass_seconds(7.0 if segment == 0 else 2.0)  # the first one also compiles
    assert compared > 5
