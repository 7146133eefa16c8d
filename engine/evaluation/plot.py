"""A picture of quality against cost."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from engine.errors import EngineError, WriteError
from engine.evaluation.quality import SystemScores
from engine.stems import AVERAGE
from engine.whole_file import whole_file

# Shape and colour of each set of songs in turn. Source of the colours: M. Okabe and K. Ito, "Color Universal Design".
_MARKS = (("o", "#0072b2"), ("s", "#d55e00"), ("^", "#009e73"), ("D", "#cc79a7"), ("v", "#000000"))
_INCHES, _DPI = (8.0, 4.8), 110
# Names of points that are nearer to each other than this go to different sides.
_NEAR_FACTOR, _NEAR_DB = 3.0, 0.3


def check_plot(path: Path) -> None:
    """Find out early whether a picture can be drawn and has a place.

    Raises:
        EngineError: There is no library to draw with.
        WriteError: There is no such folder, or one in the picture's place.
    """
    if find_spec("matplotlib") is None:
        raise EngineError("a plot needs matplotlib, which is not installed: pip install matplotlib")
    if not path.absolute().parent.is_dir():
        raise WriteError(path, "there is no such folder")
    if path.is_dir():
        raise WriteError(path, "a folder of that name is in the way")


def draw_quality(path: Path, rows: Sequence[SystemScores]) -> None:
    """Draw the average uSDR against the cost as PNG, whole or not at all.

    Args:
        path: Of the picture.
        rows: Those without one of the two are left out; there must be one with both.

    Raises:
        WriteError: The file cannot be written.
    """
    from matplotlib.figure import Figure

    points = [(row.gmacs, row.usdr_db[AVERAGE], row) for row in rows if row.gmacs and AVERAGE in row.usdr_db]
    figure = Figure(_INCHES, _DPI, layout="constrained")
    axes = figure.add_subplot()
    for index, songs in enumerate(dict.fromkeys(row.songs for _x, _y, row in points)):
        shape, colour = _MARKS[index % len(_MARKS)]
        group = [(x, y) for x, y, row in points if row.songs == songs]
        axes.scatter(*zip(*group, strict=True), s=60, marker=shape, color=colour, label=songs)
    points.sort(key=lambda point: point[:2])
    for index, (x, y, row) in enumerate(points):
        left = any(other < _NEAR_FACTOR * x and abs(db - y) < _NEAR_DB for other, db, _row in points[index + 1 :])
        at, side = ((-8, 0), "right") if left else ((8, 0), "left")
        axes.annotate(row.system, (x, y), at, textcoords="offset points", ha=side, va="center")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlim(points[0][0] / 3, points[-1][0] * 3)  # room for names
    axes.set_xlabel("GMAC per second of stereo")
    axes.set_ylabel("uSDR, average of four stems, in dB")
    axes.margins(y=0.15)
    axes.grid(color="#dddddd")
    axes.set_axisbelow(True)
    figure.legend(title="Songs; only points of one kind compare", loc="outside lower center", ncols=len(_MARKS))
    with whole_file(path) as part:
        figure.savefig(part, format="png")
