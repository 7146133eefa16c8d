"""The session with real threads and a fake engine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.jobs.runner import JobRunner
from app.settings import Places, SettingsStore
from app.viewmodel.on_show import OnShow
from app.viewmodel.queue_file import QueueFile
from app.viewmodel.session import Session
from engine.api import DecodeError, ModelError, ResultsLibrary
from tests.support.fake_engine import FakeEngine, song_files


@pytest.fixture
def runner(qapp: object) -> Iterator[JobRunner]:
    del qapp
    made = JobRunner()
    yield made
    made.cancel_all()
    made.close()


@pytest.fixture
def library(places: Places) -> Iterator[ResultsLibrary]:
    made = ResultsLibrary(places.cache / "library")
    yield made
    made.close()


Opener = Callable[[], Session]


@pytest.fixture
def open_session(
    engine: FakeEngine, runner: JobRunner, places: Places, library: ResultsLibrary, settings: SettingsStore
) -> Opener:
    """Opens the list of songs, as every start of the window does."""

    def open_it() -> Session:
        return Session(engine, runner, settings, library, QueueFile(places.config / "queue.json"))

    return open_it


@pytest.fixture
def session(open_session: Opener) -> Session:
    return open_session()


def phases(session: Session) -> list[str]:
    return [song.phase for song in session.state.songs.items]


def wait_for(qtbot: QtBot, session: Session, *wanted: str) -> None:
    qtbot.waitUntil(lambda: phases(session) == list(wanted))


def entries(library: ResultsLibrary) -> list[str]:
    return sorted(entry.separation.source.name for entry in library.entries())


def unfinished(library: ResultsLibrary) -> list[Path]:
    return [path for path in library.folder.glob("unfinished/*/*") if path.is_dir()]


def test_a_song_that_is_added_is_split_and_opened(qtbot: QtBot, session: Session, song: Path) -> None:
    opened: list[object] = []
    on_show = OnShow(session)
    on_show.opened.connect(opened.append)
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
    session.add(song_files(tmp_path, "a.wav", "b.wav"))
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    wait_for(qtbot, session, "running", "waiting")
    engine.hold.set()
    wait_for(qtbot, session, "ready", "ready")
    assert [request.source.name for request in engine.requests] == ["a.wav", "b.wav"]
    assert session.state.selected == 1  # what one looks at does not change by itself


def test_a_song_that_fails_does_not_stop_the_next(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    first, second = song_files(tmp_path, "a.wav", "b.wav")
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


def test_all_songs_that_failed_can_be_tried_again_but_those_that_cannot_be_read(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    first, second, third = song_files(tmp_path, "a.wav", "b.wav", "c.wav")
    engine.errors = {first.name: DecodeError(first, "it is empty")}
    engine.errors |= {each.name: ModelError("there is no model") for each in (second, third)}
    session.add([first, second, third])
    wait_for(qtbot, session, "failed", "failed", "failed")
    engine.errors.clear()
    session.retry_all()
    wait_for(qtbot, session, "failed", "ready", "ready")


def test_a_song_whose_own_model_is_gone_can_be_split_with_the_preferred_one(
    qtbot: QtBot, session: Session, engine: FakeEngine, song: Path
) -> None:
    session.split_also(song, "gone")
    wait_for(qtbot, session, "failed")
    session.retry(1)
    assert phases(session) != ["failed"]
    wait_for(qtbot, session, "failed")
    session.retry(1, as_preferred=True)
    wait_for(qtbot, session, "ready")
    assert [request.model for request in engine.requests] == ["default"]


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
    qtbot: QtBot, session: Session, engine: FakeEngine, song: Path, library: ResultsLibrary
) -> None:
    engine.hold.clear()
    session.add([song])
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    started = time.process_time()
    session.cancel(1)
    assert session.state.songs.items[0].stopping  # said before the engine answers
    wait_for(qtbot, session, "stopped")
    assert not session.state.songs.items[0].stopping
    assert time.process_time() - started < 0.3  # what people take for at once, if nothing else runs
    assert entries(library) == []
    assert unfinished(library) == []


def test_cancelling_one_song_goes_on_with_the_next_and_it_can_be_tried_again(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.hold.clear()
    session.add(song_files(tmp_path, "a.wav", "b.wav"))
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    session.cancel(1)
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    engine.hold.set()
    wait_for(qtbot, session, "stopped", "ready")
    session.retry(1)
    wait_for(qtbot, session, "ready", "ready")


def test_a_waiting_song_is_cancelled_without_the_engine(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.hold.clear()
    session.add(song_files(tmp_path, "a.wav", "b.wav"))
    session.cancel(2)
    wait_for(qtbot, session, "running", "stopped")
    engine.hold.set()
    wait_for(qtbot, session, "ready", "stopped")
    assert len(engine.requests) == 1


def test_removing_the_song_that_is_being_split_stops_it(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path, library: ResultsLibrary
) -> None:
    engine.hold.clear()
    session.add(song_files(tmp_path, "a.wav", "b.wav"))
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    session.remove(1)
    assert [each.key for each in session.state.songs.items] == [2]
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    assert [each.key for each in session.state.songs.items] == [2]
    assert session.state.selected == 2
    engine.hold.set()
    wait_for(qtbot, session, "ready")
    assert entries(library) == ["b.wav"]


def test_removing_a_song_keeps_its_stems_and_lets_the_library_make_room(
    qtbot: QtBot, session: Session, tmp_path: Path, library: ResultsLibrary
) -> None:
    session.add(song_files(tmp_path, "a.wav", "b.wav"))
    wait_for(qtbot, session, "ready", "ready")
    library.trim(0)
    assert entries(library) == ["a.wav", "b.wav"]  # both are in the list
    session.remove(1)
    assert session.state.selected == 2
    assert session.state.page == "ready"
    assert entries(library) == ["a.wav", "b.wav"]
    library.trim(0)
    assert entries(library) == ["b.wav"]


def test_deleting_an_entry_takes_its_song_off_the_list(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.add(song_files(tmp_path, "a.wav", "b.wav"))
    wait_for(qtbot, session, "ready", "ready")
    first = session.state.songs.items[0].separation
    assert first is not None
    session.remove_entry(first.folder.name)
    assert [each.source.name for each in session.state.songs.items] == ["b.wav"]


def test_a_song_that_was_split_before_opens_at_once_while_another_is_split(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    first, second = song_files(tmp_path, "a.wav", "b.wav")
    session.add([first])
    wait_for(qtbot, session, "ready")
    session.remove(1)
    renamed = first.rename(tmp_path / "a new name.wav")
    engine.hold.clear()
    session.add([second, renamed])
    wait_for(qtbot, session, "running", "ready")
    assert len(engine.requests) == 2
    opened = session.state.songs.items[1]
    assert opened.separation is not None
    assert opened.separation.source == renamed
    engine.hold.set()
    wait_for(qtbot, session, "ready", "ready")


def test_other_settings_split_a_song_again(
    qtbot: QtBot, session: Session, engine: FakeEngine, settings: SettingsStore, song: Path
) -> None:
    session.add([song])
    wait_for(qtbot, session, "ready")
    settings.update(quality="best")
    session.add([song])
    wait_for(qtbot, session, "ready", "ready")
    assert [request.quality for request in engine.requests] == ["balanced", "best"]


def test_the_same_file_is_listed_once(qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path) -> None:
    first, second = song_files(tmp_path, "a.wav", "b.wav")
    engine.hold.clear()
    session.add([first, second])
    session.add([second])
    assert [each.source for each in session.state.songs.items] == [first, second]
    assert session.state.selected == 2
    engine.hold.set()
    wait_for(qtbot, session, "ready", "ready")
    session.add([first])
    wait_for(qtbot, session, "ready", "ready")
    assert session.state.selected == 1
    assert len(engine.requests) == 2


def test_a_damaged_entry_is_split_again(
    qtbot: QtBot, session: Session, engine: FakeEngine, song: Path, library: ResultsLibrary
) -> None:
    session.add([song])
    wait_for(qtbot, session, "ready")
    (library.entries()[0].separation.folder / "bass.2.f32").unlink()
    session.remove(1)
    session.add([song])
    wait_for(qtbot, session, "ready")
    assert len(engine.requests) == 2


def test_pausing_holds_the_song_and_the_queue_and_going_on_ends_both(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.hold.clear()
    session.add(song_files(tmp_path, "a.wav", "b.wav"))
    wait_for(qtbot, session, "running", "waiting")
    session.pause(True)
    assert session.state.paused
    assert not session.state.working
    engine.hold.set()
    qtbot.wait(50)
    assert phases(session) == ["running", "waiting"]
    session.pause(False)
    wait_for(qtbot, session, "ready", "ready")


def test_nothing_starts_while_paused_and_a_paused_song_can_be_stopped(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    first, second = song_files(tmp_path, "a.wav", "b.wav")
    engine.hold.clear()
    session.add([first])
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    session.pause(True)
    session.add([second])
    session.cancel(1)
    wait_for(qtbot, session, "stopped", "waiting")
    qtbot.wait(30)
    assert len(engine.requests) == 1
    engine.hold.set()
    session.pause(False)
    wait_for(qtbot, session, "stopped", "ready")


def test_the_order_of_the_list_is_the_order_of_splitting(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.hold.clear()
    session.add(song_files(tmp_path, "a.wav", "b.wav", "c.wav"))
    wait_for(qtbot, session, "running", "waiting", "waiting")
    session.move(3, 1)
    assert [each.key for each in session.state.songs.items] == [1, 3, 2]
    engine.hold.set()
    wait_for(qtbot, session, "ready", "ready", "ready")
    assert [request.source.name for request in engine.requests] == ["a.wav", "c.wav", "b.wav"]


def test_the_list_comes_back_and_goes_on(
    qtbot: QtBot, open_session: Opener, runner: JobRunner, engine: FakeEngine, tmp_path: Path
) -> None:
    paths = song_files(tmp_path, "a.wav", "bad.wav", "c.wav", "d.wav", "e.wav")
    engine.errors["bad.wav"] = DecodeError(paths[1], "it is empty")
    before = open_session()
    before.add(paths[:2])
    wait_for(qtbot, before, "ready", "failed")
    engine.hold.clear()
    before.add(paths[2:])
    before.cancel(5)
    wait_for(qtbot, before, "ready", "failed", "running", "waiting", "stopped")
    before.select(3)
    before.freeze()  # the program ends here
    assert runner.cancel_all()
    wait_for(qtbot, before, "ready", "failed", "stopped", "waiting", "stopped")
    engine.hold.set()
    requests = len(engine.requests)

    after = open_session()
    after.restore()
    assert [each.source for each in after.state.songs.items] == paths
    shown = after.state.song
    assert shown is not None
    assert shown.source == paths[2]
    wait_for(qtbot, after, "ready", "failed", "ready", "ready", "stopped")
    problem = after.state.songs.items[1].problem
    assert problem is not None
    assert "it is empty" in problem.text
    assert problem.file == paths[1]
    assert [request.source.name for request in engine.requests[requests:]] == ["c.wav", "d.wav"]
    before.close()


def test_files_that_vanished_are_listed_and_finished_songs_need_no_file(
    qtbot: QtBot, open_session: Opener, runner: JobRunner, engine: FakeEngine, tmp_path: Path
) -> None:
    paths = song_files(tmp_path, "a.wav", "b.wav", "c.wav")
    before = open_session()
    before.add(paths[:1])
    wait_for(qtbot, before, "ready")
    engine.hold.clear()
    before.add(paths[1:])
    wait_for(qtbot, before, "ready", "running", "waiting")
    before.freeze()
    assert runner.cancel_all()
    qtbot.waitUntil(lambda: not runner.busy)
    engine.hold.set()
    paths[0].unlink()
    paths[1].unlink()
    after = open_session()
    with qtbot.waitSignal(after.refused) as refused:
        after.restore()
    assert refused.args is not None
    assert [refusal.path for refusal in refused.args[0]] == [paths[1]]
    wait_for(qtbot, after, "ready", "ready")


def test_closing_keeps_the_list_and_the_stems(
    qtbot: QtBot, open_session: Opener, engine: FakeEngine, song: Path
) -> None:
    before = open_session()
    before.add([song])
    wait_for(qtbot, before, "ready")
    before.close()
    after = open_session()
    after.restore()
    wait_for(qtbot, after, "ready")
    assert len(engine.requests) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"songs": 1}', '{"songs": [{}], "selected": null}'])
def test_a_broken_list_is_an_empty_list_and_a_line_in_the_log(
    open_session: Opener, places: Places, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    places.config.mkdir()
    (places.config / "queue.json").write_text(text)
    session = open_session()
    session.restore()
    assert session.state.songs.items == ()
    assert "was not read" in caplog.text


def test_a_song_of_the_list_that_cannot_be_read_is_left_out_and_the_others_come_back(
    qtbot: QtBot, open_session: Opener, places: Places, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = song_files(tmp_path, "a.wav", "b.wav")
    later = {"source": str(second), "phase": "waiting", "entry": "", "problem": None, "model": "", "colour": "red"}
    listed = [{"source": str(first), "phase": "stopped"}, 7, {"source": 1, "phase": "ready"}, {"phase": "ready"}]
    listed += [{"source": "c.wav", "phase": "ready", "entry": 1}, {"source": "d.wav", "phase": "failed", "problem": 1}]
    problem = {"title": 5, "text": "x", "advice": "x", "details": "x", "remedy": "none"}
    listed += [{"source": "e.wav", "phase": "failed", "problem": problem}]
    places.config.mkdir()
    (places.config / "queue.json").write_text(json.dumps({"songs": [*listed, later], "selected": 7, "version": 9}))
    session = open_session()
    session.restore()
    assert [song.source for song in session.state.songs.items] == [first, second]
    assert session.state.song is not None
    assert session.state.song.source == second
    assert caplog.text.count("was not read") == 6
    wait_for(qtbot, session, "stopped", "ready")


def test_a_song_on_a_disk_that_does_not_answer_stays_in_the_list(
    qtbot: QtBot, open_session: Opener, places: Places, tmp_path: Path
) -> None:
    # As with a server that is away, no answer is an error, which a name too long gives as well.
    there, unknown = song_files(tmp_path, "a.wav")[0], tmp_path / ("n" * 300 + ".wav")
    listed = [{"source": str(unknown), "phase": "stopped"}, {"source": str(there), "phase": "waiting"}]
    places.config.mkdir()
    (places.config / "queue.json").write_text(json.dumps({"songs": listed, "selected": 0}))
    session = open_session()
    session.restore()
    assert [song.source for song in session.state.songs.items] == [unknown, there]
    wait_for(qtbot, session, "stopped", "ready")


def test_what_was_added_last_is_remembered_once_and_not_without_end(
    qtbot: QtBot, session: Session, settings: SettingsStore, tmp_path: Path
) -> None:
    session.pause(True)
    album = tmp_path / "album"
    album.mkdir()
    song_files(album, "1.wav", "2.wav")
    paths = song_files(tmp_path, *(f"{number}.wav" for number in range(14)))
    session.add([*paths[:3], tmp_path / "missing.wav"])
    session.add([album])
    session.add([paths[1]])
    assert settings.value.recent == tuple(str(path) for path in (paths[1], album, paths[0], paths[2]))
    session.add(paths)
    assert settings.value.recent == tuple(str(path) for path in paths[:12])
    qtbot.waitUntil(lambda: {each.phase for each in session.state.songs.items} == {"waiting"})


def test_the_first_song_starts_within_a_second_of_work(
    qtbot: QtBot, session: Session, engine: FakeEngine, tmp_path: Path
) -> None:
    song = tmp_path / "song.wav"
    song.write_bytes(bytes(40_000_000))  # four minutes
    started = time.process_time()
    session.add([song])
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    assert time.process_time() - started < 1.0
    wait_for(qtbot, session, "ready")


def test_a_single_new_song_is_shown_at_once(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    first, second = song_files(tmp_path, "a.wav", "b.wav")
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
    qtbot: QtBot, session: Session, engine: FakeEngine, settings: SettingsStore, tmp_path: Path, song: Path
) -> None:
    model = tmp_path / "tiny.safetensors"
    model.write_bytes(b"the fake engine does not read it")
    settings.update(model=str(model), quality="fast", stages=(1,), device="cpu", precision="int16")
    session.add([song])
    wait_for(qtbot, session, "ready")
    request = engine.requests[0]
    assert (request.model, request.quality, request.stages, request.device, request.precision) == (
        str(model), "fast", (1,), "cpu", "int16",
    )  # fmt: skip
