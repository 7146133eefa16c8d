"""The session with real threads and a fake engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.jobs.runner import JobRunner
from app.settings import Places, SettingsStore
from app.viewmodel.session import Session
from engine.api import DecodeError, ModelError
from tests.support.fake_engine import FakeEngine


@pytest.fixture
def runner(qapp: object) -> Iterator[JobRunner]:
    del qapp
    made = JobRunner()
    yield made
    made.cancel_all()
    made.close()


@pytest.fixture
def session(engine: FakeEngine, runner: JobRunner, places: Places) -> Session:
    return Session(engine, runner, SettingsStore(places.config / "settings.json"), places.cache)


def songs(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.write_bytes(b"x")
    return paths


def phases(session: Session) -> list[str]:
    return [song.phase for song in session.state.songs.items]


def wait_for(qtbot: QtBot, session: Session, *wanted: str) -> None:
    qtbot.waitUntil(lambda: phases(session) == list(wanted), timeout=5000)


def folders(places: Places) -> list[Path]:
    return list(places.cache.glob("*/*"))


def test_a_song_that_is_added_is_split_and_opened(qtbot: QtBot, session: Session, song: Path) -> None:
    opened: list[object] = []
    session.opened.connect(opened.append)
    session.add([song])
    assert session.state.page == "running"
    wait_for(qtbot, session, "ready")
    assert session.state.page == "ready"
    shown = session.state.song
    assert shown is not None
    assert opened == [shown.separation]


def test_the_engine_works_on_another_thread(qtbot: QtBot, session: Session, engine: FakeEngine, song: Path) -> None:
    session.add([song])
    wait_for(qtbot, session, "ready")
    assert engine.threads != [threading.get_ident()]
    assert len(engine.threads) == 1


def test_songs_are_split_one_after_another(qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path) -> None:
    engine.hold.clear()
    session.add(songs(tmp_path, "a.wav", "b.wav"))
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    assert phases(session) == ["running", "waiting"]
    engine.hold.set()
    wait_for(qtbot, session, "ready", "ready")
    assert [request.source.name for request in engine.requests] == ["a.wav", "b.wav"]
    assert session.state.selected == 1  # what one looks at does not change by itself


def test_a_song_that_fails_does_not_stop_the_next(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    first, second = songs(tmp_path, "a.wav", "b.wav")
    engine.errors[first.name] = DecodeError(first, "it is empty")
    session.add([first, second])
    wait_for(qtbot, session, "failed", "ready")
    failed = session.state.songs.items[0]
    assert failed.problem is not None
    assert failed.problem.file == first
    assert "it is empty" in failed.problem.text


def test_a_song_that_failed_can_be_tried_again(qtbot: QtBot, session: Session, engine: FakeEngine, song: Path) -> None:
    engine.errors[song.name] = ModelError("there is no model")
    session.add([song])
    wait_for(qtbot, session, "failed")
    assert session.state.page == "error"
    engine.errors.clear()
    session.retry(1)
    wait_for(qtbot, session, "ready")


def test_an_unexpected_error_is_reported_too(
    qtbot: QtBot, session: Session, engine: FakeEngine, song: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine.errors[song.name] = RuntimeError("a fault of ours")
    session.add([song])
    wait_for(qtbot, session, "failed")
    problem = session.state.songs.items[0].problem
    assert problem is not None
    assert "a fault of ours" in problem.details
    assert "a fault of ours" in caplog.text


def test_cancel_reaches_an_engine_that_is_in_the_middle_of_a_job(
    qtbot: QtBot, session: Session, engine: FakeEngine, song: Path, places: Places
) -> None:
    engine.hold.clear()
    session.add([song])
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    started = time.monotonic()
    session.cancel(1)
    wait_for(qtbot, session)
    assert time.monotonic() - started < 0.3  # what people take for at once
    assert session.state.page == "empty"
    assert folders(places) == []


def test_cancelling_one_song_goes_on_with_the_next(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.hold.clear()
    session.add(songs(tmp_path, "a.wav", "b.wav"))
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    session.cancel(1)
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    engine.hold.set()
    wait_for(qtbot, session, "ready")
    assert session.state.selected == 2


def test_a_waiting_song_is_cancelled_without_the_engine(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.hold.clear()
    session.add(songs(tmp_path, "a.wav", "b.wav"))
    session.cancel(2)
    assert phases(session) == ["running"]
    engine.hold.set()
    wait_for(qtbot, session, "ready")
    assert len(engine.requests) == 1


def test_removing_a_song_deletes_its_stems(qtbot: QtBot, session: Session, tmp_path: Path, places: Places) -> None:
    session.add(songs(tmp_path, "a.wav", "b.wav"))
    wait_for(qtbot, session, "ready", "ready")
    assert len(folders(places)) == 2
    session.remove(1)
    assert len(folders(places)) == 1
    assert session.state.selected == 2
    assert session.state.page == "ready"


def test_closing_deletes_the_stems_of_this_session_only(
    qtbot: QtBot, session: Session, song: Path, places: Places
) -> None:
    other = places.cache / "another session"
    other.mkdir(parents=True)
    session.add([song])
    wait_for(qtbot, session, "ready")
    session.close()
    assert list(places.cache.iterdir()) == [other]


def test_a_single_new_song_is_shown_at_once(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    first, second = songs(tmp_path, "a.wav", "b.wav")
    session.add([first])
    wait_for(qtbot, session, "ready")
    session.add([second])
    assert session.state.selected == 2
    wait_for(qtbot, session, "ready", "ready")
    session.step(-1)
    assert session.state.selected == 1
    session.step(-1)
    assert session.state.selected == 1


def test_what_is_refused_is_told(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    with qtbot.waitSignal(session.refused) as refused:
        session.add([tmp_path / "missing.wav"])
    assert refused.args is not None
    assert [refusal.path for refusal in refused.args[0]] == [tmp_path / "missing.wav"]
    assert session.state.page == "empty"


def test_the_settings_of_now_are_used(
    qtbot: QtBot, engine: FakeEngine, runner: JobRunner, places: Places, song: Path
) -> None:
    settings = SettingsStore(places.config / "settings.json")
    session = Session(engine, runner, settings, places.cache)
    settings.update(model="/models/tiny.safetensors", quality="fast", stages=(1,), device="cpu")
    session.add([song])
    wait_for(qtbot, session, "ready")
    request = engine.requests[0]
    assert (request.model, request.quality, request.stages, request.device) == (
        "/models/tiny.safetensors", "fast", (1,), "cpu",
    )  # fmt: skip
