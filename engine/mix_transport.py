"""Which samples of a song sound next: play, stop, count in, seek, loop, and waiting for what is not ready.

Integers only, so it cannot drift. One thread advances; any other may state wishes, which are replaced as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.separation import Spans, span_end
from engine.ticks import NO_TICKS, Lead

# Of final samples before it starts, or goes on after waiting: with less it would stutter.
HEADWAY_SECONDS = 1.0


@dataclass(frozen=True, eq=False)
class Seek:
    """A wish to be somewhere else. Compared by identity, so that seeking twice to one place is two wishes."""

    sample: int


@dataclass(frozen=True)
class Loop:
    """Repeat [start, stop). The last `fade` samples blend into those before `start`, so the repeat begins untouched."""

    start: int
    stop: int
    fade: int


@dataclass(frozen=True)
class Run:
    """A stretch in which nothing changes: `count` samples from `head`, fading from `tail`; None is silence.

    `counted` is how much of the lead has gone by before it; None where nothing is counted in.
    """

    count: int
    head: int | None
    tail: int | None
    fade_left: int
    fade: int
    counted: int | None = None


class MixTransport:
    """Decides which samples sound next.

    Args:
        samples: N of the song.
        sample_rate: In Hz.
        fade: Samples of a cross-fade.

    Attributes:
        ready: What is final.
        waiting: Whether it would play, if what comes next were ready.
        counting: Whether it is being counted in.
        lead: What is counted in, or was last.
    """

    def __init__(self, samples: int, sample_rate: int, fade: int) -> None:
        self.samples = samples
        self.ready: Spans = ((0, samples),)
        self.waiting = False
        self._headway = round(HEADWAY_SECONDS * sample_rate)
        self.head = 0
        self.sounding = False
        self.wanted_playing = True
        self.wanted_seek = self.taken_seek = Seek(0)
        self.wanted_lead = self.lead = Lead(0, NO_TICKS)
        self.counting = False
        self._lead_left = 0
        self.loop: Loop | None = None
        self.fade = fade
        self._fade_left = 0
        self._fade_total = fade
        self._tail: int | None = None

    @property
    def position(self) -> int:
        """The sample that is next."""
        seek = self.wanted_seek
        return max(0, self.head) if seek is self.taken_seek else seek.sample

    @property
    def audible(self) -> bool:
        """Whether anything sounds."""
        return (self.sounding and self.head < self.samples) or self._fade_left > 0

    def advance(self, limit: int) -> Run:
        """Take up what was asked for and return the next run of at most `limit` samples."""
        if self._fade_left == 0:
            self._take_wishes()
        if self.sounding:
            self._jump_in_loop()
        if self.sounding and self._fade_left == 0:
            self._stop_at_edge()
        count = self._until_event(limit)
        head = self.head if self.sounding else None
        counted = self.lead.samples - self._lead_left if self.counting else None
        run = Run(count, head, self._tail, self._fade_left, self._fade_total, counted)
        if self.sounding:
            self.head = min(self.head + count, self.samples)
        if self.counting:
            self._lead_left -= count
        if self._fade_left:
            self._fade_left -= count
            self._tail = None if self._tail is None or not self._fade_left else self._tail + count
        return run

    def _take_wishes(self) -> None:
        """Stop before moving and move before starting, so that a new place never sounds for a moment only."""
        if not self.wanted_playing:
            self.waiting = self.counting = False
            self._lead_left = 0
            if self.sounding:
                self.sounding = False
                self._fade_from(self.head, self.fade)
                return
        seek = self.wanted_seek
        if seek is not self.taken_seek:
            if self.sounding:
                self._fade_from(self.head, self.fade)
            self.head = seek.sample
            self.taken_seek = seek  # after `head`, so that `position` never shows the old place again
            self.sounding = self.sounding and self._is_ready(self._headway)
        if self.wanted_playing:
            self._take_lead()
        if self.wanted_playing and not self.sounding and not self._fade_left:
            self._start()

    def _take_lead(self) -> None:
        lead = self.wanted_lead
        if lead is self.lead:
            return
        self.lead, self._lead_left = lead, lead.samples
        if self.sounding and lead.samples:
            self.sounding = False
            if not self._fade_left:  # else a seek has begun to fade, and goes on to silence
                self._fade_from(self.head, self.fade)

    def _start(self) -> None:
        """Sound from the head on, as soon as that is ready and has been counted in."""
        self.waiting = not self._is_ready(self._headway)
        self.counting = not self.waiting and self._lead_left > 0
        if self.waiting or self.counting:
            return
        self.sounding = True
        if self.head > 0:  # the song's own beginning is not a click
            self._fade_from(None, self.fade)

    def _jump_in_loop(self) -> None:
        loop = self.loop
        # What has just begun to fade in is silent yet, and jumps at once: later it would be in the middle of its fade.
        begins = 0 < self._fade_left == self._fade_total
        if loop is None or not loop.stop - loop.fade - begins * self.fade <= self.head < loop.stop:
            return
        if self._fade_left == 0:
            self._fade_from(self.head, loop.fade)
        self.head -= loop.stop - loop.start
        self.sounding = self._is_ready(2 * self.fade)

    def _stop_at_edge(self) -> None:
        """Fade out in the last samples that are ready, and wait there."""
        left = self._edge - self.head
        if left <= self.fade and self._edge < self.samples:
            self.sounding = False
            self._fade_from(self.head, left)

    @property
    def _edge(self) -> int:
        """Where what is ready at the head ends."""
        return span_end(self.ready, max(0, self.head))

    def _is_ready(self, count: int) -> bool:
        """Whether so many samples from the head on are final, or all to the song's end."""
        return self._edge >= min(self.head + count, self.samples)

    def _until_event(self, limit: int) -> int:
        """Shorten a run so that it ends with the fade, where the loop begins to fade or where the song stops."""
        loop = self.loop
        ahead = [limit, self._fade_left, self._lead_left if self.counting else 0]
        if self.sounding:
            ahead.append(self.samples - self.head)
            ahead.append(self._edge - self.fade - self.head if self._edge < self.samples else limit)
        if self.sounding and loop is not None:
            ahead.append(loop.stop - loop.fade - self.head)
        return min(distance for distance in ahead if distance > 0)

    def _fade_from(self, tail: int | None, fade: int) -> None:
        self._tail = tail
        self._fade_left = self._fade_total = fade
