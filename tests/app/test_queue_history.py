"""Undo of what changes the list of songs, in the window's own wiring."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.compose import Studio
from tests.support.fake_engine import FakeEngine


@pytest.fixture
def songs(qtbot: QtBot, studio: Studio, tmp_path: Path) -> list[str]:
    """Three songs, split."""
    names = ["one", "two", "three"]
    for name in names:
        (tmp_path / f"{name}.wav").write_bytes(name.encode())
    session = studio.models.session
    session.add([tmp_path / f"{name}.wav" for name in names])
    qtbot.waitUntil(lambda: all(song.phase == "ready" for song in session.state.songs.items))
    return names


def listed(studio: Studio) -> list[str]:
    return [song.source.stem for song in studio.models.session.state.songs.items]


def key_of(studio: Studio, name: str) -> int:
    return next(song.key for song in studio.models.session.state.songs.items if song.source.stem == name)


def test_a_song_that_was_removed_comes_back_in_its_place_with_its_stems(
    qtbot: QtBot, studio: Studio, songs: list[str]
) -> None:
    session, history = studio.models.session, studio.models.history
    session.remove(key_of(studio, "two"))
    assert listed(studio) == ["one", "three"]
    history.undo()
    assert listed(studio) == songs
    qtbot.waitUntil(lambda: session.state.page == "ready")
    assert session.state.song is not None
    assert session.state.song.source.stem == "two"
    history.redo()
    assert listed(studio) == ["one", "three"]
    history.undo()
    assert listed(studio) == songs


def test_all_songs_that_are_ready_are_removed_and_come_back_in_one_step(
    qtbot: QtBot, studio: Studio, songs: list[str], engine: FakeEngine, tmp_path: Path
) -> None:
    session, history = studio.models.session, studio.models.history
    engine.hold.clear()
    (tmp_path / "four.wav").write_bytes(b"four")
    session.add([tmp_path / "four.wav"])
    qtbot.waitUntil(lambda: session.state.songs.running() is not None)
    session.move(key_of(studio, "four"), 1)
    session.select(key_of(studio, "one"))
    mixed = [songs[0], "four", *songs[1:]]
    session.remove_done()
    assert listed(studio) == ["four"]
    assert session.state.selected == key_of(studio, "four")
    history.undo()
    assert listed(studio) == mixed
    assert session.state.selected == key_of(studio, "one")
    history.redo()
    assert listed(studio) == ["four"]
    history.undo()
    engine.hold.set()
    qtbot.waitUntil(lambda: all(song.phase == "ready" for song in session.state.songs.items))
    assert len(engine.requests) == 4  # none is split again


def test_a_song_that_was_being_split_is_split_again_when_its_removal_is_taken_back(
    qtbot: QtBot, studio: Studio, songs: list[str], engine: FakeEngine, tmp_path: Path
) -> None:
    session, history = studio.models.session, studio.models.history
    engine.hold.clear()
    (tmp_path / "four.wav").write_bytes(b"four")
    session.add([tmp_path / "four.wav"])
    for change, names in ((lambda: session.remove(4), songs), (history.undo, [*songs, "four"]), (history.redo, songs)):
        qtbot.waitUntil(lambda: len(listed(studio)) == 3 or session.state.songs.running() is not None)
        change()
        assert listed(studio) == names
    history.undo()
    engine.hold.set()
    qtbot.waitUntil(lambda: key_of(studio, "four") == session.state.selected and session.state.page == "ready")
    assert not history.state.can_undo  # there was one removal, however often it was made


def test_moves_are_taken_back_also_after_another_song_was_shown(studio: Studio, songs: list[str]) -> None:
    session, history = studio.models.session, studio.models.history
    session.move(key_of(studio, "three"), 0)
    assert listed(studio) == ["three", "one", "two"]
    session.select(key_of(studio, "two"))
    studio.models.mixer.set_gain("bass", -3.0)
    session.select(key_of(studio, "one"))  # the step of the mixer is forgotten with its song
    history.undo()
    assert listed(studio) == songs
    assert not history.state.can_undo
    history.redo()
    assert listed(studio) == ["three", "one", "two"]
