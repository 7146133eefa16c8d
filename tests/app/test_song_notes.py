"""Mixer and loop are kept with their song, and come back in another window."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose import Parts, Studio
from app.settings import Places
from app.viewmodel.history import History
from app.viewmodel.mixer import MixerModel
from app.viewmodel.ranges import SILENT, SOUNDING, Ranges
from app.viewmodel.signals import heard_signals
from app.viewmodel.song_notes import read_loop, write_loop
from app.viewmodel.strips import MixerState
from engine.api import Separation, compared, load_separation
from tests.support.fake_engine import FakeEngine, FakePlayer
from tests.support.window import delete_window

Open = Callable[[], Studio]


@pytest.fixture
def open_window(qapp: QApplication, places: Places) -> Iterator[Open]:
    """Opens a window as the next start of Bandsaw would, after closing the one before."""
    made: list[Studio] = []

    def close() -> None:
        for studio in made:
            studio.window.close()
            studio.close()
            delete_window(studio)
        made.clear()

    def make() -> Studio:
        close()
        made.append(Studio(qapp, Parts(FakeEngine(), FakeEngine(), FakePlayer(), places, demo=None)))
        made[0].start([])
        return made[0]

    yield make
    close()


def opened_anew(separation: Separation) -> MixerModel:
    player = FakePlayer()
    player.load(heard_signals(separation), separation.sample_rate)
    model = MixerModel(player, History())
    model.load(separation)
    return model


def test_comps_muted_ranges_faders_and_loop_come_back_with_the_next_window(
    qtbot: QtBot, open_window: Open, song: Path
) -> None:
    studio = open_window()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    mixer, transport = studio.models.mixer, studio.models.transport
    mixer.comp("vocals", (0, 4_000), 1)
    mixer.mute_range("drums", (1_000, 5_000))
    mixer.set_gain("bass", -math.inf)
    mixer.set_pan("other", 0.5)
    mixer.toggle_solo("vocals")
    transport.set_loop(5_000, 10_000)
    left = mixer.settings

    again = open_window()
    qtbot.waitUntil(lambda: again.models.session.state.page == "ready")
    assert again.models.mixer.settings == left
    assert again.models.mixer.state.sounding() == "Comp"
    assert (again.models.transport.state.loop, again.models.transport.state.looping) == ((5_000, 10_000), True)
    assert not again.models.history.state.can_undo
    again.models.mixer.clear_ranges("vocals", "comp")
    again.models.transport.clear_loop()

    last = open_window()
    qtbot.waitUntil(lambda: last.models.session.state.page == "ready")
    assert last.models.mixer.state.strips[1].comp == Ranges()
    assert last.models.transport.state.loop is None


def test_changes_are_kept_a_moment_later_should_the_window_be_killed(qtbot: QtBot, studio: Studio, song: Path) -> None:
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    shown = studio.window.song_on_show()
    assert shown is not None
    studio.models.mixer.mute_range("drums", (1_000, 5_000))
    studio.models.transport.set_loop(5_000, 10_000)
    qtbot.waitUntil(lambda: read_loop(shown.separation) == ((5_000, 10_000), True))
    gaps = opened_anew(shown.separation).state.strips[3].gaps
    assert gaps.starts == ((0, SOUNDING), (1_000, SILENT), (5_000, SOUNDING))


def test_what_is_done_while_a_song_is_being_split_is_kept_once_it_is_finished(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path
) -> None:
    engine.early = True
    engine.hold.clear()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: bool(studio.models.mixer.state.strips))
    studio.models.mixer.set_gain("bass", -3.0)
    studio.models.transport.set_loop(0, 4_000)
    engine.hold.set()
    qtbot.waitUntil(lambda: studio.models.session.state.page == "ready")
    made = studio.models.session.state.song
    assert made is not None
    assert made.separation is not None
    studio.models.session.remove(made.key)
    kept = load_separation(made.separation.folder)
    assert opened_anew(kept).state.strips[2].gain_db == -3.0
    assert read_loop(kept) == ((0, 4_000), True)


@pytest.mark.parametrize("back_before_it_is_finished", [True, False])
def test_it_is_kept_also_if_another_song_was_on_show_meanwhile(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path, back_before_it_is_finished: bool
) -> None:
    other = song.with_name("other.wav")
    other.write_text("another song")
    engine.early = True
    engine.hold.clear()
    session = studio.models.session
    session.add([song, other])
    qtbot.waitUntil(lambda: bool(studio.models.mixer.state.strips))
    studio.models.mixer.set_gain("bass", -3.0)
    session.select(2)
    if back_before_it_is_finished:
        session.select(1)
    engine.hold.set()
    qtbot.waitUntil(lambda: [each.phase for each in session.state.songs.items] == ["ready", "ready"])
    session.select(1)
    assert studio.models.mixer.state.strips[2].gain_db == -3.0
    made = session.state.song
    assert made is not None
    assert made.separation is not None
    session.remove(1)
    assert opened_anew(load_separation(made.separation.folder)).state.strips[2].gain_db == -3.0


def test_what_was_done_before_other_sides_were_chosen_is_kept_with_these_as_well(
    qtbot: QtBot, studio: Studio, song: Path
) -> None:
    models = studio.models
    models.session.add([song])
    qtbot.waitUntil(lambda: models.session.state.page == "ready")
    models.mixer.set_gain("bass", -3.0)
    models.transport.set_loop(5_000, 10_000)
    studio.window.show()
    qtbot.waitUntil(lambda: len(models.compare.state.offers) == 2)
    shown = models.session.state.song
    assert shown is not None
    assert shown.separation is not None
    a, b = models.compare.state.offers
    sides = compared(b, a)
    models.compare.exchanged.emit(sides)
    models.session.remove(shown.key)
    assert opened_anew(sides).state.strips[2].gain_db == -3.0
    assert read_loop(sides) == ((5_000, 10_000), True)


def test_a_result_that_is_gone_is_not_made_again_by_its_mix(mixer: MixerModel, separation: Separation) -> None:
    mixer.set_gain("bass", -3.0)
    for path in separation.folder.iterdir():
        path.unlink()
    separation.folder.rmdir()
    mixer.keep()
    assert not separation.folder.exists()


@pytest.mark.parametrize(
    "damage",
    [
        {"stage": 3},
        {"stage": "two"},
        {"stage": math.inf},
        {"take": "shout"},
        {"take": "comp"},
        {"gain_db": 13.0},
        {"gain_db": math.nan},
        {"pan": 2},
        {"comp": [[0, 1], [22_050, 2]]},
        {"comp": [[5, 1]]},
        {"comp": [[0, 7]]},
        {"gaps": [[0, 1], [9, 0], [4, 1]]},
        {"gaps": 5},
    ],
)
def test_a_note_that_does_not_fit_is_logged_and_the_song_begins_anew(
    mixer: MixerModel, separation: Separation, damage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    fresh: MixerState = mixer.state
    mixer.set_gain("bass", -3.0)
    mixer.keep()
    note = separation.folder / "mixer.json"
    values = json.loads(note.read_text())
    assert opened_anew(separation).state.strips[2].gain_db == -3.0
    values["strips"]["vocals"].update(damage)
    note.write_text(json.dumps(values))
    assert opened_anew(separation).state == fresh
    assert "mixer was not read" in caplog.text


@pytest.mark.parametrize("gain", ["NaN", "1e300", "-1", '"x"', "null"])
def test_a_delta_gain_that_there_is_not_is_none(mixer: MixerModel, separation: Separation, gain: str) -> None:
    mixer.set_gain("bass", -3.0)
    mixer.keep()
    note = separation.folder / "mixer.json"
    text = note.read_text()
    assert '"delta_gain_db": 12.0' in text
    note.write_text(text.replace('"delta_gain_db": 12.0', f'"delta_gain_db": {gain}'))
    begins = opened_anew(separation).state
    assert (begins.delta_gain_db, begins.strips[2].gain_db) == (12.0, 0.0)


def test_a_loop_that_does_not_fit_is_none(separation: Separation, caplog: pytest.LogCaptureFixture) -> None:
    (separation.folder / "loop.json").write_text('{"span": [0, 100000], "repeated": true}')
    assert read_loop(separation) == (None, False)
    assert "loop was not read" in caplog.text
    assert read_loop(replace(separation, samples=100_000)) == ((0, 100_000), True)


def test_what_cannot_be_kept_is_logged(separation: Separation, caplog: pytest.LogCaptureFixture) -> None:
    (separation.folder / "loop.json").mkdir()
    write_loop(separation, ((0, 100), True))
    assert "loop was not kept" in caplog.text
