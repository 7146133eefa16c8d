"""Time left and time held, by a clock that the test moves."""

from __future__ import annotations

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
