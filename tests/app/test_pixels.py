"""What one sees in the lanes, read from the painted window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QImage, QPaintEvent, QRegion
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.canvas import LaneCanvas
from app.view.meter import Meter
from app.view.sides import SideSwitch
from app.view.time_axis import TimeAxis
from tests.support.fake_engine import FakePlayer
from tests.support.window import open_song, visible


def pixels(widget: QWidget) -> NDArray[np.uint8]:
    """The painted widget (H, W, 3), red first."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def test_a_muted_lane_is_dimmed_and_keeps_drawing(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    vocals = visible(studio, LaneCanvas)[1]
    before = pixels(vocals).max(axis=2)
    studio.models.mixer.toggle_mute("vocals")
    dimmed = pixels(vocals).max(axis=2)
    assert dimmed.mean() < 0.7 * before.mean()
    assert dimmed.std() > 10
    studio.models.mixer.toggle_mute("vocals")
    assert np.array_equal(pixels(vocals).max(axis=2), before)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_one_playhead_stands_at_the_same_place_in_every_lane(
    qtbot: QtBot, studio: Studio, song: Path, share: float
) -> None:
    open_song(qtbot, studio, song)
    studio.models.transport.seek(round(22_050 * share))
    axes = visible(studio, TimeAxis)
    assert len(axes) == 7
    for axis in axes:
        white = np.flatnonzero((pixels(axis) == 255).all(axis=(0, 2)))
        assert white.tolist() == [pytest.approx(share * axis.width(), abs=1)]


class PaintWatcher(QObject):
    """Notes which part of a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - the name Qt calls
        del watched
        if isinstance(event, QPaintEvent):
            self.region |= event.region()
        return False


def test_a_moving_playhead_paints_only_where_it_was_and_is(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.models.transport.seek(2205)
    canvas = visible(studio, LaneCanvas)[1]
    canvas.repaint()
    watcher = PaintWatcher(canvas)
    studio.models.transport.seek(11_025)
    qtbot.waitUntil(lambda: not watcher.region.isEmpty())
    painted = {x for x in range(canvas.width()) if watcher.region.contains(QPoint(x, 5))}
    assert {canvas.width() // 10, canvas.width() // 2} <= painted
    assert len(painted) <= 12


def test_a_lane_has_the_colour_of_its_stem(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    for canvas, (strong, weak) in zip(visible(studio, LaneCanvas)[1:4], ((0, 2), (2, 0), (1, 0)), strict=True):
        picture = pixels(canvas).astype(float).mean(axis=(0, 1))  # orange, blue, green
        assert picture[strong] > 1.2 * picture[weak]


def test_meters_show_only_what_sounds_and_fall_back_when_it_stops(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    meters = visible(studio, Meter)[1:]  # the first is the master's

    def filled() -> list[float]:
        colourful = [np.ptp(pixels(meter).astype(int), axis=2).max(axis=0) > 40 for meter in meters]
        return [float(columns.mean()) for columns in colourful]

    studio.models.mixer.toggle_solo("bass")
    studio.models.transport.toggle()
    shown = filled()
    assert [share > 0.5 for share in shown] == [False, False, True, False, False, False]
    # A peak of 0.5 is -6 dB, which is 54 of the 66 dB of the scale; the light takes 11 pixels at the end.
    width = meters[2].width()
    assert shown[2] == pytest.approx(54 / 66 * (width - 11) / width, abs=0.02)
    player.pause()
    studio.models.transport.tick()
    assert max(filled()) == 0.0


def test_the_button_of_the_stage_that_sounds_is_down(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    buttons = visible(studio, SideSwitch)[0].findChildren(QPushButton)
    assert [button.isChecked() for button in buttons] == [False, True]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert [button.isChecked() for button in buttons] == [True, False]
    studio.models.mixer.toggle_stage("bass")
    assert [button.isChecked() for button in buttons] == [False, False]
