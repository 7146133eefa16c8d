"""Ranges under the mouse: borders are dragged, ranges removed, and what is muted is to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.view.canvas import LaneCanvas
from app.view.readout_line import ReadoutLine
from app.view.theme import Theme
from app.viewmodel.display import DisplayState
from app.viewmodel.pictures import Shown
from app.viewmodel.ranges import Ranges
from app.viewmodel.strips import Strip
from tests.app.test_pixels import pixels
from tests.support.fake_engine import FakePlayer
from tests.support.window import open_song, visible

LEFT = Qt.MouseButton.LeftButton
SHIFT, PLAIN = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
WIDTH, HEIGHT, BAR = 1000, 120, 13
COMP = Ranges(((0, 2), (200_000, 1), (600_000, 2)))
GAPS = Ranges(((0, 1), (300_000, 0), (500_000, 1)))
IN_COMP, IN_GAPS = HEIGHT - BAR // 2, HEIGHT - BAR - BAR // 2


class Watched:
    """A picture of a million samples, 1000 for each pixel, and what it asked for."""

    def __init__(self, theme: Theme) -> None:
        self.canvas = LaneCanvas(theme)
        self.asked: list[tuple[object, ...]] = []
        self.seeks: list[int] = []
        self.canvas.resize(WIDTH, HEIGHT)
        self.canvas.present(DisplayState(1_000_000, 44_100, 0.0, 1_000_000.0))
        self.show(COMP, GAPS)
        ranges = self.canvas.ranges
        ranges.border_wanted.connect(lambda *what: self.asked.append(("move", *what)))
        ranges.removal_wanted.connect(lambda *what: self.asked.append(("remove", *what)))
        ranges.clearing_wanted.connect(lambda *what: self.asked.append(("clear", *what)))
        self.canvas.seek_wanted.connect(self.seeks.append)

    def show(self, comp: Ranges, gaps: Ranges) -> None:
        self.canvas.present_picture(
            Shown("Vocals, stage 2", "", None, comp=comp, gaps=gaps), self.canvas.theme.color("text")
        )


@pytest.fixture
def watched(qtbot: QtBot, theme: Theme) -> Iterator[Watched]:
    made = Watched(theme)
    qtbot.addWidget(made.canvas)
    made.canvas.show()
    yield made
    made.canvas.ranges.give_up()


def drag(qtbot: QtBot, canvas: LaneCanvas, start: QPoint, stop: QPoint) -> None:
    qtbot.mousePress(canvas, LEFT, PLAIN, start)
    for share in (0.5, 1.0):
        qtbot.mouseMove(canvas, start + (stop - start) * share)
    qtbot.mouseRelease(canvas, LEFT, PLAIN, stop)


# One picture


@pytest.mark.parametrize(
    ("place", "stop", "asked"),
    [
        (QPoint(200, IN_COMP), 250, ("move", "comp", 1, 250_000)),
        (QPoint(203, IN_COMP), 253, ("move", "comp", 1, 250_000)),  # no jump to where it was taken
        (QPoint(597, IN_COMP), 797, ("move", "comp", 2, 800_000)),
        (QPoint(600, IN_COMP), 20, ("move", "comp", 2, 200_441)),  # the length of a fade is left
        (QPoint(600, IN_COMP), 5_000, ("move", "comp", 2, 999_559)),
        (QPoint(300, IN_GAPS), 100, ("move", "gaps", 1, 100_000)),
        (QPoint(500, IN_GAPS), 550, ("move", "gaps", 2, 550_000)),
    ],
)
def test_a_border_is_dragged_as_far_as_its_neighbours_allow(
    qtbot: QtBot, watched: Watched, place: QPoint, stop: int, asked: tuple[object, ...]
) -> None:
    drag(qtbot, watched.canvas, place, QPoint(stop, 3))
    assert watched.asked == [asked]
    assert watched.seeks == []


@pytest.mark.parametrize("place", [QPoint(400, IN_COMP), QPoint(210, IN_COMP), QPoint(200, IN_GAPS), QPoint(200, 40)])
def test_elsewhere_a_click_seeks(qtbot: QtBot, watched: Watched, place: QPoint) -> None:
    qtbot.mouseClick(watched.canvas, LEFT, pos=place)
    assert watched.seeks == [place.x() * 1000]
    assert watched.asked == []


def test_a_border_that_is_only_clicked_stays(qtbot: QtBot, watched: Watched) -> None:
    qtbot.mouseClick(watched.canvas, LEFT, pos=QPoint(203, IN_COMP))
    assert (watched.asked, watched.seeks) == ([], [])


def test_the_cursor_tells_a_border(qtbot: QtBot, watched: Watched) -> None:
    shapes = []
    for place in (QPoint(202, IN_COMP), QPoint(230, IN_COMP), QPoint(500, IN_GAPS), QPoint(500, 20)):
        qtbot.mouseMove(watched.canvas, place)
        shapes.append(watched.canvas.cursor().shape())
    across, arrow = Qt.CursorShape.SizeHorCursor, Qt.CursorShape.ArrowCursor
    assert shapes == [across, arrow, across, arrow]


def test_a_drag_is_seen_and_escape_gives_it_up(qtbot: QtBot, watched: Watched) -> None:
    canvas = watched.canvas
    before = pixels(canvas)
    qtbot.mousePress(canvas, LEFT, PLAIN, QPoint(500, IN_GAPS))
    qtbot.mouseMove(canvas, QPoint(800, IN_GAPS))
    above = slice(0, HEIGHT - 2 * BAR)
    changed = np.flatnonzero((pixels(canvas) != before)[above].any(axis=(0, 2)))
    assert 490 <= changed[0] <= changed[-1] <= 810
    assert len(changed) > 100
    qtbot.keyClick(canvas, Qt.Key.Key_A)
    assert (pixels(canvas) != before).any()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(pixels(canvas), before)
    qtbot.mouseMove(canvas, QPoint(700, IN_GAPS))
    qtbot.mouseRelease(canvas, LEFT, PLAIN, QPoint(700, IN_GAPS))
    assert (watched.asked, watched.seeks) == ([], [])


@pytest.mark.parametrize("end", ["hidden", "changed"])
def test_a_drag_ends_without_its_picture_or_its_range(qtbot: QtBot, watched: Watched, end: str) -> None:
    qtbot.mousePress(watched.canvas, LEFT, PLAIN, QPoint(500, IN_GAPS))
    qtbot.mouseMove(watched.canvas, QPoint(700, IN_GAPS))
    if end == "hidden":
        watched.canvas.hide()
    else:
        watched.show(COMP, Ranges())
    qtbot.mouseRelease(watched.canvas, LEFT, PLAIN, QPoint(700, IN_GAPS))
    assert watched.asked == []


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        (QPoint(100, IN_COMP), [("remove", "comp", 0)]),
        (QPoint(400, IN_COMP), [("remove", "comp", 1)]),
        (QPoint(400, IN_GAPS), [("remove", "gaps", 1)]),
        (QPoint(100, IN_GAPS), []),
        (QPoint(400, 20), []),
    ],
)
def test_a_double_click_removes_a_range(
    qtbot: QtBot, watched: Watched, place: QPoint, asked: list[tuple[object, ...]]
) -> None:
    qtbot.mouseDClick(watched.canvas, LEFT, pos=place)
    assert watched.asked == asked


def menu_at(watched: Watched, place: QPoint) -> list[QMenu]:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, watched.canvas.mapToGlobal(place))
    QApplication.sendEvent(watched.canvas, event)
    return [menu for menu in watched.canvas.findChildren(QMenu) if menu.isVisible()]


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")
@pytest.mark.parametrize(
    ("place", "texts", "asked"),
    [
        (
            QPoint(400, IN_COMP),
            ["Remove this range (stage 2 here)", "Clear the lane's comp"],
            [("remove", "comp", 1), ("clear", "comp")],
        ),
        (
            QPoint(400, IN_GAPS),
            ["Let it sound again here", "Clear the lane's muted ranges"],
            [("remove", "gaps", 1), ("clear", "gaps")],
        ),
    ],
)
def test_the_menu_of_a_range_removes_it_or_all_of_them(
    watched: Watched, place: QPoint, texts: list[str], asked: list[tuple[object, ...]]
) -> None:
    (menu,) = menu_at(watched, place)
    assert [action.text().replace("&", "") for action in menu.actions()] == texts
    for action in menu.actions():
        action.trigger()
    assert watched.asked == asked
    menu.close()


def test_there_is_no_menu_beside_the_ranges(watched: Watched) -> None:
    assert menu_at(watched, QPoint(100, IN_GAPS)) == []
    assert menu_at(watched, QPoint(400, 20)) == []
    watched.show(Ranges(), Ranges())
    assert menu_at(watched, QPoint(400, IN_COMP)) == []


@pytest.mark.parametrize("name", ["dark", "light"])
def test_a_muted_range_is_hatched_and_named(watched: Watched, theme: Theme, name: str) -> None:
    theme.choose(name)  # type: ignore[arg-type]
    marked = pixels(watched.canvas).astype(int)
    watched.show(COMP, Ranges())
    plain = pixels(watched.canvas).astype(int)
    above = slice(0, HEIGHT - 2 * BAR)
    within, beside = slice(310, 490), slice(510, 700)
    assert np.array_equal(marked[above, beside], plain[above, beside])
    # Lines, so that it is told by its shape: every row and every column has dark and light places.
    light = marked[above, within].sum(axis=2)
    assert (np.ptp(light, axis=0) > 60).all()
    assert (np.ptp(light, axis=1) > 60).all()
    word = marked[HEIGHT - 2 * BAR : HEIGHT - BAR, within].sum(axis=2)
    assert np.ptp(word) > 200


# The window


def vocals(studio: Studio) -> Strip:
    return studio.models.mixer.state.strips[1]


def test_ranges_are_made_with_keys_moved_with_the_mouse_and_taken_back(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    window, transport = studio.window, studio.models.transport
    transport.set_loop(5_000, 10_000)
    qtbot.keyClick(window, Qt.Key.Key_2)
    qtbot.keyClick(window, Qt.Key.Key_M, SHIFT)
    assert vocals(studio).gaps.starts == ((0, 1), (5_000, 0), (10_000, 1))
    assert vocals(studio).key in player.gains
    canvas = visible(studio, LaneCanvas)[1]
    per_pixel = 22_050 / canvas.width()
    edge = QPoint(round(10_000 / per_pixel), canvas.height() - 5)
    drag(qtbot, canvas, edge, edge + QPoint(100, 0))
    assert vocals(studio).gaps.starts[2][0] == pytest.approx(10_000 + 100 * per_pixel, abs=2)
    assert player.position == 0
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert vocals(studio).gaps.starts[2][0] == 10_000
    transport.seek(12_000)
    qtbot.keyClick(window, Qt.Key.Key_E, SHIFT)
    assert vocals(studio).gaps.starts[2][0] == 12_000
    transport.seek(6_000)
    qtbot.keyClick(window, Qt.Key.Key_X, SHIFT)
    assert not vocals(studio).gaps.starts
    assert vocals(studio).key == ("vocals", 2)


@pytest.mark.parametrize("key", [Qt.Key.Key_P, Qt.Key.Key_M])
def test_a_key_clears_all_ranges_of_a_kind(qtbot: QtBot, studio: Studio, song: Path, key: Qt.Key) -> None:
    open_song(qtbot, studio, song)
    mixer = studio.models.mixer
    mixer.comp("vocals", (0, 9_000), 1)
    mixer.mute_range("vocals", (5_000, 10_000))
    qtbot.keyClick(studio.window, Qt.Key.Key_2)
    qtbot.keyClick(studio.window, key, Qt.KeyboardModifier.ControlModifier | SHIFT)
    assert bool(vocals(studio).comp.starts) == (key == Qt.Key.Key_M)
    assert bool(vocals(studio).gaps.starts) == (key == Qt.Key.Key_P)


def test_escape_reaches_the_border_from_wherever_the_keyboard_is_and_stops_nothing(
    qtbot: QtBot, studio: Studio, player: FakePlayer, song: Path
) -> None:
    open_song(qtbot, studio, song)
    studio.models.transport.toggle()
    studio.models.mixer.mute_range("vocals", (5_000, 10_000))
    canvas = visible(studio, LaneCanvas)[1]
    edge = QPoint(round(10_000 / 22_050 * canvas.width()), canvas.height() - 5)
    qtbot.mousePress(canvas, LEFT, PLAIN, edge)
    qtbot.mouseMove(canvas, edge + QPoint(50, 0))
    qtbot.keyClick(studio.window, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, PLAIN, edge + QPoint(50, 0))
    assert vocals(studio).gaps.starts[2][0] == 10_000
    assert player.playing
    qtbot.keyClick(studio.window, Qt.Key.Key_Escape)
    assert not player.playing  # as Esc does without a border in hand
    assert "muted from 0:00.113 to 0:00.226" in canvas.accessibleName()


@pytest.mark.parametrize(
    ("lane", "key", "modifier", "why"),
    [
        ("2", Qt.Key.Key_B, SHIFT, "Vocals sounds like that already"),
        ("2", Qt.Key.Key_P, SHIFT, "Vocals has no comp"),
        ("2", Qt.Key.Key_R, SHIFT, "Vocals has no reference"),
        ("2", Qt.Key.Key_E, SHIFT, "Vocals has no border to move there"),
        ("2", Qt.Key.Key_X, SHIFT, "Vocals has no range at the playhead"),
        ("2", Qt.Key.Key_M, SHIFT | Qt.KeyboardModifier.ControlModifier, "Vocals has no muted ranges"),
        ("6", Qt.Key.Key_M, SHIFT, "Residual has no comp, no delta and no muted ranges"),
    ],
)
def test_a_key_that_changes_nothing_of_the_lane_says_why(
    qtbot: QtBot, studio: Studio, song: Path, lane: str, key: Qt.Key, modifier: Qt.KeyboardModifier, why: str
) -> None:  # fmt: skip
    open_song(qtbot, studio, song)
    qtbot.keyClick(studio.window, lane)
    qtbot.keyClick(studio.window, key, modifier)
    assert why in [each.text() for each in visible(studio, QLabel)]
    assert not studio.models.history.state.can_undo


def test_the_read_out_says_where_it_is_muted(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.models.mixer.mute_range("vocals", (5_000, 10_000))
    line, canvas = visible(studio, ReadoutLine)[0], visible(studio, LaneCanvas)[1]
    for share, muted in ((0.3, True), (0.6, False)):
        qtbot.mouseMove(canvas, QPoint(round(share * canvas.width()), 5))
        assert ("muted here" in line.text) == muted
