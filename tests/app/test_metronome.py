"""The click of the song on show: beats are found when needed, taken as the musician says, and kept with the song."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.jobs.runner import JobRunner
from app.view.practice import PracticePopover
from app.view.transport_bar import TransportBar
from app.view.widgets import ElidedLabel
from app.viewmodel.metronome import MetronomeModel
from engine.api import Separation, load_beats
from engine.separation import Samples, signal_path, source_path
from tests.support.fake_engine import FakeEngine, FakePlayer
from tests.support.separations import make_separation
from tests.support.window import open_song

KEY = Qt.Key
RATE = 44_100
SECONDS = 8
BEAT = 0.4  # 150 bpm


def drum_hits() -> Samples:
    """Bursts of noise, (2, N)."""
    rng = np.random.default_rng(0)
    signal = np.zeros((2, SECONDS * RATE), np.float32)
    for place in np.arange(0.2, SECONDS - 0.2, BEAT):
        start = round(place * RATE)
        signal[:, start : start + 2_000] += rng.standard_normal(2_000) * np.exp(-np.arange(2_000) / 400) * 0.3
    return signal


def put_drums(folder: Path) -> None:
    for path in (source_path(folder), signal_path(folder, "drums", 2)):
        path.write_bytes(np.ascontiguousarray(drum_hits().T, "<f4").tobytes())


@pytest.fixture
def drummed(tmp_path: Path) -> Separation:
    made = make_separation(tmp_path / "drummed", samples=SECONDS * RATE)
    put_drums(made.folder)
    return made


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(qapp: QApplication, player: FakePlayer, clock: Clock) -> Iterator[MetronomeModel]:
    del qapp
    runner = JobRunner()
    yield MetronomeModel(player, runner, clock)
    runner.cancel_all()
    runner.close()


def find(qtbot: QtBot, model: MetronomeModel, separation: Separation) -> None:
    model.load(separation)
    model.search()
    qtbot.waitUntil(lambda: model.state.search == "done")


def clicked(player: FakePlayer) -> list[int]:
    return player.click.ticks.places.tolist()


def test_beats_are_found_when_the_click_is_first_used_and_kept_with_the_song(
    qtbot: QtBot, model: MetronomeModel, player: FakePlayer, drummed: Separation
) -> None:
    model.load(drummed)
    assert (model.state.search, load_beats(drummed)) == ("none", None)  # nobody has asked for them
    model.toggle()
    assert model.state.search == "searching"
    qtbot.waitUntil(lambda: model.state.search == "done")
    assert model.state.bpm == pytest.approx(150, abs=1)
    assert player.click.on
    assert len(clicked(player)) == SECONDS / BEAT
    kept = load_beats(drummed)
    assert kept == model.state.beats
    model.load(None)
    model.load(drummed)
    assert (model.state.search, model.state.beats) == ("done", kept)


def test_what_is_said_while_beats_are_looked_for_is_not_lost(
    qtbot: QtBot, model: MetronomeModel, drummed: Separation
) -> None:
    model.load(drummed)
    model.search()
    model.set_per_bar(3)
    qtbot.waitUntil(lambda: model.state.search == "done")
    kept = load_beats(drummed)
    assert kept is not None
    assert (kept.metre.per_bar, len(kept.found) > 10) == (3, True)


def test_another_song_gives_up_the_search_and_keeps_level_and_count_in(
    qtbot: QtBot, model: MetronomeModel, player: FakePlayer, drummed: Separation, separation: Separation
) -> None:
    model.set_level(-20)
    model.load(drummed)
    model.set_count_in(2)
    model.load(separation)
    qtbot.waitUntil(lambda: model.state.search == "done")
    assert (model.state.level_db, model.state.count_in_bars) == (-20, 2)
    assert (player.click.gain, player.click.count_in_bars) == (pytest.approx(0.1), 2)
    assert all(place < separation.samples for place in clicked(player))


def test_a_typed_tempo_goes_through_the_beat_at_the_playhead_and_back_to_what_was_found(
    qtbot: QtBot, model: MetronomeModel, player: FakePlayer, drummed: Separation
) -> None:
    find(qtbot, model, drummed)
    found = clicked(player)
    player.position = found[7] + 900
    model.set_bpm(75)
    assert found[7] in clicked(player)
    assert np.diff(clicked(player)).max() == pytest.approx(2 * BEAT * RATE, abs=1)
    model.scale(1)
    assert model.state.bpm == 150
    model.set_shift(50)
    assert found[7] + round(0.05 * RATE) in clicked(player)
    model.set_bpm(100)  # through a click, which has been shifted already
    assert found[7] + round(0.05 * RATE) in clicked(player)
    model.follow()
    assert clicked(player) == found
    model.scale(-1)
    assert (len(clicked(player)), model.state.bpm) == (len(found) // 2, pytest.approx(75, abs=1))


@pytest.mark.parametrize(("bpm", "doublings"), [(210, 1), (39, -1)])
def test_a_tempo_that_cannot_be_doubled_or_halved_stays(
    qtbot: QtBot, model: MetronomeModel, player: FakePlayer, drummed: Separation, bpm: float, doublings: int
) -> None:
    find(qtbot, model, drummed)
    model.set_bpm(bpm)
    before = clicked(player)
    model.scale(doublings)
    assert (model.state.bpm, clicked(player)) == (bpm, before)


@pytest.mark.parametrize("shift_ms", [0, 300, -400])
def test_a_bar_begins_where_the_playhead_is(
    qtbot: QtBot, model: MetronomeModel, player: FakePlayer, drummed: Separation, shift_ms: int
) -> None:
    find(qtbot, model, drummed)
    model.set_shift(shift_ms)
    player.position = clicked(player)[6] - 500
    model.start_bar_here()
    assert (player.click.ticks.first - 6) % player.click.ticks.per_bar == 0


def test_taps_along_the_song_set_tempo_and_beats_at_any_speed(
    qtbot: QtBot, model: MetronomeModel, player: FakePlayer, clock: Clock, drummed: Separation
) -> None:
    find(qtbot, model, drummed)
    player.playing = True
    for tap in range(6):  # 100 bpm of the song, heard at half its speed
        player.position, clock.now = 10_000 + 26_460 * tap, 100 + 1.2 * tap
        model.tap()
    assert model.state.bpm == pytest.approx(100)
    assert 10_000 + 3 * 26_460 in clicked(player)


def test_taps_in_silence_set_the_tempo_and_a_pause_begins_anew(
    qtbot: QtBot, model: MetronomeModel, clock: Clock, drummed: Separation
) -> None:
    find(qtbot, model, drummed)
    said: list[str] = []
    model.noticed.connect(said.append)
    for at in (0.0, 0.5, 1.0, 1.5):
        clock.now = 100 + at
        model.tap()
    assert (model.state.bpm, len(said)) == (pytest.approx(120), 2)
    for at in (60.0, 61.0):
        clock.now = 100 + at
        model.tap()
    assert model.state.bpm == pytest.approx(120)
    clock.now = 162.0
    model.tap()
    assert model.state.bpm == pytest.approx(60)


def test_a_song_without_a_beat_says_so_and_takes_a_tempo(
    qtbot: QtBot, model: MetronomeModel, player: FakePlayer, tmp_path: Path
) -> None:
    silent = make_separation(tmp_path / "silent", samples=RATE, peak=0.0)
    find(qtbot, model, silent)
    assert (model.state.bpm, model.state.line(), clicked(player)) == (0, "No beat found: tap or type the tempo", [])
    model.set_bpm(120)
    assert clicked(player) == [0, 22_050]


def test_a_folder_that_is_gone_is_no_crash(qtbot: QtBot, model: MetronomeModel, drummed: Separation) -> None:
    source_path(drummed.folder).unlink()
    model.load(drummed)
    model.search()
    qtbot.waitUntil(lambda: model.state.search == "failed")


# The window


@pytest.fixture
def engine() -> FakeEngine:
    class Drummer(FakeEngine):
        def separate(self, *args: object, **keywords: object) -> Separation:
            made = super().separate(*args, **keywords)  # type: ignore[arg-type]
            put_drums(made.folder)
            return made

    return Drummer(samples=SECONDS * RATE)


def test_keys_of_click_and_count_in(qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path) -> None:
    open_song(qtbot, studio, song)
    metronome = studio.models.metronome
    QTest.keyClick(studio.window, KEY.Key_K)
    assert (player.click.on, metronome.state.search) == (True, "searching")
    qtbot.waitUntil(lambda: metronome.state.search == "done")
    shift = Qt.KeyboardModifier.ShiftModifier
    for bars in (1, 2, 0):
        QTest.keyClick(studio.window, KEY.Key_K, shift)
        assert player.click.count_in_bars == bars
    QTest.keyClick(studio.window, KEY.Key_Space)
    assert player.counted_in
    player.position = clicked(player)[5]
    QTest.keyClick(studio.window, KEY.Key_T, shift)
    assert (player.click.ticks.first - 5) % 4 == 0
    QTest.keyClick(studio.window, KEY.Key_K)
    assert not player.click.on


def test_the_bar_says_that_it_counts_in_and_what_of_practice_is_in_use(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    bar = studio.window.findChildren(TransportBar)[0]
    player.counting = player.playing = True
    studio.models.transport.tick()
    assert any(each.text() == "Counting in…" for each in bar.findChildren(ElidedLabel))
    studio.models.metronome.toggle()
    studio.models.metronome.set_count_in(2)
    button = next(each for each in bar.children() if getattr(each, "accessibleName", str)() == "Practice tools")
    assert button.accessibleDescription() == "100 %, click, Count in 2 bars"  # type: ignore[attr-defined]


def test_the_card_shows_and_changes_everything_about_the_click(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    metronome = studio.models.metronome
    QTest.keyClick(studio.window, KEY.Key_P)
    card = studio.window.findChild(PracticePopover)
    assert isinstance(card, PracticePopover)
    qtbot.waitUntil(lambda: metronome.state.search == "done")  # the card asks for the tempo
    tempo = named(card, QDoubleSpinBox, "Tempo")
    assert (tempo.value(), tempo.text()[-3:]) == (pytest.approx(150, abs=1), "bpm")
    tempo.lineEdit().selectAll()
    QTest.keyClicks(tempo, "140")
    QTest.keyClick(tempo, KEY.Key_Return)
    assert metronome.state.bpm == 140
    click_along = card.findChildren(QCheckBox)[0]
    click_along.click()
    named(card, QSpinBox, "Level of the click").setValue(-20)
    named(card, QSpinBox, "Beats per bar").setValue(3)
    named(card, QSpinBox, "Shift of the clicks").setValue(-15)
    count_in = named(card, QComboBox, "Count-in")
    count_in.setCurrentIndex(2)
    count_in.activated.emit(2)
    click = player.click
    assert (click.on, click.gain, click.count_in_bars) == (True, pytest.approx(0.1), 2)
    assert (click.ticks.per_bar, metronome.state.bpm) == (3, 140)
    named(card, QPushButton, "Twice as many beats").click()
    assert tempo.value() == 280
    named(card, QPushButton, "Half as many beats").click()
    named(card, QPushButton, "As found").click()
    assert tempo.value() == pytest.approx(150, abs=1)
    assert not named(card, QPushButton, "As found").isEnabled()
    assert any(each.text() == "Follows the beat found in the song" for each in card.findChildren(ElidedLabel))


Kind = TypeVar("Kind", bound=QWidget)


def named(card: PracticePopover, kind: type[Kind], name: str) -> Kind:
    return next(each for each in card.findChildren(kind) if each.accessibleName() == name)


def test_the_smallest_window_has_room_for_the_card(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.window.resize(studio.window.minimumSize())
    QApplication.processEvents()
    QTest.keyClick(studio.window, KEY.Key_P)
    card = studio.window.findChild(PracticePopover)
    assert isinstance(card, PracticePopover)
    assert studio.window.rect().contains(card.geometry())
    for field in card.findChildren(QAbstractSpinBox):
        assert card.rect().contains(field.geometry())


def test_a_song_that_is_being_split_has_no_click_yet(
    qtbot: QtBot, studio: Studio, engine: FakeEngine, song: Path
) -> None:
    engine.early = True
    engine.hold.clear()
    studio.window.show()
    studio.models.session.add([song])
    qtbot.waitUntil(lambda: studio.models.transport.state.samples > 0)
    QTest.keyClick(studio.window, KEY.Key_K)
    assert not studio.models.metronome.state.on
    assert studio.models.metronome.state.line() == "Possible once the whole song is split"
    engine.hold.set()
    qtbot.waitUntil(lambda: studio.models.metronome.state.ready)
    QTest.keyClick(studio.window, KEY.Key_K)
    assert studio.models.metronome.state.on
    qtbot.waitUntil(lambda: studio.models.metronome.state.search == "done")
