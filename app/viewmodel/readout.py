"""What the read-out says about a point of a picture, or about the playhead."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.viewmodel.display import DisplayState, Drawable, format_time
from app.viewmodel.frequency import format_hz, nearest_note, note_name
from app.viewmodel.pictures import Shown
from app.viewmodel.ranges import SILENT, is_silent
from app.viewmodel.sides import Sides
from app.words import number_text, tr
from engine.api import exact_columns

# Up to here a point's samples are read from the signal, further out from the stored columns.
_EXACT_SAMPLES = 64
_FLOOR_TEXT_DB = -99.5
_SILENT_PEAK = 1e-6  # -120 dB


@dataclass(frozen=True)
class Point:
    """A point of a picture.

    Attributes:
        sample: The first sample under the pointer.
        hz: Its frequency in the spectrogram; None in the waveform.
        span: How many samples lie under the pointer; a fraction at the closest zoom.
    """

    sample: float
    hz: float | None
    span: float


def point_text(shown: Shown, point: Point, view: DisplayState) -> str:
    """Time, and frequency, note and level in a spectrogram, or the value in a waveform."""
    parts = [shown.title, _time(point.sample, view), *_muted(shown, int(point.sample))]
    if shown.drawable is None:
        return "  ·  ".join((*parts, tr("no picture")))
    start, stop = _range(point, view)
    if point.hz is None:
        value, level = _value(shown.drawable, start, stop)
        return "  ·  ".join((*parts, f"{value} ({level})"))
    parts += [format_hz(point.hz), note_name(point.hz)]
    overviews = [each.overview for each in (shown.drawable, shown.minus) if each is not None]
    levels_db = [each.spectrogram.level_db(start, stop, point.hz) for each in overviews]
    if shown.is_difference and len(levels_db) == 2:
        second_db, first_db = (max(level_db, view.look.floor_db) for level_db in levels_db)
        parts.append(_difference(second_db, first_db, shown.sides))
    else:
        parts.append(_level(levels_db[0]))
    return "  ·  ".join(parts)


def playhead_text(shown: Shown, sample: int, view: DisplayState) -> str:
    """What there is at the playhead: the loudest tone of the spectrogram and the value of the waveform."""
    parts = [tr("Playhead: {what}").format(what=shown.title), _time(sample, view), *_muted(shown, sample)]
    if shown.drawable is None:
        return "  ·  ".join((*parts, tr("no picture")))
    start = min(sample, view.samples - 1)
    hz, level_db = shown.drawable.overview.spectrogram.loudest(start)
    if level_db > _FLOOR_TEXT_DB:
        words = tr("loudest {tone} {level}")
        parts.append(words.format(tone=f"{format_hz(hz)} ({nearest_note(hz)[0]})", level=_level(level_db)))
    if shown.minus is not None:
        other_db = shown.minus.overview.spectrogram.level_db(start, start + 1, hz)
        words = _difference(level_db, other_db, shown.sides)
        return "  ·  ".join((*parts, tr("{difference} there").format(difference=words)))
    _value_text, level = _value(shown.drawable, start, min(start + _EXACT_SAMPLES, view.samples))
    return "  ·  ".join((*parts, tr("wave {level}").format(level=level)))


def ranges_text(shown: Shown, view: DisplayState) -> str:
    """The comp and the muted ranges of a picture's stem, for screen readers; empty without any."""
    stretches = [(shown.sides[each[2]].inline, each) for each in shown.comp.stretches(view.samples)]
    muted = tr("muted")
    stretches += [(muted, each) for each in shown.gaps.stretches(view.samples) if each[2] == SILENT]
    words = tr("{what} from {start} to {stop}")
    return ", ".join(
        words.format(what=what, start=_time(start, view), stop=_time(stop, view))
        for what, (start, stop, _choice) in stretches
    )


def _muted(shown: Shown, sample: int) -> list[str]:
    return [tr("muted here")] if is_silent(shown.gaps, sample) else []


def _range(point: Point, view: DisplayState) -> tuple[int, int]:
    start = min(max(int(point.sample), 0), view.samples - 1)
    return start, min(max(start + 1, math.ceil(point.sample + point.span)), view.samples)


def _time(sample: float, view: DisplayState) -> str:
    return format_time(max(0.0, sample) / view.sample_rate, 3)


def _level(level_db: float) -> str:
    return f"{number_text(level_db, 1)} dB" if level_db > _FLOOR_TEXT_DB else tr("below −100 dB")


def _difference(second_db: float, first_db: float, sides: Sides) -> str:
    change_db = second_db - first_db
    if abs(change_db) < 0.05:
        return tr("both are equally loud")
    words = tr("{side} is {level} louder") if change_db > 0 else tr("{side} is {level} softer")
    return words.format(side=sides[2].inline, level=f"{number_text(abs(change_db), 1)} dB")


def _value(drawable: Drawable, start: int, stop: int) -> tuple[str, str]:
    """The sample, or the lowest and the highest of several or of several channels; and the peak's level."""
    if stop - start < _EXACT_SAMPLES:
        columns = exact_columns(drawable.signal, start, stop, 1)
    else:
        columns = drawable.overview.peaks.columns(start, stop, 1)
    low, high = float(columns.lows.min()), float(columns.highs.max())
    peak = max(abs(low), abs(high))
    level = f"{number_text(20 * math.log10(peak), 1)} dB" if peak > _SILENT_PEAK else "−∞ dB"
    ends = dict.fromkeys(number_text(end, 3, signed=True) for end in (low, high))
    return " … ".join(ends), level
