"""The click along the song on show: its beats, how they are taken, and the count-in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PySide6.QtCore import Signal

from app.jobs.runner import JobRunner
from app.jobs.task import Task
from app.playback.click import Click
from app.viewmodel.playback import Playback
from app.viewmodel.view_model import ViewModel
from app.words import tr
from engine.api import (
    BEATS_PER_BAR,
    BPM_LIMITS,
    Beats,
    Metre,
    Separation,
    WriteError,
    even_beats,
    find_song_beats,
    load_beats,
    save_beats,
)

CLICK_DB = (-40, 6)
COUNT_IN_BARS = (0, 1, 2)
_FIRST_LEVEL_DB = -8

# Taps further apart than this begin anew: slower than the slowest tempo.
_TAP_PAUSE_SECONDS = 60 / BPM_LIMITS[0]

Search = Literal["none", "searching", "done", "failed"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MetronomeState:
    """What the card and the actions show.

    Attributes:
        ready: Whether a finished song is on show.
        search: Whether its beats have been looked for.
        beats: Its beats; without a search only their metre counts. None without a song.
        on: Whether clicks are heard along the song.
        level_db: Of the clicks.
        count_in_bars: Before it plays.
    """

    ready: bool = False
    search: Search = "none"
    beats: Beats | None = None
    on: bool = False
    level_db: int = _FIRST_LEVEL_DB
    count_in_bars: int = 0

    @property
    def in_use(self) -> bool:
        """Whether anything clicks."""
        return self.on or self.count_in_bars > 0

    @property
    def bpm(self) -> float:
        """The tempo; 0 where none is known."""
        return self.beats.bpm if self.beats is not None else 0.0

    @property
    def follows(self) -> bool:
        """Whether clicks are where beats were found."""
        return self.beats is not None and self.beats.metre.bpm is None

    @property
    def changed_from_found(self) -> bool:
        """Whether clicks are not simply where beats were found."""
        metre = self.beats.metre if self.beats is not None else Metre()
        return (metre.bpm, metre.level, metre.shift_seconds) != (None, 0, 0.0)

    def line(self) -> str:
        """Where the beats come from, in a few words."""
        if not self.ready:
            return tr("Possible once the whole song is split")
        if self.search == "searching":
            return tr("Listening for the beat…")
        if not self.follows:
            return tr("Even beats at this tempo")
        if self.bpm:
            return tr("Follows the beat found in the song")
        return tr("No beat found: tap or type the tempo") if self.search in ("done", "failed") else ""


class MetronomeModel(ViewModel[MetronomeState]):
    """Finds a song's beats when they are first needed, changes them as the musician says, and drives the click.

    Level, count-in and whether it clicks stay from song to song; beats are kept with their song.
    """

    noticed = Signal(str)  # one line for the status bar

    def __init__(self, player: Playback, runner: JobRunner, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(MetronomeState())
        self._player = player
        self._clock = clock
        self._separation: Separation | None = None
        self._finding = Task(runner)
        self._finding.succeeded.connect(self._on_found)
        self._finding.failed.connect(self._on_failure)
        self._taps: list[float] = []
        self._tapped_at_seconds = 0.0
        self._tapped_playing = False

    def load(self, separation: Separation | None) -> None:
        """Take another finished song, or none; a search in the one before is given up."""
        self._finding.give_up()
        self._separation, self._taps = separation, []
        kept = load_beats(separation) if separation is not None else None
        empty = Beats(separation.sample_rate, separation.samples) if separation is not None else None
        search: Search = "done" if kept is not None else "none"
        self._set(replace(self._state, ready=separation is not None, search=search, beats=kept or empty))
        if self._state.in_use:
            self.search()

    def search(self) -> None:
        """Find the beats, unless that has been done."""
        separation = self._separation
        if separation is None or self._state.search != "none":
            return
        self._set(replace(self._state, search="searching"))
        self._finding.start(lambda _report, control: find_song_beats(separation, control))

    def toggle(self) -> None:
        """Click along, or stop that."""
        self._use(replace(self._state, on=not self._state.on))

    def set_level(self, level_db: int) -> None:
        """Make clicks louder or softer."""
        self._set(replace(self._state, level_db=min(max(level_db, CLICK_DB[0]), CLICK_DB[1])))

    def set_count_in(self, bars: int) -> None:
        """Count in so many bars before the song plays; 0 for none."""
        if bars in COUNT_IN_BARS:
            self._use(replace(self._state, count_in_bars=bars))

    def next_count_in(self) -> None:
        """No count-in, one bar, two bars, and around again; says which."""
        self.set_count_in((self._state.count_in_bars + 1) % len(COUNT_IN_BARS))
        self.noticed.emit(count_in_text(self._state.count_in_bars))

    def set_bpm(self, bpm: float) -> None:
        """Click evenly at this tempo, through the beat closest to the playhead."""
        if self._state.beats is not None:
            places = self._state.beats.ticks().places
            here = self._player.position
            anchor = float(places[np.abs(places - here).argmin()]) if len(places) else float(here)
            self._change(bpm=bpm, anchor=anchor - self._shift_samples())

    def scale(self, doublings: int) -> None:
        """Click twice as often (1) or half as often (-1), as far as tempos go."""
        beats = self._state.beats
        if beats is None:
            return
        if beats.metre.bpm is None:
            self._change(level=beats.metre.level + doublings)
        elif BPM_LIMITS[0] <= (bpm := beats.metre.bpm * 2.0**doublings) <= BPM_LIMITS[1]:  # else out of step with these
            self._change(bpm=bpm)

    def set_per_bar(self, beats: int) -> None:
        """Let so many beats make a bar."""
        if BEATS_PER_BAR[0] <= beats <= BEATS_PER_BAR[1]:
            self._change(per_bar=beats)

    def start_bar_here(self) -> None:
        """Let the beat closest to the playhead be the first of its bar."""
        self._change(one=round(self._player.position - self._shift_samples()))

    def set_shift(self, milliseconds: int) -> None:
        """Let all clicks come so much later, or sooner if negative."""
        self._change(shift_seconds=milliseconds / 1000)

    def follow(self) -> None:
        """Click where beats were found, as often, and unshifted."""
        self._change(bpm=None, level=0, shift_seconds=0.0)

    def tap(self) -> None:
        """Take one tap of the tempo; the third is the first to count. Along a playing song, taps also set the beats."""
        beats = self._state.beats
        if beats is None:
            return
        now, playing = self._clock(), self._player.playing
        at = float(self._player.position) if playing else now * beats.sample_rate
        late = now - self._tapped_at_seconds > _TAP_PAUSE_SECONDS
        if late or playing != self._tapped_playing or (self._taps and at <= self._taps[-1]):
            self._taps = []
        self._taps.append(at)
        self._tapped_at_seconds, self._tapped_playing = now, playing
        tapped = even_beats(np.array(self._taps), beats.sample_rate)
        if tapped is None:
            self.noticed.emit(tr("Go on tapping the beat…"))
        elif playing:
            self._change(bpm=tapped[0], anchor=tapped[1] - self._shift_samples())
        else:
            self.set_bpm(tapped[0])

    def _shift_samples(self) -> float:
        beats = self._state.beats
        return beats.metre.shift_seconds * beats.sample_rate if beats is not None else 0.0

    def _use(self, state: MetronomeState) -> None:
        self._set(state)
        if state.in_use:
            self.search()

    def _change(self, **metre: float | None) -> None:
        """Take the beats otherwise, and keep that with the song."""
        beats = self._state.beats
        if beats is None or self._separation is None:
            return
        beats = replace(beats, metre=_metre(beats.metre, metre))
        self._set(replace(self._state, beats=beats))
        self.search()  # what was said is kept together with what is found
        if self._state.search == "done":
            self._keep(self._separation, beats)

    def _keep(self, separation: Separation, beats: Beats) -> None:
        try:
            save_beats(separation, beats)
        except WriteError as error:
            _log.warning("beats not kept: %s", error)

    def _on_found(self, beats: Beats) -> None:
        if self._separation is None or self._state.beats is None:
            return
        beats = replace(beats, metre=self._state.beats.metre)  # what was said while they were looked for
        self._set(replace(self._state, search="done", beats=beats))
        self._keep(self._separation, beats)

    def _on_failure(self, error: Exception) -> None:
        _log.warning("no beats: %s", error)
        self._set(replace(self._state, search="failed"))

    def _set(self, state: MetronomeState) -> None:
        if state.beats is not None:
            gain = 10 ** (state.level_db / 20)
            self._player.set_click(Click(state.beats.ticks(), state.on, gain, state.count_in_bars))
        super()._set(state)


def count_in_text(bars: int) -> str:
    """How long is counted in."""
    return (tr("No count-in"), tr("Count in 1 bar"), tr("Count in 2 bars"))[bars]


def _metre(metre: Metre, changes: dict[str, float | None]) -> Metre:
    return replace(metre, **changes).within_limits()  # type: ignore[arg-type]
