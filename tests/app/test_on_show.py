"""A song is heard and seen while it is being split, and nobody takes it for finished before it is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.settings import Places
from app.view.canvas import LaneCanvas
from app.view.drag_out import DragHandle
from app.view.lanes import LanesPage
from app.view.splitting_bar import SplittingBar
from app.view.strip import StripView
from app.view.widgets import ElidedLabel
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.on_show import OnShow
from app.viewmodel.queue import Song, SongPhase, Songs
from app.viewmodel.session_state import SessionState
from app.viewmodel.signals import COMPED, DELTA, heard_signals
from app.viewmodel.transport import TransportModel
from engine.api import (
    DecodeError,
    OverviewRequest,
    Separation,
    Spans,
    Unfinished,
    build_overviews,
    load_separation,
)
from tests.support.fake_engine import FakeEngine, FakePlayer, song_files
from tests.support.window import visible

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there, songs are not shown while they are split")

HALF = 11_025


@pytest.fixture
def held(engine: FakeEngine) -> FakeEngine:
    """An engine that stops when half of the song is ready."""
    engine.early = True
    engine.hold.clear()
    return engine


@pytest.fixture
def half(qtbot: QtBot, held: FakeEngine, studio: Studio, song: Path) -> Studio:
    """A window with half a song."""
    del held
    studio.window.show()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: studio.models.transport.state.ready == ((0, HALF),))
    return studio


def finish(qtbot: QtBot, held: FakeEngine, studio: Studio) -> Separation:
    held.hold.set()
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    shown = studio.models.session.state.song
    assert shown is not None
    assert shown.separation is not None
    return shown.separation


# The rules


class _Session:
    """Stands in for the session's signal."""

    def __init__(self) -> None:
        self.listeners: list[object] = []
        self.changed = self

    def connect(self, listener: object) -> None:
        self.listeners.append(listener)

    def show(self, song: Song | None) -> None:
        songs = Songs((song,) if song else ())
        for listener in self.listeners:
            listener(SessionState(songs, song.key if song else None))  # type: ignore[operator]


def test_what_is_on_show_is_told_once_and_what_is_ready_after_it(qapp: QApplication, separation: Separation) -> None:
    del qapp
    session, told = _Session(), list[tuple[str, object]]()
    on_show = OnShow(session)  # type: ignore[arg-type]
    on_show.opened.connect(lambda what: told.append(("opened", what)))
    on_show.completed.connect(lambda what: told.append(("completed", what)))
    on_show.grown.connect(lambda what: told.append(("grown", what)))

    def song(phase: SongPhase, ready: Spans | None, whole: Separation | None = None, key: int = 1) -> Song:
        unfinished = Unfinished(separation, ready) if ready is not None else None
        return Song(key, Path("Song.wav"), phase, separation=whole, unfinished=unfinished)

    session.show(song("running", None))
    session.show(song("running", ()))
    assert told == []
    session.show(song("running", ((0, 5),)))
    session.show(song("running", ((0, 5),)))
    session.show(song("running", ((0, 5), (7, 9))))
    kept = replace(separation, folder=Path("kept"))
    session.show(song("ready", None, kept))
    everything = ((0, separation.samples),)
    assert told == [
        ("opened", separation), ("grown", ((0, 5),)), ("grown", ((0, 5), (7, 9))),
        ("completed", kept), ("grown", everything),
    ]  # fmt: skip
    told.clear()
    session.show(song("running", ((0, 5),), key=2))
    session.show(song("failed", None, key=2))
    session.show(song("ready", None, kept, key=3))
    session.show(None)
    assert told == [
        ("opened", separation), ("grown", ((0, 5),)), ("opened", None),
        ("opened", kept), ("grown", everything), ("opened", None),
    ]  # fmt: skip


@pytest.fixture
def transport(qapp: QApplication, player: FakePlayer, separation: Separation) -> Iterator[TransportModel]:
    del qapp  # a timer needs it
    model = TransportModel(player)
    model.load(separation)
    model.set_ready(((0, 5_000), (12_000, 20_000)))
    yield model
    model.close()


def test_the_player_is_told_what_is_ready(transport: TransportModel, player: FakePlayer) -> None:
    assert player.ready == transport.state.ready == ((0, 5_000), (12_000, 20_000))
    assert transport.state.missing == ((5_000, 12_000), (20_000, transport.state.samples))
    transport.set_ready(((0, transport.state.samples),))
    assert transport.state.missing == ()


def test_whoever_goes_where_nothing_is_ready_wants_that_first(transport: TransportModel, player: FakePlayer) -> None:
    wanted: list[int] = []
    transport.wanted.connect(wanted.append)
    for sample in (0, 4_999, 12_000, 19_999, transport.state.samples):
        transport.seek(sample)
    assert wanted == []
    transport.seek(5_000)
    transport.seek(8_000)
    assert wanted == [5_000, 8_000]
    assert player.position == 8_000
    transport.set_loop(13_000, 19_000)
    assert wanted == [5_000, 8_000]
    transport.set_loop(13_000, 21_000)
    transport.toggle_loop()
    assert wanted == [5_000, 8_000, 13_000]


def test_where_it_waits_is_wanted_once(transport: TransportModel, player: FakePlayer) -> None:
    wanted: list[int] = []
    transport.wanted.connect(wanted.append)
    transport.toggle()
    player.position, player.waiting = 4_960, True
    transport.tick()
    transport.tick()
    assert wanted == [4_960]
    assert transport.state.waiting
    assert transport.state.playing
    player.waiting = False
    transport.tick()
    assert not transport.state.waiting


def test_a_comp_can_be_made_while_the_song_moves_to_where_it_is_kept(
    player: FakePlayer, separation: Separation, history: History
) -> None:
    player.load(heard_signals(separation), separation.sample_rate)
    mixer = MixerModel(player, history)
    mixer.load(separation)
    kept = replace(separation, folder=separation.folder.rename(separation.folder.with_name("kept")))
    mixer.comp("vocals", (1_000, 2_000), 1)
    mixer.complete(kept)
    mixer.comp("bass", (1_000, 2_000), 1)
    assert {key for key in player.gains if key[1] > DELTA} == {("vocals", COMPED), ("bass", COMPED)}


def test_the_mixer_of_a_song_that_is_finished_out_of_sight_is_as_it_was_left(
    player: FakePlayer, separation: Separation, history: History
) -> None:
    player.load(heard_signals(separation), separation.sample_rate)
    mixer = MixerModel(player, history)
    mixer.load(separation)
    mixer.toggle_mute("drums")
    left = mixer.state
    mixer.load(None)
    mixer.load(replace(separation, folder=separation.folder.rename(separation.folder.with_name("kept"))))
    assert mixer.state == left


# The window


def test_half_a_song_plays_and_the_whole_one_goes_on_without_a_break(
    qtbot: QtBot, held: FakeEngine, half: Studio, player: FakePlayer
) -> None:
    assert half.models.session.state.page == "running"
    assert player.ready == ((0, HALF),)
    assert len([canvas for canvas in visible(half, LaneCanvas) if not canvas.complete]) == 6
    assert visible(half, SplittingBar)
    half.models.transport.toggle()
    half.models.mixer.toggle_mute("drums")
    signals, mixer = player.signals, half.models.mixer.state
    player.position = 10_000
    separation = finish(qtbot, held, half)
    assert player.playing
    assert player.position == 10_000
    assert player.signals is signals
    assert half.models.mixer.state == mixer
    assert player.ready == ((0, separation.samples),)
    assert all(canvas.complete and canvas.shown.drawable for canvas in visible(half, LaneCanvas))
    assert not visible(half, SplittingBar)
    half.models.transport.stop()


def test_half_a_song_is_nowhere_taken_for_a_finished_one(qtbot: QtBot, held: FakeEngine, half: Studio) -> None:
    window = half.window
    export = next(button for button in window.findChildren(QPushButton) if button.accessibleName() == "Export stems")
    handles = window.findChildren(DragHandle)
    assert not export.isEnabled()
    assert not any(handle.isEnabled() for handle in handles)
    for widget in (export, *handles):
        assert "once the whole song is split" in widget.toolTip()
    assert not half.models.reference.can_have("vocals")
    assert half.models.status.state.separation is None
    library = half.models.library
    library.refresh()
    qtbot.waitUntil(lambda: library.state.known)
    assert library.state.entries == ()
    window.findChildren(StripView)[1].drag_wanted.emit()
    assert [line for line in visible(half, ElidedLabel) if "once the whole song is split" in line.text()]
    separation = finish(qtbot, held, half)
    assert export.isEnabled()
    assert all(handle.isEnabled() for handle in handles)
    assert "once the whole song is split" not in export.toolTip()
    assert half.models.reference.can_have("vocals")
    assert half.models.status.state.separation == separation
    assert load_separation(separation.folder).samples == separation.samples


def test_what_is_drawn_a_moment_after_it_can_be_heard_is_shown_before_there_is_more_to_hear(
    qtbot: QtBot, half: Studio
) -> None:
    song = half.models.session.state.song
    assert song is not None
    assert song.audible is not None
    canvases = visible(half, LaneCanvas)
    assert [canvas.shown.drawable for canvas in canvases] == [None] * len(canvases)
    build_overviews(OverviewRequest(song.audible))
    (late,) = half.window.findChildren(LanesPage)[0].findChildren(QTimer)
    if not late.isActive():  # on a busy machine that took longer than the window waits
        late.start()
    qtbot.waitUntil(lambda: all(canvas.shown.drawable is not None for canvas in canvases))
    assert half.models.transport.state.ready == ((0, HALF),)


@pytest.mark.parametrize("end", ["stop", "remove", "fail", "close"])
def test_half_a_song_that_comes_to_nothing_is_closed_and_leaves_nothing(
    end: str, qtbot: QtBot, held: FakeEngine, half: Studio, player: FakePlayer, places: Places
) -> None:
    session = half.models.session
    half.models.transport.toggle()
    if end == "stop":
        session.cancel(1)
        qtbot.waitUntil(lambda: session.state.songs.items[0].phase == "stopped")
    elif end == "remove":
        session.remove(1)
        qtbot.waitUntil(lambda: session.state.page == "empty")
    elif end == "fail":
        held.errors["Song.wav"] = DecodeError(Path("Song.wav"), "broken")
        held.hold.set()
        qtbot.waitUntil(lambda: session.state.page == "error")
    else:
        half.close()
    assert player.signals == {}
    assert not player.playing
    assert half.models.transport.state.samples == 0
    assert not visible(half, SplittingBar)
    # A song that is removed leaves the list before the engine has stopped.
    qtbot.waitUntil(lambda: not list(places.cache.glob("library/**/*.f32")))


@pytest.mark.parametrize("late", [None, "mixer", "window"])
def test_a_song_that_is_chosen_while_it_moves_into_the_library_opens_a_moment_later(
    qtbot: QtBot, held: FakeEngine, half: Studio, monkeypatch: pytest.MonkeyPatch, late: str | None
) -> None:
    part = next(half.models.library.folder.glob("unfinished/*/*.part"))
    moved = part.with_name("moved")
    reader = {None: half.models.transport, "mixer": half.models.mixer, "window": half.window}[late]
    load = reader.load

    def move_and_load(separation: Separation | None) -> None:
        if separation is not None:
            part.rename(moved)
        load(separation)

    vars(half)["_on_show"].forget()
    with monkeypatch.context() as moving:
        moving.setattr(reader, "load", move_and_load)
        half.models.session.select(1)  # as if another song had been on show
    assert half.models.transport.state.samples == 0
    assert half.models.mixer.state.strips == ()
    moved.rename(part)
    finish(qtbot, held, half)
    assert half.models.transport.state.samples == 22_050
    qtbot.waitUntil(lambda: len(visible(half, LaneCanvas)) == 6)


def test_a_song_whose_stems_somebody_deleted_is_split_again_when_it_is_chosen(
    qtbot: QtBot, engine: FakeEngine, studio: Studio, tmp_path: Path
) -> None:
    paths = song_files(tmp_path, "a.wav", "b.wav")
    session = studio.models.session
    studio.window.show()
    session.add(paths)
    qtbot.waitUntil(lambda: all(song.phase == "ready" for song in session.state.songs.items))
    b = session.state.songs.items[1].separation
    assert b is not None
    shutil.rmtree(b.folder)
    session.select(2)
    qtbot.waitUntil(lambda: session.state.page == "ready" and studio.models.transport.state.samples > 0)
    assert [request.source.name for request in engine.requests] == ["a.wav", "b.wav", "b.wav"]
    assert len(visible(studio, LaneCanvas)) == 6


def test_where_one_listens_is_split_first(qtbot: QtBot, held: FakeEngine, half: Studio) -> None:
    half.models.transport.seek(20_000)
    held.hold.set()
    qtbot.waitUntil(lambda: half.models.session.state.page == "ready")
    assert held.wanted == [None, None, None, 20_000 - 4_410]


def test_another_song_on_show_is_not_disturbed_by_the_one_that_is_split(
    qtbot: QtBot, engine: FakeEngine, studio: Studio, player: FakePlayer, tmp_path: Path
) -> None:
    paths = song_files(tmp_path, "a.wav", "b.wav")
    session = studio.models.session
    session.add([paths[0]])
    qtbot.waitUntil(lambda: session.state.page == "ready")
    engine.early = True
    engine.hold.clear()
    session.add(paths[1:])
    session.select(1)
    signals = player.signals
    qtbot.waitUntil(lambda: session.state.songs.items[1].ready == ((0, HALF),))
    assert player.signals is signals
    session.select(2)
    assert studio.models.transport.state.ready == ((0, HALF),)
    session.select(1)
    assert studio.models.transport.state.ready == ((0, 22_050),)
    engine.hold.set()
    qtbot.waitUntil(lambda: not session.state.songs.pending())
    assert session.state.selected == 1
    assert studio.models.transport.state.ready == ((0, 22_050),)
