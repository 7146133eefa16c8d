"""The signals that are put together or opened while a song is on show: comps, muted ranges and references."""

from __future__ import annotations

from dataclasses import replace

from app.viewmodel.playback import Playback
from app.viewmodel.ranges import Ranges
from app.viewmodel.signals import COMPED, REFERENCE, WITH_GAPS, heard_signals
from app.viewmodel.strips import Strip
from engine.api import AudioSignal, Separation, SignalKey, with_gaps


class MadeSignals:
    """Gives the player what strips need beyond the song's own signals, which it has already.

    A stem has one signal of each kind, and a new one takes the place of the one before, from which the
    player fades: while a border is dragged, there is another one with every step.
    """

    def __init__(self, player: Playback, separation: Separation | None) -> None:
        self._player = player
        self._separation = separation
        self._signals = dict(heard_signals(separation) if separation is not None else {})
        self._made_of: dict[SignalKey, tuple[AudioSignal | None, Ranges]] = {}

    def set_reference(self, stem: str, signal: AudioSignal | None) -> None:
        """Take the reference of a stem, or none.

        Raises:
            ValueError: It does not have the song's length.
        """
        if signal is None:
            self._signals.pop((stem, REFERENCE), None)
        else:
            self._put((stem, REFERENCE), signal)

    def numbered(self, strip: Strip) -> Strip:
        """A strip with the numbers of its reference and of what is put together for it."""
        reference = REFERENCE if (strip.stem, REFERENCE) in self._signals else 0
        if strip.take == "reference" and not reference:
            strip = replace(strip, take="stage")
        strip = replace(strip, reference_key=reference, comp_key=self._comp(strip))
        return replace(strip, gap_key=self._gaps(strip))

    def _comp(self, strip: Strip) -> int:
        """The number of a strip's comp; 0 without one."""
        song, key = self._separation, (strip.stem, COMPED)
        if song is None or not strip.comp.starts:
            return 0
        if self._is_new(key, None, strip.comp):
            stages = {stage: self._signals[strip.stem, stage] for stage in song.stages}
            self._put(key, strip.comp.signal(stages, song.sample_rate))
        return COMPED

    def _gaps(self, strip: Strip) -> int:
        """The number of what sounds of a strip with its muted ranges; 0 without any."""
        song, key = self._separation, (strip.stem, WITH_GAPS)
        if song is None or not strip.gaps.starts:
            return 0
        sounding = self._signals[strip.take_key]
        if self._is_new(key, sounding, strip.gaps):
            self._put(key, with_gaps(sounding, strip.gaps.starts, song.sample_rate))
        return WITH_GAPS

    def _is_new(self, key: SignalKey, signal: AudioSignal | None, ranges: Ranges) -> bool:
        """Take note that a signal is made of another one with these ranges; whether it was not before."""
        before, self._made_of[key] = self._made_of.get(key), (signal, ranges)
        return before is None or before[0] is not signal or before[1] != ranges

    def _put(self, key: SignalKey, signal: AudioSignal) -> None:
        self._signals[key] = signal
        self._player.add_signals({key: signal})
