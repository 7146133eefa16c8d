"""Lanes with mouse and keys: loops on the ruler, the border, the read-out, heights, and the pictures' colours."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QScrollArea
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.canvas import LaneCanvas
from app.view.colors import difference_colors, level_colors, stored_colors
from app.view.lanes import LanesPage
from app.view.picture_options import PictureOptions
from app.view.readout_line import ReadoutLine
from app.view.ruler import Ruler
from app.view.spectrogram import differences, picture_rows
from app.view.theme import Theme
from app.view.time_axis import TimeAxis
from app.view.widgets import ElidedLabel
from app.viewmodel.display import DisplayState
from app.viewmodel.frequency import FrequencyAxis
from app.viewmodel.look import Look
from tests.app.test_pixels import pixels
from tests.support.fake_engine import FakePlayer
from tests.support.window import open_song, visible

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def ruler(qtbot: QtBot, theme: Theme) -> Ruler:
    made = Ruler(theme)
    qtbot.addWidget(made)
    made.resize(1000, 24)
    made.present(DisplayState(10_000, 44_100, 0.0, 10_000.0))
    made.show()
    return made


def drag(qtbot: QtBot, axis: TimeAxis, start: QPoint, stop: QPoint, keys: Qt.KeyboardModifier | None = None) -> None:
    qtbot.mousePress(axis, LEFT, keys or Qt.KeyboardModifier.NoModifier, start)
    for share in (0.3, 0.7, 1.0):
        qtbot.mouseMove(axis, start + (stop - start) * share)
    qtbot.mouseRelease(axis, LEFT, keys or Qt.KeyboardModifier.NoModifier, stop)


def test_a_click_on_the_ruler_seeks_and_a_drag_makes_a_loop(qtbot: QtBot, ruler: Ruler) -> None:
    seeks: list[int] = []
    loops: list[tuple[int, int]] = []
    ruler.seek_wanted.connect(seeks.append)
    ruler.loop_wanted.connect(lambda start, stop: loops.append((start, stop)))
    qtbot.mouseClick(ruler, LEFT, pos=QPoint(300, 5))
    assert (seeks, loops) == ([3000], [])
    drag(qtbot, ruler, QPoint(600, 5), QPoint(200, 5))
    assert seeks == [3000]
    assert loops[-1] == (2000, 6000)
    drag(qtbot, ruler, QPoint(600, 5), QPoint(2000, 5))
    assert loops[-1] == (6000, 10_000)  # never beyond the song


def test_the_edges_of_a_loop_can_be_dragged_past_each_other(qtbot: QtBot, ruler: Ruler) -> None:
    loops: list[tuple[int, int]] = []
    ruler.loop_wanted.connect(lambda start, stop: loops.append((start, stop)))
    ruler.present_loop((2000, 6000), looping=True)
    assert ruler.accessibleName() == "Time ruler, loop from 0:00.045 to 0:00.136, on"
    drag(qtbot, ruler, QPoint(203, 5), QPoint(300, 5))
    assert loops[-1] == (3000, 6000)
    drag(qtbot, ruler, QPoint(597, 5), QPoint(100, 5))
    assert loops[-1] == (1000, 2000)


def test_the_loop_is_shaded_between_its_handles(ruler: Ruler, theme: Theme) -> None:
    before = pixels(ruler).astype(int)
    ruler.present_loop((2000, 6000), looping=True)
    after = pixels(ruler).astype(int)
    changed = np.abs(after - before).sum(axis=(0, 2)) > 0
    assert changed[201:599].all()
    assert not changed[:199].any()
    assert not changed[602:].any()
    accent = theme.color("accent")
    assert after[2, 203].tolist() == [accent.red(), accent.green(), accent.blue()]
    ruler.present_loop((2000, 6000), looping=False)
    assert np.abs(pixels(ruler).astype(int) - before).sum() < np.abs(after - before).sum()


def test_dragging_with_alt_zooms_to_what_is_selected(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    canvas = visible(studio, LaneCanvas)[1]
    place = studio.models.transport.state.position
    half, quarter = canvas.width() // 2, canvas.width() // 4
    drag(qtbot, canvas, QPoint(half, 5), QPoint(quarter, 5), Qt.KeyboardModifier.AltModifier)
    view = studio.models.display.state
    assert view.start == pytest.approx(22_050 / 4, abs=40)
    assert view.stop == pytest.approx(22_050 / 2, abs=40)
    assert studio.models.transport.state.position == place
    drag(qtbot, canvas, QPoint(half, 5), QPoint(half + 1, 5), Qt.KeyboardModifier.AltModifier)
    assert studio.models.display.state == view


def test_the_border_between_wave_and_spectrogram_is_one_for_all_lanes(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    canvas, other = visible(studio, LaneCanvas)[1:3]
    border = round(canvas.height() * 0.42)
    before = pixels(other)
    drag(qtbot, canvas, QPoint(50, border), QPoint(50, canvas.height() * 3 // 4))
    assert studio.models.display.state.look.wave_share == pytest.approx(0.75, abs=0.02)
    assert player.position == 0  # the border was taken, not the song
    assert not np.array_equal(pixels(other), before)


def test_the_read_out_follows_the_pointer_and_falls_back_to_the_playhead(
    qtbot: QtBot, studio: Studio, song: Path
) -> None:
    open_song(qtbot, studio, song)
    line = visible(studio, ReadoutLine)[0]
    assert line.text.startswith("Playhead: Vocals, stage 2  ·  0:00.000")
    whole = line.findChildren(ElidedLabel)[0]
    whole.resize(whole.sizeHint().width() // 2, whole.height())
    assert line.text.startswith(whole.shown_text().rstrip("…"))  # nothing is cut out of a number's middle
    canvas = visible(studio, LaneCanvas)[2]
    qtbot.mouseMove(canvas, QPoint(canvas.width() // 2, canvas.height() - 10))
    assert line.text.startswith("Bass, stage 2  ·  0:00.25")
    assert "Hz" in line.text
    qtbot.mouseMove(canvas, QPoint(canvas.width() // 2, 5))
    assert "Hz" not in line.text
    canvas.leaveEvent(QWheelEvent(
        QPointF(), QPointF(), QPoint(), QPoint(), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    ))  # fmt: skip
    qtbot.keyClick(studio.window, Qt.Key.Key_4)
    qtbot.keyClick(studio.window, Qt.Key.Key_End)
    assert line.text.startswith("Playhead: Drums, stage 2  ·  0:00.500")
    described = [child.accessibleDescription() for child in line.children() if child.isWidgetType()]  # type: ignore[attr-defined]
    assert line.text in described


def test_lanes_grow_and_scroll_and_fit_again(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    area = studio.window.findChildren(LanesPage)[0].findChildren(QScrollArea)[0]
    canvas = visible(studio, LaneCanvas)[1]
    height = canvas.height()
    wheel = QWheelEvent(
        QPointF(5, 5), canvas.mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(360, 0), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    QApplication.processEvents()
    assert canvas.height() > 1.4 * height
    assert area.verticalScrollBar().maximum() > 0
    studio.models.display.set_look(lane_zoom=1.0)
    qtbot.waitUntil(lambda: abs(canvas.height() - height) <= 2)


@pytest.mark.parametrize("mode", ["side_by_side", "stacked", "difference"])
def test_a_lane_shows_the_pictures_of_every_way_to_compare(qtbot: QtBot, studio: Studio, song: Path, mode: str) -> None:
    open_song(qtbot, studio, song)
    studio.models.display.set_look(compare=mode)
    QApplication.processEvents()
    vocals = [canvas for canvas in visible(studio, LaneCanvas) if canvas.shown.title.startswith("Vocals")]
    assert [canvas.shown.caption for canvas in vocals] == {
        "side_by_side": ["Stage 1", "Stage 2 · sounding"],
        "stacked": ["Stage 1", "Stage 2 · sounding", "Stage 2 − stage 1, in dB"],
        "difference": ["Stage 2 − stage 1, in dB"],
    }[mode]
    across = len({canvas.mapTo(studio.window, QPoint()).x() for canvas in vocals})
    assert across == (2 if mode == "side_by_side" else 1)
    assert all(pixels(canvas).std() > 5 for canvas in vocals)


def test_a_missing_picture_is_said(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    page = studio.window.findChildren(LanesPage)[0]
    whole = pixels(visible(studio, LaneCanvas)[1])
    drawn = dict(vars(page)["_drawables"])
    del drawn["vocals", 2]
    vars(page)["_drawables"] = drawn
    studio.models.mixer.toggle_stage("bass")
    assert not np.array_equal(pixels(visible(studio, LaneCanvas)[1]), whole)
    assert visible(studio, LaneCanvas)[1].shown.drawable is None


def test_the_options_change_the_pictures_at_once_and_show_what_keys_changed(
    qtbot: QtBot, studio: Studio, song: Path
) -> None:
    open_song(qtbot, studio, song)
    canvas = visible(studio, LaneCanvas)[1]
    qtbot.keyClick(studio.window, Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
    options = studio.window.findChildren(PictureOptions)[0]
    assert options.isVisible()
    combos = {combo.accessibleName(): combo for combo in options.findChildren(QComboBox)}
    seen = [pixels(canvas)]
    for name in ("Colours", "Frequency axis", "Darkest level", "Show"):
        combo = combos[name]
        combo.setCurrentIndex((combo.currentIndex() + 1) % combo.count())
        combo.activated.emit(combo.currentIndex())
        seen.append(pixels(canvas))
    assert all(not np.array_equal(a, b) for a, b in itertools.pairwise(seen))
    qtbot.keyClick(studio.window, Qt.Key.Key_V)
    assert combos["Show"].currentText() == "Spectrogram only"
    qtbot.waitUntil(options.isActiveWindow)
    qtbot.keyClick(options, Qt.Key.Key_V)
    assert combos["Show"].currentText() != "Spectrogram only"
    qtbot.keyClick(options, Qt.Key.Key_Escape)
    assert not options.isVisible()


def test_the_page_follows_in_the_chosen_way(qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.models.display.zoom(0.0, 0.1)
    studio.models.transport.toggle()
    qtbot.keyClick(studio.window, Qt.Key.Key_F)
    player.position = 11_025
    studio.models.transport.tick()
    assert studio.models.display.state.share_of(11_025) == pytest.approx(0.5)
    qtbot.keyClick(studio.window, Qt.Key.Key_F)
    player.position = 0
    studio.models.transport.tick()
    assert studio.models.display.state.start > 0


def test_keys_that_move_the_playhead_show_where_it_is(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.models.display.zoom(0.0, 0.1)
    qtbot.keyClick(studio.window, Qt.Key.Key_End)
    assert studio.models.display.state.stop == 22_050
    qtbot.keyClick(studio.window, Qt.Key.Key_Home)
    assert studio.models.display.state.start == 0


rows = np.random.default_rng(0).integers(0, 256, (300, 384)).astype(np.uint8)


@pytest.mark.parametrize("kind", ["log", "linear"])
@pytest.mark.parametrize("height", [40, 96, 384])
def test_a_picture_row_is_the_loudest_of_its_stored_rows(kind: str, height: int) -> None:
    axis = FrequencyAxis("log" if kind == "log" else "linear", 30.0, 22_050.0, 384)
    made = picture_rows(rows, axis, height)
    for row, first, stop in zip(made, *axis.row_ranges(height), strict=True):
        np.testing.assert_array_equal(row, rows[:, first:stop].max(axis=1))


def test_differences_are_none_below_the_floor_and_limited_to_24_db() -> None:
    look = Look(floor_db=-60.0)

    def byte(level_db: float) -> np.ndarray:
        return np.full((1, 1), round(255 + level_db * 2.55), np.uint8)

    def change(second_db: float, first_db: float) -> int:
        return int(differences(byte(second_db), byte(first_db), look)[0, 0])

    assert change(-30, -30) == change(-70, -95) == change(-95, -62) == 128
    assert change(-30, -42) == pytest.approx(128 + 127 / 2, abs=2)  # half of the range
    assert change(-42, -30) == pytest.approx(128 - 127 / 2, abs=2)
    assert (change(0, -60), change(-60, 0)) == (255, 1)
    assert change(-50, -100) == pytest.approx(128 + 127 * 10 / 24, abs=2)  # from the floor on


@pytest.mark.parametrize("name", ["dark", "light"])
def test_no_difference_is_the_background_and_the_sides_differ_for_all_eyes(theme: Theme, name: str) -> None:
    theme.choose("dark" if name == "dark" else "light")
    table = [QColor(rgb) for rgb in difference_colors(theme)]
    assert len(table) == 256
    assert table[128] == theme.color("canvas")
    # Blue and yellow are told apart by people who see no red or no green: the blue part against the others.
    for step in (40, 80, 120):
        softer, louder = table[128 - step], table[128 + step]
        assert softer.blueF() - softer.redF() > 0.15
        assert louder.redF() - louder.blueF() > 0.15


@pytest.mark.parametrize("colors", ["viridis", "magma", "grey", "stem"])
def test_every_map_gets_steadily_brighter_and_spans_the_shown_levels(theme: Theme, colors: str) -> None:
    look = Look().changed(colors=colors, floor_db=-60.0, ceiling_db=-20.0)
    table = level_colors(theme, look, theme.stem_color("vocals"))
    brightness = [0.2126 * QColor(c).redF() + 0.7152 * QColor(c).greenF() + 0.0722 * QColor(c).blueF() for c in table]
    assert len(table) == 256
    assert np.diff(brightness).min() > -0.004  # a rounded colour may be a hair darker
    assert brightness[-1] - brightness[0] > 0.4
    stored = stored_colors(table, look)
    assert {stored[byte] for byte in range(102)} == {table[0]}  # up to -60 dB
    assert {stored[byte] for byte in range(204, 256)} == {table[255]}  # from -20 dB
