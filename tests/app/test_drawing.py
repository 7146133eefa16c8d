"""What the lanes draw, against plain arithmetic on the samples."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.view import spectrogram
from app.view.colors import level_colors
from app.view.spectrogram import SpectrogramPicture
from app.view.theme import Theme
from app.view.waveform import pixel_extremes, waveform_image
from app.viewmodel.display import DisplayState, Drawable
from app.viewmodel.look import Look
from engine.api import OverviewRequest, Samples, build_overviews, exact_columns, load_overview
from engine.separation import append_samples, signal_path
from tests.support.separations import make_separation

RATE = 44_100
CANVAS, INK = QColor("#000000"), QColor("#ffffff")
GREYS = [QColor(level, level, level).rgb() for level in range(256)]


def drawable(folder: Path, signal: Samples) -> Drawable:
    separation = make_separation(folder, channels=len(signal), samples=signal.shape[1], stems=("vocals",), stages=(1,))
    with signal_path(folder, "vocals", 1).open("wb") as file:
        append_samples(file, signal)
    build_overviews(OverviewRequest(separation))
    return Drawable(load_overview(separation, ("vocals", 1)), separation.stem_signal("vocals", 1), 1.0)


def whole(samples: int) -> DisplayState:
    return DisplayState(samples, RATE, 0.0, float(samples))


@given(seed=st.integers(0, 99), start=st.integers(0, 900), span=st.integers(70, 2000), width=st.integers(1, 64))
def test_every_pixel_reaches_from_its_lowest_to_its_highest_sample(
    seed: int, start: int, span: int, width: int
) -> None:
    signal = np.random.default_rng(seed).uniform(-1, 1, (2, 3000)).astype(np.float32)
    view = DisplayState(3000, RATE, float(start), float(start + span))
    lows, highs = pixel_extremes(exact_columns(signal, start, start + span, width), view, width)
    edges = start + np.arange(width + 1) * span / width
    for pixel in range(width):
        inside = signal[:, int(np.ceil(edges[pixel])) : int(np.floor(edges[pixel + 1]))]
        if inside.size:  # columns are not cut at pixel edges, so a pixel may show a little more but never less
            assert lows[pixel] <= inside.min()
            assert highs[pixel] >= inside.max()
    assert lows.min() >= signal.min()
    assert highs.max() <= signal.max()


def test_closer_than_one_sample_per_pixel_the_line_runs_through_the_samples() -> None:
    signal = np.array([[0.0, 1.0, 0.0, -1.0, 0.0, 0.0]], np.float32)
    view = DisplayState(6, RATE, 0.0, 4.0)
    lows, highs = pixel_extremes(exact_columns(signal, 0, 5, 40), view, 40)
    assert highs.max() == pytest.approx(1.0)
    assert lows.min() == pytest.approx(-1.0)
    assert np.all(np.diff(highs[:9]) > 0)  # rising towards the first sample at full scale


@pytest.mark.parametrize("span", [64, 150, 199])
def test_no_peak_is_lost_where_a_sample_is_a_little_wider_than_a_pixel(span: int) -> None:
    width, start = 200, 100.3
    signal = np.where(np.arange(1000) % 2, 1, -1).astype(np.float32)[None]
    view = DisplayState(1000, RATE, start, start + span)
    lows, highs = pixel_extremes(exact_columns(signal, 100, 102 + span, width), view, width)
    at = np.arange(101, 100 + span)
    pixels = ((at - start) * width / span).astype(int)
    np.testing.assert_allclose(np.where(at % 2, highs[pixels], lows[pixels]), signal[0, at])


def column_of(image: QImage, x: int) -> list[int]:
    return [QColor(image.pixelColor(x, y)).alpha() for y in range(image.height())]


def test_a_waveform_is_drawn_as_high_as_it_is_loud(tmp_path: Path) -> None:
    signal = np.zeros((1, 20_000), np.float32)
    signal[0, 10_000:] = np.where(np.arange(10_000) % 2, 0.5, -0.5)
    image = waveform_image(drawable(tmp_path / "s", signal), whole(20_000), (100, 80), INK)
    silent, loud = column_of(image, 20), column_of(image, 80)
    assert sum(alpha > 0 for alpha in silent) <= 2  # a thin line
    drawn = [y for y, alpha in enumerate(loud) if alpha == 255]
    assert drawn[0] == pytest.approx(20, abs=1)
    assert drawn[-1] == pytest.approx(59, abs=1)


@pytest.fixture
def painted(qapp: QApplication) -> tuple[QImage, QPainter]:
    del qapp
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(CANVAS)
    return image, QPainter(image)


def test_low_notes_are_at_the_bottom_and_late_ones_at_the_right(
    tmp_path: Path, painted: tuple[QImage, QPainter]
) -> None:
    time = np.arange(4 * RATE) / RATE
    signal = np.where(time < 2, 0, 0.5 * np.sin(2 * np.pi * 100 * time))[None].astype(np.float32)
    image, painter = painted
    found = drawable(tmp_path / "s", signal)
    SpectrogramPicture().draw(painter, QRectF(0, 0, 400, 200), whole(signal.shape[1]), [found.overview], GREYS)
    painter.end()
    bright = [[QColor(image.pixel(x, y)).red() for x in range(0, 400, 10)] for y in range(0, 200, 5)]
    levels = np.array(bright)
    y, x = np.unravel_index(levels.argmax(), levels.shape)
    # 100 Hz is ln(100/30) / ln(22050/30) = 18 % of the way up.
    assert 1 - y / 40 == pytest.approx(0.18, abs=0.04)
    assert x >= 20
    assert levels[:, :18].max() < 30


def test_the_picture_is_made_anew_only_when_other_columns_are_asked_for(
    tmp_path: Path, painted: tuple[QImage, QPainter], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    original = vars(spectrogram)["_image"]
    monkeypatch.setattr(spectrogram, "_image", lambda *given: made.append(given) or original(*given))
    signal = np.random.default_rng(0).uniform(-1, 1, (1, 60 * RATE)).astype(np.float32)
    found = drawable(tmp_path / "s", signal)
    picture, area = SpectrogramPicture(), QRectF(0, 0, 400, 200)
    _image, painter = painted
    for start in (0, 10, 200, 3000):
        view = DisplayState(signal.shape[1], RATE, float(start), float(start + 10 * RATE))
        picture.draw(painter, area, view, [found.overview], GREYS)
    assert len(made) == 1
    picture.draw(painter, area, whole(signal.shape[1]), [found.overview], GREYS)
    assert len(made) == 2
    picture.forget()
    picture.draw(painter, area, whole(signal.shape[1]), [found.overview], GREYS)
    painter.end()
    assert len(made) == 3


@pytest.mark.parametrize("differing", [False, True])
def test_a_scrolled_picture_is_the_one_made_afresh(tmp_path: Path, qapp: QApplication, *, differing: bool) -> None:
    del qapp
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 1, 60 * RATE)).astype(np.float32)
    overviews = [drawable(tmp_path / str(n), each).overview for n, each in enumerate(noise[: 1 + differing])]
    scrolled, area = SpectrogramPicture(), QRectF(0, 0, 400, 200)

    def painted_by(picture: SpectrogramPicture, start_s: float, span_s: float) -> QImage:
        image = QImage(400, 200, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        view = DisplayState(noise.shape[-1], RATE, start_s * RATE, (start_s + span_s) * RATE)
        picture.draw(painter, area, view, overviews, GREYS)
        painter.end()
        return image

    for start_s, span_s in ((20, 5), (23, 5), (19, 5), (50, 5), (0, 5), (4, 20), (10, 20), (0, 60), (0, 5.5)):
        shown = painted_by(scrolled, start_s, span_s)
        assert shown == painted_by(SpectrogramPicture(), start_s, span_s), (start_s, span_s)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_colours_of_levels_run_from_the_canvas_without_a_jump(theme: Theme, name: str) -> None:
    theme.choose("dark" if name == "dark" else "light")
    table = [QColor(rgb) for rgb in level_colors(theme, Look(), theme.stem_color("vocals"))]
    assert len(table) == 256
    assert table[0] == theme.color("canvas")
    steps = [abs(a.red() - b.red()) + abs(a.green() - b.green()) + abs(a.blue() - b.blue())
             for a, b in itertools.pairwise(table)]  # fmt: skip
    assert max(steps) <= 12


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_colours_of_stems_differ_also_for_people_who_see_no_red_or_no_green(theme: Theme, name: str) -> None:
    theme.choose("dark" if name == "dark" else "light")
    stems = ("vocals", "bass", "drums", "other", "source")
    found = [theme.stem_color(stem) for stem in stems]
    colors = [np.array((color.redF(), color.greenF(), color.blueF())) for color in found]
    # Linear-light matrices for full protanopia and deuteranopia.
    # Source: Machado et al., "A physiologically-based model for simulation of color vision deficiency" (2009).
    protan = np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    )
    deutan = np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    )
    for matrix in (np.eye(3), protan, deutan):
        seen = [np.clip(matrix @ color**2.2, 0, 1) ** (1 / 2.2) for color in colors]
        distances = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[i + 1 :]]
        assert min(distances) > 0.2  # well above what two patches side by side need


def test_the_theme_follows_the_choice_and_tells(theme: Theme) -> None:
    changed: list[int] = []
    theme.changed.connect(lambda: changed.append(1))
    theme.choose("light")
    light = theme.color("window").lightness()
    theme.choose("light")
    theme.choose("dark")
    assert len(changed) == 2
    assert light > 200 > 60 > theme.color("window").lightness()


def test_a_stem_nobody_named_has_a_colour_of_its_own(theme: Theme) -> None:
    colors = [theme.stem_color(f"stem{index}", index).name() for index in range(4)]
    assert len(set(colors)) == 4
    assert theme.stem_color("guitar", 5) == theme.stem_color("guitar", 5)
