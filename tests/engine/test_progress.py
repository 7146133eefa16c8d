"""Time left and time held, by a clock that the test moves."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import pytest

from engine.errors import Cancelled
from engine.progress import JobControl, Progress, Stopwatch


@pytest.fixture
def pass_seconds(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [100.0]
    monkeypatch.setattr("engine.progress.time.monotonic", lambda: now[0])

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


def test_the_time_left_follows_the_share_that_is_done(pass_seconds: Callable[[float], None]) -> None:
    watch = Stopwatch()
    assert watch.eta_seconds(0, 1) is None
    pass_seconds(5)
    assert watch.eta_seconds(0.1, 1) == pytest.approx(45)


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


@pytest.mark.parametrize(
    ("done", "total", "share"), [(0, 8, 0.0), (2, 8, 0.25), (8, 8, 1.0), (9, 8, 1.0), (0, 0, 0.0), (3, 0, 0.0)]
)
def test_a_share_is_between_nothing_and_all(done: float, total: float, share: float) -> None:
    assert Progress("separate", done, total).share == share


@pytest.mark.parametrize("paused", [False, True])
def test_a_job_that_is_cancelled_ends_also_while_it_is_held(paused: bool) -> None:
    control = JobControl()
    control.checkpoint()
    if paused:
        control.pause()
    assert (control.paused, control.cancelled) == (paused, False)
    control.cancel()
    control.pause()
    assert (control.paused, control.cancelled) == (False, True)
    with pytest.raises(Cancelled):
        control.checkpoint()


def test_a_job_that_is_held_goes_on_when_it_may() -> None:
    control, passed = JobControl(), threading.Event()
    control.pause()
    job = threading.Thread(target=lambda: (control.checkpoint(), passed.set()), daemon=True)
    job.start()
    assert not passed.wait(0.05)
    control.resume()
    assert passed.wait(60)
    job.join()
