"""The mix on its way to the device: as it is, or at another pace, with the place in the song of every sample.

What the mixer renders is kept on a tape for as long as a voice may still read it. A voice reads the tape at its pace:
the plain one hands on what was rendered, bit for bit; the stretched one needs some sound before and after the place it
plays. Another pace is another voice at the same place of the tape, and a short cross-fade. Clicks come after the
voices: each begins at the very sample at which its place of the tape is heard, and sounds the same at every pace.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.playback.click import Clicker
from app.playback.pace import PLAIN, Pace
from app.playback.playhead import Block, Playhead
from app.playback.stretch import Vocoder
from engine.api import Mixer, Samples, Tick

# Between two paces: both are the same music, so nothing longer is needed.
_FADE_SECONDS = 0.010

# More than any vocoder reads behind its place: five of its hops.
_HISTORY_SECONDS = 0.150

# Frames that a vocoder adds to a hop before the one that completes it.
_WARM_UP = 3


@dataclass(frozen=True, eq=False)
class _Chunk:
    """A rendered block: its index on the tape, its sound, its first sample of the song and the sample after it."""

    first: int
    sound: Samples
    start: int
    stop: int
    notes: deque[Block]

    @property
    def end(self) -> int:
        return self.first + self.sound.shape[1]


class _Tape:
    """What was rendered lately, by an index that never jumps. Before its beginning is silence."""

    def __init__(self, mixer: Mixer, playhead: Playhead) -> None:
        self._mixer = mixer
        self._playhead = playhead
        self._chunks: deque[_Chunk] = deque()
        self.ticks: deque[Tick] = deque()  # by index, until somebody takes them
        self.end = 0

    def read(self, first: int, stop: int) -> Samples:
        """Samples [first, stop) of the tape; renders what is not there yet."""
        if stop > self.end:
            self._render(stop - self.end)
        parts = [
            chunk.sound[:, max(0, first - chunk.first) : stop - chunk.first] for chunk in self._between(first, stop)
        ]
        if first < 0:
            parts.insert(0, np.zeros((2, min(0, stop) - first), np.float32))
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def note(self, first: int, stop: int, heard_at_seconds: float, speed: float) -> None:
        """Tell the playhead that [first, stop) is heard, unless somebody has moved it since that was rendered."""
        chunks = self._between(first, max(stop, first + 1))
        if chunks:
            begins, ends = chunks[0], chunks[-1]
            start = _place(begins, first)
            begins.notes.append(Block(start, _place(ends, stop), heard_at_seconds, speed))

    def forget(self, before: int) -> None:
        """Let go of all chunks that end there or sooner."""
        while self._chunks and self._chunks[0].end <= before:
            self._chunks.popleft()

    def _between(self, first: int, stop: int) -> list[_Chunk]:
        return [chunk for chunk in self._chunks if chunk.first < stop and first < chunk.end]

    def _render(self, count: int) -> None:
        notes = self._playhead.notes
        start = self._mixer.position
        sound = self._mixer.render(count)
        self._chunks.append(_Chunk(self.end, sound, start, self._mixer.position, notes))
        self.ticks.extend((self.end + sample, accented) for sample, accented in self._mixer.ticks)
        self.end += count


def _place(chunk: _Chunk, index: int) -> int:
    """The sample of the song at an index of the tape. A chunk that jumps back (a loop) stands still."""
    return chunk.stop if index == chunk.end else max(chunk.start, min(chunk.start + index - chunk.first, chunk.stop))


class _Voice(Protocol):
    """Reads a tape."""

    @property
    def at(self) -> int:
        """The index that is heard next."""
        ...

    def take(self, count: int) -> Samples:
        """The next samples (2, count)."""
        ...

    def until(self, index: int) -> int:
        """How many samples come before the one at which an index is heard; negative if that has been."""
        ...


class _Plain:
    """Reads as it is."""

    def __init__(self, tape: _Tape, at: int) -> None:
        self._tape = tape
        self.at = at

    def take(self, count: int) -> Samples:
        self.at += count
        return self._tape.read(self.at - count, self.at)

    def until(self, index: int) -> int:
        return index - self.at


class _Stretched:
    """Reads through a vocoder. It begins in step with the tape, so that it can take over from the plain voice."""

    def __init__(self, tape: _Tape, at: int, pace: Pace, sample_rate: int) -> None:
        self._tape = tape
        self._vocoder = Vocoder(sample_rate, pace.semitones)
        self._percent = pace.speed_percent
        self._begins = at
        self._taken = 0
        # Hop 0 is the first that is heard.
        self._hop = -_WARM_UP
        while self._hop < 0:
            self._next()
        self._ready = np.zeros((2, 0), np.float32)

    @property
    def at(self) -> int:
        return self._begins + self._taken * self._percent // 100

    def take(self, count: int) -> Samples:
        parts = [self._ready]
        missing = count - self._ready.shape[1]
        while missing > 0:
            parts.append(self._next())
            missing -= parts[-1].shape[1]
        sound = np.concatenate(parts, axis=1)
        self._ready = sound[:, count:]
        self._taken += count
        return sound[:, :count]

    def until(self, index: int) -> int:
        return -((self._begins - index) * 100 // self._percent) - self._taken

    def _next(self) -> Samples:
        """One hop of what is heard. The frame that completes it has its middle two hops later."""
        hop_in, hop_out = self._vocoder.hop_in, self._vocoder.hop_out
        hops = self._hop + 2
        # Exact for an hour and more, as nothing is added up. What lies before the beginning is not heard, and read as
        # fast as it is put out, so that there is nothing to turn at the beginning.
        middle = self._begins + (hops * hop_out * self._percent // 100 if hops > 0 else hops * hop_in)
        first = middle - 2 * hop_in
        sound = self._tape.read(first - hop_in, first + self._vocoder.frame_in)
        self._hop += 1
        return self._vocoder.put(sound[:, hop_in:], sound[:, : self._vocoder.frame_in])


class Stream:
    """What the device plays of one song. One thread takes; any other may set `wanted`, which is replaced as a whole.

    Attributes:
        wanted: The pace, taken up by the next `take`.
        clicker: Makes the clicks.
    """

    def __init__(self, mixer: Mixer, playhead: Playhead, sample_rate: int) -> None:
        self.wanted = PLAIN
        self.clicker = Clicker(sample_rate)
        self._mixer = mixer
        self._playhead = playhead
        self._sample_rate = sample_rate
        self._history = round(_HISTORY_SECONDS * sample_rate)
        self._fade = max(1, round(_FADE_SECONDS * sample_rate))
        self.rest()

    @property
    def lag_samples(self) -> int:
        """How many samples of the device last what has been rendered and not taken."""
        return (self._tape.end - self._voice.at) * 100 // self._pace.speed_percent if self._voice else 0

    def rest(self) -> None:
        """Forget the past; only while nothing sounds."""
        self._tape = _Tape(self._mixer, self._playhead)
        self._voice: _Voice | None = None
        self._old: _Voice | None = None
        self._fade_left = 0
        self._pace = PLAIN
        self.clicker.rest()

    def take(self, count: int, heard_at_seconds: float) -> Samples:
        """The next samples (2, count), the first of which is heard at a time on the playhead's clock."""
        voice = self._voice_of_pace()
        first = voice.at
        sound = voice.take(count)
        last = voice.at
        if self._old is not None:
            sound = self._faded(sound, self._old)
        self._tape.note(first, last, heard_at_seconds, self._pace.speed_percent / 100)
        self._tape.forget((first if self._old else last) - self._history)
        return self.clicker.add(sound, self._ticks_of(voice, count))

    def _ticks_of(self, voice: _Voice, count: int) -> list[Tick]:
        """Those heard in the `count` samples that a voice has just given, counted from the first of these."""
        ticks, due = self._tape.ticks, list[Tick]()
        while ticks and (after := voice.until(ticks[0][0])) < 0:
            # One that another voice missed, as places are rounded, is heard at once.
            due.append((max(0, count + after), ticks.popleft()[1]))
        return due

    def _voice_of_pace(self) -> _Voice:
        wanted = self.wanted
        voice = self._voice
        if voice is not None and (wanted == self._pace or self._old is not None):
            return voice
        if voice is not None:
            self._old, self._fade_left = voice, self._fade
        elif not wanted.plain and self._mixer.position > 0:
            # A frame reaches beyond both ends of the mixer's own fade, so that it would begin with a step.
            self._old, self._fade_left = _Plain(self._tape, -self._fade), self._fade  # silence
        at = voice.at if voice else 0
        new = _Plain(self._tape, at) if wanted.plain else _Stretched(self._tape, at, wanted, self._sample_rate)
        self._voice, self._pace = new, wanted
        return new

    def _faded(self, new: Samples, old: _Voice) -> Samples:
        count = min(self._fade_left, new.shape[1])
        share = np.arange(self._fade_left, self._fade_left - count, -1, dtype=np.float32) / np.float32(self._fade + 1)
        sound = new.copy()
        sound[:, :count] += (old.take(count) - sound[:, :count]) * share
        self._fade_left -= count
        if not self._fade_left:
            self._old = None
        return sound
