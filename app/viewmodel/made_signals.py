"""The signals that are put together or opened while a song is on show: comps, muted ranges and references."""

from __future__ import annotations

from dataclasses import replace

from app.viewmodel.playback import Playback
from app.viewmodel.ranges import Ranges
from app.viewmodel.signals import FIRST_EXTRA, heard_signals
from app.viewmodel.strips import Strip
from engine.api import AudioSignal, Separation, SignalKey, with_gaps


class MadeSignals:
    """Gives the player what strips need beyond the song's own signals, which it has already.

    Each has a number of its own, so that the player fades to it from the one before.
    """

    def __init__(self, player: Playback, separation: Separation | None) -> None:
        self._player = player
        self._separation = separation
        self._signals = dict[SignalKey, AudioSignal](heard_signals(separation) if separation is not None else {})
        self._added = 0
        self._numbers: dict[tuple[str, int, Ranges], int] = {}
        self._references: dict[str, int] = {}

    def set_reference(self, stem: str, signal: AudioSignal | None) -> None:
        """Take the reference of a stem, or none.

        Raises:
            ValueError: It does not have the song's length.
        """
        if signal is None:
            self._references.pop(stem, None)
        else:
            self._references[stem] = self._add(stem, signal)

    def numbered(self, strip: Strip) -> Strip:
        """A strip with the numbers of its reference and of what is put together for it."""
        reference = self._references.get(strip.stem, 0)
        if strip.take == "reference" and not reference:
            strip = replace(strip, take="stage")
        strip = replace(strip, reference_key=reference, comp_key=self._number_of(strip.stem, 0, strip.comp))
        return replace(strip, gap_key=self._number_of(*strip.take_key, strip.gaps))

    def _number_of(self, stem: str, base: int, ranges: Ranges) -> int:
        """The number of a comp (base 0), or of the signal `base` with gaps; 0 without ranges."""
        song, wanted = self._separation, (stem, base, ranges)
        if song is None or not ranges.starts:
            return 0
        if wanted not in self._numbers:
            signals = self._signals
            if base:
                made = with_gaps(signals[stem, base], ranges.starts, song.sample_rate)
            else:
                made = ranges.signal({stage: signals[stem, stage] for stage in song.stages}, song.sample_rate)
            self._numbers[wanted] = self._add(stem, made)
        return self._numbers[wanted]

    def _add(self, stem: str, signal: AudioSignal) -> int:
        number = FIRST_EXTRA + self._added
        self._added += 1
        self._signals[stem, number] = signal
        self._player.add_signals({(stem, number): signal})
        return number
