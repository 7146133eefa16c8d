"""Words can be read and meters seen: 4.5:1 and 3:1 to what is behind them. Source: WCAG 2.2, 1.4.3 and 1.4.11."""

from __future__ import annotations

from itertools import count

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose import Studio
from app.settings import ThemeChoice
from app.view.actions import Actions
from app.view.canvas import CAPTION_ALPHA, LaneCanvas
from app.view.meter import Meter
from app.view.theme import Theme
from app.viewmodel.display import DisplayState
from app.viewmodel.pictures import Shown
from app.viewmodel.signals import SOURCE
from engine.api import RESIDUAL, Level
from tests.app.test_focus import luminance

_READABLE, _SEEN = 4.5, 3.0
_THEMES: tuple[ThemeChoice, ...] = ("dark", "light")


def relative(color: QColor) -> float:
    """Relative luminance of a colour, 0 to 1. Source: WCAG 2.2."""
    parts = (color.redF(), color.greenF(), color.blueF())
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return parts[0] * 0.2126 + parts[1] * 0.7152 + parts[2] * 0.0722


def contrast(first: float, second: float) -> float:
    low, high = sorted((first, second))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("choice", _THEMES)
def test_words_stand_out_from_what_is_behind_them(theme: Theme, choice: ThemeChoice) -> None:
    theme.choose(choice)
    hint = QApplication.palette().color(QPalette.ColorRole.PlaceholderText)
    words = {name: theme.color(name) for name in ("text", "muted", "danger")} | {"hint": hint}
    pairs = {(name, ground): (words[name], theme.color(ground)) for name in words for ground in ("surface", "raised")}
    pairs |= {(name, ground): (words[name], theme.color(ground)) for name in words for ground in ("window", "canvas")}
    pairs["accent_text", "accent"] = theme.color("accent_text"), theme.color("accent")
    weak = {pair: contrast(*map(relative, colors)) for pair, colors in pairs.items()}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < _READABLE} == {}


@pytest.mark.parametrize("choice", _THEMES)
def test_why_a_lane_is_empty_can_be_read(qtbot: QtBot, theme: Theme, choice: ThemeChoice) -> None:
    theme.choose(choice)
    canvas = LaneCanvas(theme)
    qtbot.addWidget(canvas)
    canvas.resize(400, 100)
    canvas.present(DisplayState(10_000, 44_100, 0.0, 10_000.0))
    canvas.present_picture(Shown("Bass", "", None, note="Not in B: part of Other"), theme.color("bass"))
    canvas.show()
    seen = luminance(canvas)[20:80, 20:380]  # without the playhead
    ground = relative(theme.color("canvas"))
    assert max(contrast(float(seen.min()), ground), contrast(float(seen.max()), ground)) >= _READABLE


def stem_colors(theme: Theme) -> dict[str, QColor]:
    colors = {stem: theme.stem_color(stem) for stem in ("vocals", "bass", "drums", "other", RESIDUAL, SOURCE)}
    return colors | {f"spare {place}": color for place, color in enumerate(theme.colors("extra"))}


@pytest.mark.parametrize("choice", _THEMES)
def test_captions_can_be_read_on_every_wave(theme: Theme, choice: ThemeChoice) -> None:
    theme.choose(choice)
    shade, share = theme.color("canvas"), CAPTION_ALPHA / 255
    weak: dict[tuple[str, str], float] = {}
    for stem, wave in stem_colors(theme).items():
        pairs = (shade.redF(), wave.redF()), (shade.greenF(), wave.greenF()), (shade.blueF(), wave.blueF())
        ground = QColor.fromRgbF(*(share * front + (1 - share) * back for front, back in pairs))
        weak |= {(stem, name): contrast(relative(theme.color(name)), relative(ground)) for name in ("text", "muted")}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < _READABLE} == {}


@pytest.mark.parametrize("choice", _THEMES)
def test_meters_stand_out_from_their_groove(qtbot: QtBot, theme: Theme, choice: ThemeChoice) -> None:
    theme.choose(choice)
    colors = stem_colors(theme)
    seconds = count()
    meter = Meter(theme, lambda: float(next(seconds)))
    qtbot.addWidget(meter)
    meter.resize(400, 9)
    meter.show()
    ground = relative(theme.color("line"))
    weak: dict[str, float] = {}
    for name, color in {**colors, "master": theme.color("meter_low")}.items():
        meter.set_color(color)
        for _ in range(10):  # longer than the mean takes to arrive
            meter.present(Level((2.0, 2.0), (2.0, 2.0)))
        upper = luminance(meter)[2]  # what is low, high and over, the mark at 0 dB, a gap and the light
        filled = [*upper[:388], *upper[-8:]]
        weak[name] = min(contrast(float(each), ground) for each in filled)
    assert {name: ratio for name, ratio in weak.items() if ratio < _SEEN} == {}


@pytest.mark.parametrize("choice", _THEMES)
def test_every_icon_of_a_menu_can_be_seen(studio: Studio, theme: Theme, choice: ThemeChoice) -> None:
    actions = studio.window.findChildren(Actions)[0]
    actions.themes[choice].trigger()
    theme.choose(choice)
    shown = [each for each in actions.findChildren(QAction) if not each.icon().isNull() and each.isIconVisibleInMenu()]
    assert len(shown) > 10
    ground = relative(theme.color("surface"))
    inks = {each.text(): ink_of(each.icon().pixmap(QSize(64, 64), QIcon.Mode.Normal).toImage()) for each in shown}
    assert {text: ink.name() for text, ink in inks.items() if contrast(relative(ink), ground) < _SEEN} == {}


def ink_of(image: QImage) -> QColor:
    """The colour of what is drawn on nothing."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return max(pixels, key=QColor.alpha)
