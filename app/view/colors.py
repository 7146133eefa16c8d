"""Colour tables: what a stored level, or a difference of two levels, looks like.

A table has 256 opaque colours, one for each byte.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QColor

from app.view.theme import Theme
from app.viewmodel.look import Look

# Ten even steps of the maps of matplotlib, which are perceptually uniform.
# Source: S. van der Walt and N. Smith, matplotlib's viridis and magma, published under CC0.
_VIRIDIS = "#440154 #482878 #3e4989 #31688e #26828e #1f9e89 #35b779 #6ece58 #b5de2b #fde725"
_MAGMA = "#000004 #180f3d #440f76 #721f81 #9e2f7f #cd4071 #f1605d #fd9668 #feca8d #fcfdbf"
_STEM_STOPS = (0.0, 0.18, 0.72, 1.0)
_STORED_FLOOR_DB = -100.0


def level_colors(theme: Theme, look: Look, stem: QColor) -> list[int]:
    """The map of the look from its darkest to its brightest colour, evenly over the shown range of levels.

    That of the stem goes from the canvas through its colour to a glow.
    """
    if look.colors == "stem":
        canvas, glow = theme.color("canvas"), theme.color("glow")
        return color_ramp([canvas, _mixed(canvas, stem, 0.16), stem, _mixed(stem, glow, 0.75)], stops=_STEM_STOPS)
    if look.colors == "grey":
        return color_ramp([theme.color("canvas"), theme.color("text")])
    return color_ramp([QColor(each) for each in (_VIRIDIS if look.colors == "viridis" else _MAGMA).split()])


def stored_colors(colors: Sequence[int], look: Look) -> list[int]:
    """The colour of each stored byte, from -100 dB to 0 dB, when `colors` spans the shown range."""
    stored_db = _STORED_FLOOR_DB * (1 - np.arange(256) / 255)
    shares = np.clip((stored_db - look.floor_db) / (look.ceiling_db - look.floor_db), 0, 1)
    return [colors[place] for place in np.rint(shares * 255).astype(int).tolist()]


def difference_colors(theme: Theme) -> list[int]:
    """From softer over the canvas, which is no difference at 128, to louder."""
    zero, softer, louder = theme.color("canvas"), theme.colors("softer"), theme.colors("louder")
    below = color_ramp([*reversed(softer), zero], 129)
    return below + color_ramp([zero, *louder], 128)[1:]


def color_ramp(anchors: Sequence[QColor], count: int = 256, stops: Sequence[float] = ()) -> list[int]:
    """Straight lines between colours, which stand at these stops, from 0 on, or else at even distances."""
    stops = stops or range(len(anchors))
    places = np.linspace(0, stops[-1], count)
    channels = [np.interp(places, stops, values) for values in zip(*map(_rgb, anchors), strict=True)]
    rows = np.rint(np.stack(channels, axis=1)).astype(int).tolist()
    return [QColor(*row).rgb() for row in rows]


def _mixed(first: QColor, second: QColor, share: float) -> QColor:
    return QColor(*(round(a + (b - a) * share) for a, b in zip(_rgb(first), _rgb(second), strict=True)))


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()
