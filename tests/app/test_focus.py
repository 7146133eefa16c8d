"""What Tab reaches: in the order in which one reads, and with a ring that is seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.settings import ThemeChoice
from app.view.abx_dialog import AbxDialog
from app.view.actions import Actions
from app.view.export_dialog import ExportDialog
from app.view.fader import Fader
from app.view.library_dialog import LibraryDialog
from app.view.models_dialog import ModelsDialog
from app.view.picture_options import PictureOptions
from app.view.preferences import PreferencesDialog
from app.view.theme import Theme
from app.viewmodel.abx import AbxSong
from tests.support.window import open_song

Luminances = npt.NDArray[np.float64]  # (rows, columns)

# A change of colour that one sees (WCAG 2.2 asks 3:1 of a ring and what is around it; the fill inside may be nearer),
# and of how many pixels: the ring of the smallest thing there is, the handle of a pan, has 28.
_SEEN, _RING_PIXELS = 1.9, 24


def luminance(widget: QWidget) -> Luminances:
    """Relative luminance of each pixel of a visible widget, 0 to 1. Source: WCAG 2.2."""
    room = QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
    image = widget.window().grab(room).toImage().convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), -1, 4)[..., :3] / 255
    return np.where(pixels <= 0.03928, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)


def seen(before: Luminances, after: Luminances) -> int:
    """How many pixels have changed so much that one sees it."""
    return int(np.sum((np.maximum(before, after) + 0.05) / (np.minimum(before, after) + 0.05) >= _SEEN))


def reached(window: QWidget) -> list[QWidget]:
    """What Tab reaches in this window, in its order."""
    found: list[QWidget] = []
    widget = window.nextInFocusChain()
    while widget is not None and widget is not window:
        by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        inner = widget.objectName().startswith("qt_")  # the text of a spin box, whose ring is the box's
        if by_tab and not inner and widget.isEnabled() and widget.isVisible() and widget.window() is window:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def unseen(window: QWidget) -> list[str]:
    """The controls that look alike with the focus and without."""
    missing = []
    window.activateWindow()
    QApplication.processEvents()
    for widget in reached(window):
        window.setFocus()
        before = luminance(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        ring = seen(before, luminance(widget))
        if ring < _RING_PIXELS:
            missing.append(f"{type(widget).__name__} {widget.accessibleName()}: {ring}")
    return missing


def choose(studio: Studio, colors: ThemeChoice) -> None:
    studio.window.findChildren(Actions)[0].themes[colors].trigger()


def test_what_has_the_focus_is_seen_in_the_window(qtbot: QtBot, studio: Studio, song: Path) -> None:
    studio.window.show()
    assert unseen(studio.window) == []
    open_song(qtbot, studio, song)
    studio.window.resize(1000, 1000)  # all lanes are visible
    models = studio.models
    models.transport.set_loop(100, 9000)
    models.metronome.set_count_in(1)  # something of the practice tools is in use
    models.mixer.toggle_solo("vocals")
    models.mixer.toggle_mute("bass")
    down = [each for each in reached(studio.window) if isinstance(each, QAbstractButton) and each.isChecked()]
    assert len(down) >= 4  # the loop, a side, a solo, two mutes: buttons that are filled already
    for colors in ("dark", "light"):
        choose(studio, colors)
        assert unseen(studio.window) == []


def test_what_has_the_focus_is_seen_in_dialogs(qtbot: QtBot, studio: Studio, theme: Theme, song: Path) -> None:
    open_song(qtbot, studio, song)
    window, models = studio.window, studio.models
    shown = window.song_on_show()
    assert shown is not None
    models.form.open(shown)
    models.library.refresh()
    qtbot.waitUntil(lambda: models.library.state.known)
    for dialog in (
        ExportDialog(models.export, models.form, theme, window),
        LibraryDialog(models.library, models.session, window),
        ModelsDialog(models.models, window),
        PictureOptions(models.display, window),
        PreferencesDialog(studio.settings, models.output, models.library, models.models, window),
    ):
        dialog.show()
        assert len(reached(dialog)) >= 3
        assert unseen(dialog) == []
        dialog.close()


def test_a_version_of_the_blind_test_that_plays_shows_its_focus(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    shown, model = studio.window.song_on_show(), studio.models.abx
    assert shown is not None
    model.open(AbxSong(shown.separation, song.name, studio.models.mixer.state, None))
    dialog = AbxDialog(model, song.parent, studio.window)
    dialog.show()
    model.start(1, 10)
    qtbot.waitUntil(lambda: model.state.phase == "listening")
    model.play("X")
    assert "Hear X" in {each.accessibleName() for each in reached(dialog)}
    assert unseen(dialog) == []
    model.close()


def test_tab_goes_through_the_window_as_one_reads_it(qtbot: QtBot, studio: Studio, song: Path) -> None:
    open_song(qtbot, studio, song)
    studio.models.transport.set_loop(100, 9000)
    studio.window.resize(1000, 1000)
    QApplication.processEvents()
    stops = reached(studio.window)
    strips = len(studio.models.mixer.state.strips)
    assert sum(isinstance(stop, Fader) for stop in stops) == strips
    names = [stop.accessibleName() for stop in stops]
    order = ["Drag out: Mix", "Drag out: Loop", "Choose what A is", "Export stems", "Picture options"]
    order += ["Solo Original", "Vocals level", "Vocals pan", "Solo Bass", "Residual pan", "To the start", "Zoom in"]
    assert [name for name in names if name in order] == order
