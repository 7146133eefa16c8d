"""Total progress and time left, as plain arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.viewmodel.overall import overall
from app.viewmodel.queue import Song, SongPhase, Songs
from engine.api import Progress


def song(key: int, phase: SongPhase, seconds: float | None = None, progress: Progress | None = None) -> Song:
    return Song(key, Path(f"{key}.wav"), phase, progress, seconds=seconds)


def separating(done: float, total: float, eta_seconds: float | None) -> Progress:
    return Progress("separate", done, total, eta_seconds)


def test_nothing_to_do_is_no_progress() -> None:
    assert overall(Songs(), frozenset(), None) is None
    assert overall(Songs((song(1, "ready"),)), frozenset({1}), None) is None


def test_songs_count_by_their_length() -> None:
    songs = Songs(
        (song(1, "ready", 100), song(2, "running", 200, separating(50, 200, 75)), song(3, "waiting", 100)),
    )
    total = overall(songs, frozenset({1, 2, 3}), None)
    assert total is not None
    assert (total.done, total.count) == (1, 3)
    assert total.share == pytest.approx((100 + 50) / 400)
    assert total.eta_seconds == pytest.approx(75 + 0.5 * 100)  # the running song's pace: 75 s for 150 s


def test_the_pace_of_the_song_that_is_being_split_is_nearer_to_the_truth_than_that_of_those_before() -> None:
    songs = Songs((song(1, "running", 200, separating(50, 200, 75)), song(2, "waiting", 100)))
    total = overall(songs, frozenset({1, 2}), 13.0)  # an intro of five seconds, with the start of the engine
    assert total is not None
    assert total.eta_seconds == pytest.approx(75 + 0.5 * 100)


def test_songs_of_an_earlier_batch_do_not_count() -> None:
    songs = Songs((song(1, "ready", 100), song(2, "running", 100, separating(50, 100, 10))))
    total = overall(songs, frozenset({2}), None)
    assert total is not None
    assert (total.done, total.count, total.share) == (0, 1, 0.5)


def test_the_order_of_the_list_does_not_matter_to_the_estimate() -> None:
    songs = (song(1, "waiting", 100), song(2, "running", 100, separating(50, 100, 10)))
    for order in (songs, songs[::-1]):
        total = overall(Songs(order), frozenset({1, 2}), None)
        assert total is not None
        assert total.eta_seconds == pytest.approx(10 + 0.2 * 100)


def test_a_song_of_unknown_length_counts_as_the_others_do() -> None:
    songs = Songs((song(1, "running", 100, separating(50, 100, 50)), song(2, "checking")))
    total = overall(songs, frozenset({1, 2}), None)
    assert total is not None
    assert total.share == pytest.approx(0.25)
    assert total.eta_seconds == pytest.approx(150)


def test_a_song_that_failed_before_its_length_was_known_is_no_progress() -> None:
    songs = Songs((song(1, "failed"), song(2, "running", 100, separating(50, 100, 10))))
    total = overall(songs, frozenset({1, 2}), None)
    assert total is not None
    assert (total.done, total.count, total.share) == (1, 2, 0.5)


@pytest.mark.parametrize(
    ("progress", "pace", "eta_seconds"),
    [
        (None, None, None),
        (None, 0.5, 100.0),
        (Progress("load", 0, 0), 0.5, 100.0),
        (separating(0, 100, None), None, None),
        (Progress("draw", 10, 500, 3.0), 0.5, 53.0),
        (Progress("draw", 0, 500), 0.5, 50.0),
    ],
)
def test_the_time_left_is_only_told_where_it_can_be_estimated(
    progress: Progress | None, pace: float | None, eta_seconds: float | None
) -> None:
    songs = Songs((song(1, "running", 100, progress), song(2, "waiting", 100)))
    total = overall(songs, frozenset({1, 2}), pace)
    assert total is not None
    assert total.eta_seconds == (None if eta_seconds is None else pytest.approx(eta_seconds))


def test_the_estimate_is_right_to_a_fifth_after_a_tenth() -> None:
    # Three songs of 100 s at 0.3 s per second, the first a tenth done; the rate is noisy by a tenth.
    songs = Songs(
        (song(1, "running", 100, separating(10, 100, 29.0)), song(2, "waiting", 100), song(3, "waiting", 100))
    )
    total = overall(songs, frozenset({1, 2, 3}), None)
    assert total is not None
    assert total.eta_seconds == pytest.approx(0.3 * 290, rel=0.2)
