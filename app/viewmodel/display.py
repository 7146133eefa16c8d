"""Which part of the song the lanes show, and how times read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtCore import QLocale

from app.viewmodel.look import Compare, Look
from app.viewmodel.signals import signals_of
from app.viewmodel.view_model import ViewModel
from app.words import number_text, tr
from engine.api import (
    REFERENCE_STAGE,
    AudioSignal,
    Overview,
    Separation,
    SignalKey,
    load_growing_overview,
    load_overview,
    signal_of,
)

# At the closest zoom a lane shows this many samples: single samples can be told apart.
_CLOSEST_SAMPLES = 64.0
# A song whose peak is below this (-40 dB full scale) is drawn as quiet as it is.
_QUIETEST_FULL_HEIGHT = 0.01
# Below this peak (-90 dB full scale) a signal counts as silent.
_SILENCE = 10 ** (-90 / 20)
_TICK_SECONDS = (
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5,
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600,
)  # fmt: skip


@dataclass(frozen=True)
class DisplayState:
    """The visible part of the song; the same for all lanes.

    Attributes:
        samples: Length of the song; 0 without one.
        sample_rate: In Hz.
        start: First visible sample; fractions keep slow panning smooth.
        stop: End of the visible part.
        comparable: Whether the song has both stages.
        look: How it is drawn.
    """

    samples: int = 0
    sample_rate: int = 44_100
    start: float = 0.0
    stop: float = 0.0
    comparable: bool = False
    look: Look = field(default_factory=Look)

    @property
    def compare(self) -> Compare:
        """Which stages the lanes show; a song with one stage has nothing to compare."""
        return self.look.compare if self.comparable else "single"

    @property
    def span(self) -> float:
        """Number of visible samples."""
        return self.stop - self.start

    def sample_at(self, share: float) -> float:
        """The sample at 0..1 of the lane's width."""
        return self.start + share * self.span

    def share_of(self, sample: float) -> float:
        """Where a sample stands in the lane's width; outside 0..1 when it is not visible."""
        return (sample - self.start) / self.span if self.span > 0 else 0.0

    def shows(self, sample: float) -> bool:
        """Whether a sample is visible."""
        return self.start <= sample < self.stop

    def zoomed(self, anchor: float, factor: float) -> DisplayState:
        """Show `factor` times as many samples, with the sample `anchor` staying where it is."""
        span = min(max(self.span * factor, _CLOSEST_SAMPLES), float(self.samples))
        start = anchor - self.share_of(anchor) * span
        return self._within(start, span)

    def panned(self, samples: float) -> DisplayState:
        """Move the visible part, as far as the song goes."""
        return self._within(self.start + samples, self.span)

    def showing(self, start: float, stop: float) -> DisplayState:
        """Show this part of the song, or a little more if it is too short."""
        span = min(max(stop - start, _CLOSEST_SAMPLES), float(self.samples))
        return self._within((start + stop - span) / 2, span)

    def following(self, position: int) -> DisplayState:
        """Keep the playhead in the middle, or turn the page when the playhead has left it, or do nothing."""
        if self.look.follow == "off" or not self.samples:
            return self
        if self.look.follow == "centred":
            return self._within(position - self.span / 2, self.span)
        if self.shows(position):
            return self
        return self._within(float(position), self.span)

    def _within(self, start: float, span: float) -> DisplayState:
        start = min(max(start, 0.0), self.samples - span)
        return replace(self, start=start, stop=start + span)


@dataclass(frozen=True, eq=False)
class Drawable:
    """What a lane can draw of one signal.

    Attributes:
        overview: Its drawing data.
        signal: The samples (C, N).
        zoom: Vertical zoom of its waveform; the same for all signals of a song, so that lanes compare.
    """

    overview: Overview
    signal: AudioSignal
    zoom: float

    @property
    def silent(self) -> bool:
        """Whether there is nothing to hear in it."""
        return float(np.abs(self.overview.peaks.levels[-1]).max()) < _SILENCE


def drawables(separation: Separation, references: Iterable[str] = ()) -> Mapping[SignalKey, Drawable]:
    """Everything that can be drawn of a song, mapped from disk; signals whose overview is missing are left out.

    Of a song that is being split, overviews are there as far as they have been drawn.

    Args:
        separation: The song.
        references: The stems that have a reference.

    Raises:
        ValueError: An overview is damaged.
    """
    given = {(stem, REFERENCE_STAGE): signal_of(separation, (stem, REFERENCE_STAGE)) for stem in references}
    signals = {**signals_of(separation), **given}
    overviews: dict[SignalKey, Overview] = {}
    for key in signals:
        with suppress(FileNotFoundError):
            overviews[key] = _overview(separation, key)
    peaks = [float(np.abs(overview.peaks.levels[-1]).max()) for overview in overviews.values()]
    zoom = 1.0 / max(*peaks, _QUIETEST_FULL_HEIGHT, 0.0)
    return {key: Drawable(overview, signals[key], zoom) for key, overview in overviews.items()}


def _overview(separation: Separation, key: SignalKey) -> Overview:
    try:
        return load_overview(separation, key)
    except FileNotFoundError:
        return load_growing_overview(separation, key)


def tick_seconds(span_seconds: float, room: int) -> float:
    """The distance of ruler marks, so that at most `room` of them fit."""
    wanted = span_seconds / max(1, room)
    return next((step for step in _TICK_SECONDS if step >= wanted), math.ceil(wanted / 3600) * 3600.0)


def format_time(seconds: float, decimals: int = 1) -> str:
    """A time as m:ss or h:mm:ss, with decimals of the second, never rounded up to the next one."""
    scale = 10**decimals
    units = math.floor(seconds * scale + 1e-6)
    whole, rest = divmod(units, scale)
    hours, minutes = divmod(whole // 60, 60)
    text = f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
    return f"{text}{QLocale().decimalPoint()}{rest:0{decimals}d}" if decimals else text


def format_ends(span: tuple[int, int], rate: int) -> tuple[str, str]:
    """Where a range of samples starts and ends, as exactly as it takes to tell one from the other."""
    decimals = 1 if 10 * (span[1] - span[0]) >= rate else 3
    return format_time(span[0] / rate, decimals), format_time(span[1] / rate, decimals)


def format_left(seconds: float) -> str:
    """A remaining time in words, as coarse as an estimate is."""
    if seconds < 5:
        return tr("a few seconds left")
    minutes = math.ceil(seconds / 60)
    if seconds < 60:
        time = f"{5 * math.ceil(seconds / 5)} s"
    else:
        time = f"{minutes} min" if minutes < 90 else f"{number_text(minutes / 60, 1)} h"
    return tr("about {time} left").format(time=time)


class DisplayModel(ViewModel[DisplayState]):
    """Holds the visible part of the song on show."""

    def __init__(self) -> None:
        super().__init__(DisplayState())
        self._playhead = 0

    def load(self, separation: Separation | None) -> None:
        """Show all of a song, drawn like the one before."""
        look = self._state.look
        self._playhead = 0
        if separation is None:
            self._set(DisplayState(look=look))
            return
        samples, rate = separation.samples, separation.sample_rate
        self._set(DisplayState(samples, rate, 0.0, float(samples), len(separation.stages) > 1, look))

    def exchange(self, separation: Separation) -> None:
        """Show the same part of the song with other signals."""
        self._set(replace(self._state, comparable=len(separation.stages) > 1))

    def zoom(self, anchor: float, factor: float) -> None:
        """Zoom at a sample; a factor below 1 shows less."""
        self._set(self._state.zoomed(anchor, factor))

    def pan(self, share: float) -> None:
        """Move by a share of the visible width."""
        self._set(self._state.panned(share * self._state.span))

    def fit(self) -> None:
        """Show the whole song."""
        self._set(replace(self._state, start=0.0, stop=float(self._state.samples)))

    def go_to(self, position: int) -> None:
        """Show where the user put the playhead."""
        self._playhead = position
        self._set(self._state.following(position))

    def follow(self, position: int) -> None:
        """Keep the playhead visible while it plays, unless the user looks elsewhere: then until it comes there."""
        left = self._state.look.follow == "page" and not self._state.shows(self._playhead)
        self._playhead = position
        if not left:
            self._set(self._state.following(position))

    def show(self, start: float, stop: float) -> None:
        """Zoom to a part of the song."""
        if self._state.samples:
            self._set(self._state.showing(start, stop))

    def set_look(self, **changes: object) -> None:
        """Draw otherwise: any fields of `Look`, kept within their limits."""
        self._set(replace(self._state, look=self._state.look.changed(**changes)))

    def scale_lanes(self, factor: float) -> None:
        """Make the lanes taller, or shorter with a factor below 1."""
        self.set_look(lane_zoom=self._state.look.lane_zoom * factor)

    def cycle(self, field_name: str, values: Sequence[object]) -> None:
        """Go to the value after the present one; from any other value to the first."""
        now = getattr(self._state.look, field_name)
        place = values.index(now) + 1 if now in values else 0
        self.set_look(**{field_name: values[place % len(values)]})

    def _set(self, state: DisplayState) -> None:
        if state != self._state:
            super()._set(state)
